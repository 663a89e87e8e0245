"""`guardrails reach diff OLD NEW`: what a change opens and closes, for a pull request comment.

OLD and NEW are state files or snapshot folders. Like `diff`, it exits with 1 where something is newly reachable or NEW
lacks objects that could make it so, 0 where nothing is, and 2 where an input cannot be read. What either side was taken
for where a whole kind of object is absent is listed as assumptions.
"""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from guardrails.cli.sources import SourceError, read_path
from guardrails.facts.network import Network
from guardrails.network.difference import Change, compare

_LIMIT = 50
"""Rows beyond this number are counted, not printed, in a comment."""


class Form(StrEnum):
    """The formats of a difference."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


def register(group: typer.Typer) -> None:
    """Add the command below `guardrails reach`."""
    group.command("diff", help="Tell what is newly reachable and no longer reachable between two networks.")(diff)


def diff(
    old: Annotated[Path, typer.Argument(help="State file or snapshot folder before the change.")],
    new: Annotated[Path, typer.Argument(help="State file or snapshot folder after it.")],
    form: Annotated[Form, typer.Option("--format", help="Format of the difference.")] = Form.TEXT,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Compare two networks."""
    try:
        before, after = read_path(old), read_path(new)
    except SourceError as error:
        typer.echo(f"guardrails: {error}", err=True)
        raise typer.Exit(2) from None
    changes = compare(before, after)
    rests_on = _rests_on(before, after)
    form = Form.JSON if as_json else form
    if form is Form.TEXT:
        for line in rests_on:
            typer.echo(f"guardrails: {line}", err=True)
    typer.echo(_FORMATS[form](changes, rests_on))
    open_ended = bool(after.incomplete) and before != after
    raise typer.Exit(1 if open_ended or any(change.opened for change in changes) else 0)


def _rests_on(before: Network, after: Network) -> tuple[str, ...]:
    """Say what the comparison takes for granted, and of which side."""
    told: list[str] = []
    for side, network in (("old", before), ("new", after)):
        told += [f"{side}: {text}" for text in network.assumptions]
        told += [f"{side}: the source does not hold all {kind}" for kind in network.incomplete]
    return tuple(told)


def to_text(changes: tuple[Change, ...], rests_on: tuple[str, ...] = ()) -> str:
    """Write one line a service: `+` for what is newly reachable, `-` for what no longer is, `?` where unknown.

    What it rests on goes to stderr, so that it is left out here.
    """
    del rests_on
    if not changes:
        return "no difference in who can reach whom"
    return "\n".join(line for change in changes for line in _lines(change))


def to_json(changes: tuple[Change, ...], rests_on: tuple[str, ...] = ()) -> str:
    """Write one object with what is opened and what is closed, and the assumptions that both rest on."""
    parts: dict[str, Any] = {
        name: [change.to_json() for change in changes if change.opened is opened]
        for name, opened in (("opened", True), ("closed", False))
    }
    return json.dumps({**parts, "assumptions": list(rests_on)}, indent=2)


def to_markdown(changes: tuple[Change, ...], rests_on: tuple[str, ...] = ()) -> str:
    """Write two tables, fit for a comment, and what they rest on."""
    lines: list[str] = [] if changes else ["**Reachability:** no difference.", ""]
    for title, opened in (("Newly reachable", True), ("No longer reachable", False)):
        rows = [row for change in changes if change.opened is opened for row in _rows(change)]
        if rows:
            lines += [f"### {title} ({len(rows)})", "", "| from | to | service | |", "|---|---|---|---|"]
            lines += rows[:_LIMIT]
            lines += [f"\n... and {len(rows) - _LIMIT} more"] if len(rows) > _LIMIT else []
            lines.append("")
    lines += ["Assumed:", "", *(f"- {_safe(text)}" for text in rests_on)] if rests_on else []
    return "\n".join(lines).rstrip()


def _services(change: Change) -> list[str]:
    names: dict[str, None] = {}
    for flow in change.to_json()["flows"]:
        detail = next((flow[key] for key in ("ports", "icmp_type") if key in flow), "any")
        names[f"{flow['protocol']} {detail}"] = None
    return list(names)


def _lines(change: Change) -> list[str]:
    sign = ("+" if change.opened else "-") + ("" if change.certain else "?")
    return [f"{sign:<2} {change.source} -> {change.target}  {service}" for service in _services(change)]


def _rows(change: Change) -> list[str]:
    doubt = "" if change.certain else "not certain"
    return [
        f"| `{_safe(change.source)}` | `{_safe(change.target)}` | {service} | {doubt} |"
        for service in _services(change)
    ]


def _safe(name: str) -> str:
    """Keep a name from ending its cell or its code span."""
    return name.replace("|", "/").replace("`", "'").replace("\n", " ")


_FORMATS = {Form.TEXT: to_text, Form.JSON: to_json, Form.MARKDOWN: to_markdown}
