"""Connections: legs joined at the places where addresses are translated, each checked there and back.

Every leg is walked forward and its replies back to where it began; what remains is exactly what works. A NAT gateway,
a masquerading instance, an internet gateway and a load balancer end one leg and begin the next with other addresses.
Public addresses stay on the outside: inside the VPC, packets carry the private ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from guardrails.facts.network import BlockPublicAccess, TargetKind
from guardrails.facts.values import Unknown
from guardrails.network import balancers, transit
from guardrails.network.answer import Hop
from guardrails.network.doubts import lost_owner
from guardrails.network.hosts import Host
from guardrails.network.model import Model
from guardrails.network.packets import (
    DESTINATION,
    ICMP,
    INTERNET,
    IPV4,
    NAT64,
    NOTHING,
    PROTOCOL,
    PUBLIC_V4,
    SERVICES,
    SOURCE,
    TCP,
    UDP,
    Packets,
    embedded,
    masquerade,
    replies,
    requests,
    unmasked,
)
from guardrails.network.trail import Arrival, Point, PointKind, Step, Trail
from guardrails.network.walk import Walker
from guardrails.sets import IntervalSet

MAX_LEGS = 6
"""Translations in one connection; more are a loop."""

NAT_PROTOCOLS = IntervalSet.of(ICMP, TCP, UDP)


@dataclass(frozen=True, slots=True)
class Goals:
    """Where connections are wanted to end."""

    hosts: tuple[Host, ...] = ()
    internet: IntervalSet = IntervalSet()  # noqa: RUF009 - an immutable value
    premises: IntervalSet = IntervalSet()  # noqa: RUF009
    services: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Found:
    """Packets that open a connection that works, as they leave where the search began, and what they met."""

    packets: Packets
    end: Point
    start: Host | None = None
    """The host that opens the connection, None where it is opened from outside."""
    path: tuple[Hop, ...] = ()
    back: tuple[Hop, ...] = ()
    boxes: tuple[str, ...] = ()
    nats: tuple[str, ...] = ()
    unknowns: tuple[Unknown, ...] = ()
    assumptions: tuple[str, ...] = ()


class Connector:
    """Finds connections over one model. With `one_way` the forward packet alone decides."""

    def __init__(self, walker: Walker, *, one_way: bool = False, trusts_peers: bool = False) -> None:
        self.walker = walker
        self.model: Model = walker.model
        self.one_way = one_way
        self.trusts_peers = trusts_peers
        self.may = walker.may

    def connect(self, start: Point, sent: Packets, goals: Goals, trail: Trail, depth: int = 0) -> Iterator[Found]:
        """Find what of `sent` reaches a goal and is answered, starting anew at a point."""
        if not sent or depth >= MAX_LEGS:
            return
        walker = self.walker.aim((start.host,) if start.host else (), goals.hosts)
        for arrival in self.begin(walker, start, sent, trail):
            yield from self._arrive(start, arrival, goals, depth)

    def begin(self, walker: Walker, start: Point, sent: Packets, trail: Trail) -> Iterator[Arrival]:
        """Send packets on their way from a point."""
        if start.kind is PointKind.HOST and start.host is not None:
            yield from walker.from_host(start.host, sent, trail)
        elif start.kind is PointKind.NAT and start.host is not None and start.host.subnet is not None:
            yield from walker.from_subnet(start.host.subnet, sent, trail)
        elif start.kind is PointKind.PREMISES:
            yield from self._from_premises(walker, start, sent, trail)
        elif start.kind in {PointKind.INTERNET_GATEWAY, PointKind.EGRESS_ONLY_GATEWAY} and start.vpc is not None:
            yield from walker.from_gateway(start.vpc, start.key, sent, trail)
        elif start.kind in {PointKind.SERVICE, PointKind.PEER} and start.vpc is not None:
            yield from walker.deliver(Step(sent, trail, start.vpc, None))
        elif start.kind is PointKind.ANYWHERE:
            yield Arrival(start, sent, trail)

    def _from_premises(self, walker: Walker, start: Point, sent: Packets, trail: Trail) -> Iterator[Arrival]:
        announced = walker.premises.announced(start.key)
        rest = sent.without(DESTINATION, announced.known)
        if rest and announced.unknown is not None:
            yield from walker.anywhere(rest, trail, announced.unknown)
        sent = sent.limit(DESTINATION, announced.known)
        if not sent:
            walker.stops.drop(
                trail, Hop(self.model.label(start.key), "on-premises"), "the prefix is not announced to the premises"
            )
            return
        attachment = self.model.attachments.get(start.key)
        gateway = self.model.vpn_gateways.get(start.key)
        if attachment is not None:
            transit_gateway = self.model.key(attachment.gateway)
            if isinstance(attachment.gateway, Unknown):
                yield from walker.anywhere(sent, trail, attachment.gateway)
            elif transit_gateway is not None:
                yield from transit.route(walker, transit_gateway, attachment, sent, replace(trail, home=False))
        elif gateway is not None:
            vpc = self.model.key(gateway.vpc)
            if isinstance(gateway.vpc, Unknown):
                yield from walker.anywhere(sent, trail, gateway.vpc)
            elif vpc is not None:
                yield from walker.from_gateway(vpc, gateway.key, sent, trail)

    # -- there and back -----------------------------------------------------------------------------------------------

    def answered(self, start: Point, arrival: Arrival) -> tuple[Packets, Trail]:
        """Give those packets of an arrival whose replies find the way back, and the trail of those replies."""
        if self.one_way:
            return arrival.packets, Trail()
        back = Trail(
            reply=True,
            hops=arrival.trail.hops,
            crossed=arrival.trail.crossed,
            bound=arrival.trail.bound,
            assumptions=arrival.trail.assumptions,
        )
        here = arrival.point
        walker = self.walker.aim((here.host,) if here.host else (), (start.host,) if start.host else ())
        found = NOTHING
        way: Trail | None = None
        for reply in self.begin(walker, here, replies(arrival.packets), back):
            if not self._returned(start, reply):
                continue
            if set(reply.trail.boxes) != set(arrival.trail.boxes) and reply.point.kind is not PointKind.ANYWHERE:
                odd = sorted(set(reply.trail.boxes) ^ set(arrival.trail.boxes))
                hop = Hop(", ".join(self.model.label(one) for one in odd), "middlebox")
                walker.stops.drop(reply.trail, hop, "request and reply cross different stateful middleboxes")
                continue
            found |= requests(arrival.packets, reply.packets)
            way = way or reply.trail
        if way is None:
            return NOTHING, back
        return found, replace(way, hops=way.hops[len(arrival.trail.hops) :])

    def _returned(self, start: Point, reply: Arrival) -> bool:
        """Tell whether a reply ended where the request began."""
        kinds = (start.kind, reply.point.kind)
        if PointKind.ANYWHERE in kinds or kinds == (PointKind.PREMISES, PointKind.PREMISES):
            return True
        if reply.point.kind is PointKind.HOST:
            return start.host is not None and reply.point.key == start.host.key
        if reply.point.kind is start.kind and reply.point.key == start.key:
            return True
        if reply.point.kind in {PointKind.NAT, PointKind.INTERNET_GATEWAY}:
            hop = Hop(self.model.label(reply.point.key), str(reply.point.kind))
            self.walker.stops.drop(reply.trail, hop, "the reply leaves by another gateway than the request came in by")
        return False

    # -- what to do at the end of a leg -------------------------------------------------------------------------------

    def _arrive(self, start: Point, arrival: Arrival, goals: Goals, depth: int) -> Iterator[Found]:
        kind = arrival.point.kind
        if kind is PointKind.HOST:
            yield from self._at_host(start, arrival, goals, depth)
        elif kind is PointKind.NAT:
            yield from self._at_nat(start, arrival, goals, depth)
        elif kind is PointKind.INTERNET_GATEWAY:
            yield from self._at_internet_gateway(start, arrival, goals, depth)
        elif kind is PointKind.EGRESS_ONLY_GATEWAY:
            host = self._at_home(start, arrival)
            out = arrival.packets.limit(SOURCE, host.global_v6 if host else IntervalSet())
            yield from self._ended(start, replace(arrival, packets=out.limit(DESTINATION, goals.internet - NAT64)))
        elif kind in {PointKind.PREMISES, PointKind.PEER}:
            yield from self._outside(start, arrival, goals)
        elif kind is PointKind.SERVICE:
            yield from self._at_service(start, arrival, goals)
        elif kind is PointKind.ANYWHERE:
            yield Found(arrival.packets, arrival.point, path=arrival.trail.hops, unknowns=arrival.trail.unknowns)

    def _ended(self, start: Point, arrival: Arrival) -> Iterator[Found]:
        if not arrival.packets:
            return
        works, back = self.answered(start, arrival)
        if works:
            trail = arrival.trail
            yield Found(
                works,
                arrival.point,
                path=trail.hops,
                back=back.hops,
                boxes=trail.boxes,
                unknowns=(*trail.unknowns, *back.unknowns),
                assumptions=tuple(dict.fromkeys((*trail.assumptions, *back.assumptions))),
            )

    def _outside(self, start: Point, arrival: Arrival, goals: Goals) -> Iterator[Found]:
        """End at the premises, or in a peer VPC that the source does not hold."""
        wanted = goals.premises
        if arrival.point.kind is PointKind.PEER and not self.trusts_peers:
            unknown = Unknown(self.model.label(arrival.point.key), "the peer VPC is not in the source")
            self.walker.stops.note((unknown,))
            if not self.may:
                return
            arrival = replace(arrival, trail=arrival.trail.learn((unknown,)))
        yield from self._ended(start, replace(arrival, packets=arrival.packets.limit(DESTINATION, wanted)))

    def _at_host(self, start: Point, arrival: Arrival, goals: Goals, depth: int) -> Iterator[Found]:
        host = arrival.point.host
        if host is None or host not in goals.hosts:
            return
        lost = lost_owner(self.model, host)
        self.walker.stops.note(() if lost is None else (lost,))
        for found in self._ended(start, arrival) if lost is None or self.may else ():
            if host.owner in self.model.balancers:
                yield from balancers.through(self, host, found, depth)
            elif behind := self.model.balancers_behind(host.owner):
                yield from balancers.through_endpoint(self, behind, found, depth)
            else:
                yield found

    def _at_service(self, start: Point, arrival: Arrival, goals: Goals) -> Iterator[Found]:
        if arrival.point.key in goals.services:
            yield from self._ended(start, arrival)
        else:
            wanted = arrival.packets.limit(DESTINATION, goals.premises)
            yield from self._ended(start, replace(arrival, packets=wanted))

    # -- translation --------------------------------------------------------------------------------------------------

    def _at_nat(self, start: Point, arrival: Arrival, goals: Goals, depth: int) -> Iterator[Found]:
        """Go on from a NAT gateway or masquerading instance with its address and a port of its choice."""
        host = arrival.point.host
        if host is None or not goals_beyond(goals):
            return
        if not arrival.packets.limit(PROTOCOL, NAT_PROTOCOLS):
            self.walker.stops.drop(arrival.trail, Hop(host.id, "nat-gateway"), "NAT translates TCP, UDP and ICMP only")
        entering = arrival.packets.limit(PROTOCOL, NAT_PROTOCOLS).limit(SOURCE, IPV4)
        if host.owner_kind != "nat-gateway":
            entering = entering.limit(DESTINATION, INTERNET | SERVICES)
        yield from self._translated(start, replace(arrival, packets=entering), host, goals, depth)
        if host.owner_kind == "nat-gateway":
            six = arrival.packets.limit(PROTOCOL, NAT_PROTOCOLS).limit(DESTINATION, NAT64)
            there = Goals(internet=embedded(goals.internet))
            yield from self._translated(start, replace(arrival, packets=six), host, there, depth)

    def _translated(self, start: Point, arrival: Arrival, host: Host, goals: Goals, depth: int) -> Iterator[Found]:
        """Go on with those packets that enter a translator and are answered; NAT64 addresses become IPv4 ones."""
        works, back = self.answered(start, arrival)
        if not works or not goals_beyond(goals):
            return
        inner = masquerade(works, host.addresses & IPV4)
        if not host.exact and not self.may:
            self.walker.stops.note((Unknown(f"{host.id}.address", "the NAT gateway's address"),))
        trail = Trail(
            hops=arrival.trail.hops,
            crossed=arrival.trail.crossed,
            boxes=arrival.trail.boxes,
            assumptions=arrival.trail.assumptions,
            unknowns=arrival.trail.unknowns,
            steps=arrival.trail.steps,
        )
        restart = replace(trail, boxes=())
        for found in self.connect(Point(PointKind.NAT, host.key, host, host.vpc), inner, goals, restart, depth + 1):
            mine = works & unmasked(found.packets)
            if mine:
                yield replace(
                    found,
                    packets=mine,
                    back=(*found.back, *back.hops),
                    boxes=(*arrival.trail.boxes, *found.boxes),
                    nats=(arrival.point.key, *found.nats),
                    unknowns=(*found.unknowns, *back.unknowns),
                )

    def _at_internet_gateway(self, start: Point, arrival: Arrival, goals: Goals, depth: int) -> Iterator[Found]:
        """Leave for the internet with a public address, and come back in where the destination is one of our own."""
        host = self._at_home(start, arrival)
        hop = Hop(self.model.label(arrival.point.key), "internet-gateway")
        public, unknown = (IntervalSet(), None) if host is None else self._public_sources(host)
        out = arrival.packets.limit(SOURCE, public)
        trail = arrival.trail
        if unknown is not None and arrival.packets:
            self.walker.stops.note((unknown,))
            trail = trail.learn((unknown,)) if self.may else trail
        if not out:
            self.walker.stops.drop(trail, hop, "the source has no public address")
            return
        if not out.limit(DESTINATION, INTERNET | SERVICES | NAT64):
            self.walker.stops.drop(trail, hop, "the internet has no way to a private address")
        outside = out.limit(DESTINATION, goals.internet - NAT64)
        yield from self._ended(start, replace(arrival, packets=outside, trail=trail))
        for target in goals.hosts:
            yield from self._hairpin(start, replace(arrival, packets=out, trail=trail), target, goals, depth)

    def _at_home(self, start: Point, arrival: Arrival) -> Host | None:
        """Give the host that sends, if the gateway is its own VPC's: no other translates or announces its addresses."""
        return start.host if start.host is not None and start.host.vpc == arrival.point.vpc else None

    def _public_sources(self, host: Host) -> tuple[IntervalSet, Unknown | None]:
        if isinstance(host.public, Unknown):
            unknown = Unknown(host.public.what or f"{host.id}.public", host.public.why)
            return (host.addresses & IPV4 if self.may else IntervalSet()) | host.global_v6, unknown
        return host.mapped | host.global_v6, None

    def _hairpin(self, start: Point, arrival: Arrival, target: Host, goals: Goals, depth: int) -> Iterator[Found]:
        """Reach one of our own hosts by its public address: out by one internet gateway and in by another."""
        origin = start.host
        if origin is None:
            return
        for inside, outside in self.public_ends(target):
            wanted = arrival.packets.limit(DESTINATION, outside)
            if not wanted:
                continue
            works, back = self.answered(start, replace(arrival, packets=wanted))
            for private, public in self.public_ends(origin):
                mine = works.limit(SOURCE, private)
                if not mine:
                    continue
                moved = mine.replace(SOURCE, public).replace(DESTINATION, inside)
                for found in self.enter(target, moved, arrival.trail, goals, depth + 1):
                    kept = mine & found.packets.replace(SOURCE, private).replace(DESTINATION, outside)
                    if kept:
                        yield replace(found, packets=kept, back=(*found.back, *back.hops), nats=found.nats)

    def public_ends(self, host: Host) -> Iterator[tuple[IntervalSet, IntervalSet]]:
        """Give pairs of inside and outside addresses of a host: mapped IPv4 ones, and global IPv6 as they are."""
        if host.mapping and host.public is not False:
            for private, public in host.mapping:
                inside = IntervalSet.of(private) & host.addresses
                if inside:
                    yield inside, IntervalSet.of(public)
        elif host.public is True or (isinstance(host.public, Unknown) and self.may):
            yield host.addresses & IPV4, PUBLIC_V4
        if host.global_v6:
            yield host.global_v6, host.global_v6

    def enter(self, host: Host, sent: Packets, trail: Trail, goals: Goals, depth: int) -> Iterator[Found]:
        """Come in from the internet to one host; `sent` carries its inside addresses already."""
        gateway = self.model.internet_gateway_of(host.vpc) if host.vpc else None
        entrance = gateway.key if gateway is not None else None
        kind = TargetKind.INTERNET_GATEWAY
        unlisted = self.model.unlisted_gateway_of(host.vpc, kind) if gateway is None and host.vpc else None
        loose = self.model.loose.internet_gateway(host.vpc) if host.vpc else None
        unlisted = unlisted or loose
        if unlisted is not None:
            self.walker.stops.note((unlisted,))
            entrance = unlisted.what if self.may else None
            trail = trail.learn((unlisted,)) if self.may else trail
        if entrance is None or host.vpc is None:
            self.walker.stops.drop(trail, Hop(host.id, host.owner_kind), "its VPC has no internet gateway")
            return
        mode = self.walker.access_mode(host.vpc, host.subnet)
        if host.closed is True:
            mode = BlockPublicAccess.INGRESS
        elif isinstance(host.closed, Unknown) and mode is BlockPublicAccess.OFF:
            mode = host.closed
        if isinstance(mode, Unknown):
            self.walker.stops.note((mode,))
            if not self.may:
                return
        elif mode is not BlockPublicAccess.OFF:
            hop = Hop(self.model.label(host.vpc), "block-public-access", rule=str(mode))
            self.walker.stops.drop(trail, hop, "Block Public Access")
            return
        start = Point(PointKind.INTERNET_GATEWAY, entrance, None, host.vpc)
        entering = replace(trail, reply=False, seen=frozenset(), direct=False, boxes=())
        yield from self.connect(start, sent, Goals(hosts=(host,)), entering, depth)


def goals_beyond(goals: Goals) -> bool:
    """Tell whether there is anything to reach at all."""
    return bool(goals.hosts or goals.internet or goals.premises or goals.services)
