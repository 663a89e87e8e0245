"""Carrying out the API calls behind an object: make, change, delete, and see whether it is still there."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from simulator.emulator.model import Emulated, Step, follow, tag_list
from simulator.errors import AwsError
from simulator.model import Values

if TYPE_CHECKING:
    from simulator.creation import Creation

_TABLES: Final = (
    "network",
    "groups",
    "hosts",
    "transit",
    "services",
    "storage",
    "containers",
    "balancing",
    "dns",
    "desktops",
    "observability",
    "firewalls",
)
_GONE: Final = ("NotFound", "NoSuch", "ResourceNotFound", "404", "ParameterNotFound", "InvalidDocument", "DoesNotExist")


@cache
def emulated_types() -> Mapping[str, Emulated]:
    """Give the types that go to an API, by token."""
    entries = [entry for table in _TABLES for entry in import_module(f"simulator.emulator.{table}").ENTRIES]
    return {entry.token: entry for entry in entries}


def make(creation: Creation) -> Values:
    """Make an object through the API: sets its id, and gives the outputs that the API chose.

    Does nothing for a type that no API here has.
    """
    entry = emulated_types().get(creation.type.token)
    if creation.world is None or entry is None:
        return {}
    _run(creation, entry, entry.first)
    answer = _call(creation, entry, entry.chosen(creation) if entry.chosen else entry.create, tagged=True)
    if answer is not None and entry.identity:
        creation.id = str(follow(answer, entry.identity))
    if entry.identified:
        creation.id = entry.identified(creation, answer or {})
    made = follow(answer, entry.interfaces) if entry.interfaces else None
    creation.claims = [made] if isinstance(made, str) else list(made or ())
    if entry.claimed:
        creation.claims = entry.claimed(creation)
    outputs = {name: follow(answer, path) for name, path in entry.outputs.items()}
    looked = entry.look(creation) if entry.look else None
    return {**outputs, **(looked or {})}


def finish(creation: Creation) -> None:
    """Make the calls that follow a create or an update."""
    entry = emulated_types().get(creation.type.token)
    if creation.world is None or entry is None:
        return
    if creation.old is not None:
        _run(creation, entry, entry.update)
        _retag(creation, entry)
    _run(creation, entry, entry.then)
    region = "us-east-1" if creation.type.is_global else creation.region
    for item in entry.amend(creation) if entry.amend else ():
        place = (item.service, item.kept_in, item.key)
        creation.world.correct("amend", region=region, place=place, values=item.values)


def remove(creation: Creation) -> None:
    """Delete an object through the API, with the interfaces and groups that were made for it."""
    entry = emulated_types().get(creation.type.token)
    if creation.world is None:
        return
    if entry is not None:
        # What others have deleted is no error, as it is none to AWS's provider; else the clock would stand still.
        with _gone_is_gone():
            _run(creation, entry, entry.delete)
        if entry is _vpc():
            creation.world.correct("gone_vpc", region=creation.region, id=creation.id)
        if entry.forget:
            region = "us-east-1" if creation.type.is_global else creation.region
            creation.world.correct("forget", region=region, place=(entry.service, entry.forget, creation.id))
    place = "global" if creation.type.is_global else creation.region
    owned = creation.account.owned_by((creation.type.token, place, creation.id))
    # Interfaces hold groups, so they go first; what moto has taken away by itself is gone already.
    for item in sorted(owned, key=lambda item: item.token, reverse=False):
        operation = _OWNED.get(item.token)
        if operation is not None and entry is not _vpc():
            _try(creation, *operation, item.id)


def is_gone(creation: Creation) -> bool:
    """Tell whether the API no longer has an object; False for a type of which it cannot be asked."""
    entry = emulated_types().get(creation.type.token)
    if creation.world is None or entry is None or entry.alive is None:
        return False
    try:
        answer = _call(creation, entry, entry.alive)
    except AwsError as error:
        if any(mark in error.code for mark in _GONE):
            return True
        raise
    if entry.lives is not None:
        return not entry.lives(creation, answer or {})
    return bool(entry.alive_at) and not follow(answer, entry.alive_at)


def foreign(creation: Creation) -> Values:
    """Give the outputs of an object that others have changed through the API."""
    entry = emulated_types().get(creation.type.token)
    if creation.world is None or entry is None or entry.foreign is None:
        return {}
    return entry.foreign(creation) or {}


_OWNED: Final = {
    "aws:ec2/networkInterface:NetworkInterface": ("delete_network_interface", "NetworkInterfaceId"),
    "aws:ec2/securityGroup:SecurityGroup": ("delete_security_group", "GroupId"),
    "aws:ec2/vpcEndpoint:VpcEndpoint": ("delete_vpc_endpoints", "VpcEndpointIds"),
}


def _vpc() -> Emulated:
    return emulated_types()["aws:ec2/vpc:Vpc"]


def _try(creation: Creation, operation: str, parameter: str, identifier: str) -> None:
    assert creation.world is not None
    with _gone_is_gone():
        named: object = [identifier] if parameter.endswith("s") else identifier
        creation.world.call("ec2", creation.region, operation, {parameter: named}, creation.seed())


@contextmanager
def _gone_is_gone() -> Generator[None]:
    """Take it for done when an API says that there is no such object."""
    try:
        yield
    except AwsError as error:
        if not any(mark in error.code for mark in _GONE):
            raise


def _run(creation: Creation, entry: Emulated, steps: Iterable[Step]) -> None:
    for item in steps:
        _call(creation, entry, item)


def _call(creation: Creation, entry: Emulated, item: Step, *, tagged: bool = False) -> dict[str, Any] | None:
    if item.each is not None:
        for parameters in list(item.each(creation)):
            _call(creation, entry, Step(item.operation, lambda _creation, given=parameters: given, item.service))
        return None
    parameters = item.parameters(creation)
    if parameters is None or creation.world is None:
        return None
    tags = tag_list(creation)
    if tagged and entry.tags and tags:
        parameters = {**parameters, "TagSpecifications": [{"ResourceType": entry.tags, "Tags": tags}]}
    region = "us-east-1" if creation.type.is_global else creation.region
    return creation.world.call(item.service or entry.service, region, item.operation, parameters, creation.seed())


def _retag(creation: Creation, entry: Emulated) -> None:
    if not entry.tags or creation.old is None or creation.world is None:
        return
    new = {tag["Key"]: tag["Value"] for tag in tag_list(creation)}
    before: dict[str, str] = creation.old.outputs.get("tagsAll") or {}
    gone = [{"Key": name} for name in before if name not in new]
    if gone:
        creation.world.call(
            "ec2", creation.region, "delete_tags", {"Resources": [creation.id], "Tags": gone}, creation.seed()
        )
    if new:
        creation.world.call(
            "ec2",
            creation.region,
            "create_tags",
            {"Resources": [creation.id], "Tags": tag_list(creation)},
            creation.seed(),
        )
