"""`guardrails reach`: can a connection be opened from here to there?

The exit code is 0 whenever the question was answered, be it yes, no or unknown; 2 for wrong usage or unreadable input.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, NoReturn, cast

import typer

from guardrails.cli import difference
from guardrails.cli.sources import Source, SourceError, read_network
from guardrails.facts.network import Network
from guardrails.network import Answer, Engine, Hop, PlaceError
from guardrails.network.packets import WITH_PORTS, protocol_numbers
from guardrails.sets import IntervalSet

_MANY = 12
"""Notes beyond this number are counted, not printed."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    group = typer.Typer(invoke_without_command=True, no_args_is_help=False)
    group.callback(invoke_without_command=True)(reach)
    difference.register(group)
    app.add_typer(group, name="reach", help="Tell whether a connection can be opened from one place to another.")


def reach(  # noqa: PLR0913, PLR0917 (one parameter an option)
    context: typer.Context,
    source: Annotated[str | None, typer.Option("--from", metavar="WHERE", help="Who opens the connection.")] = None,
    target: Annotated[str | None, typer.Option("--to", metavar="WHERE", help="Who is to answer.")] = None,
    protocol: Annotated[str, typer.Option(help="IANA name, number (0 is protocol 0), or `any`.")] = "tcp",
    port: Annotated[str | None, typer.Option(help="Destination port or LOW-HIGH; any port if left out.")] = None,
    source_port: Annotated[str | None, typer.Option(help="Source port or LOW-HIGH; a client's usual ones.")] = None,
    one_way: Annotated[bool, typer.Option("--one-way", help="Leave replies out.")] = False,
    state: Annotated[Path | None, typer.Option(help="State file, as `pulumi stack export` prints it.")] = None,
    snapshot: Annotated[Path | None, typer.Option(help="Folder of what `aws ... describe-*` prints.")] = None,
    live: Annotated[bool, typer.Option("--live", help="Ask the account of the current AWS credentials.")] = False,
    region: Annotated[list[str] | None, typer.Option(help="Region to ask (with --live; may be repeated).")] = None,
    endpoint_url: Annotated[str | None, typer.Option(help="Ask this address instead of AWS (with --live).")] = None,
    intent: Annotated[Path | None, typer.Option(help="Intent file, whose zone names then are places.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Answer one question about one source."""
    if context.invoked_subcommand is not None:
        return
    if not source or not target:
        fail("a question needs --from WHERE and --to WHERE")
    try:
        ports, source_ports = _ports(port, "--port", protocol), _ports(source_port, "--source-port", protocol)
        network = read_network(Source(state, snapshot, live, tuple(region or ()), endpoint_url))
        engine = Engine(network, _zones(intent))
        answer = engine.reach(
            source, target, protocol=protocol, ports=ports, source_ports=source_ports, one_way=one_way
        )
    except PlaceError as error:
        fail("\n  ".join([str(error), *error.candidates]))
    except (SourceError, ValueError) as error:
        fail(str(error))
    note(network)
    typer.echo(json.dumps(answer.to_json(), indent=2) if as_json else text_of(source, target, answer))


def _zones(intent: Path | None) -> dict[str, tuple[tuple[object, ...], dict[str, str]]]:
    if intent is None:
        return {}
    from guardrails.facts.intent import IntentError, read_intent  # noqa: PLC0415 - slow to load

    try:
        zones = read_intent(intent).zones
    except IntentError as error:
        raise SourceError(str(error)) from error
    return {name: (zone.cidrs, zone.tags) for name, zone in zones.items()}


def _ports(text: str | None, option: str, protocol: str) -> IntervalSet | None:
    """Read a port or a range of ports."""
    if text is None:
        return None
    if not protocol_numbers(protocol) & WITH_PORTS:
        raise ValueError(f"{option}: {protocol} has no ports; tcp, udp and any have")
    low, _, high = text.partition("-")
    try:
        first, last = int(low), int(high or low)
    except ValueError:
        raise ValueError(f"{option}: {text!r} is neither a port nor LOW-HIGH") from None
    if not 0 <= first <= last <= 65535:
        raise ValueError(f"{option}: {text!r} is not within 0-65535")
    return IntervalSet.span(first, last)


# -- text -------------------------------------------------------------------------------------------------------------

_VERDICTS = {True: "yes", False: "no", None: "unknown"}


def text_of(source: str, target: str, answer: Answer) -> str:
    """Write an answer for people: the verdict, the path hop by hop, what blocks it, and what it rests on."""
    lines = [f"{_VERDICTS[answer.reachable]}: {source} -> {target}"]
    if answer.path:
        lines += ["", "path:", *_hops(answer.path)]
    if answer.return_path:
        lines += ["", "way back:", *_hops(answer.return_path)]
    if answer.blocked_by is not None:
        block = answer.blocked_by
        lines += ["", f"blocked {'on the way back ' if block.reply else ''}at:", *_hops((block.hop,))]
        lines += [f"     {block.reason}"]
    rows, more = answer.to_json()["flows"], answer.more_flows
    if rows:
        lines += ["", "flows that work:" if answer.reachable else "flows that may work:", *map(_flow, rows[:_MANY])]
        lines += [f"  ... and {len(rows) - _MANY} more"] if len(rows) > _MANY else []
        lines += ["  ... and perhaps others: so many hosts were asked about that not all were looked for"] * more
    for title, entries in (
        ("not known", [f"{one.what}: {one.why}" for one in answer.unknowns]),
        ("assumed", list(answer.assumptions)),
    ):
        if entries:
            lines += ["", f"{title}:", *(f"  - {entry}" for entry in entries)]
    return "\n".join(lines)


def _hops(hops: tuple[Hop, ...]) -> list[str]:
    lines: list[str] = []
    for number, hop in enumerate(hops, 1):
        detail = "  ".join(part for part in (hop.table, hop.rule) if part)
        lines.append(f"  {number:>2}. {hop.kind:<22} {hop.node}")
        if detail:
            lines.append(f"      {'':<22} {detail}")
    return lines


def _flow(row: dict[str, object]) -> str:
    def words(value: object) -> str:
        return ", ".join(map(str, cast("list[object]", value))) if isinstance(value, list) else str(value)

    service = " ".join(
        f"{name.replace('_', ' ')} {words(row[name])}"
        for name in ("source_ports", "ports", "icmp_type", "icmp_code")
        if name in row
    )
    return f"  {words(row['source'])} -> {words(row['destination'])}  {row['protocol']}  {service}".rstrip()


def note(network: Network) -> None:
    """Say on stderr what the source holds and the model does not use."""
    for gap in network.gaps[:_MANY]:
        typer.echo(f"note: {gap.what}: {gap.why}", err=True)
    if len(network.gaps) > _MANY:
        typer.echo(f"note: and {len(network.gaps) - _MANY} more", err=True)


def fail(text: str) -> NoReturn:
    """Say what was wrong with the question or its input and leave with exit code 2."""
    typer.echo(f"guardrails: {text}", err=True)
    raise typer.Exit(2)
