"""BKT002: a bucket that answers without TLS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.documents import Condition, Document, Statement
from guardrails.facts.resource import Resource
from guardrails.facts.roles import Role
from guardrails.facts.stack import Facts
from guardrails.facts.values import Maybe, Unknown
from guardrails.rules.base import Finding, Rule, Severity
from guardrails.rules.buckets.common import denies_actions, hold_all
from guardrails.rules.companions import companions
from guardrails.rules.documents import resource_documents
from guardrails.rules.patterns import wildcard

_BOOLEANS = frozenset({"bool", "stringequals", "stringequalsignorecase", "stringlike"})
_NOT = frozenset({"stringnotequals", "stringnotequalsignorecase", "stringnotlike"})
_BELOW = frozenset({"numericlessthan", "numericlessthanequals"})
_PROBES = (
    "s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:DeleteObject", "s3:GetBucketPolicy", "s3:PutBucketPolicy",
    "s3:AbortMultipartUpload", "s3:RestoreObject", "s3:ReplicateObject", "s3:BypassGovernanceRetention",
)  # fmt: skip


class TlsOnly(Rule):
    """Requires a Deny for everybody on the whole bucket where the request came without TLS."""

    id: ClassVar[str] = "BKT002"
    slug: ClassVar[str] = "bucket-tls-only"
    title: ClassVar[str] = "Every bucket refuses requests without TLS"
    rationale: ClassVar[str] = (
        "S3 answers plain HTTP too. Only a Deny holds for everybody, and only one that names the bucket and its "
        "objects holds for both."
    )
    fix: ClassVar[str] = (
        "Add to the bucket policy a Deny of s3:* for principal * on the bucket and on bucket/*, with the condition "
        "Bool aws:SecureTransport false."
    )
    severity: ClassVar[Severity] = Severity.MEDIUM
    controls: ClassVar[tuple[str, ...]] = ("CKV_AWS_379", "SH S3.5", "CIS 2.1.1")
    covers: ClassVar[tuple[int, ...]] = (95,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-5",
    )
    avoid: ClassVar[str] = """
resources:
  bucket: {type: "aws:s3:Bucket", properties: {bucket: room-logs}}
  policy:
    type: aws:s3:BucketPolicy
    properties:
      bucket: ${bucket.id}
      policy:
        fn::toJSON:
          Version: "2012-10-17"
          Statement:
            - Effect: Deny
              Principal: "*"
              Action: "s3:*"
              Resource: "arn:aws:s3:::room-logs/*"
              Condition: {Bool: {"aws:SecureTransport": true}}
"""
    prefer: ClassVar[str] = """
resources:
  bucket: {type: "aws:s3:Bucket", properties: {bucket: room-logs}}
  policy:
    type: aws:s3:BucketPolicy
    properties:
      bucket: ${bucket.id}
      policy:
        fn::toJSON:
          Version: "2012-10-17"
          Statement:
            - Effect: Deny
              Principal: {AWS: ["*"]}
              Action: "S3:*"
              Resource: ["arn:aws:s3:::room-logs", "arn:aws:s3:::room-logs/*"]
              Condition: {Bool: {"aws:securetransport": false}}
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge every bucket."""
        policies = companions(facts, ("s3.BucketPolicy",), "bucket", Role.BUCKET)
        for bucket in facts.of("s3.Bucket"):
            documents = [found for item in (bucket, *policies.of(bucket.urn)) for _, found in resource_documents(item)]
            yield from self._bucket(bucket, documents, policies.loose)

    def _bucket(self, bucket: Resource, documents: list[Maybe[Document]], loose: Unknown | None) -> Iterator[Finding]:
        missing = next((item for item in documents if isinstance(item, Unknown)), None)
        read = [item for item in documents if not isinstance(item, Unknown)]
        denials = [item for document in read for item in document.statements if _denies_plain(item)]
        if hold_all(denials, bucket):
            return
        if missing is not None or (loose is not None and not documents):
            yield self.unresolved(bucket, "", missing or loose or "", "whether it refuses requests without TLS")
        else:
            yield self.fail(bucket, "", "answers requests without TLS")


def _denies_plain(statement: Statement) -> bool:
    """Tell whether a statement denies everybody every common action where the request came without TLS."""
    everybody = any(wildcard(value) for _, value in statement.principals or ())
    plain = len(statement.conditions) == 1 and _plain(statement.conditions[0])
    return everybody and plain and denies_actions(statement, _PROBES)


def _plain(condition: Condition) -> bool:
    """Tell whether a condition is true for every request without TLS.

    Such a request has no s3:TlsVersion, so that a comparison of it is true only with IfExists.
    """
    if condition.key == "aws:securetransport":
        if condition.operator in _BOOLEANS:
            return any(value.lower() == "false" for value in condition.values)
        return condition.operator in _NOT and all(value.lower() == "true" for value in condition.values)
    return condition.key == "s3:tlsversion" and condition.operator in _BELOW and condition.if_exists
