"""`guardrails check`: judge a stack from its state file, or the network of an account."""

from __future__ import annotations

import json
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from guardrails.cli.leftovers import as_text, find_leftovers, with_leftovers
from guardrails.cli.sources import Source, SourceError, read_live_resources, read_network
from guardrails.config import Configuration, ConfigurationError, load_intent, parse_file
from guardrails.facts.from_aws.resources import SEEN
from guardrails.facts.from_pulumi.read import UnreadableError, View, from_state, load_state, stack_of
from guardrails.facts.stack import Facts
from guardrails.findings.formats import FORMATS
from guardrails.findings.leftovers import Leftover
from guardrails.findings.report import Judgement, Report, judge
from guardrails.rules.base import Finding

if TYPE_CHECKING:
    from guardrails.facts.intent import Intent


class Format(StrEnum):
    """The formats of a report."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("check", help="Judge a stack from its state file, or an account.")(check)


def check(  # noqa: PLR0913, PLR0917 (one parameter an option)
    state: Annotated[Path | None, typer.Option(help="State file, as `pulumi stack export` prints it.")] = None,
    snapshot: Annotated[Path | None, typer.Option(help="Folder of `aws ... describe-*` answers.")] = None,
    live: Annotated[bool, typer.Option("--live", help="Read the account with the AWS credentials at hand.")] = False,
    region: Annotated[list[str] | None, typer.Option(help="With --live: a region to read.")] = None,
    endpoint_url: Annotated[str | None, typer.Option(help="With --live: where the API is.")] = None,
    intent: Annotated[Path | None, typer.Option(help="Intent file; by default the pack's own for the stack.")] = None,
    config: Annotated[Path | None, typer.Option(help="Policy-pack configuration (JSON).")] = None,
    form: Annotated[Format, typer.Option("--format", help="Format of the report.")] = Format.TEXT,
    output: Annotated[Path | None, typer.Option(help="Write the report here instead of to stdout.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Judge a stack from its state file, or a network from an account; exit 1 where something blocks.

    With --live and --state together the account is judged, and what the state does not know of it is listed.
    """
    source = Source(state=state, snapshot=snapshot, live=live, regions=region or (), endpoint_url=endpoint_url)
    compared = state if live and snapshot is None else None
    found: tuple[Leftover, ...] = ()
    try:
        if compared is not None:
            source = replace(source, state=None)
            found = find_leftovers(source, compared)
        report = check_state(state, intent, config) if _only_state(source) else check_network(source, intent, config)
    except (UnreadableError, ConfigurationError, SourceError) as error:
        fail(str(error))
    form = Format.JSON if as_json else form
    text = FORMATS[form.value](report)
    if compared is not None and form in {Format.TEXT, Format.JSON}:
        text = with_leftovers(text, found, as_json=form is Format.JSON)
    elif compared is not None:
        typer.echo(as_text(found), err=True)
    if output is None:
        typer.echo(text, nl=not text.endswith("\n"))
    else:
        _write(output, text)
    raise typer.Exit(1 if report.blocked or found else 0)


def _only_state(source: Source) -> bool:
    return source.state is not None and source.snapshot is None and not source.live


def _write(output: Path, text: str) -> None:
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        fail(f"{output}: {error.strerror or error}")
    typer.echo(f"report written to {output}", err=True)


def check_state(state: Path | None, intent: Path | None = None, config: Path | None = None) -> Report:
    """Judge a state file.

    Raises:
        UnreadableError: the state file is none.
        ConfigurationError: the configuration or intent cannot be read.
    """
    if state is None:
        raise UnreadableError("no state file is named")
    raw = load_state(state)
    configuration = _configuration(config)
    stack, project = next((stack_of(item["urn"]) for item in raw if stack_of(item["urn"])[0]), ("", ""))
    chosen, problems = _intent(configuration, intent, project, stack)
    environment = configuration.environment_of(chosen)
    views = [
        Facts(from_state(raw, view), intent=chosen, environment=environment) for view in (View.INPUTS, View.OUTPUTS)
    ]
    return judge(_with(configuration.judgement, problems), *views)


def check_network(source: Source, intent: Path | None = None, config: Path | None = None) -> Report:
    """Judge a network that was read from an account or a snapshot: the rules that need no resource's own inputs.

    Raises:
        SourceError: the source cannot be read.
        ConfigurationError: the configuration or intent cannot be read.
    """
    configuration = _configuration(config)
    chosen, problems = _intent(configuration, intent, "", "")
    network, resources = read_network(source), read_live_resources(source)
    environment = configuration.environment_of(chosen)
    seen = SEEN if source.live else frozenset[str]()
    facts = Facts(resources, intent=chosen, environment=environment, network=network, seen=seen)
    return judge(_with(configuration.judgement, problems), facts, facts)


def _intent(
    configuration: Configuration, intent: Path | None, project: str, stack: str
) -> tuple[Intent | None, tuple[Finding, ...]]:
    if intent is None:
        return configuration.intent_of(project, stack)
    loaded = load_intent(intent)
    if isinstance(loaded, str):
        raise ConfigurationError(loaded)
    return loaded, ()


def _with(judgement: Judgement, problems: tuple[Finding, ...]) -> Judgement:
    return Judgement(judgement.rules, judgement.levels, (*judgement.problems, *problems))


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
