"""What a change opens and closes: the connections of one network against those of another.

Everything that can be opened in the one and not in the other, as exact sets of (source, destination, protocol, port);
source ports are left out. Both networks are compared by address: a host that moved to another address is one that went
and one that came. Services behind gateway endpoints are compared where their prefix list is spelled out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from guardrails.facts.network import Interface, Network
from guardrails.network.answer import flows_json
from guardrails.network.hosts import SILENT_KINDS
from guardrails.network.packets import (
    CLIENT_PORTS,
    DESTINATION,
    INTERNET,
    NOTHING,
    PORTS,
    PROTOCOLS,
    SOURCE,
    SOURCE_PORT,
    Packets,
    address_set,
)
from guardrails.network.places import EVERYTHING, Place, Target, asked
from guardrails.network.reach import Engine, Service, World
from guardrails.sets import IntervalSet

OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Change:
    """Connections between two places that one network allows and the other does not.

    `opened` tells that they are new, else that they are gone; `certain` is False where an unknown input decides.
    """

    source: str
    target: str
    opened: bool
    certain: bool
    flows: Packets

    def to_json(self) -> dict[str, Any]:
        """Give the change as the command line prints it."""
        flows = flows_json(self.flows)
        for flow in flows:
            flow.pop("source_ports", None)
        return {"from": self.source, "to": self.target, "certain": self.certain, "flows": flows}


Flows = tuple[tuple[IntervalSet, Packets], ...]
"""Connections by who opens them: the addresses of each class of sources, and what it can send."""


@dataclass(frozen=True, slots=True)
class _View:
    sure: Flows
    possible: Flows
    names: tuple[tuple[str, IntervalSet], ...]


def compare(old: Network, new: Network) -> tuple[Change, ...]:
    """Give all connections that `new` opens and closes against `old`, sorted by place, what is opened first."""
    before, after = _view(old), _view(new)
    names = (*after.names, *before.names)
    return tuple(
        Change(source, target, opened, certain, flows)
        for opened, certain, difference in (
            (True, True, _less(after.sure, before.sure)),
            (True, False, _less(after.possible, after.sure, before.possible)),
            (False, True, _less(before.sure, after.possible)),
            (False, False, _less(before.sure, after.sure) - _less(before.sure, after.possible)),
        )
        for (source, target), flows in sorted(_by_place(difference, names).items())
    )


def _view(network: Network) -> _View:
    """Find every connection of a network: surely possible, and possible if unknown inputs allow it."""
    engine = Engine(network)
    model = engine.model
    hosts = tuple(Target(host, asked(host)) for host in model.hosts if host.owner_kind not in SILENT_KINDS)
    everywhere = Place("everywhere", hosts, INTERNET, EVERYTHING - model.all_vpc_addresses - INTERNET)
    service = Service(PROTOCOLS, PORTS, CLIENT_PORTS)
    world = engine.run(everywhere, everywhere, service, may=False)
    sure = _by_source(world)
    possible = sure
    if world.stops.unknowns:
        possible = _by_source(engine.run(everywhere, everywhere, service, may=True))
    names = tuple((_name(one), _addresses(one)) for one in model.network.interfaces if _addresses(one))
    vague = tuple((host.id, host.addresses) for host in model.hosts if not host.exact)
    return _View(sure, possible, (*names, *vague))


def _by_source(world: World) -> Flows:
    """Gather what was found by the class that opens it; source ports are left out."""
    found: dict[str, list[Packets]] = {}
    for one in world.found:
        key = one.start.key if one.start is not None else OUTSIDE
        found.setdefault(key, []).append(one.packets.replace(SOURCE_PORT, CLIENT_PORTS))
    whole = (Packets.union(parts) for parts in found.values())
    return tuple((flows.side(SOURCE) or IntervalSet(), flows) for flows in whole)


def _less(flows: Flows, *others: Flows) -> Packets:
    """Give what is in the first and in none of the others."""
    left: list[Packets] = []
    for source, rest in flows:
        for other in others:
            same = Packets.union(sent for theirs, sent in other if not source.isdisjoint(theirs))
            rest = NOTHING if rest == same else rest - same  # noqa: PLW2901
        left.append(rest)
    return Packets.union(left)


def _name(interface: Interface) -> str:
    return interface.owner_name or interface.name or interface.owner or interface.key


def _addresses(interface: Interface) -> IntervalSet:
    return address_set((*interface.addresses, *interface.public_addresses))


def _by_place(flows: Packets, names: tuple[tuple[str, IntervalSet], ...]) -> dict[tuple[str, str], Packets]:
    found: dict[tuple[str, str], list[Packets]] = {}
    for box in flows:
        whole = Packets.of(*box)
        for source, from_here in _parts(box[SOURCE], names):
            sent = whole.limit(SOURCE, from_here)
            for target, to_here in _parts(box[DESTINATION], names):
                if source == target:
                    continue
                found.setdefault((source, target), []).append(sent.limit(DESTINATION, to_here))
    return {place: Packets.union(parts) for place, parts in found.items()}


def _parts(addresses: IntervalSet, names: tuple[tuple[str, IntervalSet], ...]) -> Iterator[tuple[str, IntervalSet]]:
    """Split addresses by whose they are; the rest is the internet's or lies outside."""
    rest = addresses
    ours = IntervalSet.union(pair for _, own in names for pair in own)
    if INTERNET - addresses <= ours and INTERNET & addresses:
        yield "internet", INTERNET
        rest = rest - INTERNET | (rest & ours)
    for name, own in names:
        mine = rest & own
        if mine:
            yield name, mine
            rest = rest - own
    for name, theirs in (("internet", rest & INTERNET), (OUTSIDE, rest - INTERNET)):
        if theirs:
            yield name, theirs
