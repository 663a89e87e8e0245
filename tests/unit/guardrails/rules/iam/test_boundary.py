from __future__ import annotations

import pytest

from guardrails.rules.iam.boundary import Boundary
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

PREFER = Boundary.prefer
ARN = '"arn:aws:iam::111122223333:policy/boundary"'
EVERYTHING = '"arn:aws-cn:iam::aws:policy/AdministratorAccess"'
test_cases = cases(
    Boundary,
    unresolved=Case(swap(PREFER, ARN, '{"fn::unknown": true}'), "unresolved role.permissionsBoundary"),
    boundary=Case(
        swap(PREFER, ARN, '"arn:aws-cn:iam::aws:policy/AdministratorAccess"'), "fail role.permissionsBoundary"
    ),
)


def test_a_boundary_of_the_stack_is_one_before_its_arn_is_known(judge):
    policy = '  cap: {type: "aws:iam:Policy", properties: {policy: "{}"}}\n'
    for deployed in (False, True):
        assert judge(Boundary, swap(PREFER, ARN, '"${cap.arn}"') + policy, deployed=deployed) == []


@pytest.mark.parametrize("value", ['""', "null"])
def test_an_empty_boundary_is_none(judge, value):
    assert judge(Boundary, swap(PREFER, ARN, value)) == ["fail role.permissionsBoundary"]


def test_users_need_one_too(judge):
    assert judge(Boundary, 'resources: {me: {type: "aws:iam:User"}}') == ["fail me.permissionsBoundary"]


def test_the_role_whose_name_aws_fixes_is_left_out(judge):
    named = swap(Boundary.avoid, "properties: {", "properties: {name: workspaces_DefaultRole, ")
    assert judge(Boundary, named) == []
    assert judge(Boundary, named, without=()) == ["fail role.permissionsBoundary"]
