from __future__ import annotations

import pytest

from guardrails.rules.fail_closed.opaque_document import OpaqueDocument
from guardrails.rules.iam.service_wildcard import ServiceWildcard
from tests.unit.guardrails.rules.iam.test_admin import policy
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

FOUND = ["fail policy.policy.Statement[0]"]
test_cases = cases(
    ServiceWildcard,
    unresolved=Case(
        swap(policy('"s3:*"'), 'Resource: "*"', 'Resource: {"fn::unknown": true}'),
        "unresolved policy.policy",
        also=(OpaqueDocument,),
    ),
    boundary=Case(policy('"ec2:?*"', '"arn:aws:ec2:*:111122223333:*"'), *FOUND),
)


@pytest.mark.parametrize("action", ['"iam:*"', '"IAM:**"', '["logs:PutLogEvents", "i*:*"]'])
def test_every_spelling_of_a_whole_service(judge, action):
    assert judge(ServiceWildcard, policy(action)) == FOUND


def test_all_buckets_and_objects_are_all_there_is(judge):
    assert judge(ServiceWildcard, policy('"s3:*"', '["arn:aws:s3:::*", "arn:aws:s3:::*/*"]')) == FOUND


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ('"s3:*"', '["arn:aws:s3:::room", "arn:aws:s3:::room/*"]'),
        ('"ec2:Describe*"', '"*"'),
        ('"s3:*Object"', '"*"'),
        ('"dynamodb:*"', '"arn:aws:dynamodb:*:*:table/room"'),
        ('"s3:*"', '"arn:aws:sqs:*:*:*"'),
    ],
)
def test_a_part_of_the_actions_or_of_the_resources_is_not_all(judge, action, resource):
    assert judge(ServiceWildcard, policy(action, resource)) == []


def test_a_boundary_caps_and_gives_nothing(judge):
    program = (
        swap(policy('"s3:*"'), "    properties:\n", "    properties:\n      name: cap\n")
        + """
  role:
    type: aws:iam:Role
    properties: {assumeRolePolicy: "{}", permissionsBoundary: "arn:aws:iam::111122223333:policy/cap"}
"""
    )
    assert judge(ServiceWildcard, program) == []
    attached = '  more: {type: "aws:iam:RolePolicyAttachment", properties: {role: a, policyArn: "${policy.arn}"}}\n'
    assert judge(ServiceWildcard, program + attached) == FOUND
    by_set = """
  set:
    type: aws:ssoadmin:CustomerManagedPolicyAttachment
    properties: {customerManagedPolicyReference: {name: cap}}
"""
    assert judge(ServiceWildcard, program + by_set) == FOUND
