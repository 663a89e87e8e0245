"""Whose is an answer that does not say so?

`get-managed-prefix-list-entries`, `search-transit-gateway-routes`, `describe-target-health` and their like print what
was asked for and not of whom. A scalar beside the answer tells it, else an id or name in the file's or folder's name,
else there is but one candidate. Anything else stays unanswered.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from guardrails.facts.from_aws.record import Record


def owner_by_hint(
    answer: Record, prefix: str, members: tuple[str, ...], candidates: Mapping[str, Record], name_member: str = ""
) -> str | None:
    """Give the key of the object that an answer is about, or None where nothing tells.

    `prefix` is how its ids begin (empty where they are ARNs), `members` how AWS calls the id, `candidates` the objects
    that are listed, `name_member` the member that names them.
    """
    for member in members:
        beside = answer.data.get(member) or answer.beside.get(member)
        if isinstance(beside, str) and beside:
            return beside
    for hint in answer.scope.hints:
        listed = [key for key in candidates if _holds(hint, key)]
        if listed:
            return max(listed, key=len)
    if prefix:
        pattern = re.compile(rf"(?<![a-z0-9]){re.escape(prefix)}[0-9a-f]{{8,17}}(?![0-9a-z])")
        for hint in answer.scope.hints:
            found = {match.group() for match in pattern.finditer(hint)}
            if len(found) == 1:
                return found.pop()
    for hint in answer.scope.hints:
        named = [
            (key, name) for key, one in candidates.items() for name in _names(one, name_member) if _holds(hint, name)
        ]
        longest = [key for key, name in named if len(name) == max(len(other) for _, other in named)]
        near = dict.fromkeys(key for key in longest if _beside(answer, candidates[key])) or dict.fromkeys(longest)
        if len(near) == 1:
            return next(iter(near))
    return None


def is_about(answer: Record, gone: Mapping[str, tuple[str, str]]) -> bool:
    """Tell whether an answer is about one of the objects that count as absent, by id or by name."""
    return any(
        _holds(hint, name)
        for hint in answer.scope.hints
        for key, (own, _) in gone.items()
        for name in (key, own)
        if name
    )


def sole(answer: Record, candidates: Mapping[str, Record]) -> str | None:
    """Give the only object that an answer without a name can be about; None if there are several or none."""
    near = [key for key, one in candidates.items() if one.scope.unit == answer.scope.unit]
    beside = [key for key in near if _beside(answer, candidates[key])] or near
    return beside[0] if len(beside) == 1 else None


def _beside(one: Record, other: Record) -> bool:
    """Tell whether two answers lie in one folder."""
    return one.scope.hints[1:] == other.scope.hints[1:]


def _names(candidate: Record, member: str) -> tuple[str, ...]:
    """Give the names by which people call an object: its own, or that of the load balancer it serves."""
    names = [candidate.tag("Name"), (candidate.text(member) or "") if member else ""]
    names += [arn.split("/")[-2] for arn in candidate.texts("LoadBalancerArns") if arn.count("/") >= 2]
    return tuple(name for name in names if name)


def _holds(hint: str, name: str) -> bool:
    """Tell whether a file or folder name holds an id or name as a word of its own."""
    return re.search(rf"(?<![a-z0-9]){re.escape(name.lower())}(?![a-z0-9])", hint.lower()) is not None
