from __future__ import annotations

from guardrails.rules.endpoints.private_dns import PrivateDns
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID, PREFER = PrivateDns.avoid, PrivateDns.prefer
test_cases = cases(
    PrivateDns,
    unresolved=Case(
        swap(PREFER, "privateDnsEnabled: true", 'privateDnsEnabled: {"fn::unknown": true}'),
        "unresolved logs.privateDnsEnabled",
    ),
    boundary=Case(swap(PREFER, "privateDnsEnabled: true", 'privateDnsEnabled: "false"'), "fail logs.privateDnsEnabled"),
)


def test_a_gateway_endpoint_has_no_names_of_its_own(judge):
    assert judge(PrivateDns, swap(AVOID, ", vpcEndpointType: Interface", "")) == []


def test_a_partners_service_decides_about_its_names_itself(judge):
    assert judge(PrivateDns, swap(AVOID, "ap-northeast-1.logs", "vpce.ap-northeast-1.vpce-svc-0a1b2c3d")) == []
