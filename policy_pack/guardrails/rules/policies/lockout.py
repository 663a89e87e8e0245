"""RPL007: a policy that locks everybody out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from guardrails.facts.documents import Condition, Document, Statement
from guardrails.facts.from_pulumi.network.common import account_of
from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.facts.values import Maybe, Unknown
from guardrails.rules.base import Finding, ResourceRule, Scope, Severity
from guardrails.rules.buckets.common import denies_actions, hold_bucket, hold_objects
from guardrails.rules.documents import repeated, resource_documents
from guardrails.rules.patterns import is_any_arn, wildcard
from guardrails.rules.statements import grants, whole_account

_CHANGES_KEY = "kms:PutKeyPolicy"
_EVERYBODYS = frozenset({"aws:principalarn", "aws:principalaccount", "aws:userid"})
"""Keys that every signed request carries: a pattern for everything is true of all of them."""
_PATTERNS = frozenset({"stringlike", "arnlike", "arnequals"})


def _any_resource(statements: Iterable[Statement], _holder: Resource) -> bool:
    """A key's policy, or a secret's, is about that one thing whatever way it names it."""
    return any(statement.resources is not None for statement in statements)


@dataclass(frozen=True, slots=True)
class _Loss:
    """What is lost once every one of some actions is denied to everybody on what `held` asks for."""

    actions: tuple[str, ...]
    what: str
    held: Callable[[Iterable[Statement], Resource], bool] = _any_resource


_CHANGE, _READ = "change this policy again", "read what it keeps"
_LOSSES = {
    "s3": (
        _Loss(("s3:PutBucketPolicy", "s3:DeleteBucketPolicy"), _CHANGE, hold_bucket),
        _Loss(("s3:GetObject",), _READ, hold_objects),
    ),
    "kms": (_Loss((_CHANGES_KEY,), _CHANGE), _Loss(("kms:Decrypt",), "decrypt with it")),
    "secretsmanager": (
        _Loss(("secretsmanager:PutResourcePolicy", "secretsmanager:DeleteResourcePolicy"), _CHANGE),
        _Loss(("secretsmanager:GetSecretValue",), _READ),
    ),
}
_KEYS = frozenset({"kms.Key", "kms.KeyPolicy", "kms.ReplicaKey", "kms.ExternalKey", "kms.ReplicaExternalKey"})


class Lockout(ResourceRule):
    """Refuses a Deny without exception of what reads the data or changes the policy, and a key that nobody manages."""

    id: ClassVar[str] = "RPL007"
    slug: ClassVar[str] = "nobody-locked-out-for-good"
    title: ClassVar[str] = "No policy of a bucket, key or secret locks everybody out"
    rationale: ClassVar[str] = (
        "A Deny binds administrators too. Evidence that nobody can read proves nothing; a bucket's policy that nobody "
        "may change is mended by the account's root user alone, and a key's or a secret's by AWS Support, if at all."
    )
    fix: ClassVar[str] = (
        "Give the Deny a condition that spares those who keep the data (ArnNotLike on aws:PrincipalArn), leave the "
        "actions that change the policy out of it, and let a key's policy allow kms:PutKeyPolicy to the account."
    )
    severity: ClassVar[Severity] = Severity.HIGH
    scope: ClassVar[Scope] = Scope.EARLY
    kinds: ClassVar[frozenset[str]] = _KEYS | {
        "s3.Bucket", "s3.BucketPolicy", "secretsmanager.Secret", "secretsmanager.SecretPolicy"
    }  # fmt: skip
    covers: ClassVar[tuple[int, ...]] = (99,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketPolicy.html",
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
    )
    avoid: ClassVar[str] = """
resources:
  bucket: {type: "aws:s3:Bucket", properties: {bucket: evidence}}
  policy:
    type: aws:s3:BucketPolicy
    properties:
      bucket: evidence
      policy:
        fn::toJSON:
          Version: "2012-10-17"
          Statement:
            - Effect: Deny
              Principal: "*"
              Action: "s3:*"
              Resource: ["arn:aws:s3:::evidence", "arn:aws:s3:::evidence/*"]
"""
    prefer: ClassVar[str] = """
resources:
  bucket: {type: "aws:s3:Bucket", properties: {bucket: evidence}}
  policy:
    type: aws:s3:BucketPolicy
    properties:
      bucket: evidence
      policy:
        fn::toJSON:
          Version: "2012-10-17"
          Statement:
            - Effect: Deny
              Principal: "*"
              Action: "s3:*"
              Resource: ["arn:aws:s3:::evidence", "arn:aws:s3:::evidence/*"]
              Condition:
                ArnNotLike: {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/keeper"}
"""

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge the policies that one resource states."""
        for path, document in resource_documents(resource):
            if isinstance(document, Unknown) or (resource.urn, document) in repeated(facts):
                continue  # FCL001 tells the one, the policy that states it the other
            if resource.kind in _KEYS and not any(map(_gives_change, document.allows)):
                yield self.fail(resource, path, f"lets nobody change it: no statement allows {_CHANGES_KEY}")
            yield from self._denials(resource, path, document)

    def _denials(self, resource: Resource, path: str, document: Document) -> Iterator[Finding]:
        account = account_of(resource)
        denials = [item for item in document.statements if _spares_nobody(item, account)]
        lost = [loss for loss in _LOSSES[resource.kind.split(".")[0]] if _lost(loss, denials, resource)]
        if not lost:
            return
        cause = next(item for item in denials if any(denies_actions(item, [one]) for one in lost[0].actions))
        where = f"{path}.Statement[{cause.index}]"
        if isinstance(account, Unknown) and not any(wildcard(value) for _, value in cause.principals or ()):
            yield self.unresolved(resource, where, account, "whether it locks out the resource's own account")
        else:
            yield self.fail(resource, where, f"lets nobody {' or '.join(loss.what for loss in lost)}")


def _lost(loss: _Loss, denials: list[Statement], holder: Resource) -> bool:
    return all(loss.held([item for item in denials if denies_actions(item, [one])], holder) for one in loss.actions)


def _spares_nobody(statement: Statement, account: Maybe[str]) -> bool:
    """Tell whether a Deny is for everybody, or for the whole account that the resource is in, or may be in."""
    named = [value for kind, value in statement.principals or () if kind.upper() == "AWS"]
    own = (item for item in map(whole_account, named) if item and (isinstance(account, Unknown) or item == account))
    return (
        statement.effect == "Deny"
        and (any(map(wildcard, named)) or any(own))
        and all(map(_true_of_all, statement.conditions))
    )


def _true_of_all(condition: Condition) -> bool:
    return (
        condition.key in _EVERYBODYS
        and condition.operator in _PATTERNS
        and any(wildcard(value) or is_any_arn(value) for value in condition.values)
    )


def _gives_change(statement: Statement) -> bool:
    """Tell whether an Allow lets somebody other than a service change the key's policy."""
    people = [value for kind, value in statement.principals or () if kind.upper() != "SERVICE"]
    return grants(statement, _CHANGES_KEY) and (bool(people) or statement.not_principals is not None)
