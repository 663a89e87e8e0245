"""KMS001: a key that never changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, ResourceRule, Severity

_ROTATING_SPEC, _ROTATING_USE = "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"


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
        for path, wanted in (("customerMasterKeySpec", _ROTATING_SPEC), ("keyUsage", _ROTATING_USE)):
            value = resource.get(path, wanted)
            if not isinstance(value, Unknown) and value != wanted:
                return
        if resource.get("customKeyStoreId") is not None:
            return
        rotated = resource.flag("enableKeyRotation", default=False)
        if isinstance(rotated, Unknown):
            yield self.unresolved(resource, "enableKeyRotation", rotated)
        elif not rotated:
            yield self.fail(resource, "enableKeyRotation", "is never rotated")
