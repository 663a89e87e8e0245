from __future__ import annotations

from guardrails.rules.base import Level
from guardrails.rules.groups.unused_group import UnusedGroup
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

ADD = """
  template: {type: "aws:ec2:LaunchTemplate", properties: {vpcSecurityGroupIds: ["${group.id}"]}}
"""
test_cases = cases(
    UnusedGroup,
    unresolved="any dependency on a group counts as its use, also one whose value is unknown (below)",
    boundary=Case(
        swap(UnusedGroup.avoid, "cidrIpv4: 10.0.8.0/24", 'referencedSecurityGroupId: "${group.id}"'), "fail group"
    ),
)


def test_a_group_that_an_interface_carries_is_used(judge):
    assert judge(UnusedGroup, UnusedGroup.prefer) == []


def test_a_group_with_nothing_but_its_own_rules_is_unused(judge):
    assert judge(UnusedGroup, UnusedGroup.avoid) == ["fail group"]


def test_use_by_a_kind_that_no_reader_knows_counts(judge):
    assert judge(UnusedGroup, UnusedGroup.avoid + ADD) == []


def test_being_the_peer_of_another_groups_rule_counts_being_ones_own_peer_does_not(judge):
    own = swap(UnusedGroup.avoid, "cidrIpv4: 10.0.8.0/24", 'referencedSecurityGroupId: "${group.id}"')
    assert judge(UnusedGroup, own) == ["fail group"]
    other = own + '  other: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}"}}\n'
    assert judge(UnusedGroup, swap(other, 'securityGroupId: "${group.id}"', 'securityGroupId: "${other.id}"')) == [
        "fail other"
    ]


def test_it_only_tells(judge):
    assert set(UnusedGroup.enforcement.values()) == {Level.ADVISORY}
