from __future__ import annotations

import pytest

from guardrails.rules.buckets.tls_only import TlsOnly
from guardrails.rules.fail_closed.opaque_document import OpaqueDocument
from tests.unit.guardrails.rules.rule_cases import swap

PREFER = TlsOnly.prefer


def test_a_deny_for_everybody_on_the_whole_bucket_passes(judge):
    for deployed in (False, True):
        assert judge(TlsOnly, PREFER, deployed=deployed) == []


def test_denying_requests_with_tls_is_the_wrong_way_round(judge):
    assert judge(TlsOnly, TlsOnly.avoid) == ["fail bucket"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Effect: Deny", "Effect: Allow"),
        ('Principal: {AWS: ["*"]}', 'Principal: {AWS: "arn:aws:iam::111122223333:role/app"}'),
        ('Action: "S3:*"', 'Action: "s3:PutObject"'),
        ('["arn:aws:s3:::room-logs", "arn:aws:s3:::room-logs/*"]', '"arn:aws:s3:::room-logs/*"'),
        ('["arn:aws:s3:::room-logs", "arn:aws:s3:::room-logs/*"]', '"arn:aws:s3:::room-logs"'),
        ('{"aws:securetransport": false}', '{"aws:securetransport": false, "aws:ViaAWSService": true}'),
    ],
)
def test_a_deny_that_leaves_somebody_or_something_out_is_not_enough(judge, old, new):
    assert judge(TlsOnly, swap(PREFER, old, new)) == ["fail bucket"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('{"aws:securetransport": false}', '{"aws:SecureTransport": "false"}'),
        ('{Bool: {"aws:securetransport": false}}', '{NumericLessThan: {"s3:TlsVersion": "1.2"}}'),
        ('["arn:aws:s3:::room-logs", "arn:aws:s3:::room-logs/*"]', '"*"'),
        ('["arn:aws:s3:::room-logs", "arn:aws:s3:::room-logs/*"]', '"arn:aws:s3:::room-logs*"'),
        ('Action: "S3:*"', 'Action: "*"'),
    ],
)
def test_other_ways_to_say_it_are_as_good(judge, old, new):
    assert judge(TlsOnly, swap(PREFER, old, new)) == []


def test_a_bucket_without_a_policy_is_refused(judge):
    assert judge(TlsOnly, PREFER.split("  policy:")[0]) == ["fail bucket"]


def test_an_opaque_policy_is_unresolved(judge):
    program = swap(PREFER, '"arn:aws:s3:::room-logs/*"]', '"${bucket.arn}/*"]')
    assert judge(TlsOnly, program, also=(OpaqueDocument,)) == ["unresolved bucket", "unresolved policy.policy"]
