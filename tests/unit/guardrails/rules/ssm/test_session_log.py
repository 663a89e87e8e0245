from __future__ import annotations

from guardrails.rules.ssm.session_log import SessionLog
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID, PREFER = SessionLog.avoid, SessionLog.prefer
YAML = """
resources:
  preferences:
    type: aws:ssm:Document
    properties:
      documentType: Session
      documentFormat: YAML
      content: |
        schemaVersion: "1.0"
        sessionType: Standard_Stream
        inputs:
          s3BucketName: room-sessions
          kmsKeyId: alias/room
          s3EncryptionEnabled: true
"""


OPAQUE = swap(PREFER, "kmsKeyId: alias/room", 'kmsKeyId: "${key.arn}"') + '  key: {type: "aws:kms:Key"}\n'
test_cases = cases(
    SessionLog,
    unresolved=Case(OPAQUE, "unresolved preferences.content"),
    boundary=Case(
        swap(YAML, "s3EncryptionEnabled: true", 's3EncryptionEnabled: "false"'),
        "fail preferences.content.inputs.s3EncryptionEnabled",
    ),
)


def test_preferences_in_yaml_are_read_too(judge):
    assert judge(SessionLog, YAML) == []


def test_empty_names_are_no_places(judge):
    assert judge(SessionLog, AVOID) == ["fail preferences.content.inputs"]


def test_not_requiring_encryption_is_not_requiring_it(judge):
    assert judge(SessionLog, swap(PREFER, " cloudWatchEncryptionEnabled: true,", "")) == [
        "fail preferences.content.inputs.cloudWatchEncryptionEnabled"
    ]


def test_a_session_without_a_key_is_refused(judge):
    assert judge(SessionLog, swap(PREFER, "kmsKeyId: alias/room", 'kmsKeyId: ""')) == [
        "fail preferences.content.inputs.kmsKeyId"
    ]


def test_other_documents_are_not_judged(judge):
    assert judge(SessionLog, swap(AVOID, "documentType: Session", "documentType: Command")) == []
    assert judge(SessionLog, swap(AVOID, "Standard_Stream", "Port")) == []


def test_what_cannot_be_read_is_unresolved(judge):
    assert judge(SessionLog, swap(YAML, "schemaVersion:", "{schemaVersion:")) == ["unresolved preferences.content"]
    assert judge(SessionLog, swap(PREFER, "documentType: Session", 'documentType: {"fn::unknown": true}')) == [
        "unresolved preferences.documentType"
    ]
