from __future__ import annotations

import pytest

from guardrails.rules.fail_closed.opaque_document import OpaqueDocument
from guardrails.rules.policies.bound_secret import BoundSecret
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

PREFER = BoundSecret.prefer
PLACE = 'StringNotEquals: {"aws:SourceVpc": vpc-0a1b2c3d4e5f60718}'
READER = 'ArnNotLike: {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/reader"}'
test_cases = cases(
    BoundSecret,
    unresolved=Case(
        swap(PREFER, 'Resource: "*"', 'Resource: "${secret.arn}"'),
        "unresolved secret",
        "unresolved policy.policy",
        also=(OpaqueDocument,),
    ),
    boundary=Case(
        swap(PREFER, PLACE, f'{PLACE}\n                StringEquals: {{"aws:username": guest}}'), "fail secret"
    ),
)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Effect: Deny", "Effect: Allow"),
        (PLACE, 'StringNotLike: {"aws:SourceVpc": "vpc-*"}'),
        (READER, 'ArnNotLike: {"aws:PrincipalArn": "arn:aws:iam::*:role/reader"}'),
        ('Action: "secretsmanager:GetSecretValue"', 'Action: "secretsmanager:DeleteSecret"'),
        ('Principal: "*"', 'Principal: {AWS: "arn:aws:iam::111122223333:role/guest"}'),
    ],
)
def test_a_deny_that_keeps_nobody_out_is_none(judge, old, new):
    assert judge(BoundSecret, swap(PREFER, old, new)) == ["fail secret"]


@pytest.mark.parametrize("condition", [PLACE, READER])
def test_a_place_or_a_role_by_itself_binds(judge, condition):
    other = READER if condition == PLACE else PLACE
    assert judge(BoundSecret, swap(PREFER, f"                {other}\n", "")) == []


def test_a_secret_of_no_zone_is_not_judged(judge):
    assert judge(BoundSecret, swap(BoundSecret.avoid, "{Zone: production}", "{Team: web}")) == []
