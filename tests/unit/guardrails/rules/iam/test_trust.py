from __future__ import annotations

import pytest

from guardrails.rules.fail_closed.opaque_document import OpaqueDocument
from guardrails.rules.iam.trust import Trust
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

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


test_cases = cases(
    Trust,
    unresolved=Case(
        trust('{AWS: "${other.arn}"}') + '  other: {type: "aws:iam:Role"}\n',
        "unresolved role.assumeRolePolicy",
        also=(OpaqueDocument,),
    ),
    boundary=Case(trust('"*"', '{StringEquals: {"aws:PrincipalTag/team": room}}'), *FOUND),
)


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


def test_without_an_own_account_the_whole_of_one_is_not_judged(judge):
    assert judge(Trust, trust('{AWS: "111122223333"}')) == ["unresolved role.assumeRolePolicy.Statement[0]"]
    assert judge(Trust, trust('{AWS: "111122223333"}', '{StringEquals: {"sts:ExternalId": room-4711}}')) == []


GITHUB = "token.actions.githubusercontent.com"
EKS = "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"


@pytest.mark.parametrize(
    ("provider", "condition", "found"),
    [
        (GITHUB, 'StringEquals: {"GITHUB:aud": sts.amazonaws.com}', True),
        (GITHUB, 'StringLike: {"GITHUB:sub": "repo:room/infra:*"}', False),
        (GITHUB, 'StringLike: {"GITHUB:sub": "repo:room/*"}', False),
        (GITHUB, 'StringLike: {"GITHUB:sub": "*"}', True),
        (GITHUB, 'StringLike: {"GITHUB:sub": "repo:*"}', True),
        (GITHUB, 'StringLike: {"GITHUB:sub": "repo:room*/infra:*"}', True),
        (GITHUB, 'StringLike: {"GITHUB:sub": ["repo:room/infra:*", "repo:*/infra:*"]}', True),
        (GITHUB, 'StringEqualsIfExists: {"GITHUB:sub": "repo:room/infra:ref:refs/heads/main"}', True),
        (EKS, 'StringEquals: {"GITHUB:sub": "system:serviceaccount:room:proxy"}', False),
        (EKS, 'StringLike: {"GITHUB:sub": "system:serviceaccount:room:*"}', False),
        (EKS, 'StringLike: {"GITHUB:sub": "system:serviceaccount:*:proxy"}', True),
    ],
)
def test_a_web_identity_needs_a_subject_that_names_whose_it_is(judge, provider, condition, found):
    principal = f'{{Federated: "arn:aws:iam::111122223333:oidc-provider/{provider}"}}'
    program = trust(principal, f"{{{condition.replace('GITHUB', provider)}}}")
    assert bool(judge(Trust, swap(program, "sts:AssumeRole", "sts:AssumeRoleWithWebIdentity"))) is found


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ('"ForAnyValue:StringLike": {"POOLS:amr": authenticated}', True),
        ('StringEquals: {"POOLS:aud": "eu-west-1:1-2"}, "ForAnyValue:StringLike": {"POOLS:amr": authenticated}', False),
        ('StringEquals: {"POOLS:aud": "eu-west-1:1-2"}', True),
    ],
)
def test_identity_pools_of_others_are_at_the_same_provider(judge, condition, found):
    pools = "cognito-identity.amazonaws.com"
    program = trust(f"{{Federated: {pools}}}", f"{{{condition.replace('POOLS', pools)}}}")
    assert bool(judge(Trust, swap(program, "sts:AssumeRole", "sts:AssumeRoleWithWebIdentity"))) is found


def test_a_deny_for_other_organisations_closes_a_trust(judge):
    deny = (
        '{Effect: Deny, Principal: "*", Action: "sts:*", '
        'Condition: {StringNotEquals: {"aws:PrincipalOrgID": o-abc123}}}'
    )
    assert judge(Trust, swap(trust('"*"'), "Statement: [", f"Statement: [{deny}, ")) == []
