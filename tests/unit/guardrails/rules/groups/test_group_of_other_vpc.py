from __future__ import annotations

from guardrails.rules.groups.group_of_other_vpc import GroupOfOtherVpc
from tests.unit.guardrails.rules.rule_cases import ELSEWHERE, Case, cases, swap

AVOID = GroupOfOtherVpc.avoid
test_cases = cases(
    GroupOfOtherVpc,
    unresolved=Case(swap(AVOID, '"${other.id}"', '"${elsewhere.value}"') + ELSEWHERE, "unresolved card"),
    boundary=Case(swap(AVOID, '"${other.id}"', "vpc-0a1b2c3d4e5f60718"), "fail card"),
)


def test_one_vpc_passes(judge):
    assert judge(GroupOfOtherVpc, GroupOfOtherVpc.prefer) == []


def test_two_vpcs_of_the_stack_are_refused_with_ids_unknown_and_known(judge):
    for deployed in (False, True):
        assert judge(GroupOfOtherVpc, GroupOfOtherVpc.avoid, deployed=deployed) == ["fail card"]


def test_a_group_without_a_vpc_is_told_by_the_rule_on_the_default_vpc(judge):
    assert judge(GroupOfOtherVpc, swap(GroupOfOtherVpc.avoid, '{vpcId: "${other.id}"}', "{description: web}")) == []


def test_a_group_outside_of_the_stack_is_not_judged(judge):
    program = swap(GroupOfOtherVpc.avoid, '"${group.id}"', "sg-0a1b2c3d4e5f60718")
    assert judge(GroupOfOtherVpc, program) == []
