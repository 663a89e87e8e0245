from __future__ import annotations

import pytest

from guardrails.rules.buckets.tls_only import TlsOnly
from guardrails.rules.fail_closed.opaque_document import OpaqueDocument
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

PREFER = TlsOnly.prefer


BOTH = '["arn:aws:s3:::room-logs", "arn:aws:s3:::room-logs/*"]'
test_cases = cases(
    TlsOnly,
    unresolved=Case(
        swap(PREFER, '"arn:aws:s3:::room-logs/*"]', '"${bucket.arn}/*"]'),
        "unresolved bucket",
        "unresolved policy.policy",
        also=(OpaqueDocument,),
    ),
    boundary=Case(swap(PREFER, "room-logs/*", "room-logs/public/*"), "fail bucket"),
)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Effect: Deny", "Effect: Allow"),
        ('Principal: {AWS: ["*"]}', 'Principal: {AWS: "arn:aws:iam::111122223333:role/app"}'),
        ('Action: "S3:*"', 'Action: "s3:PutObject"'),
        ('Action: "S3:*"', 'Action: ["s3:Get*", "s3:Put*", "s3:List*"]'),
        ('Action: "S3:*"', 'NotAction: "s3:GetObject"'),
        ('Principal: {AWS: ["*"]}', 'NotPrincipal: {AWS: "arn:aws:iam::111122223333:role/app"}'),
        ('{Bool: {"aws:securetransport": false}}', '{NumericLessThan: {"s3:TlsVersion": "1.2"}}'),
        (BOTH, '["arn:aws:s3:::other", "arn:aws:s3:::other/*"]'),
        (BOTH, '"arn:aws:s3:::room-logs/*"'),
        (BOTH, '"arn:aws:s3:::room-logs"'),
        ('{"aws:securetransport": false}', '{"aws:securetransport": false, "aws:ViaAWSService": true}'),
    ],
)
def test_a_deny_that_leaves_somebody_or_something_out_is_not_enough(judge, old, new):
    assert judge(TlsOnly, swap(PREFER, old, new)) == ["fail bucket"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('{"aws:securetransport": false}', '{"aws:SecureTransport": "false"}'),
        ('{Bool: {"aws:securetransport": false}}', '{NumericLessThanIfExists: {"s3:TlsVersion": "1.2"}}'),
        ('{Bool: {"aws:securetransport": false}}', '{StringNotEquals: {"aws:SecureTransport": "true"}}'),
        ('{Bool: {"aws:securetransport": false}}', '{BoolIfExists: {"aws:SecureTransport": ["false"]}}'),
        (BOTH, '["arn:aws-cn:s3:::room-logs", "arn:aws-cn:s3:::room-logs/*"]'),
        ('Action: "S3:*"', 'NotAction: "sts:*"'),
        (BOTH, '"*"'),
        (BOTH, '"arn:aws:s3:::room-logs*"'),
        ('Action: "S3:*"', 'Action: "*"'),
    ],
)
def test_other_ways_to_say_it_are_as_good(judge, old, new):
    assert judge(TlsOnly, swap(PREFER, old, new)) == []


def test_a_bucket_without_a_policy_is_refused(judge):
    assert judge(TlsOnly, PREFER.split("  policy:")[0]) == ["fail bucket"]


def test_a_bucket_named_by_the_provider_is_the_one_that_its_policy_names(judge):
    program = swap(PREFER, "{bucket: room-logs}", "{}")
    assert judge(TlsOnly, program) == []


def test_statements_add_up(judge):
    program = swap(PREFER, BOTH, '"arn:aws:s3:::room-logs"')
    statement = program[program.index("            - Effect") :]
    assert judge(TlsOnly, program + swap(statement, "room-logs", "room-logs/*")) == []
