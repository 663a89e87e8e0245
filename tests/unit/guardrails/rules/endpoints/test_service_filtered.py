from __future__ import annotations

from guardrails.rules.endpoints.service_filtered import ServiceFiltered
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

PREFER, AVOID = ServiceFiltered.prefer, ServiceFiltered.avoid
GROUPS = 'securityGroups: ["${group.id}"]'
test_cases = cases(
    ServiceFiltered,
    unresolved=Case(
        swap(AVOID, 'Traffic: "off"', 'Traffic: {"fn::unknown": true}'),
        "unresolved balancer.enforceSecurityGroupInboundRulesOnPrivateLinkTraffic",
    ),
    boundary=Case(swap(PREFER, GROUPS, "securityGroups: []"), "fail balancer.securityGroups"),
)


def test_a_balancer_without_a_group_is_refused(judge):
    assert judge(ServiceFiltered, swap(PREFER, f"      {GROUPS}\n", "")) == ["fail balancer.securityGroups"]


def test_a_balancer_that_nobody_sees_is_unresolved(judge):
    arn = "arn:aws:elasticloadbalancing:ap-northeast-1:111122223333:loadbalancer/net/app/1"
    elsewhere = swap(PREFER, '["${balancer.arn}"]', f'["{arn}"]')
    assert judge(ServiceFiltered, elsewhere) == ["unresolved service.networkLoadBalancerArns"]


def test_a_balancer_of_two_services_is_told_once(judge):
    service = AVOID[AVOID.index("  service:") :]
    assert judge(ServiceFiltered, AVOID + service.replace("  service:", "  other:").lstrip("\n")) == [
        "fail balancer.enforceSecurityGroupInboundRulesOnPrivateLinkTraffic"
    ]


def test_a_balancer_behind_no_service_is_not_judged(judge):
    assert judge(ServiceFiltered, AVOID[: AVOID.index("  service:")]) == []
