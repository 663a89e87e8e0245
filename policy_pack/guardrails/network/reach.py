"""The question and its answer: can a connection be opened from here to there?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from guardrails.facts.network import Direction, Network
from guardrails.facts.values import Unknown
from guardrails.network.answer import Answer, Block, Hop
from guardrails.network.connect import Connector, Found, Goals
from guardrails.network.doubts import doubted, strange_ways, unlisted, unplaced
from guardrails.network.filters import Filters
from guardrails.network.link import on_link
from guardrails.network.model import Model
from guardrails.network.packets import (
    CLIENT_PORTS,
    DESTINATION,
    INTERNET,
    IPV4,
    IPV6,
    NOTHING,
    PORTS,
    PROTOCOLS,
    PUBLIC_V4,
    SOURCE,
    WITH_PORTS,
    Packets,
    network_set,
    protocol_numbers,
)
from guardrails.network.places import EVERYTHING, Place, Places, Target
from guardrails.network.premises import Premises
from guardrails.network.question import ANYTHING, Service, World, alone, holding, surely
from guardrails.network.routing import Routing
from guardrails.network.trail import Point, PointKind, Trail
from guardrails.network.walk import Walker
from guardrails.network.wide import ENOUGH, is_wide, likely
from guardrails.sets import IntervalSet

Zones = Mapping[str, tuple[Iterable[Any], Mapping[str, str]]]


_TO_INTERNET = frozenset({"internet-gateway", "egress-only-internet-gateway"})
_TO_PREMISES = frozenset({"vpn-gateway", "transit-gateway-attachment"})
_CROSSED = {
    "VpcBlockPublicAccessOptions": _TO_INTERNET,
    "VpcBlockPublicAccessExclusions": _TO_INTERNET,
    "VpnConnections": _TO_PREMISES,
    "virtualInterfaces": _TO_PREMISES,
}
"""What a path must cross, one of these, for an answer to rest on an assumption about some kinds."""


@dataclass(frozen=True, slots=True)
class _Aim:
    wanted: IntervalSet
    goals: Goals
    service: Service


class Engine:
    """Answers questions about one network; what it compiles is kept for the next question."""

    def __init__(self, network: Network, zones: Zones | None = None, *, trusts_peers: bool = False) -> None:
        """Compile a network. With `trusts_peers`, peer VPCs that it does not hold let everything through."""
        self.trusts_peers = trusts_peers
        self.model = Model(network)
        self.places = Places(self.model, zones)
        self.routing = Routing(self.model)
        self.premises = Premises(self.model)
        self._filters = {may: Filters(self.model, may=may) for may in (False, True)}
        self._services: dict[frozenset[str], IntervalSet] = {}

    def filters_of(self, *, may: bool) -> Filters:
        """Give the compiled groups and ACLs of one of the two worlds."""
        return self._filters[may]

    def reach(  # noqa: PLR0913 - the question's own parts, by keyword
        self,
        source: str,
        destination: str,
        *,
        protocol: str = "tcp",
        ports: IntervalSet | None = None,
        source_ports: IntervalSet | None = None,
        one_way: bool = False,
    ) -> Answer:
        """Tell whether a connection can be opened from one place to another.

        Places are ids, names, zones, addresses, CIDR blocks or `internet`; `protocol` is a name, a number or `any`,
        which with ports means the protocols that have them. Without `ports` any port will do (for ICMP: any type that
        draws a reply); without `source_ports` a client's usual ones. With `one_way` replies are left out.

        Raises:
            PlaceError: a place is not in the network, or its name is not unique.
            ValueError: the protocol is none.
        """
        protocols = protocol_numbers(protocol)
        if protocols == PROTOCOLS and not (ports is None and source_ports is None):
            protocols = WITH_PORTS
        service = Service(
            protocols,
            PORTS if ports is None else ports,
            CLIENT_PORTS if source_ports is None else source_ports,
            one_way,
        )
        start = self.places.find(source)
        return self.between(start, self.places.find(destination, start), service)

    def between(self, source: Place, destination: Place, service: Service) -> Answer:
        """Answer for two resolved places."""
        nowhere = tuple(place.lost for place in (source, destination) if place.lost is not None)
        if nowhere:
            return Answer(None, NOTHING, assumptions=self._assumptions([]), unknowns=nowhere)
        asked = service.between(EVERYTHING, destination.link)
        near = on_link(self.places, source, destination, asked)
        if near is not None:
            return replace(near, assumptions=self._assumptions([]))
        wide = is_wide(source, destination)
        if wide:
            source, destination = likely(self._filters[True], source, destination, service)
        closed = self.run(source, destination, service, may=False, trace=True, enough=ENOUGH if wide else None)
        flows = closed.flows
        sure = not destination.some or (not destination.more and self._covers(flows, destination))
        if flows and sure:
            return self._reached(source, destination, service, closed, flows)
        if flows:
            unknown = Unknown(destination.text, "which public address the name has is not known")
            unknowns = destination.more or (unknown,)
            return Answer(None, flows, assumptions=self._assumptions(closed.found), unknowns=unknowns)
        lost = unplaced(self.model, source, destination) or unlisted(self.model, source, destination)
        if lost:
            return Answer(None, NOTHING, assumptions=self._assumptions([]), unknowns=lost)
        return self._unreached(source, destination, service, closed)

    def _unreached(self, source: Place, destination: Place, service: Service, closed: World) -> Answer:
        """Answer where nothing works for certain: unknown inputs, or objects that are missing, may open a way."""
        opened = World()
        if closed.stops.unknowns:
            opened = self.run(source, destination, service, may=True, trace=True)
        if not opened.found:
            strange = strange_ways(self.model, source, destination)
            if strange and not (
                self._serves(source, Direction.EGRESS, service)
                and self._serves(destination, Direction.INGRESS, service)
            ):
                strange = ()
            return doubted(self.model, self._blocked(source, destination, closed), source, destination, strange)
        unknowns = {one.what: one for found in opened.found for one in found.unknowns} or opened.stops.unknowns
        return Answer(
            None,
            opened.flows,
            opened.found[0].path,
            opened.found[0].back,
            None,
            self._assumptions(opened.found),
            tuple(unknowns.values()) or tuple(closed.stops.unknowns.values()),
        )

    def _covers(self, flows: Packets, destination: Place) -> bool:
        """Tell whether flows lead to whatever public address a name may have, or to the service that it means."""
        there = flows.side(DESTINATION) or IntervalSet()
        others = [key for key in self.model.endpoints if key not in destination.services]
        known = IntervalSet.union(pair for key in others for pair in self.model.service_addresses(key))
        own = IntervalSet.union(pair for host in self.model.hosts for pair in host.public_addresses)
        meant = self._service_addresses(destination)
        return PUBLIC_V4 - known - own <= there or (bool(meant) and meant <= there)

    def _serves(self, place: Place, direction: Direction, service: Service) -> bool:
        """Tell whether some host of a place may let such packets through at all, whoever is at the other end."""
        packets = Packets.of(EVERYTHING, service.protocols, PORTS, service.ports)
        filters = self._filters[True]
        return not place.targets or any(filters.may_serve(one.host, direction, packets) for one in place.targets)

    # -- runs ---------------------------------------------------------------------------------------------------------

    def run(  # noqa: PLR0913 - the question's own parts, by keyword
        self,
        source: Place,
        destination: Place,
        service: Service,
        *,
        may: bool,
        trace: bool = False,
        enough: int | None = None,
    ) -> World:
        """Find all connections between two places in one of the two worlds, or as many as are `enough`."""
        world = World()
        walker = Walker(self.model, self.routing, self._filters[may], self.premises, world.stops)
        walker.trace = trace
        connector = Connector(walker, one_way=service.one_way, trusts_peers=self.trusts_peers)
        source, destination = self._with_lists(source, destination, world, may=may)
        for host in (target.host for target in (*source.targets, *destination.targets)):
            if not host.exact and host.addresses & IPV6:
                world.stops.note((Unknown(f"{host.id}.address", "whether it has an IPv6 address is not known"),))
        outside = Goals((), destination.internet, destination.premises, destination.services)
        beyond = destination.internet | destination.premises | self._service_addresses(destination)
        for loose in filter(None, map(self.model.loose.service, sorted(destination.services))):
            world.stops.note((loose,))
            beyond |= INTERNET if may else IntervalSet()
        targets = destination.targets if may else tuple(map(surely, destination.targets))
        for group in alone(targets):
            goals = replace(outside, hosts=tuple(target.host for target in group))
            wanted = beyond | IntervalSet.union(pair for target in group for pair in target.addresses)
            outside, beyond = Goals(), IntervalSet()
            for found in self._from(source, group, _Aim(wanted, goals, service), connector):
                kept = self._certain(found, source, group, world, may=may)
                if kept is not None:
                    world.found.append(kept)
                if len(world.found) == enough:
                    world.cut = True
                    return world
        return world

    def _with_lists(self, source: Place, destination: Place, world: World, *, may: bool) -> tuple[Place, Place]:
        """Note that addresses may be in lists of AWS's that are not spelled out; in the open world they are."""
        if destination.maybe:
            told = ", ".join(sorted(self.model.label(key) for key in destination.maybe))
            world.stops.note((Unknown(told, "the prefix list of the endpoint's service is not in the source"),))
        elif source.perhaps or destination.perhaps:
            told = ", ".join(self.model.unspelled_lists)
            world.stops.note((Unknown(told, "the entries of AWS's prefix list are not in the source"),))
        if not may:
            return source, destination
        services = destination.services | destination.maybe
        there = replace(destination, internet=destination.internet | destination.perhaps, services=services)
        return replace(source, internet=source.internet | source.perhaps), there

    def _from(self, source: Place, group: tuple[Target, ...], aim: _Aim, connector: Connector) -> Iterator[Found]:
        for target in source.targets:
            host = target.host
            own = host.addresses if host.exact or connector.may else host.addresses & IPV4
            sent = aim.service.between(own, aim.wanted)
            if sent:
                start = Point(PointKind.HOST, host.key, host, host.vpc)
                for found in connector.connect(start, sent, aim.goals, Trail()):
                    yield replace(found, start=host)
        if source.internet:
            yield from self._from_internet(source.internet, group, aim.service, connector)
        if source.premises:
            yield from self._from_premises(source.premises, aim, connector)

    def _from_internet(
        self, source: IntervalSet, group: tuple[Target, ...], service: Service, connector: Connector
    ) -> Iterator[Found]:
        for target in group:
            ends = list(connector.public_ends(target.host))
            if isinstance(target.host.public, Unknown):
                connector.walker.stops.note((Unknown(f"{target.host.id}.public", target.host.public.why),))
            met = False
            for inside, outside in ends:
                asked = outside & target.addresses
                if not asked:
                    continue
                met = True
                sent = service.between(source, inside)
                for found in connector.enter(target.host, sent, Trail(), Goals(), 0):
                    yield replace(found, packets=found.packets.replace(DESTINATION, asked))
            if not met:
                hop = Hop(target.host.id, target.host.owner_kind)
                connector.walker.stops.drop(
                    Trail(), hop, "it has no public address by which the internet could reach it"
                )

    def _from_premises(self, source: IntervalSet, aim: _Aim, connector: Connector) -> Iterator[Found]:
        for way in self.premises.gateways():
            beyond = self.premises.beyond(way)
            sent = aim.service.between(source & beyond.known, aim.wanted)
            yield from connector.connect(Point(PointKind.PREMISES, way), sent, aim.goals, Trail())
            if beyond.unknown is not None:
                connector.walker.stops.note((beyond.unknown,))
                rest = aim.service.between(source - beyond.known, aim.wanted) if connector.may else NOTHING
                trail = Trail(unknowns=(beyond.unknown,))
                yield from connector.connect(Point(PointKind.PREMISES, way), rest, aim.goals, trail)
        for peering in self.model.network.peerings:
            sides = (
                (self.model.key(peering.requester), self.model.key(peering.accepter), peering.accepter_cidrs),
                (self.model.key(peering.accepter), self.model.key(peering.requester), peering.requester_cidrs),
            )
            for ours, theirs, blocks in sides:
                if ours in self.model.vpcs and theirs not in self.model.vpcs:
                    known = [network_set(block) for block in blocks if not isinstance(block, Unknown)]
                    there = IntervalSet.union(pair for block in known for pair in block)
                    sent = aim.service.between(source & there, aim.wanted)
                    unknown = Unknown(self.model.label(peering.key), "the peer VPC is not in the source")
                    if sent and connector.trusts_peers:
                        point = Point(PointKind.PEER, peering.key, None, ours)
                        yield from connector.connect(point, sent, aim.goals, Trail())
                    elif sent and connector.may:
                        point = Point(PointKind.PEER, peering.key, None, ours)
                        yield from connector.connect(point, sent, aim.goals, Trail(unknowns=(unknown,)))
                    elif sent:
                        connector.walker.stops.note((unknown,))

    def _service_addresses(self, place: Place) -> IntervalSet:
        found = self._services.get(place.services)
        if found is None:
            found = IntervalSet.union(pair for key in place.services for pair in self.model.service_addresses(key))
            self._services[place.services] = found
        return found

    def _certain(
        self, found: Found, source: Place, group: tuple[Target, ...], world: World, *, may: bool
    ) -> Found | None:
        """Keep a find of the closed world only if it holds whatever the unknown addresses turn out to be."""
        if may:
            return found
        vague = [(SOURCE, target.host) for target in source.targets if not target.host.exact]
        vague += [(DESTINATION, target.host) for target in group if not target.host.exact]
        for side, host in vague:
            mine = host.addresses & IPV4
            met = (found.packets.side(side) or IntervalSet()) & mine
            if met and not mine <= met:
                unknown = Unknown(f"{host.id}.address", "which address of the subnet it gets is not known")
                world.stops.note((unknown,))
                return None
        return found

    # -- answers ------------------------------------------------------------------------------------------------------

    def _reached(self, source: Place, destination: Place, service: Service, world: World, flows: Packets) -> Answer:
        best = world.found[0]
        witness = self._witness(source, destination, service, best)
        return Answer(
            True,
            flows,
            witness.path,
            witness.back,
            None,
            self._assumptions(world.found[:1]),
            more_flows=world.cut,
        )

    def _witness(self, source: Place, destination: Place, service: Service, best: Found) -> Found:
        """Walk one packet of a find alone, so that every hop names the rule that this very packet meets."""
        if not all(target.host.exact for target in (*source.targets, *destination.targets)):
            return best
        sample = best.packets.sample()
        one = [IntervalSet.of(value) for value in sample]
        narrow = Service(one[2], one[4], one[3], service.one_way)
        sources = replace(
            source,
            targets=holding(source.targets, one[0]),
            internet=source.internet & one[0],
            premises=source.premises & one[0],
        )
        goals = replace(
            destination,
            targets=tuple(
                replace(target, addresses=target.addresses & one[1])
                for target in destination.targets
                if target.addresses & one[1]
            ),
            internet=destination.internet & one[1],
            premises=destination.premises & one[1],
        )
        world = self.run(sources, goals, narrow, may=False, trace=True)
        return world.found[0] if world.found else best

    def _blocked(self, source: Place, destination: Place, world: World) -> Answer:
        block = world.stops.best
        if block is None:
            empty = source if not _something(source) else destination
            reason = "there is no interface here" if not _something(empty) else "nothing leads there"
            block = Block(Hop(empty.text, "place"), reason)
        vacant = not _something(source) or not _something(destination)
        return Answer(False, NOTHING, blocked_by=block, assumptions=self._assumptions([], vacant=vacant))

    def _assumptions(self, found: list[Found], *, vacant: bool = False) -> tuple[str, ...]:
        """Give the defaults that an answer may rest on.

        Those about internet gateways count only where one is crossed, those about interfaces where nobody was found.
        """
        mine = [text for one in found for text in one.assumptions]
        crossed = {hop.kind for one in found for hop in (*one.path, *one.back)}
        whole = [
            text
            for text in self.model.network.assumptions
            if (needed := _CROSSED.get(text.partition(":")[0])) is None or crossed & needed
            if (vacant or not text.startswith("NetworkInterfaces:"))
        ]
        return tuple(dict.fromkeys((*whole, *mine)))


def _something(place: Place) -> bool:
    return bool(place.targets or place.internet or place.premises or place.services)


__all__ = ["ANYTHING", "INTERNET", "Engine", "Service", "World", "Zones"]
