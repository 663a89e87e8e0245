"""FCL011: what must not be deleted by mistake."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.rules.base import Finding, Level, ResourceRule, Severity

_WHY = {
    "kms.Key": "what it encrypts is lost with it",
    "directoryservice.Directory": "a directory cannot be recovered",
    "cloudtrail.Trail": "the evidence ends with it",
    "s3.Bucket": "the evidence in it is lost with it",
}


class Protect(ResourceRule):
    """Requires `protect` on keys, the directory, trails and log buckets in production."""

    id: ClassVar[str] = "FCL011"
    slug: ClassVar[str] = "irreplaceable-is-protected"
    title: ClassVar[str] = "Keys, directories, trails and buckets are protected in production"
    rationale: ClassVar[str] = (
        "One `pulumi destroy`, or a rename without an alias, deletes what nothing can bring back."
    )
    fix: ClassVar[str] = "Set the resource option protect to true."
    severity: ClassVar[Severity] = Severity.MEDIUM
    kinds: ClassVar[frozenset[str]] = frozenset(_WHY)
    enforcement: ClassVar[Mapping[str, Level]] = {"prod": Level.MANDATORY, "dev": Level.DISABLED}
    exemptible: ClassVar[bool] = False
    covers: ClassVar[tuple[int, ...]] = (11,)
    references: ClassVar[tuple[str, ...]] = ("https://www.pulumi.com/docs/iac/concepts/options/protect/",)
    avoid: ClassVar[str] = """
resources:
  key: {type: "aws:kms:Key"}
"""
    prefer: ClassVar[str] = """
resources:
  key: {type: "aws:kms:Key", options: {protect: true}}
"""

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge one resource."""
        if facts.environment != "dev" and not resource.protect:
            yield self.fail(resource, "protect", f"is not protected: {_WHY[resource.kind]}")
