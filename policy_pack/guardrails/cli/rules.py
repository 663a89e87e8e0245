"""`guardrails rules` and `guardrails explain`: the catalogue for people."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from guardrails.cli.check import fail
from guardrails.findings.catalogue import page, summary, write_catalogue
from guardrails.rules.catalogue import find_rule, rule_types


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("rules", help="List the rules.")(rules)
    app.command("explain", help="Explain one rule.")(explain)


def rules(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    write: Annotated[Path | None, typer.Option(help="Write the catalogue as Markdown into this folder.")] = None,
) -> None:
    """List the rules: id, severity, scope, title."""
    if write is not None:
        typer.echo(f"{len(write_catalogue(write))} pages written to {write}", err=True)
        return
    if as_json:
        typer.echo(json.dumps({"rules": [summary(item) for item in rule_types()]}, indent=2))
        return
    for item in rule_types():
        typer.echo(f"{item.id}  {item.severity.value:8}  {item.scope.value:8}  {item.title}")


def explain(rule: Annotated[str, typer.Argument(help="Id, slug or policy name of a rule.")]) -> None:
    """Print the page of one rule."""
    found = find_rule(rule)
    if found is None:
        fail(f"there is no rule {rule!r}; `guardrails rules` lists them")
    typer.echo(page(found))
