"""KMS002: one principal that both administers and uses a key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.documents import Document, Statement
from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, ResourceRule, Severity
from guardrails.rules.documents import resource_documents
from guardrails.rules.patterns import matches
from guardrails.rules.statements import whole_account

_ADMINISTRATION = frozenset({"kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:DisableKey"})
_USE = frozenset({"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom"})
_DUTIES = _ADMINISTRATION | _USE


class Separation(ResourceRule):
    """Refuses key policies that give a user or role both duties; the account's root stands for its policies."""

    id: ClassVar[str] = "KMS002"
    slug: ClassVar[str] = "key-duties-separated"
    title: ClassVar[str] = "No principal of a key policy both administers and uses the key"
    rationale: ClassVar[str] = (
        "Who may change a key's policy must not read what it protects, or one stolen role is enough for both: to read "
        "the data and to lock everybody else out."
    )
    fix: ClassVar[str] = (
        "Give administration and use to different roles; let services use the key by kms:ViaService instead of people."
    )
    severity: ClassVar[Severity] = Severity.MEDIUM
    kinds: ClassVar[frozenset[str]] = frozenset(
        {"kms.Key", "kms.KeyPolicy", "kms.ReplicaKey", "kms.ExternalKey", "kms.ReplicaExternalKey"}
    )
    covers: ClassVar[tuple[int, ...]] = (100,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html",
        "https://docs.aws.amazon.com/prescriptive-guidance/latest/aws-kms-best-practices/access-control.html",
    )
    avoid: ClassVar[str] = """
resources:
  key:
    type: aws:kms:Key
    properties:
      enableKeyRotation: true
      policy:
        fn::toJSON:
          Version: "2012-10-17"
          Statement:
            - {Effect: Allow, Principal: {AWS: "arn:aws:iam::111122223333:role/ops"}, Action: "kms:P*", Resource: "*"}
            - {Effect: Allow, Principal: {AWS: ["arn:aws:iam::111122223333:role/ops"]}, Action: ["KMS:Decrypt"],
               Resource: "*"}
"""
    prefer: ClassVar[str] = """
resources:
  key:
    type: aws:kms:Key
    properties:
      enableKeyRotation: true
      policy:
        fn::toJSON:
          Version: "2012-10-17"
          Statement:
            - {Effect: Allow, Principal: {AWS: "arn:aws:iam::111122223333:root"}, Action: "kms:*", Resource: "*"}
            - {Effect: Allow, Principal: {AWS: "arn:aws:iam::111122223333:role/ops"}, Action: "kms:Put*", Resource: "*"}
            - {Effect: Allow, Principal: {AWS: "arn:aws:iam::111122223333:role/app"}, Action: "kms:Decrypt",
               Resource: "*"}
"""

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge one key policy."""
        for path, document in resource_documents(resource):
            if isinstance(document, Unknown):
                continue  # FCL001 tells it
            for principal in _both(document):
                yield self.fail(resource, path, "lets one principal administer and use the key", principal)


def _both(document: Document) -> list[str]:
    """Give the principals that may do something of both duties, what a Deny takes from them left out."""
    held: dict[str, set[str]] = defaultdict(set)
    for statement in document.allows:
        for principal in _people(statement):
            held[principal].update(_named(statement))
    for statement in document.statements:
        if statement.effect == "Deny" and not statement.conditions:
            for principal in _denied(statement, held):
                held[principal] -= _named(statement)
    return sorted(name for name, actions in held.items() if actions & _ADMINISTRATION and actions & _USE)


def _named(statement: Statement) -> set[str]:
    """Give the actions of both duties that a statement names."""
    if statement.not_actions is not None:
        return {item for item in _DUTIES if not any(matches(one, item) for one in statement.not_actions)}
    return {item for item in _DUTIES if any(matches(one, item) for one in statement.actions or ())}


def _people(statement: Statement) -> list[str]:
    if statement.not_principals is not None:
        return ["*"]
    return [value for kind, value in statement.principals or () if kind.upper() == "AWS" and not whole_account(value)]


def _denied(statement: Statement, held: dict[str, set[str]]) -> list[str]:
    named = {value for _, value in statement.principals or ()}
    return [principal for principal in held if principal in named or "*" in named]
