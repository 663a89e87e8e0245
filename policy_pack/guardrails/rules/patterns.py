"""Patterns of IAM policies: what `*` and `?` hold (IAM user guide, "IAM JSON policy elements: Resource", "Action")."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

_STRANGE_ARNS = tuple(f"arn:{partition}:zq9:zq9:000000000009:zq9/zq9" for partition in ("aws", "aws-cn", "aws-us-gov"))
"""ARNs that nothing has: only a pattern that names nothing holds one."""


def wildcard(text: str) -> bool:
    """Tell whether a pattern matches everything: a `*`, and nothing that must be there."""
    return "*" in text and not text.strip("*?")


@lru_cache(maxsize=4096)
def _pattern(pattern: str) -> re.Pattern[str]:
    parts = (".*" if char == "*" else "." if char == "?" else re.escape(char) for char in pattern)
    return re.compile("".join(parts), re.IGNORECASE | re.DOTALL)


def matches(pattern: str, text: str) -> bool:
    """Tell whether an IAM pattern (`*`, `?`; actions without regard to case) matches a text."""
    return _pattern(pattern).fullmatch(text) is not None


def covers(outer: str, inner: str) -> bool:
    """Tell whether one pattern surely holds all that another one holds."""
    return matches(outer, inner) and not ("?" in outer and "*" in inner)


def all_covered(inner: Iterable[str], outer: Iterable[str]) -> bool:
    """Tell whether each of some patterns is surely held by one of others."""
    listed = tuple(outer)
    return all(any(covers(one, item) for one in listed) for item in inner)


def is_any_arn(text: str) -> bool:
    """Tell whether an ARN pattern holds every ARN."""
    return any(matches(text, strange) for strange in _STRANGE_ARNS)


# -- actions ----------------------------------------------------------------------------------------------------------


def every_action(pattern: str) -> bool:
    """Tell whether an action pattern holds every action of every service."""
    return wildcard(pattern.replace(":", "", 1))


def whole_service(pattern: str) -> bool:
    """Tell whether an action pattern holds every action of a service, or of several."""
    service, colon, action = pattern.partition(":")
    return bool(colon) and bool(service.strip("*?")) and wildcard(action)


# -- resources --------------------------------------------------------------------------------------------------------

_PARTS = 6


def tail(arn: str) -> str:
    """Give what follows the account in an ARN; a text that is no ARN as it is."""
    return arn.split(":", _PARTS - 1)[-1]


def every_resource_of(arn: str, service: str) -> bool:
    """Tell whether an ARN pattern holds every resource of a service, be it of one account or region."""
    parts = arn.split(":", _PARTS - 1)
    return len(parts) == _PARTS and matches(parts[2], service) and wildcard(parts[5])
