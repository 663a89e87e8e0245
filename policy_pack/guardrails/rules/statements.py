"""What policy statements mean: who is anybody, which conditions restrict, which actions a pattern names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from guardrails.facts.documents import Condition, Statement

_POSITIVE = {
    "stringequals",
    "stringequalsignorecase",
    "stringlike",
    "arnequals",
    "arnlike",
    "ipaddress",
    "bool",
    "numericequals",
    "dateequals",
}
_PATTERNS = frozenset({"stringlike", "arnlike", "arnequals"})
"""Operators in whose values `*` and `?` are wildcards; ArnEquals is one of them (IAM user guide)."""

_RESTRICTS_WHO = re.compile(
    r"^(aws:principal(account|arn|orgid|orgpaths|tag/.+)|aws:source(account|arn|orgid|orgpaths|owner|vpc|vpcarn|vpce|ip)"
    r"|aws:vpce(account|orgid|orgpaths)|aws:vpcsourceip|aws:userid|aws:username|kms:calleraccount"
    r"|s3:dataaccesspoint(account|arn)|elasticfilesystem:accessedviamounttarget|iot:.*|[a-z0-9.-]+:(aud|sub|amr))$"
)
"""Not among them: sts:ExternalId, which is no secret, and kms:ViaService, by which any account may come."""

_PERIMETER_WHO = re.compile(r"^(aws:principal(account|arn|orgid|orgpaths)|aws:source(account|arn|orgid|orgpaths))$")
"""In an endpoint policy the network of the caller is always the endpoint's own: naming it keeps nobody out."""
_RESTRICTS_WHERE = re.compile(r"^(aws:resource(account|orgid|orgpaths|tag/.+)|s3:resourceaccount)$")


def wildcard(text: str) -> bool:
    """Tell whether a pattern matches everything: one or more `*` and nothing that must be there."""
    return bool(text) and not text.strip("*")


@lru_cache(maxsize=4096)
def _pattern(pattern: str) -> re.Pattern[str]:
    parts = (".*" if char == "*" else "." if char == "?" else re.escape(char) for char in pattern)
    return re.compile("".join(parts), re.IGNORECASE | re.DOTALL)


def matches(pattern: str, text: str) -> bool:
    """Tell whether an IAM pattern (`*`, `?`; actions without regard to case) matches a text."""
    return _pattern(pattern).fullmatch(text) is not None


def grants(statement: Statement, action: str) -> bool:
    """Tell whether an Allow names an action, by `Action` or by not excluding it with `NotAction`."""
    if not statement.allows:
        return False
    if statement.not_actions is not None:
        return not any(matches(item, action) for item in statement.not_actions)
    return any(matches(item, action) for item in statement.actions or ())


def every_resource(statement: Statement) -> bool:
    """Tell whether a statement's resources hold everything (or all but what is listed)."""
    if statement.not_resources is not None:
        return True
    return any(wildcard(item) or _is_any_arn(item) for item in statement.resources or ())


def _is_any_arn(text: str) -> bool:
    parts = text.split(":")
    return (
        len(parts) >= 6
        and parts[0].strip("*") in {"", "arn"}
        and all(wildcard(part) or part in {"", "aws"} for part in parts[1:])
    )


def anyone(statement: Statement) -> bool:
    """Tell whether an Allow is given to anybody: `*`, `{"AWS": "*"}`, a pattern, or everybody but some."""
    if not statement.allows:
        return False
    if statement.not_principals is not None:
        return True
    return any(
        wildcard(value) for kind, value in statement.principals or () if kind.upper() in {"AWS", "*", "FEDERATED"}
    )


def restricting(statement: Statement, keys: re.Pattern[str]) -> list[Condition]:
    """Give the conditions that really restrict by one of these keys.

    A negated operator, an `IfExists`, a `ForAllValues` (true where the key is absent) or a value that matches
    everything restricts nobody (IAM user guide, "IAM JSON policy elements: Condition operators").
    """
    return [item for item in statement.conditions if keys.match(item.key) and not vacuous(item)]


def vacuous(condition: Condition) -> bool:
    """Tell whether a condition lets through what it seems to restrict."""
    if condition.operator not in _POSITIVE or condition.if_exists or condition.quantifier == "forallvalues":
        return True
    if condition.operator == "ipaddress":
        return _world_ranges(condition.values)
    if condition.operator == "bool":
        return any(value.lower() != "true" for value in condition.values)
    if condition.operator not in _PATTERNS:
        return not condition.values
    return not condition.values or any(_matches_all(value) for value in condition.values)


def _matches_all(value: str) -> bool:
    """Tell whether a pattern holds every caller: only wildcards, or an ARN of any account (or of any bucket)."""
    if not value.strip("*?") or _is_any_arn(value):
        return True
    parts = value.split(":", 5)
    if len(parts) < 6 or parts[0] != "arn":
        return False
    named = parts[4] or parts[5]
    return not named.strip("*?")


def _world_ranges(values: Iterable[str]) -> bool:
    import ipaddress  # noqa: PLC0415

    from guardrails.rules.ranges import is_world  # noqa: PLC0415

    try:
        return is_world([ipaddress.ip_network(value, strict=False) for value in values])
    except ValueError:
        return True


def restricts_who(statement: Statement) -> bool:
    """Tell whether a condition names the callers: account, organisation, role, network, service on behalf of."""
    return bool(restricting(statement, _RESTRICTS_WHO))


def perimeter(statement: Statement) -> bool:
    """Tell whether a statement keeps to known accounts: by its principals, by its resources, or by a condition."""
    if restricting(statement, _PERIMETER_WHO) or restricting(statement, _RESTRICTS_WHERE):
        return True
    return not every_resource(statement) and all(_own(item) for item in statement.resources or ())


def _own(resource: str) -> bool:
    """Tell whether an ARN names one account, or one bucket: nobody else can have a bucket of that name."""
    parts = resource.split(":", 5)
    if len(parts) < 6:
        return False
    if parts[2] == "s3":
        return not re.match(r"[*?]", parts[5].split("/")[0]) and bool(parts[5].split("/")[0].strip("*?"))
    return bool(re.fullmatch(r"\d{12}|aws", parts[4]))


def action_patterns(statement: Statement) -> Iterator[str]:
    """Give the action patterns of an Allow; `NotAction` allows all the rest and so counts as `*`."""
    if not statement.allows:
        return
    if statement.not_actions is not None:
        yield "*"
    yield from statement.actions or ()
