from __future__ import annotations

from guardrails.rules.groups.described_rule import DescribedRule
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

STANDALONE = """
resources:
  rule:
    type: aws:vpc:SecurityGroupIngressRule
    properties: {securityGroupId: sg-1, ipProtocol: tcp, fromPort: 1, toPort: 1, cidrIpv4: 10.0.8.0/24, description: A}
"""
test_cases = cases(
    DescribedRule,
    unresolved=Case(
        swap(STANDALONE, "description: A", 'description: {"fn::unknown": true}'), "unresolved rule.description"
    ),
    boundary=Case(DescribedRule.avoid, "fail group.ingress[0].description"),
)


def test_described_rules_pass(judge):
    assert judge(DescribedRule, DescribedRule.prefer) == []
    assert judge(DescribedRule, STANDALONE) == []


def test_a_rule_with_many_peers_is_told_once(judge):
    program = swap(DescribedRule.avoid, "[10.0.8.0/24]", "[10.0.8.0/24, 10.0.9.0/24]")
    assert judge(DescribedRule, program) == ["fail group.ingress[0].description"]
