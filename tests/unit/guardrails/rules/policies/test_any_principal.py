from __future__ import annotations

import pytest

from guardrails.rules.fail_closed.opaque_document import OpaqueDocument
from guardrails.rules.policies.any_principal import AnyPrincipal
from tests.unit.guardrails.rules.rule_cases import ELSEWHERE, Case, cases, swap

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
OPAQUE = swap(swap(KEY, "PRINCIPAL", '"*"'), 'Resource: "*"', 'Resource: "${key.arn}"')
ANY_ENDPOINT = '{StringLike: {"aws:SourceVpce": "vpce-*"}}'
NEGATED = '{StringNotEquals: {"aws:PrincipalAccount": "444455556666"}}'
test_cases = cases(
    AnyPrincipal,
    unresolved=Case(OPAQUE, "unresolved key.policy", also=(OpaqueDocument,)),
    boundary=Case(swap(AVOID, NEGATED, ANY_ENDPOINT), "fail policy.policy.Statement[0]"),
)


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
        ('{StringEquals: {"aws:PrincipalTag/team": room}}', True),
        ('{StringEquals: {"aws:username": deployer}}', True),
        ('{IpAddress: {"aws:VpcSourceIp": 10.0.0.0/16}}', True),
        ('{StringLike: {"aws:PrincipalOrgID": "o-*"}}', True),
        ('{"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-abc123/*"}}', False),
        ('{"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "*/ou-1/*"}}', True),
        ('{StringLike: {"aws:PrincipalAccount": "1111*"}}', True),
        ('{StringLike: {"aws:PrincipalArn": "*:role/deployer"}}', True),
        ('{ArnLike: {"aws:PrincipalArn": "arn:aws:iam::1111*:role/deployer"}}', True),
        ('{ArnLike: {"aws:SourceArn": "arn:aws:s3:::room-*"}}', True),
        ('{ArnLike: {"aws:SourceArn": "arn:aws:s3:*:*:room-logs"}}', False),
        ('{StringLike: {"aws:userId": "*:deployer"}}', True),
        ('{StringLike: {"aws:userId": "AROAEXAMPLEID:*"}}', False),
        ('{StringEquals: {"aws:PrincipalAccount": "$${aws:PrincipalAccount}"}}', True),
        ('{StringEquals: {"aws:SourceAccount": "$${aws:PrincipalAccount}"}}', True),
        ('{StringEqualsIfExists: {"aws:SourceVpce": vpce-1}, "Null": {"aws:SourceVpce": "false"}}', False),
        ('{StringEqualsIfExists: {"aws:SourceVpce": vpce-1}, "Null": {"aws:SourceVpce": "true"}}', True),
        ('{"Null": {"aws:SourceVpce": "false"}}', True),
        ('{StringEquals: {"vpc-lattice-svcs:SourceVpc": vpc-1}}', False),
        ('{StringLike: {"vpc-lattice-svcs:SourceVpcOwnerAccount": "*"}}', True),
    ],
)
def test_conditions_are_judged_by_what_they_let_through(judge, condition, public):
    program = swap(AVOID, '{StringNotEquals: {"aws:PrincipalAccount": "444455556666"}}', condition)
    assert bool(judge(AnyPrincipal, program)) is public


DENIED = """
resources:
  policy:
    type: aws:s3:BucketPolicy
    properties:
      bucket: room
      policy:
        fn::toJSON:
          Statement:
            - {Effect: Allow, Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::room/*"}
            - {Effect: Deny, Principal: {AWS: "*"}, Action: "s3:*", Resource: "arn:aws:s3:::room/*", Condition: WHO}
"""
ORGANISATION = 'StringNotEquals: {"aws:PrincipalOrgID": o-abc123}'


@pytest.mark.parametrize(
    ("condition", "public"),
    [
        (f"{{{ORGANISATION}}}", False),
        (f'{{{ORGANISATION}, Bool: {{"aws:PrincipalIsAWSService": "false"}}}}', True),
        (f'{{{ORGANISATION}, BoolIfExists: {{"aws:PrincipalIsAWSService": "false"}}}}', False),
        ('{StringNotEqualsIfExists: {"aws:SourceVpce": vpce-1}}', False),
        ('{NotIpAddress: {"aws:SourceIp": 198.51.100.0/24}}', False),
        ('{NotIpAddress: {"aws:SourceIp": 0.0.0.0/0}}', True),
        ('{StringNotLike: {"aws:PrincipalArn": "*"}}', True),
        ('{Bool: {"aws:SecureTransport": "false"}}', True),
        (f'{{{ORGANISATION}, StringEquals: {{"aws:PrincipalArn": "arn:aws:iam::111122223333:role/a"}}}}', True),
        ('{"ForAnyValue:StringNotLike": {"aws:PrincipalOrgPaths": "o-abc123/*"}}', True),
    ],
)
def test_a_deny_for_all_others_closes_what_an_allow_opens(judge, condition, public):
    assert bool(judge(AnyPrincipal, swap(DENIED, "WHO", condition))) is public


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('Action: "s3:*"', 'Action: "s3:Put*"'),
        ('"s3:*", Resource: "arn:aws:s3:::room/*"', '"s3:*", Resource: "arn:aws:s3:::room/secret/*"'),
        ('{AWS: "*"}', '{AWS: "arn:aws:iam::111122223333:role/a"}'),
    ],
)
def test_a_deny_of_less_than_the_allow_leaves_it_open(judge, old, new):
    program = swap(swap(DENIED, "WHO", f"{{{ORGANISATION}}}"), old, new)
    assert judge(AnyPrincipal, program) == ["fail policy.policy.Statement[0]"]


def test_a_statement_without_a_principal_names_nobody_and_so_everybody(judge):
    assert judge(AnyPrincipal, swap(KEY, "Principal: PRINCIPAL, ", "")) == ["fail key.policy.Statement[0]"]


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ("principalOrgId: o-abc123", []),
        ('sourceAccount: "111122223333"', []),
        ("sourceArn: arn:aws:sns:eu-west-1:111122223333:topic", []),
        ("sourceArn: 'arn:aws:sns:*:*:*'", ["fail invoke.principal"]),
        ("functionUrlAuthType: AWS_IAM", ["fail invoke.principal"]),
        ('sourceArn: {"fn::unknown": true}', ["unresolved invoke.principal"]),
        ('sourceArn: "${elsewhere.arn}"', []),
    ],
)
def test_a_functions_permission_is_a_policy_too(judge, more, found):
    program = swap(FUNCTION, 'principal: "*"', f'principal: "*", {more}') + ELSEWHERE
    assert judge(AnyPrincipal, program) == found
    assert judge(AnyPrincipal, FUNCTION) == ["fail invoke.principal"]
    assert judge(AnyPrincipal, swap(FUNCTION, '"*"', '{"fn::unknown": true}')) == ["unresolved invoke.principal"]


def test_an_event_bus_is_for_one_organisation_at_most(judge):
    bus = """
resources:
  bus: {type: "aws:cloudwatch:EventPermission", properties: {statementId: all, principal: "*"}}
"""
    assert judge(AnyPrincipal, bus) == ["fail bus.principal"]
    condition = 'principal: "*", condition: {key: "aws:PrincipalOrgID", type: StringEquals, value: o-abc123}'
    assert judge(AnyPrincipal, swap(bus, 'principal: "*"', condition)) == []


@pytest.mark.parametrize("kind", ["aws:kinesis:ResourcePolicy", "aws:s3control:AccessPointPolicy"])
def test_policies_of_services_that_are_seldom_thought_of_are_policies_too(judge, kind):
    assert judge(AnyPrincipal, swap(AVOID, "aws:sqs:QueuePolicy", kind)) == ["fail policy.policy.Statement[0]"]
