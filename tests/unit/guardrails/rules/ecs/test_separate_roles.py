from __future__ import annotations

from guardrails.rules.ecs.separate_roles import SeparateRoles
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID, PREFER = SeparateRoles.avoid, SeparateRoles.prefer


test_cases = cases(
    SeparateRoles,
    unresolved=Case(
        swap(AVOID, 'taskRoleArn: "${role.arn}"', 'taskRoleArn: {"fn::unknown": true}'), "unresolved task.taskRoleArn"
    ),
    boundary=Case(
        swap(
            swap(AVOID, 'executionRoleArn: "${role.arn}"', "executionRoleArn: arn:aws:iam::111122223333:role/run/task"),
            'taskRoleArn: "${role.arn}"',
            "taskRoleArn: task",
        ),
        "fail task.taskRoleArn",
    ),
)


def test_no_task_role_is_none_too_many(judge):
    assert judge(SeparateRoles, swap(AVOID, ', taskRoleArn: "${role.arn}"', "")) == []


def test_a_role_of_the_stack_is_the_one_that_an_arn_names(judge):
    program = swap(AVOID, 'taskRoleArn: "${role.arn}"', "taskRoleArn: arn:aws:iam::111122223333:role/task")
    named = swap(program, '{assumeRolePolicy: "{}"}', '{assumeRolePolicy: "{}", name: task}')
    assert judge(SeparateRoles, named) == ["fail task.taskRoleArn"]
    assert judge(SeparateRoles, swap(named, "name: task", "name: other")) == []


def test_one_role_for_both_is_refused_with_its_arn_unknown_and_known(judge):
    for deployed in (False, True):
        assert judge(SeparateRoles, AVOID, deployed=deployed) == ["fail task.taskRoleArn"]


def test_the_same_literal_twice_is_one_role(judge):
    program = swap(AVOID, '"${role.arn}"', "arn:aws:iam::111122223333:role/task")
    assert judge(SeparateRoles, program) == ["fail task.taskRoleArn"]
