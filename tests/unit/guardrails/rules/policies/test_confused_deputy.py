from __future__ import annotations

import pytest

from guardrails.rules.fail_closed.opaque_document import OpaqueDocument
from guardrails.rules.policies.confused_deputy import ConfusedDeputy
from tests.unit.guardrails.rules.rule_cases import swap

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


def test_a_permission_bound_to_an_account_passes(judge):
    assert judge(ConfusedDeputy, PREFER) == []


def test_a_permission_for_any_bucket_of_anybody_is_refused(judge):
    assert judge(ConfusedDeputy, AVOID) == ["fail invoke.sourceArn"]


def test_a_source_that_is_not_known_yet_is_a_source(judge):
    source = 'sourceArn: {"fn::unknown": true}, principal: s3.amazonaws.com'
    assert judge(ConfusedDeputy, swap(AVOID, "principal: s3.amazonaws.com", source)) == []


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
