from __future__ import annotations

import pytest

from guardrails.rules.fail_closed.opaque_document import OpaqueDocument
from guardrails.rules.policies.any_principal import AnyPrincipal
from tests.unit.guardrails.rules.rule_cases import swap

AVOID, PREFER = AnyPrincipal.avoid, AnyPrincipal.prefer
KEY = """
resources:
  key:
    type: aws:kms:Key
    properties:
      policy:
        fn::toJSON: {Statement: [{Effect: Allow, Principal: PRINCIPAL, Action: "kms:*", Resource: "*"}]}
"""
FUNCTION = """
resources:
  invoke: {type: "aws:lambda:Permission", properties: {function: f, action: "lambda:InvokeFunction", principal: "*"}}
"""


def test_everybody_of_one_organisation_passes(judge):
    assert judge(AnyPrincipal, PREFER) == []


def test_a_negated_condition_restricts_nobody(judge):
    assert judge(AnyPrincipal, AVOID) == ["fail policy.policy.Statement[0]"]


@pytest.mark.parametrize("principal", ['"*"', '{AWS: "*"}', '{aws: ["arn:aws:iam::111122223333:root", "*"]}'])
def test_all_forms_of_everybody_are_one(judge, principal):
    assert judge(AnyPrincipal, swap(KEY, "PRINCIPAL", principal)) == ["fail key.policy.Statement[0]"]


def test_allow_with_not_principal_is_everybody_else(judge):
    program = swap(KEY, "Principal: PRINCIPAL", 'NotPrincipal: {AWS: "arn:aws:iam::111122223333:root"}')
    assert judge(AnyPrincipal, program) == ["fail key.policy.Statement[0]"]


@pytest.mark.parametrize("principal", ['{AWS: "arn:aws:iam::111122223333:root"}', "{Service: logs.amazonaws.com}"])
def test_named_principals_pass(judge, principal):
    assert judge(AnyPrincipal, swap(KEY, "PRINCIPAL", principal)) == []


@pytest.mark.parametrize(
    ("condition", "public"),
    [
        ('{StringEquals: {"aws:PrincipalOrgID": o-abc123}}', False),
        ('{StringEquals: {"AWS:SourceVpce": vpce-1}}', False),
        ('{StringLike: {"aws:PrincipalArn": "*"}}', True),
        ('{StringEqualsIfExists: {"aws:PrincipalOrgID": o-abc123}}', True),
        ('{"ForAllValues:StringEquals": {"aws:PrincipalOrgID": o-abc123}}', True),
        ('{IpAddress: {"aws:SourceIp": "203.0.113.0/24"}}', False),
        ('{IpAddress: {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}}', True),
        ('{Bool: {"aws:SecureTransport": "true"}}', True),
        ('{StringEquals: {"AWS:SourceOwner": "111122223333"}}', False),
        ('{Bool: {"elasticfilesystem:AccessedViaMountTarget": "true"}}', False),
        ('{Bool: {"elasticfilesystem:AccessedViaMountTarget": "false"}}', True),
        ('{ArnLike: {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}}', True),
        ('{ArnLike: {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/*"}}', False),
        ('{ArnLike: {"aws:SourceArn": "arn:aws:sns:*:*:*"}}', True),
        ('{ArnLike: {"aws:SourceArn": "arn:aws:s3:::*"}}', True),
        ('{ArnLike: {"aws:SourceArn": "arn:aws:s3:::room-logs"}}', False),
        ('{StringLike: {"aws:SourceAccount": "????????????"}}', True),
        ('{StringEquals: {"aws:PrincipalAccount": ["111122223333", "444455556666"]}}', False),
    ],
)
def test_conditions_are_judged_by_what_they_let_through(judge, condition, public):
    program = swap(AVOID, '{StringNotEquals: {"aws:PrincipalAccount": "444455556666"}}', condition)
    assert bool(judge(AnyPrincipal, program)) is public


def test_a_functions_permission_is_a_policy_too(judge):
    assert judge(AnyPrincipal, FUNCTION) == ["fail invoke.principal"]
    assert judge(AnyPrincipal, swap(FUNCTION, 'principal: "*"', 'principal: "*", principalOrgId: o-abc123')) == []
    assert judge(AnyPrincipal, swap(FUNCTION, '"*"', '{"fn::unknown": true}')) == ["unresolved invoke.principal"]


def test_an_opaque_policy_is_unresolved(judge):
    program = swap(swap(KEY, "PRINCIPAL", '"*"'), 'Resource: "*"', 'Resource: "${key.arn}"')
    assert judge(AnyPrincipal, program, also=(OpaqueDocument,)) == ["unresolved key.policy"]
