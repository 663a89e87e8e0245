from __future__ import annotations

import pytest

from guardrails.rules.evidence.kept import RecordsKept
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID, PREFER = RecordsKept.avoid, RecordsKept.prefer
BUCKET = """
resources:
  bucket: {type: "aws:s3:Bucket", properties: {bucket: room-logs}}
  trail: {type: "aws:cloudtrail:Trail", properties: {s3BucketName: "${bucket.bucket}"}}
  expire:
    type: aws:s3:BucketLifecycleConfiguration
    properties: {bucket: "${bucket.id}", rules: [{id: a, status: Enabled, RULE}]}
"""
KEPT = "expiration: {days: 365}"

test_cases = cases(
    RecordsKept,
    unresolved=Case(swap(PREFER, "retentionInDays: 365", 'retentionInDays: {"fn::unknown": true}'),
                    "unresolved group.retentionInDays"),
    boundary=Case(swap(PREFER, "retentionInDays: 365", 'retentionInDays: "6"'), "fail group.retentionInDays"),
)  # fmt: skip


def test_a_group_is_found_by_reference_by_arn_and_by_name(judge):
    for name in (
        '"${group.arn}"',
        '"arn:aws:logs:ap-northeast-1:111122223333:log-group:/room/dns:*"',
        '"arn:aws:logs:ap-northeast-1:111122223333:log-group:/room/dns"',
    ):
        for deployed in (False, True):
            program = swap(AVOID, '"${group.arn}"', name)
            assert judge(RecordsKept, program, deployed=deployed) == ["fail group.retentionInDays"]


def test_none_is_for_ever(judge):
    for value in ("0", "null"):
        assert judge(RecordsKept, swap(AVOID, "retentionInDays: 3", f"retentionInDays: {value}")) == []


def test_what_no_recorder_writes_to_is_its_owners_choice(judge):
    assert judge(RecordsKept, AVOID.partition("  names:")[0]) == []


@pytest.mark.parametrize(
    ("rule", "kept"),
    [
        (KEPT, True),
        ("expiration: {days: 6}", False),
        ("expiration: {days: 6}, filter: {prefix: AWSLogs/}", False),
        ('expiration: {date: "2027-01-01T00:00:00Z"}', False),
        ("expiration: {days: 6}, filter: {prefix: tmp/}", True),
        ("expiration: {days: 6}, filter: {and: {prefix: tmp/, tags: {a: b}}}", True),
        ("noncurrentVersionExpiration: {noncurrentDays: 7}", True),
    ],
)
def test_lifecycle_rules_of_a_trails_bucket(judge, rule, kept):
    for deployed in (False, True):
        found = judge(RecordsKept, swap(BUCKET, "RULE", rule), deployed=deployed)
        assert found == ([] if kept else ["fail expire.rules[0]"])


def test_a_rule_that_is_off_deletes_nothing(judge):
    assert judge(RecordsKept, swap(swap(BUCKET, "RULE", "expiration: {days: 1}"), "Enabled", "Disabled")) == []


def test_versions_are_kept_and_the_bucket_is_not_emptied(judge):
    program = swap(swap(BUCKET, "RULE", KEPT), "bucket: room-logs", "bucket: room-logs, forceDestroy: true") + (
        '  versions: {type: "aws:s3:BucketVersioning", properties: {bucket: "${bucket.id}", '
        "versioningConfiguration: {status: Suspended}}}\n"
    )
    assert judge(RecordsKept, program) == ["fail bucket.forceDestroy", "fail versions.versioningConfiguration.status"]
    fine = swap(swap(program, ", forceDestroy: true", ""), "Suspended", "Enabled")
    assert judge(RecordsKept, fine) == []


def test_the_bucket_of_the_sessions_log_is_one_of_them(judge):
    program = """
resources:
  bucket: {type: "aws:s3:Bucket", properties: {bucket: room-logs, forceDestroy: true}}
  preferences:
    type: aws:ssm:Document
    properties:
      documentType: Session
      content:
        fn::toJSON: {sessionType: Standard_Stream, inputs: {s3BucketName: room-logs}}
"""
    assert judge(RecordsKept, program) == ["fail bucket.forceDestroy"]
    assert judge(RecordsKept, swap(program, "s3BucketName: room-logs", "s3BucketName: other")) == []
