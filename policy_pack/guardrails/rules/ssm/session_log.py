"""SSM002: sessions that nobody can look at afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from guardrails.facts.resource import Resource, unknown_leaves
from guardrails.facts.stack import Facts
from guardrails.facts.values import Maybe, Unknown
from guardrails.rules.base import Finding, ResourceRule, Severity

_CONTENT = "content"
_DESTINATIONS = (
    ("cloudWatchLogGroupName", "cloudWatchEncryptionEnabled"),
    ("s3BucketName", "s3EncryptionEnabled"),
)
"""Where a session's log goes, and what requires that the place is encrypted (the schema wants both stated)."""


class SessionLog(ResourceRule):
    """Requires that session preferences keep a log, in an encrypted place, and encrypt the session with a key."""

    id: ClassVar[str] = "SSM002"
    slug: ClassVar[str] = "sessions-logged-and-encrypted"
    title: ClassVar[str] = "Session Manager sessions are logged, and encrypted with a key of one's own"
    rationale: ClassVar[str] = (
        "The preferences document holds for all sessions of the region. Without a log nobody knows what was done on "
        "the bastion; without a key the session is protected by TLS alone."
    )
    fix: ClassVar[str] = (
        "Set cloudWatchLogGroupName or s3BucketName with its encryption on, and kmsKeyId, in the document's inputs."
    )
    severity: ClassVar[Severity] = Severity.HIGH
    kinds: ClassVar[frozenset[str]] = frozenset({"ssm.Document"})
    controls: ClassVar[tuple[str, ...]] = ("CKV_AWS_112", "CKV_AWS_113")
    covers: ClassVar[tuple[int, ...]] = (106,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-schema.html",
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/session-preferences-enable-encryption.html",
    )
    avoid: ClassVar[str] = """
resources:
  preferences:
    type: aws:ssm:Document
    properties:
      name: SSM-SessionManagerRunShell
      documentType: Session
      content:
        fn::toJSON:
          schemaVersion: "1.0"
          sessionType: Standard_Stream
          inputs: {s3BucketName: "", cloudWatchLogGroupName: "", kmsKeyId: alias/room}
"""
    prefer: ClassVar[str] = """
resources:
  preferences:
    type: aws:ssm:Document
    properties:
      name: SSM-SessionManagerRunShell
      documentType: Session
      content:
        fn::toJSON:
          schemaVersion: "1.0"
          sessionType: Standard_Stream
          inputs: {cloudWatchLogGroupName: /room/sessions, cloudWatchEncryptionEnabled: true, kmsKeyId: alias/room}
"""

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge one document, if it holds session preferences."""
        kind = resource.get("documentType")
        if isinstance(kind, Unknown):
            yield self.unresolved(resource, "documentType", kind, "whether it holds session preferences")
            return
        if kind != "Session":
            return
        inputs = _inputs(resource)
        if isinstance(inputs, Unknown):
            yield self.unresolved(resource, _CONTENT, inputs, "how sessions are logged cannot be told")
            return
        if inputs is None:
            return
        used = [(place, flag) for place, flag in _DESTINATIONS if inputs.get(place)]
        if not used:
            yield self.fail(resource, f"{_CONTENT}.inputs", "keeps no log of sessions")
        for place, flag in used:
            if not _on(inputs.get(flag)):
                yield self.fail(resource, f"{_CONTENT}.inputs.{flag}", f"lets {place} be a place that is not encrypted")
        if not inputs.get("kmsKeyId"):
            yield self.fail(resource, f"{_CONTENT}.inputs.kmsKeyId", "does not encrypt sessions with a key")


def _on(value: object) -> bool:
    return value is True or (isinstance(value, str) and value.lower() == "true")


def _parse(text: str, what: str) -> Any:
    import yaml  # noqa: PLC0415 - seldom needed, and slow to load

    try:
        return json.loads(text) if text.lstrip().startswith("{") else yaml.safe_load(text)
    except (ValueError, RecursionError, yaml.YAMLError):
        return Unknown(what, "neither JSON nor YAML")


def _inputs(resource: Resource) -> Maybe[Mapping[str, Any]] | None:
    """Give the preferences; None for a session document that has none (port forwarding, a single command)."""
    value = resource.get(_CONTENT)
    what = f"{resource.urn}.{_CONTENT}"
    if isinstance(value, Unknown):
        return value
    raw: Any = value
    if isinstance(value, str):
        raw = _parse(value, what)
        if isinstance(raw, Unknown):
            return raw
    for path, unknown in unknown_leaves(raw):
        return Unknown(unknown.what or f"{what}.{path}", unknown.why)
    if not isinstance(raw, Mapping):
        return Unknown(what, "not a session document")
    if raw.get("sessionType") not in {"Standard_Stream", None}:  # pyright: ignore[reportUnknownMemberType]
        return None
    inputs: Any = raw.get("inputs")  # pyright: ignore[reportUnknownMemberType,reportUnknownVariableType]
    return inputs if isinstance(inputs, Mapping) else {}  # pyright: ignore[reportUnknownVariableType]
