"""What rules about bucket policies share: what a Deny must name to hold for everything in a bucket."""

from __future__ import annotations

from collections.abc import Iterable

from guardrails.facts.documents import Statement
from guardrails.facts.resource import Resource
from guardrails.rules.patterns import matches

_PARTITIONS = ("aws", "aws-cn", "aws-us-gov")
_STRANGE = "zq9"
"""A name that nothing has: a pattern that holds it holds all."""


def denies_actions(statement: Statement, actions: Iterable[str]) -> bool:
    """Tell whether a statement denies every one of some actions."""
    if statement.effect != "Deny":
        return False
    if statement.not_actions is not None:
        return not any(matches(item, action) for item in statement.not_actions for action in actions)
    return all(any(matches(item, action) for item in statement.actions or ()) for action in actions)


def hold_all(statements: Iterable[Statement], holder: Resource) -> bool:
    """Tell whether the resources of statements together hold a bucket and all of its objects.

    `holder` is the bucket or its policy. A bucket that gets its name from the provider is taken to be the one that
    the statements name.
    """
    patterns = _patterns(statements)
    return any(_held(patterns, one) and _held(patterns, _objects(one)) for one in _names(patterns, holder))


def hold_bucket(statements: Iterable[Statement], holder: Resource) -> bool:
    """Tell whether the resources of statements together hold a bucket itself, as in `hold_all`."""
    patterns = _patterns(statements)
    return any(_held(patterns, one) for one in _names(patterns, holder))


def hold_objects(statements: Iterable[Statement], holder: Resource) -> bool:
    """Tell whether the resources of statements together hold all objects of a bucket, as in `hold_all`."""
    patterns = _patterns(statements)
    return any(_held(patterns, _objects(one)) for one in _names(patterns, holder))


def _patterns(statements: Iterable[Statement]) -> list[str]:
    return [item for statement in statements for item in statement.resources or ()]


def _names(patterns: list[str], holder: Resource) -> list[str]:
    name = next((value for value in (holder.get("bucket"), holder.id) if isinstance(value, str) and value), None)
    return [name] if name else [*(pattern.partition(":::")[2].split("/")[0] for pattern in patterns), _STRANGE]


def _objects(bucket: str) -> str:
    return f"{bucket}/{_STRANGE}/{_STRANGE}"


def _held(patterns: list[str], what: str) -> bool:
    arns = [f"arn:{partition}:s3:::{what}" for partition in _PARTITIONS]
    return any(matches(pattern, arn) for pattern in patterns for arn in arns)
