from __future__ import annotations

from guardrails.rules.ecs.separate_roles import SeparateRoles
from tests.unit.guardrails.rules.rule_cases import swap

AVOID, PREFER = SeparateRoles.avoid, SeparateRoles.prefer


def test_two_roles_pass_and_so_does_no_task_role(judge):
    for deployed in (False, True):
        assert judge(SeparateRoles, PREFER, deployed=deployed) == []
    assert judge(SeparateRoles, swap(AVOID, ', taskRoleArn: "${role.arn}"', "")) == []


def test_one_role_for_both_is_refused_with_its_arn_unknown_and_known(judge):
    for deployed in (False, True):
        assert judge(SeparateRoles, AVOID, deployed=deployed) == ["fail task.taskRoleArn"]


def test_the_same_literal_twice_is_one_role(judge):
    program = swap(AVOID, '"${role.arn}"', "arn:aws:iam::111122223333:role/task")
    assert judge(SeparateRoles, program) == ["fail task.taskRoleArn"]


def test_a_role_that_cannot_be_told_is_unresolved(judge):
    program = swap(AVOID, 'taskRoleArn: "${role.arn}"', 'taskRoleArn: {"fn::unknown": true}')
    assert judge(SeparateRoles, program) == ["unresolved task.taskRoleArn"]
