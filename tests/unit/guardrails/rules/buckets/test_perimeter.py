from __future__ import annotations

import pytest

from guardrails.rules.buckets.perimeter import BucketPerimeter
from guardrails.rules.fail_closed.opaque_document import OpaqueDocument
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

PREFER = BucketPerimeter.prefer


NEGATED = 'StringNotEquals: {"aws:SourceVpce": vpce-0a1b2c3d4e5f60718}'
test_cases = cases(
    BucketPerimeter,
    unresolved=Case(
        swap(PREFER, '"arn:aws:s3:::room-data/*"]', '"${bucket.arn}/*"]'),
        "unresolved bucket",
        "unresolved policy.policy",
        also=(OpaqueDocument,),
    ),
    boundary=Case(
        swap(PREFER, NEGATED, f'{NEGATED}\n                StringEquals: {{"aws:username": guest}}'), "fail bucket"
    ),
)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("StringNotEquals:", "StringEquals:"),
        ('StringNotEquals: {"aws:SourceVpce": vpce-0a1b2c3d4e5f60718}', 'StringNotLike: {"aws:SourceVpce": "*"}'),
        (NEGATED, 'StringNotLike: {"aws:SourceVpce": "vpce-*"}'),
        (NEGATED, 'NotIpAddress: {"aws:SourceIp": 0.0.0.0/0}'),
        ('Action: "s3:*"', 'Action: "s3:PutBucketPolicy"'),
        ("room-data/*", "room-data/archive/*"),
        ('"aws:SourceVpce": vpce-0a1b2c3d4e5f60718', '"s3:x-amz-acl": private'),
    ],
)
def test_a_deny_that_keeps_nobody_out_is_none(judge, old, new):
    assert judge(BucketPerimeter, swap(PREFER, old, new)) == ["fail bucket"]


@pytest.mark.parametrize(
    "condition",
    [
        'StringNotEqualsIfExists: {"aws:PrincipalOrgID": o-abc123}',
        'NotIpAddressIfExists: {"aws:SourceIp": 198.51.100.0/24}',
        f'{NEGATED}\n                BoolIfExists: {{"aws:PrincipalIsAWSService": "false"}}',
        f'{NEGATED}\n                BoolIfExists: {{"aws:ViaAWSService": "false"}}',
    ],
)
def test_the_usual_exceptions_leave_it_bound(judge, condition):
    assert judge(BucketPerimeter, swap(PREFER, NEGATED, condition)) == []


def test_a_bucket_of_no_zone_is_not_judged(judge):
    assert judge(BucketPerimeter, swap(BucketPerimeter.avoid, "{Zone: production}", "{Team: web}")) == []


def test_a_bucket_whose_zone_is_not_known_is_unresolved(judge):
    nowhere = swap(PREFER, "{Zone: production}", '{Zone: {"fn::unknown": true}}')
    assert judge(BucketPerimeter, nowhere) == ["unresolved bucket.tags"]
