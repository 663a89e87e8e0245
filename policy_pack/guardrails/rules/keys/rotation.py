"""KMS001: a key that never changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, ResourceRule, Severity

_ROTATING = (("customerMasterKeySpec", "SYMMETRIC_DEFAULT"), ("keyUsage", "ENCRYPT_DECRYPT"))
_AS_WANTED = {"", *(wanted for _, wanted in _ROTATING)}
"""What a key must be for AWS to rotate it, and no custom key store."""


class Rotation(ResourceRule):
    """Requires yearly rotation of symmetric keys that AWS can rotate."""

    id: ClassVar[str] = "KMS001"
    slug: ClassVar[str] = "key-rotation"
    title: ClassVar[str] = "Every symmetric key is rotated by AWS"
    rationale: ClassVar[str] = "Without rotation all that was ever stored rests on one piece of key material."
    fix: ClassVar[str] = "Set enableKeyRotation to true (the provider's default is false)."
    severity: ClassVar[Severity] = Severity.MEDIUM
    kinds: ClassVar[frozenset[str]] = frozenset({"kms.Key"})
    controls: ClassVar[tuple[str, ...]] = ("CKV_AWS_7", "SH KMS.4", "CIS 3.6")
    covers: ClassVar[tuple[int, ...]] = (99,)
    references: ClassVar[tuple[str, ...]] = ("https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html",)
    avoid: ClassVar[str] = """
resources:
  key: {type: "aws:kms:Key", properties: {description: room}}
"""
    prefer: ClassVar[str] = """
resources:
  key: {type: "aws:kms:Key", properties: {description: room, enableKeyRotation: true}}
  signing: {type: "aws:kms:Key", properties: {keyUsage: SIGN_VERIFY, customerMasterKeySpec: RSA_4096}}
"""

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge one key; asymmetric and HMAC keys and keys in custom stores cannot be rotated by AWS."""
        rotated = resource.flag("enableKeyRotation", default=False)
        if rotated is True:
            return
        kinds = [resource.get(path, wanted) for path, wanted in _ROTATING] + [resource.get("customKeyStoreId", "")]
        known = [value for value in kinds if not isinstance(value, Unknown)]
        if any(value not in _AS_WANTED for value in known):
            return
        missing = next((value for value in (*kinds, rotated) if isinstance(value, Unknown)), None)
        if missing is not None:
            yield self.unresolved(resource, "enableKeyRotation", missing, "whether it is rotated")
        else:
            yield self.fail(
                resource, "enableKeyRotation", "is never rotated", resource.get("enableKeyRotation") or "omitted"
            )
