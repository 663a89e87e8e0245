"""Whether a network does what the intent says: nothing it does not name, and everything it demands.

Zones are compared as they really reach each other: every connection that could be opened between two zones, from or
to the internet, the premises and the services behind gateway endpoints, less what the flows permit. A permitted flow
may name what it must cross (`nat`, `firewall`, or a relay zone: then the direct way is not permitted at all).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from guardrails.facts.intent import ANYWHERE, INTERNET, Flow, Intent, parse_network, zones_of
from guardrails.facts.values import Unknown
from guardrails.network.answer import Hop
from guardrails.network.connect import Found
from guardrails.network.hosts import SILENT_KINDS, Host
from guardrails.network.packets import (
    CLIENT_PORTS,
    DESTINATION,
    NOTHING,
    PORT,
    PORTS,
    PROTOCOLS,
    SOURCE,
    Packets,
    network_set,
    protocol_numbers,
    ranges,
)
from guardrails.network.places import EVERYTHING, Place, Target, asked
from guardrails.network.reach import Service
from guardrails.network.trail import PointKind
from guardrails.network.transit import zones_meet
from guardrails.sets import IntervalSet

if TYPE_CHECKING:
    from guardrails.network.reach import Engine

PREMISES = "premises"
NOWHERE = "(no zone)"

WHOLE = IntervalSet.span(0, 1 << 256)
ANYTHING = Service(PROTOCOLS, PORTS, PORTS)


class Kind(StrEnum):
    """What a breach is about."""

    FORBIDDEN = "forbidden-connection"
    WAYPOINT = "missed-waypoint"
    DEMANDED = "demanded-connection"
    STEPPING_STONE = "stepping-stone"


@dataclass(frozen=True, slots=True)
class Breach:
    """One way in which the network departs from the intent.

    `certain` is False where only an unknown input could make it so; `unknowns` names it. `flows` are the connections
    at issue, `path` the way of one of them (or what stops a demanded one). `subject` is the key of the interface that
    opens the connection, or of the one that is entered where it is opened from outside.
    """

    kind: Kind
    source: str
    target: str
    subject: str
    why: str
    flows: Packets = NOTHING
    path: tuple[Hop, ...] = ()
    unknowns: tuple[Unknown, ...] = ()
    certain: bool = True
    flow: str = ""


class Assertions:
    """The intent of one stack, held against its network."""

    def __init__(self, engine: Engine, intent: Intent) -> None:
        self.engine = engine
        self.intent = intent
        self.members = self._members()
        self._edges: dict[tuple[str, str], Found] = {}

    def breaches(self) -> list[Breach]:
        """Give everything that departs from the intent, in a stable order."""
        found = [*_joined(self.forbidden()), *_joined(self.demanded()), *self.stepping_stones()]
        return sorted(found, key=lambda one: (one.kind, one.source, one.target, one.subject, one.flow))

    # -- zones --------------------------------------------------------------------------------------------------------

    def _members(self) -> dict[str, list[Host]]:
        """Give the hosts of every zone; those in none under a name of its own."""
        zones: dict[str, list[Host]] = {name: [] for name in self.intent.zones}
        for host in self.engine.model.hosts:
            if host.owner_kind in SILENT_KINDS or host.attached is False:
                continue
            for name in self.zones_of(host) or [NOWHERE]:
                zones.setdefault(name, []).append(host)
        return zones

    def zones_of(self, host: Host) -> list[str]:
        """Give the zones of a host: those of its subnet, else those of its own tags."""
        model = self.engine.model
        subnet = model.subnets.get(host.subnet or "")
        if subnet is not None:
            cidrs = [cidr for cidr in subnet.cidrs if not isinstance(cidr, Unknown)]
            named = zones_of(cidrs, _tags(subnet.tags), self.intent)
            if named:
                return named
        return zones_of([], _tags(model.interfaces[host.members[0]].tags), self.intent)

    def place(self, name: str) -> Place:
        """Give a zone, CIDR, `internet` or the premises as a place."""
        model = self.engine.model
        if name == INTERNET:
            return self.engine.places.find(INTERNET)
        if name == PREMISES:
            return Place(name, premises=EVERYTHING - model.all_vpc_addresses)
        if self.members.get(name):
            return Place(name, tuple(Target(host, asked(host)) for host in self.members[name]))
        if name in self.intent.zones:
            return Place(name, self._vacant(name), premises=self._outside(name))
        block = parse_network(name)
        return Place(name) if block is None else self.engine.places.block(name, network_set(block))

    def _vacant(self, zone: str) -> tuple[Target, ...]:
        """Stand in for the hosts of a zone that has subnets and nobody in them yet."""
        model = self.engine.model
        subnets = [
            one.key
            for one in model.network.subnets
            if zone
            in zones_of([cidr for cidr in one.cidrs if not isinstance(cidr, Unknown)], _tags(one.tags), self.intent)
        ]
        return self.engine.places.subnets(zone, subnets).targets if subnets else ()

    def _outside(self, zone: str) -> IntervalSet:
        """Give those of a zone's blocks that no VPC of the network has: the zone lies beyond a peering or a gateway."""
        blocks = [network_set(block) for block in self.intent.zones[zone].cidrs]
        return IntervalSet.union(pair for block in blocks for pair in block) - self.engine.model.all_vpc_addresses

    # -- what is not permitted ----------------------------------------------------------------------------------------

    def forbidden(self) -> Iterator[Breach]:
        """Yield every connection that could be opened and that no flow permits, and permitted ones off their way."""
        for source in self._sources():
            whole = self._everything()
            opened = self.engine.run(source, whole, ANYTHING, may=True)
            certain = None
            for found in opened.found:
                for breach in self._judge(source.text, found):
                    if certain is None:
                        certain = self.engine.run(source, whole, ANYTHING, may=False)
                    yield _settle(breach, certain.found)

    def _sources(self) -> Iterator[Place]:
        for name, hosts in self.members.items():
            for host in hosts:
                yield Place(name, (Target(host, asked(host)),))
        yield self.place(INTERNET)
        rest = self.place(PREMISES).premises
        for name in self.intent.zones:
            there = self._outside(name)
            rest -= there
            if there:
                yield Place(name, premises=there)
        yield Place(PREMISES, premises=rest)

    def _everything(self) -> Place:
        model = self.engine.model
        hosts = [host for name in sorted(self.members) for host in self.members[name]]
        unique = {host.key: host for host in hosts}
        return Place(
            "everything",
            tuple(Target(host, asked(host)) for host in unique.values()),
            self.place(INTERNET).internet,
            EVERYTHING - model.all_vpc_addresses - self.place(INTERNET).internet,
            frozenset(key for key, one in model.endpoints.items() if one.kind == "Gateway"),
        )

    def _judge(self, source: str, found: Found) -> Iterator[Breach]:
        ends = self._ends(found)
        for target in ends:
            self._edges.setdefault((source, target), found)
            if source == target or not {source, target} & set(self.intent.zones):
                continue
            rest, missed = self._part(target, found), NOTHING
            for flow in self.intent.flows:
                permitted = self._permitted(flow, source, target, rest)
                if not permitted:
                    continue
                if self._on_the_way(flow, found):
                    rest -= permitted
                else:
                    missed |= permitted
            missed &= rest
            if missed:
                yield self._breach(Kind.WAYPOINT, source, target, found, missed)
            if rest - missed:
                yield self._breach(Kind.FORBIDDEN, source, target, found, rest - missed)

    def _ends(self, found: Found) -> list[str]:
        kind = found.end.kind
        if kind is PointKind.HOST and found.end.host is not None:
            return self.zones_of(self.engine.model.host_of.get(found.end.key, found.end.host)) or [NOWHERE]
        if kind in {PointKind.INTERNET_GATEWAY, PointKind.EGRESS_ONLY_GATEWAY}:
            return [INTERNET]
        if kind is PointKind.SERVICE:
            return [_service(self.engine.model.endpoints[found.end.key].service)]
        there = found.packets.side(DESTINATION) or IntervalSet()
        named = [name for name in self.intent.zones if self._outside(name) & there]
        return [*named, PREMISES]

    def _part(self, target: str, found: Found) -> Packets:
        """Give those packets of a find that end in one of the places where it ends."""
        if found.end.kind not in {PointKind.PREMISES, PointKind.PEER, PointKind.ANYWHERE}:
            return found.packets
        if target in self.intent.zones:
            return found.packets.limit(DESTINATION, self._outside(target))
        return found.packets.without(DESTINATION, self._named_outside)

    @cached_property
    def _named_outside(self) -> IntervalSet:
        return IntervalSet.union(pair for zone in self.intent.zones for pair in self._outside(zone))

    def _permitted(self, flow: Flow, source: str, target: str, packets: Packets) -> Packets:
        """Give those packets of a connection between two zones that a flow permits."""
        mine = packets
        for side, name, zone in ((SOURCE, flow.source, source), (DESTINATION, flow.target, target)):
            if name in {zone, ANYWHERE}:
                continue
            block = parse_network(name)
            if block is None:
                return NOTHING
            mine = mine.limit(side, network_set(block))
        return mine & service_of(flow)

    def _on_the_way(self, flow: Flow, found: Found) -> bool:
        """Tell whether a path crosses what the flow demands. A relay ends connections: no direct path crosses it."""
        model = self.engine.model
        if flow.via is None:
            return True
        if flow.via == "nat":
            return any(key in model.nats for key in found.nats)
        if flow.via == "firewall":
            crossed = [model.endpoints[key] for key in found.boxes if key in model.endpoints]
            places = [model.middlebox_subnet(endpoint) for endpoint in crossed]
            homes = [host.subnet for host in (found.start, found.end.host) if host is not None]
            return any(zones_meet(model, place, home) is not False for place in places for home in homes)
        return False

    def _breach(self, kind: Kind, source: str, target: str, found: Found, flows: Packets) -> Breach:
        start = found.start.key if found.start is not None else found.end.key
        verb = "does not cross what its flow demands" if kind is Kind.WAYPOINT else "is not permitted by any flow"
        why = f"{source} can open a connection to {target} that {verb}"
        return Breach(kind, source, target, start, why, flows, found.path, found.unknowns)

    # -- what is demanded ---------------------------------------------------------------------------------------------

    def demanded(self) -> Iterator[Breach]:
        """Yield every required flow that cannot happen, or may not."""
        for flow in self.intent.flows:
            if flow.required:
                yield from self._demand(flow)

    def _demand(self, flow: Flow) -> Iterator[Breach]:
        via = flow.via
        legs = [(flow.source, flow.target)]
        if via is not None and via in self.intent.zones:
            legs = [(flow.source, via), (via, flow.target)]
        for source, target in legs:
            goal = self._goal(target)
            whole = len(legs) == 1
            for one in self.place(source).targets:
                yield from self._lacking(flow, Place(source, (one,)), goal, whole=whole)

    def _goal(self, name: str) -> Place:
        if not name.startswith("aws:"):
            return self.place(name)
        endpoints = self.engine.model.endpoints
        return Place(name, services=frozenset(key for key, one in endpoints.items() if _service(one.service) == name))

    def _lacking(self, flow: Flow, source: Place, goal: Place, *, whole: bool) -> Iterator[Breach]:
        service = _asked(flow) if whole else Service(protocol_numbers("tcp"))
        worlds = [self.engine.run(source, goal, service, may=may, trace=True) for may in (False, True)]
        lacks: list[IntervalSet] = []
        for world in worlds:
            good = [one for one in world.found if not whole or self._on_the_way(flow, one)]
            met = union_of(good)
            lacks.append(service.ports - (met.side(PORT) or IntervalSet()) if whole else _none_if(met))
        vacant = any(one.host.owner_kind == "address" for one in (*source.targets, *goal.targets))
        if not lacks[1 if vacant else 0]:
            return
        stopped = worlds[0].stops.best
        missing = lacks[1 if vacant else 0]
        ports = f" on {flow.protocol} {ranges(missing)}" if whole and missing != PORTS else ""
        why = f"{source.text} must be able to reach {goal.text}{ports} ({flow.name})"
        yield Breach(
            Kind.DEMANDED,
            source.text,
            goal.text,
            source.targets[0].host.key,
            f"{why}: {stopped.reason}" if stopped else why,
            path=(stopped.hop,) if stopped else (),
            unknowns=tuple(worlds[0].stops.unknowns.values()),
            certain=bool(lacks[1]),
            flow=flow.name,
        )

    # -- stepping stones ----------------------------------------------------------------------------------------------

    def stepping_stones(self) -> Iterator[Breach]:
        """Yield zones that can be reached by taking over hosts on the way, though no flow leads there.

        A relay is declared to pass connections on and is therefore no stone; `forbidden` must have run before.
        """
        onward: dict[str, set[str]] = {}
        for source, target in self._edges:
            onward.setdefault(source, set()).add(target)
        named = {(flow.source, flow.target) for flow in self.intent.flows}
        for start in sorted(onward):
            came: dict[str, tuple[str, ...]] = {start: (start,)}
            queue = [start]
            while queue:
                here = queue.pop(0)
                if here != start and self._relays(here):
                    continue
                for there in sorted(onward.get(here, ())):
                    if there not in came:
                        came[there] = (*came[here], there)
                        queue.append(there)
            for end, chain in came.items():
                direct = (start, end) in self._edges or (start, end) in named or (ANYWHERE, end) in named
                if len(chain) > 2 and not direct and self._protected(start, end):
                    found = self._edges[chain[-2], end]
                    why = f"{start} reaches {end} by taking over a host in {' then '.join(chain[1:-1])}"
                    key = found.start.key if found.start else found.end.key
                    hops = tuple(Hop(zone, "zone") for zone in chain)
                    yield Breach(Kind.STEPPING_STONE, start, end, key, why, found.packets, hops, found.unknowns)

    def _relays(self, zone: str) -> bool:
        return zone in self.intent.zones and self.intent.zones[zone].relay

    def _protected(self, start: str, end: str) -> bool:
        outside = {INTERNET, PREMISES}
        return end in outside or start in outside or end in self.intent.zones


def service_of(flow: Flow) -> Packets:
    """Give the packets that a flow permits, between any addresses and from any port."""
    asked_for = _asked(flow)
    return Packets.of(WHOLE, WHOLE, asked_for.protocols, PORTS, asked_for.ports)


def _asked(flow: Flow) -> Service:
    ports = IntervalSet.union(flow.ports) if flow.ports else PORTS
    return Service(protocol_numbers(str(flow.protocol)), ports, CLIENT_PORTS)


def _service(name: Any) -> str:
    return f"aws:{name.rsplit('.', 1)[-1]}" if isinstance(name, str) else "aws:unknown"


def _tags(tags: tuple[tuple[str, Any], ...]) -> dict[str, str]:
    return {key: value for key, value in tags if isinstance(value, str)}


def _settle(breach: Breach, certain: list[Found]) -> Breach:
    """Say whether a breach of the open world holds in the closed one too."""
    flows = union_of([one for one in certain if not (one.packets & breach.flows).is_empty])
    sure = not (flows & breach.flows).is_empty
    return replace(breach, certain=sure, unknowns=() if sure else breach.unknowns)


def _joined(breaches: Iterator[Breach]) -> list[Breach]:
    """Give one breach for all of a kind between the same two zones, with all their flows."""
    found: dict[tuple[str, ...], Breach] = {}
    for one in breaches:
        key = (one.kind, one.source, one.target, one.flow, str(one.certain))
        before = found.get(key)
        found[key] = one if before is None else replace(before, flows=before.flows | one.flows)
    return list(found.values())


def _none_if(met: Packets) -> IntervalSet:
    return IntervalSet() if met else IntervalSet.of(0)


def union_of(found: list[Found]) -> Packets:
    """Give all packets of some finds."""
    return Packets.union(one.packets for one in found)
