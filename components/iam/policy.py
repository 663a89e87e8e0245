"""IAM policy documents as typed values.

A document is built from names, an account and a region that are known, never from outputs: the AWS provider turns a
document with one unknown leaf into one unknown string, which nobody could judge at preview.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

VERSION = "2012-10-17"
_ACTION = re.compile(r"\*|[a-z0-9-]+:[A-Za-z0-9*?]+")
_SID = re.compile(r"[A-Za-z0-9]+")

Document = dict[str, object]
"""A policy document as JSON would hold it."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition; several conditions of a statement must all hold, one of `values` suffices."""

    operator: str
    key: str
    values: tuple[str, ...]

    def __post_init__(self) -> None:
        _known_strings(self.operator, self.key, *self.values)
        if not self.values:
            raise ValueError(f"condition {self.key} has no value")


@dataclass(frozen=True, slots=True)
class Principals:
    """Who a statement of a resource or trust policy is about."""

    kind: Literal["AWS", "Service", "Federated", "*"]
    names: tuple[str, ...]

    @staticmethod
    def services(*names: str) -> Principals:
        """AWS services such as `ecs-tasks.amazonaws.com`."""
        return Principals("Service", names)

    @staticmethod
    def arns(*names: str) -> Principals:
        """Accounts, roles and users by ARN."""
        return Principals("AWS", names)

    @staticmethod
    def account(account: str, partition: str = "aws") -> Principals:
        """An account's own IAM policies: they decide who of it may."""
        return Principals("AWS", (f"arn:{partition}:iam::{account}:root",))

    @staticmethod
    def anyone() -> Principals:
        """Everybody; a statement that allows needs conditions or named resources with it."""
        return Principals("*", ("*",))

    def document(self) -> object:
        """The value of `Principal`."""
        return "*" if self.kind == "*" else {self.kind: _one_or_many(self.names)}


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement. `Not…` elements cannot be written: what is allowed or denied is always named.

    ValueError where the statement is malformed, or allows everything on everything; TypeError where a value is not
    a known string.
    """

    sid: str
    effect: Literal["Allow", "Deny"]
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    principals: Principals | None = None
    conditions: tuple[Condition, ...] = ()

    def __post_init__(self) -> None:
        _known_strings(self.sid, *self.actions, *self.resources, *(self.principals.names if self.principals else ()))
        if not _SID.fullmatch(self.sid):
            raise ValueError(f"statement id {self.sid!r} may hold letters and digits only")
        if not self.actions or not all(_ACTION.fullmatch(action) for action in self.actions):
            raise ValueError(f"{self.sid}: actions are service:Name, and there is at least one")
        if self.effect == "Allow" and "*" in self.actions:
            raise ValueError(f"{self.sid}: allowing every action of every service is never meant")
        anyone = self.principals is not None and self.principals.kind == "*"
        if self.effect == "Allow" and anyone and not self.conditions and "*" in self.resources:
            raise ValueError(f"{self.sid}: allowing anyone on everything needs a condition")

    def document(self) -> Document:
        """The statement as JSON would hold it."""
        body: Document = {"Sid": self.sid, "Effect": self.effect}
        if self.principals:
            body["Principal"] = self.principals.document()
        body["Action"] = _one_or_many(self.actions)
        if self.resources:
            body["Resource"] = _one_or_many(self.resources)
        if self.conditions:
            body["Condition"] = _conditions(self.conditions)
        return body


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy document; statement ids are unique in it."""

    statements: tuple[Statement, ...]

    def __post_init__(self) -> None:
        sids = [statement.sid for statement in self.statements]
        if not sids:
            raise ValueError("a policy has at least one statement")
        if len(set(sids)) != len(sids):
            raise ValueError(f"statement ids repeat: {sorted(sids)}")

    def document(self) -> Document:
        """The document as JSON would hold it."""
        return {"Version": VERSION, "Statement": [statement.document() for statement in self.statements]}

    def json(self) -> str:
        """The document as text, the same for equal policies."""
        return json.dumps(self.document(), separators=(",", ":"))


def allow(
    sid: str,
    actions: Sequence[str],
    resources: Sequence[str],
    *,
    principals: Principals | None = None,
    when: Sequence[Condition] = (),
) -> Statement:
    """A statement that allows."""
    return Statement(sid, "Allow", tuple(actions), tuple(resources), principals, tuple(when))


def deny(
    sid: str,
    actions: Sequence[str],
    resources: Sequence[str],
    *,
    principals: Principals | None = None,
    when: Sequence[Condition] = (),
) -> Statement:
    """A statement that denies."""
    return Statement(sid, "Deny", tuple(actions), tuple(resources), principals, tuple(when))


def trust(service: str, account: str, *, source_arn: str | None = None) -> Policy:
    """The trust policy of a role that a service assumes for this account only (no confused deputy).

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
    """
    when = [Condition("StringEquals", "aws:SourceAccount", (account,))]
    if source_arn is not None:
        when.append(Condition("ArnLike", "aws:SourceArn", (source_arn,)))
    return Policy((allow("Assume", ("sts:AssumeRole",), (), principals=Principals.services(service), when=when),))


def trust_plain(service: str) -> Policy:
    """The trust policy for a service that sends no source account when it assumes a role, such as EC2."""
    return Policy((allow("Assume", ("sts:AssumeRole",), (), principals=Principals.services(service)),))


def _conditions(conditions: tuple[Condition, ...]) -> Document:
    by_operator: dict[str, dict[str, object]] = {}
    for condition in conditions:
        keys = by_operator.setdefault(condition.operator, {})
        if condition.key in keys:
            raise ValueError(f"condition {condition.operator} {condition.key} is given twice")
        keys[condition.key] = _one_or_many(condition.values)
    return dict(by_operator.items())


def _one_or_many(values: tuple[str, ...]) -> str | list[str]:
    return values[0] if len(values) == 1 else list(values)


def _known_strings(*values: object) -> None:
    for value in values:
        if not isinstance(value, str):
            raise TypeError(f"a policy is built from known strings, not from {type(value).__name__}")
