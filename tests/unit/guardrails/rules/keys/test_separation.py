from __future__ import annotations

from guardrails.rules.fail_closed.opaque_document import OpaqueDocument
from guardrails.rules.keys.separation import Separation
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID, PREFER = Separation.avoid, Separation.prefer


test_cases = cases(
    Separation,
    unresolved=Case(
        swap(AVOID, 'Resource: "*"}\n', 'Resource: "${key.arn}"}\n'),
        "unresolved key.policy",
        also=(OpaqueDocument,),
    ),
    boundary=Case(swap(PREFER, 'Action: "kms:Put*"', 'NotAction: "kms:Describe*"'), "fail key.policy"),
)


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


def test_what_a_deny_takes_away_is_not_held(judge):
    deny = '            - {Effect: Deny, Principal: "*", Action: ["kms:*crypt*", "kms:Gen*"], Resource: "*" WHEN}\n'
    whole = swap(PREFER, '"kms:Put*"', '"kms:*"')
    assert judge(Separation, whole + swap(deny, " WHEN", "")) == []
    condition = ', Condition: {Bool: {"aws:MultiFactorAuthPresent": "false"}}'
    assert judge(Separation, whole + swap(deny, " WHEN", condition)) == ["fail key.policy"]
