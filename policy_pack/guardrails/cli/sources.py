"""Where a network is read from: a state file, a snapshot, or a live account; the same three for every command."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from guardrails.facts.from_aws import SnapshotError, read_snapshot
from guardrails.facts.from_aws.live import LiveError, read_live
from guardrails.facts.from_aws.resources import read_group_rules, read_resources
from guardrails.facts.from_pulumi.read import UnreadableError, View, from_state, load_state
from guardrails.facts.network import Network
from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts


class SourceError(Exception):
    """The source cannot be read, or it is not said which one to read."""


@dataclass(frozen=True, slots=True)
class Source:
    """What the options of a command say about the source; exactly one of the first three."""

    state: Path | None = None
    snapshot: Path | None = None
    live: bool = False
    regions: Sequence[str] = ()
    endpoint_url: str | None = None


def read_network(source: Source) -> Network:
    """Read the network of a source.

    Raises:
        SourceError: none or several sources are named, or the one that is named cannot be read.
    """
    named = [source.state is not None, source.snapshot is not None, source.live]
    if sum(named) != 1:
        raise SourceError("name exactly one source: --state FILE, --snapshot DIR or --live")
    if source.live:
        return _read_live(source)
    if source.regions or source.endpoint_url:
        raise SourceError("--region and --endpoint-url belong to --live")
    if source.snapshot is not None:
        return read_path(source.snapshot, is_state=False)
    return read_path(source.state or Path(), is_state=True)


def read_path(path: Path, *, is_state: bool | None = None) -> Network:
    """Read a state file or a snapshot; where it is not said which, a folder is a snapshot and a file is tried as both.

    Raises:
        SourceError: the path cannot be read as either.
    """
    if is_state is not False and not path.is_dir():
        try:
            return Facts(from_state(load_state(path), View.OUTPUTS)).network
        except UnreadableError as error:
            if is_state or not path.exists():
                raise SourceError(str(error)) from error
    if is_state:
        raise SourceError(f"{path}: is a folder, not a state file")
    try:
        return read_snapshot(path)
    except SnapshotError as error:
        raise SourceError(str(error)) from error


def read_live_resources(source: Source) -> tuple[Resource, ...]:
    """Read what a live account tells besides its network; nothing of another source.

    Raises:
        SourceError: the account cannot be asked.
    """
    try:
        return read_resources(source.regions, source.endpoint_url) if source.live else ()
    except LiveError as error:
        raise SourceError(str(error)) from error


def read_live_rules(source: Source) -> tuple[Resource, ...]:
    """Read the rules of a live account's security groups, each with its id.

    Raises:
        SourceError: the account cannot be asked.
    """
    try:
        return read_group_rules(source.regions, source.endpoint_url)
    except LiveError as error:
        raise SourceError(str(error)) from error


def _read_live(source: Source) -> Network:
    try:
        return read_live(source.regions, source.endpoint_url)
    except LiveError as error:
        raise SourceError(str(error)) from error
