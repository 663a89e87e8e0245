"""`guardrails check --live --state FILE`: what the account holds and the state does not know."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from guardrails.cli.sources import Source, SourceError, read_live_resources, read_live_rules, read_network
from guardrails.facts.from_pulumi.read import UnreadableError, View, from_state, load_state
from guardrails.facts.stack import Facts
from guardrails.findings.leftovers import Leftover, leftovers


def find_leftovers(source: Source, state: Path) -> tuple[Leftover, ...]:
    """Compare a live account with a state file.

    Raises:
        SourceError: one of the two cannot be read.
    """
    try:
        raw = load_state(state)
        known = Facts(from_state(raw, View.OUTPUTS)).network
    except UnreadableError as error:
        raise SourceError(str(error)) from error
    account = replace(source, state=None)
    rest = (*read_live_resources(account), *read_live_rules(account))
    return leftovers(raw, known, read_network(account), rest)


def with_leftovers(text: str, found: tuple[Leftover, ...], *, as_json: bool) -> str:
    """Add what was found to a report in text or JSON."""
    if as_json:
        return json.dumps({**json.loads(text), "left_behind": [one.to_json() for one in found]}, indent=2) + "\n"
    return f"{text.rstrip()}\n\n{as_text(found)}"


def as_text(found: tuple[Leftover, ...]) -> str:
    """Write what was found for people."""
    if not found:
        return "The state knows everything that is in its networks.\n"
    lines = [f"IN THE ACCOUNT AND NOT IN THE STATE: {len(found)}"]
    for one in found:
        named = f"  ({one.name})" if one.name else ""
        lines += [f"  {one.id}{named}", f"    {one.what}", f"    adopt: {one.adopt}"]
    return "\n".join(lines) + "\n"
