from __future__ import annotations

from guardrails.rules.fail_closed.opaque_document import OpaqueDocument
from guardrails.rules.policies.cross_account import CrossAccount
from tests.unit.guardrails.rules.rule_cases import swap

AVOID, PREFER = CrossAccount.avoid, CrossAccount.prefer


def test_the_own_account_passes(judge):
    assert judge(CrossAccount, PREFER) == []


def test_a_foreign_account_in_a_list_is_found(judge):
    assert judge(CrossAccount, AVOID) == ["fail policy.policy.Statement[0]"]


def test_an_arn_of_a_foreign_account_is_the_same(judge):
    for name in ("root", "role/app", "user/me"):
        assert judge(CrossAccount, swap(AVOID, '"999988887777"', f'"arn:aws:iam::999988887777:{name}"')) != []


def test_a_declared_external_account_passes(judge):
    intent = CrossAccount.example_intent + 'externals: [{id: team, account: "999988887777"}]\n'
    assert judge(CrossAccount, AVOID, intent=intent) == []


def test_a_trust_policy_is_judged_too_and_a_deny_is_not(judge):
    role = """
resources:
  role:
    type: aws:iam:Role
    properties:
      assumeRolePolicy:
        fn::toJSON: {Statement: [{Effect: Allow, Principal: {AWS: "999988887777"}, Action: "sts:AssumeRole"}]}
"""
    assert judge(CrossAccount, role) == ["fail role.assumeRolePolicy.Statement[0]"]
    assert judge(CrossAccount, swap(role, "Effect: Allow", "Effect: Deny")) == []


def test_an_opaque_policy_is_unresolved(judge):
    program = swap(AVOID, '"999988887777"', '"${role.arn}"') + '  role: {type: "aws:iam:Role"}\n'
    assert judge(CrossAccount, program, also=(OpaqueDocument,)) == ["unresolved policy.policy"]
