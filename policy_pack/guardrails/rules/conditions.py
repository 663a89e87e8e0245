"""What the conditions of a policy statement restrict: which keys name a caller, and which of their values are fixed.

A condition restricts only if it is false for strangers, also for one whose request lacks the key, and if no stranger
can have the value: whoever owns an account chooses its tags, user names and private addresses (IAM user guide, "AWS
global condition context keys"; S3 user guide, "Blocking public access", the meaning of "public").
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable

from guardrails.facts.documents import Condition, Statement
from guardrails.rules.patterns import is_any_arn
from guardrails.rules.ranges import is_world

POSITIVE = frozenset(
    {
        "stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike", "ipaddress", "bool",
        "numericequals", "dateequals",
    }
)  # fmt: skip
_PATTERNS = frozenset({"stringlike", "stringnotlike", "arnlike", "arnnotlike", "arnequals", "arnnotequals"})
"""Operators in whose values `*` and `?` are wildcards; ArnEquals is one of them (IAM user guide)."""

_NEGATED = {
    "stringnotequals": "stringequals",
    "stringnotequalsignorecase": "stringequalsignorecase",
    "stringnotlike": "stringlike",
    "arnnotequals": "arnequals",
    "arnnotlike": "arnlike",
    "notipaddress": "ipaddress",
}

CALLER = re.compile(
    r"^(aws:principal(account|arn|orgid|orgpaths)|aws:source(account|arn|orgid|orgpaths|owner|vpc|vpcarn|vpce|ip)"
    r"|aws:vpce(account|orgid|orgpaths)|aws:userid|kms:calleraccount|s3:dataaccesspoint(account|arn)"
    r"|vpc-lattice-svcs:sourcevpc(owneraccount)?|elasticfilesystem:accessedviamounttarget|[a-z0-9./_-]+:(aud|sub|amr))$"
)
"""Keys whose value a stranger cannot choose. Not among them: sts:ExternalId, which is no secret; kms:ViaService, by
which any account may come; aws:PrincipalTag, aws:username and aws:VpcSourceIp, which every account sets as it likes."""

_VARIABLE = re.compile(r"\$\{(?![*?$]\})\s*([^,}\s]+)")
"""A policy variable; `${*}`, `${?}` and `${$}` are characters."""


# -- values that are one caller's alone -------------------------------------------------------------------------------


def _plain(text: str) -> bool:
    return bool(text) and not re.search(r"[*?]", text)


def _account(text: str) -> bool:
    return re.fullmatch(r"\d{12}", text) is not None


def _path(text: str) -> bool:
    return _plain(text.split("/", 1)[0])


def _arn(text: str) -> bool:
    """An ARN of one account, or of one bucket: bucket names are nobody else's."""
    parts = text.split(":", 5)
    if len(parts) < 6 or parts[0] != "arn":
        return False
    return _account(parts[4]) or (parts[2] == "s3" and _plain(parts[5].split("/", 1)[0]))


def _unique_id(text: str) -> bool:
    return _plain(text.split(":", 1)[0])


def _service(text: str) -> bool:
    """A service's name, of which only what follows the first label may vary (`ec2.amazonaws.com*`)."""
    return _plain(text.split(".", 1)[0])


def _alias(text: str) -> bool:
    return bool(text.removeprefix("alias/").strip("*?"))


def _something(text: str) -> bool:
    return bool(text.strip("*?")) and not is_any_arn(text)


_FIXED: tuple[tuple[re.Pattern[str], Callable[[str], bool]], ...] = tuple(
    (re.compile(keys), fixed)
    for keys, fixed in (
        (r"^aws:(principal|source|resource|vpce)account$|^aws:sourceowner$|^kms:calleraccount$", _account),
        (r"^s3:(dataaccesspoint|resource)account$|^vpc-lattice-svcs:sourcevpcowneraccount$", _account),
        (r"^aws:(principal|source|resource|vpce)orgid$", _plain),
        (r"^aws:(principal|source|resource|vpce)orgpaths$", _path),
        (r"^aws:(principal|source|sourcevpc)arn$|^s3:dataaccesspointarn$", _arn),
        (r"^aws:sourcevpce?$|^vpc-lattice-svcs:sourcevpc$", _plain),
        (r"^aws:userid$", _unique_id),
        (r"^iam:passedtoservice$|^kms:viaservice$|^aws:calledvia(first|last)?$", _service),
        (r"^kms:(resourcealiases|requestalias)$", _alias),
    )
)
"""What a pattern must still say, by key, so that it does not let strangers in."""

_OF_THE_CALLER = re.compile(r"^aws:(principal|source|userid|username|vpce)")


def _is_fixed(condition: Condition, value: str) -> bool:
    key = condition.key
    variable = _VARIABLE.search(value)
    if variable is not None:
        # What the caller brings along compared with what the caller brings along is true for every caller.
        named = variable.group(1).lower()
        fixed_by_caller = CALLER.match(key) or (key.startswith("aws:resource") and "tag/" not in key)
        if named == key or (fixed_by_caller and _OF_THE_CALLER.match(named)):
            return False
    if condition.operator not in _PATTERNS:
        return True
    fixed = next((test for keys, test in _FIXED if keys.match(key)), _something)
    return fixed(value)


# -- conditions -------------------------------------------------------------------------------------------------------


def restricting(statement: Statement, keys: re.Pattern[str]) -> list[Condition]:
    """Give the conditions that really restrict by one of these keys."""
    return [item for item in statement.conditions if keys.match(item.key) and not vacuous(item, statement)]


def vacuous(condition: Condition, statement: Statement) -> bool:
    """Tell whether a condition lets through what it seems to restrict.

    A negated operator does, and a value that everybody has; so does one with IfExists or ForAllValues, which is true
    where the key is absent, unless a `Null` beside it demands the key (IAM user guide, "Condition operators").
    """
    if condition.operator not in POSITIVE or not condition.values:
        return True
    absent = condition.if_exists or condition.quantifier == "forallvalues"
    if absent and not _demanded(condition.key, statement):
        return True
    return not _restricts(condition.operator, condition)


def _restricts(operator: str, condition: Condition) -> bool:
    if operator == "ipaddress":
        return not _world_ranges(condition.values)
    if operator == "bool":
        return all(value.lower() == "true" for value in condition.values)
    return all(_is_fixed(condition, value) for value in condition.values)


def _demanded(key: str, statement: Statement) -> bool:
    return any(
        item.operator == "null" and item.key == key and all(value.lower() == "false" for value in item.values)
        for item in statement.conditions
    )


def _world_ranges(values: Iterable[str]) -> bool:
    try:
        return is_world([ipaddress.ip_network(value, strict=False) for value in values])
    except ValueError:
        return True


def spares_only(condition: Condition, keys: re.Pattern[str], spared: frozenset[str]) -> bool:
    """Tell whether a condition of a Deny is false only for callers fixed by these keys, or for AWS's own services.

    `spared` names the Boolean keys whose callers may pass (`aws:principalisawsservice`). A negated operator is true
    where the key is absent, so that who has no such key is denied; ForAnyValue is not, and neither is Bool without
    IfExists: requests that are not signed lack the keys in `spared` (IAM user guide, "Global condition context keys").
    """
    if condition.operator == "bool" and condition.key in spared:
        return condition.if_exists and all(value.lower() == "false" for value in condition.values)
    positive = _NEGATED.get(condition.operator)
    if positive is None or condition.quantifier == "foranyvalue" or not condition.values:
        return False
    return keys.match(condition.key) is not None and _restricts(positive, condition)
