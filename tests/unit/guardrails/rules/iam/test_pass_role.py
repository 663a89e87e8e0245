from __future__ import annotations

import pytest

from guardrails.rules.fail_closed.opaque_document import OpaqueDocument
from guardrails.rules.iam.pass_role import PassRole
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

POLICY = """
resources:
  policy:
    type: aws:iam:RolePolicy
    properties:
      role: deployer
      policy:
        fn::toJSON: {Statement: [{Effect: Allow, Action: "iam:PassRole", Resource: RESOURCE}]}
"""


TO_TASKS = '{StringEquals: {"iam:PassedToService": ecs-tasks.amazonaws.com}}'
FOUND = ["fail policy.policy.Statement[0]"]


def passes(resource: str, condition: str = "") -> str:
    more = f"RESOURCE, Condition: {condition}" if condition else "RESOURCE"
    return swap(swap(POLICY, "RESOURCE", more), "RESOURCE", resource)


test_cases = cases(
    PassRole,
    unresolved=Case(
        passes('"${role.arn}"') + '  role: {type: "aws:iam:Role"}\n',
        "unresolved policy.policy",
        also=(OpaqueDocument,),
    ),
    boundary=Case(passes('"arn:aws:iam::111122223333:r*"', TO_TASKS), *FOUND),
)


@pytest.mark.parametrize(
    "resource",
    [
        '"*"', '["arn:aws:iam::111122223333:role/a", "*"]', '"arn:aws:iam::*:role/*"', '"arn:aws:iam::111122223333:*"',
        '"arn:aws:iam::111122223333:role/service-role/*"', '"arn:aws:iam::111122223333:role/room-*"',
    ],
)  # fmt: skip
def test_wide_resources_are_refused(judge, resource):
    assert judge(PassRole, swap(POLICY, "RESOURCE", resource)) == ["fail policy.policy.Statement[0]"]


@pytest.mark.parametrize("action", ["iam:passrole", "IAM:Pass*", "iam:P*", "i*:PassRole"])
def test_actions_are_patterns_without_case(judge, action):
    program = swap(swap(POLICY, "RESOURCE", '"*"'), "iam:PassRole", action)
    assert judge(PassRole, program) == ["fail policy.policy.Statement[0]"]


def test_a_deny_or_another_action_passes_no_role(judge):
    wide = swap(POLICY, "RESOURCE", '"*"')
    assert judge(PassRole, swap(wide, "Allow", "Deny")) == []
    assert judge(PassRole, swap(wide, "iam:PassRole", "iam:ListRoles")) == []


def test_a_managed_policy_is_judged_where_it_is_attached_or_free(judge):
    program = swap(swap(POLICY, "RESOURCE", '"*"'), "aws:iam:RolePolicy", "aws:iam:Policy")
    assert judge(PassRole, swap(program, "      role: deployer\n", "")) == ["fail policy.policy.Statement[0]"]


@pytest.mark.parametrize(
    ("resource", "condition", "found"),
    [
        ('"arn:aws:iam::111122223333:role/room/*"', TO_TASKS, []),
        ('"arn:aws:iam::*:role/room-proxy"', "", []),
        ('"arn:aws:iam::111122223333:role/room-*"', '{StringLike: {"iam:PassedToService": "ec2.amazonaws.com*"}}', []),
        ('"arn:aws:iam::111122223333:role/room-*"', '{StringLike: {"iam:PassedToService": "*.amazonaws.com"}}', FOUND),
        ('"arn:aws:iam::111122223333:role/room-*"', '{StringEqualsIfExists: {"iam:PassedToService": a.b}}', FOUND),
        ('"*"', '{StringEquals: {"iam:ResourceTag/team": room}}', []),
        ('"*"', '{ArnLike: {"iam:AssociatedResourceArn": "arn:aws:ec2:*:111122223333:instance/i-1"}}', FOUND),
    ],
)
def test_what_narrows_the_roles_and_what_does_not(judge, resource, condition, found):
    assert judge(PassRole, passes(resource, condition)) == found
