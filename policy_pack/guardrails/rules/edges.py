"""Walks the network's facts for every reference in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

from guardrails.facts.network import GroupRef, GroupRule, Item, Listener, Network, PrefixListRef, Route
from guardrails.facts.values import Maybe, Origin, Ref, Unknown

MEANING: dict[str, str] = {
    "vpc": "the VPC it is in",
    "subnet": "the subnet it is in",
    "subnets": "the subnets it is for",
    "groups": "the security groups it carries",
    "gateways": "the gateways it is for",
    "tables": "the route tables it adds to",
    "target": "where it leads to",
    "requester": "the asking VPC",
    "accepter": "the accepting VPC",
    "gateway": "the gateway it is of",
    "resource": "what it attaches",
    "associations": "what it is associated with",
    "propagations": "what it learns routes from",
    "propagating": "what it learns routes from",
    "target_groups": "the target groups it forwards to",
    "targets": "the targets it forwards to",
    "complete": "all of its rules",
    "destination": "what it is for",
    "peer": "whom it lets through",
}
"""Fields of the network's facts that are edges, and what they say."""


_VALUES = {"peer", "destination"}
"""Fields that may also hold an address; one that cannot be read is no open edge, one that is not given is."""


@dataclass(frozen=True, slots=True)
class Edge:
    """One reference: where it is stated, what it says, and what it leads to."""

    origin: Origin
    field: str
    to: Maybe[Ref]

    @property
    def meaning(self) -> str:
        """What the edge says, in words."""
        return MEANING[self.field]


def edges(network: Network) -> Iterator[Edge]:
    """Give every reference of the network."""
    for item in network.items():
        yield from _of(item, item.origin)


def _of(item: Item | Route | GroupRule | Listener, origin: Origin) -> Iterator[Edge]:
    for field in fields(item):
        value = getattr(item, field.name)
        if field.name in {"rules", "routes", "listeners"} and isinstance(value, tuple):
            for member in value:  # pyright: ignore[reportUnknownVariableType]
                if isinstance(member, Route | GroupRule | Listener):
                    yield from _of(member, member.origin)
        elif field.name in MEANING and not (field.name in _VALUES and _unreadable(value)):
            for target in _targets(value):
                yield Edge(origin, field.name, target)


def _unreadable(value: object) -> bool:
    return isinstance(value, Unknown) and not value.why.startswith("no ")


def _targets(value: object) -> Iterator[Maybe[Ref]]:
    if isinstance(value, Ref | Unknown):
        yield value
    elif isinstance(value, GroupRef):
        yield value.group
    elif isinstance(value, PrefixListRef):
        yield value.list
    elif isinstance(value, tuple):
        for member in value:  # pyright: ignore[reportUnknownVariableType]
            if isinstance(member, tuple):
                yield from _targets(member[0])  # pyright: ignore[reportUnknownArgumentType]
            else:
                yield from _targets(member)  # pyright: ignore[reportUnknownArgumentType]
