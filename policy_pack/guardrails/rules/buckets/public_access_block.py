"""BKT001: a bucket that a policy or ACL could make public."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.from_pulumi.network.common import account_of
from guardrails.facts.resource import Resource
from guardrails.facts.roles import Role
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, Rule, Severity
from guardrails.rules.companions import Companions, companions

FLAGS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
"""All four default to false where the resource is there and leaves them out (API: PublicAccessBlockConfiguration)."""

_OWN, _ACCOUNT = "s3.BucketPublicAccessBlock", "s3.AccountPublicAccessBlock"
_POINTS = {
    "s3.AccessPoint": "publicAccessBlockConfiguration",
    "s3control.MultiRegionAccessPoint": "details.publicAccessBlock",
}
"""An access point's settings default to true, and cannot be changed later (S3 user guide, "Access points")."""


class PublicAccessBlock(Rule):
    """Requires all four settings on every bucket, by its own block or by the account's."""

    id: ClassVar[str] = "BKT001"
    slug: ClassVar[str] = "bucket-public-access-blocked"
    title: ClassVar[str] = "Every bucket blocks public access in all four ways"
    rationale: ClassVar[str] = (
        "New buckets block public access, but what no resource states nobody restores, and a block resource that "
        "leaves a setting out switches it off: the provider's defaults are false."
    )
    fix: ClassVar[str] = "Add an s3.BucketPublicAccessBlock for the bucket with all four settings true."
    severity: ClassVar[Severity] = Severity.HIGH
    controls: ClassVar[tuple[str, ...]] = (
        "CKV_AWS_53", "CKV_AWS_54", "CKV_AWS_55", "CKV_AWS_56", "CKV2_AWS_6", "SH S3.1", "SH S3.8", "CIS 2.1.4",
    )  # fmt: skip
    covers: ClassVar[tuple[int, ...]] = (92,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/API/API_PublicAccessBlockConfiguration.html",
    )
    avoid: ClassVar[str] = """
resources:
  bucket: {type: "aws:s3:Bucket", properties: {bucket: room-logs}}
  block:
    type: aws:s3:BucketPublicAccessBlock
    properties: {bucket: "${bucket.id}", blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true}
"""
    prefer: ClassVar[str] = """
resources:
  bucket: {type: "aws:s3:Bucket", properties: {bucket: room-logs}}
  block:
    type: aws:s3:BucketPublicAccessBlock
    properties:
      bucket: ${bucket.id}
      blockPublicAcls: true
      blockPublicPolicy: true
      ignorePublicAcls: true
      restrictPublicBuckets: true
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge every bucket, and every access point that has settings of its own."""
        blocks = companions(facts, (_OWN,), "bucket", Role.BUCKET)
        whole: list[Resource] = []
        for item in facts.of(_ACCOUNT):
            faults = list(self._flags(item))
            yield from faults
            if not faults:
                whole.append(item)
        for bucket in facts.of("s3.Bucket"):
            if not any(_same_account(item, bucket) for item in whole):
                yield from self._bucket(bucket, blocks)
        for kind, settings in _POINTS.items():
            for point in facts.of(kind):
                if point.get(settings) is not None:
                    yield from self._flags(point, f"{settings}.", default=True)

    def _bucket(self, bucket: Resource, blocks: Companions) -> Iterator[Finding]:
        own = blocks.of(bucket.urn)
        for item in own:
            yield from self._flags(item)
        if not own and blocks.loose is not None:
            yield self.unresolved(bucket, "", blocks.loose, "whether it blocks public access")
        elif not own:
            yield self.fail(
                bucket, "", "has no public access block of its own, and the stack sets none for the account"
            )

    def _flags(self, item: Resource, prefix: str = "", *, default: bool = False) -> Iterator[Finding]:
        for flag in FLAGS:
            value = item.flag(prefix + flag, default=default)
            if isinstance(value, Unknown):
                yield self.unresolved(item, prefix + flag, value, "whether public access is blocked")
            elif not value:
                yield self.fail(item, prefix + flag, "leaves public access open in this way", value)


def _same_account(block: Resource, bucket: Resource) -> bool:
    """Tell whether the block of an account surely holds for a bucket."""
    stated = block.get("accountId")
    one, other = stated if isinstance(stated, str) and stated else account_of(block), account_of(bucket)
    if isinstance(one, str) and isinstance(other, str):
        return one == other
    return stated is None and block.provider == bucket.provider
