"""`guardrails check`: judge a stack from its state file."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from guardrails.config import Configuration, ConfigurationError, load_intent, parse_file
from guardrails.facts.from_pulumi.read import UnreadableError, View, from_state, load_state, stack_of
from guardrails.facts.stack import Facts
from guardrails.findings.formats import FORMATS
from guardrails.findings.report import Judgement, Report, judge
from guardrails.rules.base import Finding


class Format(StrEnum):
    """The formats of a report."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("check", help="Judge a stack: every rule over a state file.")(check)


def check(
    state: Annotated[Path, typer.Option(help="State file, as `pulumi stack export` prints it.")],
    intent: Annotated[Path | None, typer.Option(help="Intent file; by default the pack's own for the stack.")] = None,
    config: Annotated[Path | None, typer.Option(help="Policy-pack configuration (JSON).")] = None,
    form: Annotated[Format, typer.Option("--format", help="Format of the report.")] = Format.TEXT,
    output: Annotated[Path | None, typer.Option(help="Write the report here instead of to stdout.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Judge a stack from its state file; exit 1 where something blocks."""
    try:
        report = check_state(state, intent, config)
    except (UnreadableError, ConfigurationError) as error:
        fail(str(error))
    text = FORMATS[Format.JSON.value if as_json else form.value](report)
    if output is None:
        typer.echo(text, nl=not text.endswith("\n"))
    else:
        output.write_text(text, encoding="utf-8")
        typer.echo(f"report written to {output}", err=True)
    raise typer.Exit(1 if report.blocked else 0)


def check_state(state: Path, intent: Path | None = None, config: Path | None = None) -> Report:
    """Judge a state file.

    Raises:
        UnreadableError: the state file is none.
        ConfigurationError: the configuration or intent cannot be read.
    """
    raw = load_state(state)
    configuration = _configuration(config)
    stack, project = next((stack_of(item["urn"]) for item in raw if stack_of(item["urn"])[0]), ("", ""))
    problems: tuple[Finding, ...] = ()
    if intent is None:
        chosen, problems = configuration.intent_of(project, stack)
    else:
        loaded = load_intent(intent)
        if isinstance(loaded, str):
            raise ConfigurationError(loaded)
        chosen = loaded
    environment = configuration.environment_of(chosen)
    views = [
        Facts(from_state(raw, view), intent=chosen, environment=environment) for view in (View.INPUTS, View.OUTPUTS)
    ]
    judgement = configuration.judgement
    judgement = Judgement(judgement.rules, judgement.levels, (*judgement.problems, *problems))
    return judge(judgement, *views)


def _configuration(path: Path | None) -> Configuration:
    if path is None:
        return parse_file({}, "defaults")
    try:
        return parse_file(json.loads(path.read_bytes()), str(path))
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path}: {error}") from error


def fail(text: str) -> NoReturn:
    """Say what was wrong with the input and leave with exit code 2."""
    typer.echo(f"guardrails: {text}", err=True)
    raise typer.Exit(2)
