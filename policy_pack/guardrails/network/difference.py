"""What a change opens and closes: the connections of one network against those of another.

Everything that can be opened in the one and not in the other, as exact sets of (source, destination, protocol, port);
source ports are left out. Both networks are compared by address: a host that moved to another address is one that went
and one that came. A service behind a gateway endpoint is compared by its name where its prefix list is not spelled out.

Hosts are walked from once each, to those whom groups let them reach at all; connections are compared with those of the
same source addresses only. The cost grows with the classes of hosts and what they really reach, not with their pairs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from guardrails.facts.network import EndpointKind, Interface, Network
from guardrails.network.answer import flows_json
from guardrails.network.breaches import WHOLE, service_name
from guardrails.network.connect import Found
from guardrails.network.hosts import SILENT_KINDS
from guardrails.network.index import AddressIndex
from guardrails.network.model import Model
from guardrails.network.packets import (
    CLIENT_PORTS,
    DESTINATION,
    INTERNET,
    NOTHING,
    PORTS,
    PROTOCOLS,
    SERVICES,
    SOURCE,
    SOURCE_PORT,
    Packets,
    address_set,
    service_set,
)
from guardrails.network.places import EVERYTHING, Place, Target, asked
from guardrails.network.reach import Engine, Service
from guardrails.network.suspects import Suspects
from guardrails.network.trail import PointKind
from guardrails.sets import IntervalSet

OUTSIDE = "outside"
_ALL = "all"
_ANYTHING = Service(PROTOCOLS, PORTS, CLIENT_PORTS)
_EVERY_SERVICE = Packets.of(WHOLE, PROTOCOLS, PORTS, PORTS)


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


def compare(old: Network, new: Network) -> tuple[Change, ...]:
    """Give all connections that `new` opens and closes against `old`, sorted by place, what is opened first."""
    if old == new:
        return ()
    services: dict[str, IntervalSet] = {}
    before, after = _View(old, services), _View(new, services)
    names = _Names((*after.names, *before.names, *services.items()))
    return tuple(
        Change(source, target, opened, certain, flows)
        for opened, certain, difference in (
            (True, True, _less(after.sure, before.sure)),
            (True, False, _less(after.possible, after.sure, before.possible)),
            (False, True, _less(before.sure, after.possible)),
            (False, False, _less(before.sure, after.sure) - _less(before.sure, after.possible)),
        )
        for (source, target), flows in sorted(names.by_place(difference).items())
    )


class _Flows:
    """Connections by who opens them: the addresses of each class of sources, and what it can send."""

    def __init__(self, parts: Iterable[Packets]) -> None:
        sent = [part for part in parts if part]
        self.parts = tuple((flows.side(SOURCE) or IntervalSet(), flows) for flows in sent)

    @cached_property
    def _index(self) -> AddressIndex:
        return AddressIndex([addresses for addresses, _ in self.parts])

    def of(self, source: IntervalSet) -> Packets:
        """Give all connections of the classes that have some of these addresses."""
        return Packets.union(self.parts[position][1] for position in self._index.meeting(source))


class _View:
    """Every connection of a network: surely possible ones, and those that are possible if unknown inputs allow it."""

    def __init__(self, network: Network, services: dict[str, IntervalSet]) -> None:
        self.engine = Engine(network)
        self.services = services
        model = self.engine.model
        self.hosts = [host for host in model.hosts if host.owner_kind not in SILENT_KINDS]
        self.suspects = Suspects(self.engine, {_ALL: self.hosts})
        gateways = (key for key, one in model.endpoints.items() if one.kind is EndpointKind.GATEWAY)
        self.beyond = Place(_ALL, (), INTERNET, EVERYTHING - model.all_vpc_addresses - INTERNET, frozenset(gateways))
        found = [self._from(source) for source in self._sources()]
        self.sure = _Flows(sure for sure, _ in found)
        self.possible = _Flows(possible for _, possible in found)
        named = tuple((_name(one), _addresses(one)) for one in model.network.interfaces if _addresses(one))
        vague = tuple((host.id, host.addresses) for host in model.hosts if not host.exact)
        self.names = (*named, *vague)

    def _sources(self) -> Iterator[Place]:
        yield from (Place(host.id, (Target(host, asked(host)),)) for host in self.hosts)
        yield Place(OUTSIDE, internet=INTERNET)
        yield Place(OUTSIDE, premises=self.beyond.premises)

    def _from(self, source: Place) -> tuple[Packets, Packets]:
        """Give what one source can surely open, and what it possibly can."""
        hosts = self.suspects.of(source, _ALL, _EVERY_SERVICE)
        goals = Place(_ALL, tuple(Target(host, asked(host)) for host in hosts))
        if source.targets:
            goals |= self.beyond
        elif source.premises:
            # Between two places outside nothing of ours is reached; what only passes through is told by their hosts.
            goals |= Place(_ALL, (), IntervalSet(), self.beyond.premises)
        world = self.engine.run(source, goals, _ANYTHING, may=False)
        sure = self._sent(world.found)
        if not world.stops.unknowns:
            return sure, sure
        return sure, self._sent(self.engine.run(source, goals, _ANYTHING, may=True).found)

    def _sent(self, found: list[Found]) -> Packets:
        """Join what was found; source ports are left out."""
        return Packets.union(self._named(one).replace(SOURCE_PORT, CLIENT_PORTS) for one in found)

    def _named(self, found: Found) -> Packets:
        """Give a service whose addresses are not known the same stand-ins in both networks."""
        if found.end.kind is not PointKind.SERVICE:
            return found.packets
        model: Model = self.engine.model
        name = service_name(model.endpoints[found.end.key].service)
        own = self.services.setdefault(name, service_set(len(self.services)))
        unknown = found.packets.limit(DESTINATION, SERVICES)
        return found.packets.without(DESTINATION, SERVICES) | unknown.replace(DESTINATION, own)


def _less(flows: _Flows, *others: _Flows) -> Packets:
    """Give what is in the first and in none of the others."""
    left: list[Packets] = []
    for source, rest in flows.parts:
        for other in others:
            same = other.of(source)
            rest = NOTHING if rest == same else rest - same  # noqa: PLW2901 - what is left of it
        left.append(rest)
    return Packets.union(left)


def _name(interface: Interface) -> str:
    return interface.owner_name or interface.name or interface.owner or interface.key


def _addresses(interface: Interface) -> IntervalSet:
    return address_set((*interface.addresses, *interface.public_addresses))


class _Names:
    """Whose an address is: the first of the names that have it, else the internet's or that of something outside."""

    def __init__(self, names: tuple[tuple[str, IntervalSet], ...]) -> None:
        self.names = names
        self._index = AddressIndex([own for _, own in names])
        self._ours = IntervalSet.union(pair for _, own in names for pair in own)

    def by_place(self, flows: Packets) -> dict[tuple[str, str], Packets]:
        """Split connections by the names of both ends; what somebody opens to himself is left out."""
        found: dict[tuple[str, str], list[Packets]] = {}
        for box in flows:
            whole = Packets.of(*box)
            targets = list(self._parts(box[DESTINATION]))
            for source, from_here in self._parts(box[SOURCE]):
                sent = whole.limit(SOURCE, from_here)
                for target, to_here in targets:
                    if source != target:
                        found.setdefault((source, target), []).append(sent.limit(DESTINATION, to_here))
        return {place: Packets.union(parts) for place, parts in found.items()}

    def _parts(self, addresses: IntervalSet) -> Iterator[tuple[str, IntervalSet]]:
        rest = addresses
        if INTERNET - addresses <= self._ours and INTERNET & addresses:
            yield "internet", INTERNET
            rest = rest - INTERNET | (rest & self._ours)
        for position in self._index.meeting(rest):
            name, own = self.names[position]
            mine = rest & own
            if mine:
                yield name, mine
                rest = rest - own
        for name, theirs in (("internet", rest & INTERNET), (OUTSIDE, rest - INTERNET)):
            if theirs:
                yield name, theirs
