from __future__ import annotations

import pytest

from guardrails.rules.buckets.perimeter import BucketPerimeter
from guardrails.rules.fail_closed.opaque_document import OpaqueDocument
from tests.unit.guardrails.rules.rule_cases import swap

PREFER = BucketPerimeter.prefer


def test_a_deny_from_elsewhere_passes(judge):
    assert judge(BucketPerimeter, PREFER) == []


def test_an_allow_with_a_condition_binds_nobody_else(judge):
    assert judge(BucketPerimeter, BucketPerimeter.avoid) == ["fail bucket"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("StringNotEquals:", "StringEquals:"),
        ('StringNotEquals: {"aws:SourceVpce": vpce-0a1b2c3d4e5f60718}', 'StringNotLike: {"aws:SourceVpce": "*"}'),
        ('"aws:SourceVpce": vpce-0a1b2c3d4e5f60718', '"s3:x-amz-acl": private'),
    ],
)
def test_a_deny_that_keeps_nobody_out_is_none(judge, old, new):
    assert judge(BucketPerimeter, swap(PREFER, old, new)) == ["fail bucket"]


def test_a_bucket_of_no_zone_is_not_judged(judge):
    assert judge(BucketPerimeter, swap(BucketPerimeter.avoid, "{Zone: production}", "{Team: web}")) == []


def test_an_opaque_policy_or_an_unknown_zone_is_unresolved(judge):
    opaque = swap(PREFER, '"arn:aws:s3:::room-data/*"]', '"${bucket.arn}/*"]')
    assert judge(BucketPerimeter, opaque, also=(OpaqueDocument,)) == ["unresolved bucket", "unresolved policy.policy"]
    nowhere = swap(PREFER, "{Zone: production}", '{Zone: {"fn::unknown": true}}')
    assert judge(BucketPerimeter, nowhere) == ["unresolved bucket.tags"]
