"""WSP001: desktops whose volumes are not encrypted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.resource import Resource
from guardrails.facts.roles import Role
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, ResourceRule, Scope, Severity

_KEY = "volumeEncryptionKey"
_VOLUMES = ("rootVolumeEncryptionEnabled", "userVolumeEncryptionEnabled")


class Encryption(ResourceRule):
    """Requires both volumes of a desktop encrypted with a key of one's own."""

    id: ClassVar[str] = "WSP001"
    slug: ClassVar[str] = "desktop-volumes-encrypted"
    title: ClassVar[str] = "Both volumes of every desktop are encrypted with an own key"
    rationale: ClassVar[str] = (
        "A WorkSpace cannot be encrypted after it is made, and both switches are off by default. AWS's own key cannot "
        "be revoked or audited by you."
    )
    fix: ClassVar[str] = (
        "Set rootVolumeEncryptionEnabled and userVolumeEncryptionEnabled to true and volumeEncryptionKey to a key."
    )
    severity: ClassVar[Severity] = Severity.HIGH
    scope: ClassVar[Scope] = Scope.EARLY
    kinds: ClassVar[frozenset[str]] = frozenset({"workspaces.Workspace"})
    controls: ClassVar[tuple[str, ...]] = ("CKV_AWS_155", "CKV_AWS_156", "SH WorkSpaces.1", "SH WorkSpaces.2")
    covers: ClassVar[tuple[int, ...]] = (109,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/workspaces/latest/adminguide/encrypt-workspaces.html",
    )
    avoid: ClassVar[str] = """
resources:
  desk:
    type: aws:workspaces:Workspace
    properties: {directoryId: d-1, bundleId: wsb-1, userName: a, rootVolumeEncryptionEnabled: true}
"""
    prefer: ClassVar[str] = """
resources:
  key: {type: "aws:kms:Key"}
  desk:
    type: aws:workspaces:Workspace
    properties:
      directoryId: d-1
      bundleId: wsb-1
      userName: a
      rootVolumeEncryptionEnabled: true
      userVolumeEncryptionEnabled: true
      volumeEncryptionKey: ${key.arn}
"""

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge one desktop."""
        for prop in _VOLUMES:
            encrypted = resource.flag(prop, default=False)
            if isinstance(encrypted, Unknown):
                yield self.unresolved(resource, prop, encrypted)
            elif not encrypted:
                yield self.fail(
                    resource, prop, "leaves a volume of the desktop unencrypted", resource.get(prop) or "omitted"
                )
        key = resource.get(_KEY)
        if key is None or key == "" or (isinstance(key, str) and key.endswith("alias/aws/workspaces")):
            yield self.fail(resource, _KEY, "names no key of its own", key or "omitted")
        elif isinstance(key, Unknown):
            named = facts.ref(resource, _KEY, Role.KEY)
            if isinstance(named, Unknown):
                yield self.unresolved(resource, _KEY, named, "which key it is cannot be told")
