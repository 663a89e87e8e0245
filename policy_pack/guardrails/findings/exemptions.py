"""Exemptions: one finding of one rule on one subject, accepted for a while, with a reason and an owner.

Nothing is accepted in silence: an exempt finding stays in every report, and an exemption that is faulty, expired or
no longer needed is a finding itself.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from guardrails.rules.base import Finding, Outcome, Rule

RULE = "FCL005"
_FIELDS = ("rule", "subject", "reason", "owner", "expires")
_LONGEST = 366
"""Days that an exemption may last; after that somebody looks again."""


def apply_exemptions(  # noqa: PLR0913 - the last ones by keyword
    found: Sequence[Finding],
    exemptions: Sequence[Mapping[str, Any]],
    rules: Sequence[Rule],
    today: str,
    *,
    whole: bool,
    before: Sequence[Finding] = (),
) -> tuple[list[Finding], dict[Finding, str]]:
    """Mark the findings that are exempt, and add findings about the exemptions.

    `whole` tells that the whole stack was judged, so that an exemption that matched nothing is unused; `before` are
    the findings that were told with each resource, before the whole was seen.
    """
    by_id = {item.id: item for item in rules}
    result = list(found)
    notes: dict[Finding, str] = {}
    for index, raw in enumerate(exemptions):
        problem = _problem(raw, by_id, today)
        if problem:
            if whole:
                result.append(_finding(index, raw, problem))
            continue
        matched = [position for position, finding in enumerate(result) if _matches(raw, finding)]
        for position in matched:
            exempt = replace(result[position], outcome=Outcome.EXEMPT)
            result[position] = exempt
            notes[exempt] = f"{raw['reason']} (owner {raw['owner']}, until {raw['expires']})"
        if not matched and whole and not any(_matches(raw, finding) for finding in before):
            result.append(_finding(index, raw, "is unused: nothing that it names was found"))
    return result, notes


def _problem(raw: Mapping[str, Any], rules: Mapping[str, Rule], today: str) -> str:
    missing = [key for key in _FIELDS if not str(raw.get(key) or "").strip()]
    if missing:
        return f"lacks {', '.join(missing)}"
    extra = sorted(set(map(str, raw)) - {*_FIELDS, "path"})
    if extra:
        return f"has keys that are not known: {', '.join(extra)}"
    rule = rules.get(str(raw["rule"]))
    if rule is None:
        return f"names a rule that does not exist: {raw['rule']}"
    if not rule.exemptible:
        return f"names {rule.id}, of the fail-closed family, from which nothing is exempt"
    return _expiry(str(raw["expires"]), today)


def _expiry(expires: str, today: str) -> str:
    try:
        until = datetime.date.fromisoformat(expires)
    except ValueError:
        return f"expires on {expires!r}, which is no ISO date"
    now = datetime.date.fromisoformat(today) if today else datetime.datetime.now(tz=datetime.UTC).date()
    if until < now:
        return f"expired on {expires}"
    return f"lasts longer than {_LONGEST} days" if (until - now).days > _LONGEST else ""


def _matches(raw: Mapping[str, Any], finding: Finding) -> bool:
    return (
        finding.rule == raw["rule"]
        and finding.outcome in {Outcome.FAIL, Outcome.UNRESOLVED}
        and finding.subject == raw["subject"]
        and raw.get("path", finding.path) == finding.path
    )


def _finding(index: int, raw: Mapping[str, Any], problem: str) -> Finding:
    name = f"{raw.get('rule') or '?'} on {raw.get('subject') or '?'}"
    return Finding(RULE, Outcome.FAIL, "", f"exemptions[{index}]", f"the exemption for {name} {problem}")
