from __future__ import annotations

import pytest

from guardrails.rules.iam.managed_admin import ManagedAdmin
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID = ManagedAdmin.avoid
ARN = '"arn:aws-cn:iam::aws:policy/job-function/SystemAdministrator"'


LIST = """
resources:
  only:
    type: aws:iam:UserPolicyAttachmentsExclusive
    properties: {userName: me, policyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"]}
"""
test_cases = cases(
    ManagedAdmin,
    unresolved=Case(swap(AVOID, ARN, '{"fn::unknown": true}'), "unresolved attach.policyArn"),
    boundary=Case(AVOID, "fail attach.policyArn"),
)


def test_a_list_of_all_attachments_attaches(judge):
    assert judge(ManagedAdmin, LIST) == ["fail only.policyArns"]


@pytest.mark.parametrize("name", ["AdministratorAccess", "IAMFullAccess", "PowerUserAccess"])
def test_the_classics_are_found(judge, name):
    assert judge(ManagedAdmin, swap(AVOID, ARN, f"arn:aws:iam::aws:policy/{name}")) == ["fail attach.policyArn"]


def test_a_roles_own_list_counts(judge):
    program = """
resources:
  role:
    type: aws:iam:Role
    properties:
      assumeRolePolicy: "{}"
      managedPolicyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::aws:policy/AdministratorAccess"]
"""
    assert judge(ManagedAdmin, program) == ["fail role.managedPolicyArns"]


def test_a_policy_of_the_stack_with_its_arn_unknown_is_known_not_to_be_awss(judge):
    program = swap(AVOID, ARN, '"${own.arn}"') + '  own: {type: "aws:iam:Policy", properties: {policy: "{}"}}\n'
    for deployed in (False, True):
        assert judge(ManagedAdmin, program, deployed=deployed) == []


def test_the_list_is_an_option(judge):
    program = swap(AVOID, ARN, "arn:aws:iam::aws:policy/ReadOnlyAccess")
    assert judge(ManagedAdmin, program, policies=("ReadOnlyAccess",)) == ["fail attach.policyArn"]
