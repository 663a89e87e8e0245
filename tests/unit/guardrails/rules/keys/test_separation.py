from __future__ import annotations

from guardrails.rules.fail_closed.opaque_document import OpaqueDocument
from guardrails.rules.keys.separation import Separation
from tests.unit.guardrails.rules.rule_cases import swap

AVOID, PREFER = Separation.avoid, Separation.prefer


def test_separate_roles_beside_the_accounts_root_pass(judge):
    assert judge(Separation, PREFER) == []


def test_duties_are_added_up_over_statements_and_spellings(judge):
    assert judge(Separation, AVOID) == ["fail key.policy"]


def test_one_wildcard_holds_both_duties(judge):
    assert judge(Separation, swap(PREFER, '"kms:Put*"', '"kms:*"')) == ["fail key.policy"]


def test_a_deny_gives_nothing(judge):
    assert (
        judge(Separation, swap(AVOID, "{Effect: Allow, Principal: {AWS: [", "{Effect: Deny, Principal: {AWS: [")) == []
    )


def test_a_policy_of_its_own_resource_counts(judge):
    program = swap(swap(AVOID, "aws:kms:Key", "aws:kms:KeyPolicy"), "enableKeyRotation: true", "keyId: k")
    assert judge(Separation, program) == ["fail key.policy"]


def test_an_opaque_policy_is_unresolved(judge):
    program = swap(AVOID, 'Resource: "*"}\n', 'Resource: "${key.arn}"}\n')
    assert judge(Separation, program, also=(OpaqueDocument,)) == ["unresolved key.policy"]
