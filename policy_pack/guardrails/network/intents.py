"""Whether a network does what the intent says: nothing it does not name, and everything it demands.

Zones are compared as they really reach each other: every connection that could be opened between two zones or between
two hosts of one, from or to the internet, the premises and the services behind gateway endpoints, less what the flows
permit. A permitted flow
may name what it must cross (`nat`, `firewall`, or a relay zone: then the direct way is not permitted at all).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from guardrails.facts.intent import (
    ANYWHERE,
    FIREWALL,
    INTERNET,
    NAT,
    SERVICE,
    Flow,
    Intent,
    parse_network,
    zones_of,
)
from guardrails.facts.network import EndpointKind
from guardrails.facts.values import Unknown
from guardrails.network.areas import is_several
from guardrails.network.breaches import (
    NOWHERE,
    PREMISES,
    WHOLE,
    Breach,
    Kind,
    asked_of,
    joined,
    plain_tags,
    service_name,
    service_of,
    settle,
)
from guardrails.network.connect import Found
from guardrails.network.demands import demanded
from guardrails.network.hosts import SILENT_KINDS, Host
from guardrails.network.packets import (
    DESTINATION,
    NOTHING,
    PORTS,
    PROTOCOLS,
    SOURCE,
    Packets,
    network_set,
)
from guardrails.network.places import EVERYTHING, Place, Target, asked
from guardrails.network.reach import ANYTHING
from guardrails.network.stones import stepping_stones
from guardrails.network.suspects import Suspects
from guardrails.network.trail import PointKind
from guardrails.network.transit import zones_meet
from guardrails.sets import IntervalSet

if TYPE_CHECKING:
    from guardrails.network.reach import Engine


_MIDDLEBOXES = frozenset({EndpointKind.GATEWAY_LOAD_BALANCER, EndpointKind.FIREWALL})


class Assertions:
    """The intent of one stack, held against its network."""

    def __init__(self, engine: Engine, intent: Intent) -> None:
        self.engine = engine
        self.intent = intent
        self._zones: dict[str, list[str]] = {}
        self.members = self._members()
        self.suspects = Suspects(engine, self.members)
        self.edges: dict[tuple[str, str], Found] = {}
        self._broken: set[tuple[str, str]] = set()
        self._named: dict[tuple[str, str], tuple[int, ...]] = {}
        self._rest: dict[tuple[int, ...], Packets] = {}

    def breaches(self) -> list[Breach]:
        """Give everything that departs from the intent, in a stable order."""
        found = [*joined(self.forbidden()), *joined(demanded(self)), *stepping_stones(self)]
        return sorted(found, key=lambda one: (one.kind, one.source, one.target, one.subject, one.flow))

    # -- zones --------------------------------------------------------------------------------------------------------

    def _members(self) -> dict[str, list[Host]]:
        """Give the hosts of every zone; those in none under a name of its own."""
        zones: dict[str, list[Host]] = {name: [] for name in self.intent.zones}
        for host in self.engine.model.hosts:
            if self._is_nobody(host):
                continue
            for name in self.zones_of(host) or [NOWHERE]:
                zones.setdefault(name, []).append(host)
        return zones

    def _is_nobody(self, host: Host) -> bool:
        """Tell whether a host neither connects nor is connected to: AWS's own, or a middlebox that hands packets on."""
        endpoint = self.engine.model.endpoints.get(host.owner)
        middlebox = endpoint is not None and endpoint.kind in _MIDDLEBOXES
        return middlebox or host.owner_kind in SILENT_KINDS or host.attached is False

    def zones_of(self, host: Host) -> list[str]:
        """Give the zones of a host: those of its subnet, else those of its own tags."""
        if host.key not in self._zones:
            self._zones[host.key] = self._find_zones(host)
        return self._zones[host.key]

    def _find_zones(self, host: Host) -> list[str]:
        model = self.engine.model
        subnet = model.subnets.get(host.subnet or "")
        if subnet is not None:
            cidrs = [cidr for cidr in subnet.cidrs if not isinstance(cidr, Unknown)]
            named = zones_of(cidrs, plain_tags(subnet.tags), self.intent)
            if named:
                return named
        return zones_of([], plain_tags(model.interfaces[host.members[0]].tags), self.intent)

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

    def goal(self, name: str) -> Place:
        """Give a flow's target as a place: a zone, a CIDR, `internet`, or `aws:s3` and the like."""
        if not name.startswith("aws:"):
            return self.place(name)
        endpoints = self.engine.model.endpoints
        return Place(
            name, services=frozenset(key for key, one in endpoints.items() if service_name(one.service) == name)
        )

    def _vacant(self, zone: str) -> tuple[Target, ...]:
        """Stand in for the hosts of a zone that has subnets and nobody in them yet."""
        subnets = self.subnets_of(zone)
        return self.engine.places.subnets(zone, subnets).targets if subnets else ()

    def subnets_of(self, zone: str) -> tuple[str, ...]:
        """Give the keys of a zone's subnets; nothing for what is no zone."""
        return self._subnets.get(zone, ())

    @cached_property
    def _subnets(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for one in self.engine.model.network.subnets:
            cidrs = [cidr for cidr in one.cidrs if not isinstance(cidr, Unknown)]
            for zone in zones_of(cidrs, plain_tags(one.tags), self.intent):
                found.setdefault(zone, []).append(one.key)
        return {zone: tuple(keys) for zone, keys in found.items()}

    @cached_property
    def gateway_endpoints(self) -> frozenset[str]:
        """Give the keys of all gateway endpoints."""
        endpoints = self.engine.model.endpoints.items()
        return frozenset(key for key, one in endpoints if one.kind is EndpointKind.GATEWAY)

    def _outside(self, zone: str) -> IntervalSet:
        """Give those of a zone's blocks that no VPC of the network has: the zone lies beyond a peering or a gateway."""
        blocks = [network_set(block) for block in self.intent.zones[zone].cidrs]
        return IntervalSet.union(pair for block in blocks for pair in block) - self.engine.model.all_vpc_addresses

    # -- what is not permitted ----------------------------------------------------------------------------------------

    def forbidden(self) -> Iterator[Breach]:
        """Yield connections that could be opened and that no flow permits, and permitted ones off their way.

        One certain breach is enough for two zones: what else they could open is then no longer looked for.
        """
        for source in self._sources():
            whole = self._suspects(source)
            opened = self.engine.run(source, whole, ANYTHING, may=True)
            certain = None
            for found in opened.found:
                for breach in self._judge(source.text, found):
                    if certain is None:
                        certain = self.engine.run(source, whole, ANYTHING, may=False)
                    settled = settle(breach, certain.found)
                    if settled.certain:
                        self._broken.add((settled.source, settled.target))
                    yield settled

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

    def _suspects(self, source: Place) -> Place:
        """Give everything that this source could open a connection to, as far as groups and flows tell at a glance."""
        model = self.engine.model
        hosts: dict[str, Host] = {}
        for name in self.members:
            if (source.text, name) in self._broken:
                continue
            if not {source.text, name} & set(self.intent.zones):
                continue
            services = self._unpermitted(source.text, name)
            if services:
                hosts |= {host.key: host for host in self.suspects.of(source, name, services)}
        targets = tuple(Target(host, asked(host)) for host in hosts.values())
        if source.internet or source.text == NOWHERE:
            return Place("everything", targets)
        internet = self.place(INTERNET).internet
        rest = EVERYTHING - model.all_vpc_addresses - internet
        if not self._unpermitted(source.text, INTERNET):
            internet = IntervalSet()
        return Place("everything", targets, internet, rest, self.gateway_endpoints)

    def _unpermitted(self, source: str, target: str) -> Packets:
        """Give the services that no unconditional flow permits between two zones."""
        pair = (source, target)
        if pair not in self._named:
            self._named[pair] = tuple(
                index
                for index, flow in enumerate(self.intent.flows)
                if flow.via is None
                and not flow.services
                and flow.source in {source, ANYWHERE}
                and flow.target in {target, ANYWHERE}
            )
        named = self._named[pair]
        if named not in self._rest:
            rest = Packets.of(WHOLE, PROTOCOLS, PORTS, PORTS)
            for index in named:
                kept = asked_of(self.intent.flows[index])
                rest -= Packets.of(WHOLE, kept.protocols, PORTS, kept.ports)
            self._rest[named] = rest
        return self._rest[named]

    def _judge(self, source: str, found: Found) -> Iterator[Breach]:
        ends = self._ends(found)
        for target in ends:
            self.edges.setdefault((source, target), found)
            if (source == target and _alone(found)) or not {source, target} & set(self.intent.zones):
                continue
            rest, missed = self._part(target, found), NOTHING
            for flow in self.intent.flows:
                permitted = self._permitted(flow, source, target, rest)
                if not permitted or not self._serves(flow, found):
                    continue
                if self.on_the_way(flow, found):
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
            return [service_name(self.engine.model.endpoints[found.end.key].service)]
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

    def _serves(self, flow: Flow, found: Found) -> bool:
        """Tell whether a connection ends at an interface endpoint that a flow names, if it names any."""
        host = found.end.host
        endpoint = self.engine.model.endpoints.get(host.owner) if host is not None else None
        return not flow.services or (
            endpoint is not None and service_name(endpoint.service).removeprefix(SERVICE) in flow.services
        )

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

    def on_the_way(self, flow: Flow, found: Found) -> bool:
        """Tell whether a path crosses what the flow demands. A relay ends connections: no direct path crosses it."""
        model = self.engine.model
        if flow.via is None:
            return True
        if flow.via == NAT:
            return any(key in model.nats for key in found.nats)
        if flow.via == FIREWALL:
            crossed = [model.endpoints[key] for key in found.boxes if key in model.endpoints]
            places = [model.middlebox_subnet(endpoint) for endpoint in crossed]
            homes = [host.subnet for host in (found.start, found.end.host) if host is not None]
            return any(zones_meet(model, place, home) is not False for place in places for home in homes)
        return False

    def _breach(self, kind: Kind, source: str, target: str, found: Found, flows: Packets) -> Breach:
        start = found.start.key if found.start is not None else found.end.key
        verb = "does not cross what its flow demands" if kind is Kind.WAYPOINT else "is not permitted by any flow"
        whom = f"another host of {target}" if source == target else target
        why = f"{source} can open a connection to {whom} that {verb}"
        return Breach(kind, source, target, start, why, flows, found.path, found.unknowns)


def _alone(found: Found) -> bool:
    """Tell whether a connection is one of a lone host to itself, which no network sees."""
    start, end = found.start, found.end.host
    return start is not None and end is not None and start.key == end.key and not is_several(start)
