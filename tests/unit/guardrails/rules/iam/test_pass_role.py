from __future__ import annotations

import pytest

from guardrails.rules.fail_closed.opaque_document import OpaqueDocument
from guardrails.rules.iam.pass_role import PassRole
from tests.unit.guardrails.rules.rule_cases import swap

POLICY = """
resources:
  policy:
    type: aws:iam:RolePolicy
    properties:
      role: deployer
      policy:
        fn::toJSON: {Statement: [{Effect: Allow, Action: "iam:PassRole", Resource: RESOURCE}]}
"""


def test_named_roles_and_a_family_for_one_service_pass(judge):
    assert judge(PassRole, PassRole.prefer) == []


def test_every_role_is_refused_even_for_every_service_by_name(judge):
    assert judge(PassRole, PassRole.avoid) == ["fail policy.policy.Statement[0]"]


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


def test_an_opaque_policy_is_unresolved(judge):
    program = swap(POLICY, "RESOURCE", '"${role.arn}"') + '  role: {type: "aws:iam:Role"}\n'
    assert judge(PassRole, program, also=(OpaqueDocument,)) == ["unresolved policy.policy"]
