"""FCL001: a policy document that cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, ResourceRule, Severity
from guardrails.rules.documents import DOCUMENT_KINDS, all_documents


class OpaqueDocument(ResourceRule):
    """Says that a document cannot be read, once, whatever rules would have judged it."""

    id: ClassVar[str] = "FCL001"
    slug: ClassVar[str] = "policy-document-readable"
    title: ClassVar[str] = "Every policy document can be read before deployment"
    rationale: ClassVar[str] = (
        "One part that is unknown at a preview makes the whole JSON text unknown, and every rule about it would pass "
        "or be skipped."
    )
    fix: ClassVar[str] = (
        "Build the document from names, account and region that are known, not from ids or ARNs of resources that are "
        "still to be made."
    )
    severity: ClassVar[Severity] = Severity.HIGH
    kinds: ClassVar[frozenset[str]] = DOCUMENT_KINDS
    exemptible: ClassVar[bool] = False
    covers: ClassVar[tuple[int, ...]] = (1,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html",
    )
    avoid: ClassVar[str] = """
resources:
  bucket: {type: "aws:s3:Bucket"}
  policy:
    type: aws:iam:Policy
    properties:
      policy:
        fn::toJSON: {Statement: [{Effect: Allow, Action: "s3:GetObject", Resource: ""}, "${bucket.arn}"]}
"""
    prefer: ClassVar[str] = """
resources:
  policy:
    type: aws:iam:Policy
    properties:
      policy:
        fn::toJSON: {Statement: [{Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::room-logs/*"}]}
"""

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge the documents of one resource."""
        for path, document in all_documents(resource):
            if isinstance(document, Unknown):
                yield self.unresolved(resource, path, document, "the policy document cannot be read")
