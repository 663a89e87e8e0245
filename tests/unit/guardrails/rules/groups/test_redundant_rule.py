from __future__ import annotations

from guardrails.rules.groups.redundant_rule import RedundantRule
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

GROUP = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  group:
    type: aws:ec2:SecurityGroup
    properties:
      vpcId: ${vpc.id}
      ingress:
        - {protocol: tcp, fromPort: 443, toPort: 443, cidrBlocks: [10.0.8.0/24]}
        - {protocol: tcp, fromPort: 0, toPort: 1023, cidrBlocks: [10.0.0.0/16]}
"""
test_cases = cases(
    RedundantRule,
    unresolved="a rule that cannot be read is told by FCL012 and makes no other redundant (below)",
    boundary=Case(RedundantRule.avoid, "fail https.cidrIpv4"),
)


def test_separate_rules_pass(judge):
    assert judge(RedundantRule, RedundantRule.prefer) == []


def test_the_narrow_one_of_two_is_told(judge):
    assert judge(RedundantRule, GROUP) == ["fail group.ingress[0].cidrBlocks"]


def test_one_half_does_not(judge):
    program = swap(RedundantRule.avoid, "10.0.8.128/25", "10.0.9.128/25")
    assert judge(RedundantRule, program) == []


def test_of_two_equal_rules_only_one_is_told(judge):
    program = swap(
        GROUP,
        "fromPort: 0, toPort: 1023, cidrBlocks: [10.0.0.0/16]",
        "fromPort: 443, toPort: 443, cidrBlocks: [10.0.8.0/24]",
    )
    assert len(judge(RedundantRule, program)) == 1


def test_the_other_direction_or_protocol_holds_nothing(judge):
    assert judge(RedundantRule, swap(GROUP, "{protocol: tcp, fromPort: 0", "{protocol: udp, fromPort: 0")) == []


def test_a_rule_that_cannot_be_read_makes_no_other_redundant(judge):
    assert judge(RedundantRule, swap(GROUP, "[10.0.0.0/16]", '[{"fn::unknown": true}]')) == []
