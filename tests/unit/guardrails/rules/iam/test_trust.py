from __future__ import annotations

import pytest

from guardrails.rules.fail_closed.opaque_document import OpaqueDocument
from guardrails.rules.iam.trust import Trust
from tests.unit.guardrails.rules.rule_cases import swap

ROLE = """
resources:
  role:
    type: aws:iam:Role
    properties:
      assumeRolePolicy:
        fn::toJSON: {Statement: [{Effect: Allow, Principal: PRINCIPAL, Action: "sts:AssumeRole" CONDITION}]}
"""
INTENT = '{version: 1, accounts: ["111122223333"]}'
FOUND = ["fail role.assumeRolePolicy.Statement[0]"]


def trust(principal: str, condition: str = "") -> str:
    text = swap(ROLE, "PRINCIPAL", principal)
    return swap(text, " CONDITION", f", Condition: {condition}" if condition else "")


def test_a_service_and_a_bound_foreign_account_pass(judge):
    assert judge(Trust, Trust.prefer, intent=INTENT) == []


@pytest.mark.parametrize("principal", ['"*"', '{AWS: "*"}', '{AWS: ["arn:aws:iam::111122223333:role/a", "*"]}'])
def test_everybody_in_any_form_is_refused(judge, principal):
    assert judge(Trust, trust(principal)) == FOUND


def test_a_condition_that_matches_everything_restricts_nobody(judge):
    assert judge(Trust, Trust.avoid) == FOUND
    assert judge(Trust, trust('"*"', '{StringEquals: {"aws:PrincipalOrgID": o-abc123}}')) == []


@pytest.mark.parametrize("principal", ["999988887777", "arn:aws:iam::999988887777:root"])
def test_the_whole_of_a_foreign_account_needs_a_condition(judge, principal):
    named = f'{{AWS: "{principal}"}}'
    assert judge(Trust, trust(named), intent=INTENT) == FOUND
    assert judge(Trust, trust(named, '{StringEquals: {"sts:ExternalId": room-4711}}'), intent=INTENT) == []


def test_the_own_account_and_a_named_role_of_another_need_none(judge):
    assert judge(Trust, trust('{AWS: "arn:aws:iam::111122223333:root"}'), intent=INTENT) == []
    assert judge(Trust, trust('{AWS: "arn:aws:iam::999988887777:role/ci"}'), intent=INTENT) == []


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ('{StringEquals: {"token.actions.githubusercontent.com:aud": sts.amazonaws.com}}', True),
        ('{StringLike: {"token.actions.githubusercontent.com:sub": "repo:room/infra:*"}}', False),
        ('{StringLike: {"token.actions.githubusercontent.com:sub": "*"}}', True),
    ],
)
def test_a_web_identity_needs_a_subject(judge, condition, found):
    provider = '{Federated: "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}'
    program = swap(trust(provider, condition), "sts:AssumeRole", "sts:AssumeRoleWithWebIdentity")
    assert bool(judge(Trust, program)) is found


def test_an_opaque_trust_is_unresolved(judge):
    program = trust('{AWS: "${other.arn}"}') + '  other: {type: "aws:iam:Role"}\n'
    assert judge(Trust, program, also=(OpaqueDocument,)) == ["unresolved role.assumeRolePolicy"]
