from __future__ import annotations

import pytest

from guardrails.rules.fail_closed.opaque_document import OpaqueDocument
from guardrails.rules.policies.confused_deputy import ConfusedDeputy
from tests.unit.guardrails.rules.rule_cases import ELSEWHERE, Case, cases, swap

AVOID, PREFER = ConfusedDeputy.avoid, ConfusedDeputy.prefer
BUCKET = """
resources:
  policy:
    type: aws:s3:BucketPolicy
    properties:
      bucket: room-logs
      policy:
        fn::toJSON:
          Statement:
            - Effect: Allow
              Principal: {Service: SERVICE}
              Action: s3:PutObject
              Resource: "arn:aws:s3:::room-logs/*"
              Condition: CONDITION
"""


def delivery(service: str, condition: str) -> str:
    return swap(swap(BUCKET, "SERVICE", service), "CONDITION", condition)


def invoked(source: str) -> str:
    return swap(AVOID, "principal: s3.amazonaws.com", f"principal: s3.amazonaws.com, {source}") + ELSEWHERE


test_cases = cases(
    ConfusedDeputy,
    unresolved=Case(invoked('sourceArn: {"fn::unknown": true}'), "unresolved invoke.sourceArn"),
    boundary=Case(invoked("sourceArn: 'arn:aws:s3:::*'"), "fail invoke.sourceArn"),
)


def test_a_source_that_another_resource_gives_is_a_source(judge):
    assert judge(ConfusedDeputy, invoked('sourceArn: "${elsewhere.arn}"')) == []


def test_alexa_is_a_service_and_its_skill_is_named_by_a_token(judge):
    alexa = swap(AVOID, "principal: s3.amazonaws.com", "principal: alexa-appkit.amazon.com")
    assert judge(ConfusedDeputy, alexa) == ["fail invoke.sourceArn"]
    token = "principal: alexa-appkit.amazon.com, eventSourceToken: amzn1.ask.skill.1"
    assert judge(ConfusedDeputy, swap(alexa, "principal: alexa-appkit.amazon.com", token)) == []


KEY = """
resources:
  key:
    type: aws:kms:Key
    properties:
      policy:
        fn::toJSON:
          Statement: [{Effect: Allow, Principal: {Service: SERVICE}, Action: "kms:Decrypt", Resource: "*" CONDITION}]
"""


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("", ["fail key.policy.Statement[0]"]),
        (', Condition: {ArnLike: {"kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:*:111122223333:*"}}', []),
        (', Condition: {StringEquals: {"aws:SourceAccount": "111122223333"}}', []),
    ],
)
def test_a_key_is_used_by_a_service_for_a_source(judge, condition, found):
    program = swap(swap(KEY, "SERVICE", "cloudtrail.amazonaws.com"), " CONDITION", condition)
    assert judge(ConfusedDeputy, program) == found


def test_another_account_is_no_service(judge):
    assert judge(ConfusedDeputy, swap(AVOID, "s3.amazonaws.com", '"111122223333"')) == []


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ('{StringEquals: {"aws:SourceAccount": "111122223333"}}', False),
        ('{ArnLike: {"aws:SourceArn": "arn:aws:logs:ap-northeast-1:111122223333:*"}}', False),
        ('{StringEquals: {"s3:x-amz-acl": bucket-owner-full-control}}', True),
        ('{StringLike: {"aws:SourceAccount": "*"}}', True),
        ('{StringEqualsIfExists: {"aws:SourceAccount": "111122223333"}}', True),
    ],
)
def test_a_bucket_takes_logs_only_from_a_source(judge, condition, found):
    assert bool(judge(ConfusedDeputy, delivery("delivery.logs.amazonaws.com", condition))) is found


def test_services_that_act_with_a_role_of_ones_own_are_no_deputies(judge):
    condition = '{StringEquals: {"s3:x-amz-acl": private}}'
    assert judge(ConfusedDeputy, delivery("[ec2.amazonaws.com, lambda.amazonaws.com]", condition)) == []


def test_an_opaque_policy_or_an_unknown_principal_is_unresolved(judge):
    program = delivery("delivery.logs.amazonaws.com", '{StringEquals: {"aws:SourceArn": "${trail.arn}"}}')
    program += '  trail: {type: "aws:cloudtrail:Trail"}\n'
    assert judge(ConfusedDeputy, program, also=(OpaqueDocument,)) == ["unresolved policy.policy"]
    assert judge(ConfusedDeputy, swap(AVOID, "principal: s3.amazonaws.com", 'principal: {"fn::unknown": true}')) == [
        "unresolved invoke.principal"
    ]
