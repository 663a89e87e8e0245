from __future__ import annotations

from guardrails.rules.groups.name_and_time_servers import NameAndTimeServers
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID, PREFER = NameAndTimeServers.avoid, NameAndTimeServers.prefer
test_cases = cases(
    NameAndTimeServers,
    unresolved=Case(swap(AVOID, "9.9.9.9/32", '{"fn::unknown": true}'), "unresolved resolver.cidrIpv4"),
    boundary=Case(
        swap(AVOID, "ipProtocol: udp, fromPort: 50", 'ipProtocol: "17", fromPort: "53"'), "fail resolver.cidrIpv4"
    ),
)


def test_servers_inside_the_vpc_pass(judge):
    assert judge(NameAndTimeServers, PREFER) == []


def test_time_is_judged_like_names(judge):
    assert judge(NameAndTimeServers, swap(AVOID, "fromPort: 50, toPort: 60", "fromPort: 123, toPort: 123")) == [
        "fail resolver.cidrIpv4"
    ]


def test_amazons_own_time_service_needs_no_declaration(judge):
    assert judge(NameAndTimeServers, swap(AVOID, "9.9.9.9/32", "169.254.169.123/32")) == []


def test_a_declared_flow_permits_its_servers_and_no_more(judge):
    flow = "flows:\n  - {name: dns, from: desktop, to: 9.9.9.0/24, protocol: udp, ports: [53]}\n"
    intent = NameAndTimeServers.example_intent + flow
    assert judge(NameAndTimeServers, AVOID, intent=intent) == []
    assert judge(NameAndTimeServers, swap(AVOID, "9.9.9.9/32", "9.9.8.0/23"), intent=intent) != []


def test_a_group_of_no_protected_zone_is_not_judged(judge):
    assert judge(NameAndTimeServers, swap(AVOID, "{Zone: desktop}", "{Zone: web}")) == []
