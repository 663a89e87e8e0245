"""One leg of a packet's way: from a host or a gateway to where it is delivered, dropped or translated.

A leg never rewrites addresses; translation (public addresses, NAT, load balancers) joins legs in `connect.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum

from guardrails.facts.network import BlockPublicAccess, Direction, Endpoint, EndpointKind, TargetKind
from guardrails.facts.values import Ref, Unknown
from guardrails.network import transit
from guardrails.network.answer import Block, Hop
from guardrails.network.filters import Filters
from guardrails.network.hosts import SILENT_KINDS, Host
from guardrails.network.model import Model
from guardrails.network.packets import DESTINATION, IPV4, IPV6, NOTHING, SOURCE, Packets
from guardrails.network.premises import Premises
from guardrails.network.routing import Choice, Routing

MAX_HOPS = 24
"""Forwarding decisions in one leg; a longer way is a loop."""


class PointKind(StrEnum):
    """Where a leg can begin or end."""

    HOST = "interface"
    NAT = "nat-gateway"
    INTERNET_GATEWAY = "internet-gateway"
    EGRESS_ONLY_GATEWAY = "egress-only-internet-gateway"
    PREMISES = "on-premises"
    SERVICE = "gateway-endpoint"
    PEER = "peer-network"
    ANYWHERE = "unknown-target"


@dataclass(frozen=True, slots=True)
class Point:
    """A place where a leg begins or ends: its kind, its key, and the host or VPC it stands for."""

    kind: PointKind
    key: str
    host: Host | None = None
    vpc: str | None = None


@dataclass(frozen=True, slots=True)
class Trail:
    """What packets met on their way."""

    hops: tuple[Hop, ...] = ()
    boxes: tuple[str, ...] = ()
    """Firewall and gateway-load-balancer endpoints and forwarding instances, in the order in which they were crossed."""
    crossed: frozenset[tuple[str, Direction]] = frozenset()
    """Filtered interfaces with the direction in which they let the packets through."""
    direct: bool = True
    """Whether the packets still come straight from their source, so that groups can refer to it."""
    home: bool = True
    """Whether they are still in the VPC where the leg began."""
    zone: Ref | None = None
    """A subnet in the availability zone where the packets last entered a transit gateway."""
    steps: int = 0
    seen: frozenset[str] = frozenset()
    unknowns: tuple[Unknown, ...] = ()
    assumptions: tuple[str, ...] = ()
    bound: frozenset[str] = frozenset()
    """Attachments in appliance mode with the subnet that this flow is tied to."""
    reply: bool = False

    def add(self, hop: Hop) -> Trail:
        """Give the trail with one more hop."""
        return replace(self, hops=(*self.hops, hop))

    def learn(self, unknowns: tuple[Unknown, ...]) -> Trail:
        """Give the trail with unknown inputs that it now rests on."""
        return replace(self, unknowns=(*self.unknowns, *unknowns)) if unknowns else self


@dataclass(frozen=True, slots=True)
class Arrival:
    """Packets that got to the end of a leg."""

    point: Point
    packets: Packets
    trail: Trail


@dataclass(slots=True)
class Stops:
    """Remembers where the packets that got furthest were stopped, and which unknowns were met."""

    best: Block | None = None
    depth: tuple[int, int] = (-1, -1)
    unknowns: dict[str, Unknown] = field(default_factory=dict[str, Unknown])

    def drop(self, trail: Trail, hop: Hop, reason: str) -> None:
        """Note that packets were stopped at a hop."""
        depth = (1 if trail.reply else 0, len(trail.hops))
        if depth > self.depth:
            self.depth, self.best = depth, Block(hop, reason, trail.reply)

    def note(self, unknowns: tuple[Unknown, ...] | list[Unknown]) -> None:
        """Note unknown inputs that were met."""
        for unknown in unknowns:
            self.unknowns.setdefault(unknown.what, unknown)


@dataclass(frozen=True, slots=True)
class Step:
    """Packets about to be forwarded: where they are and the route chosen for them."""

    packets: Packets
    trail: Trail
    vpc: str
    subnet: str | None
    choice: Choice | None = None
    table: str = ""

    @property
    def target(self) -> Ref | Unknown | None:
        """Give the target of the chosen route."""
        return self.choice.entry.route.target if self.choice else None


class Walker:
    """Walks legs over one model, with unknown inputs either most open (`may`) or most closed."""

    def __init__(self, model: Model, routing: Routing, filters: Filters, premises: Premises, stops: Stops) -> None:
        self.model = model
        self.routing = routing
        self.filters = filters
        self.premises = premises
        self.may = filters.may
        self.stops = stops
        self.sources: tuple[Host, ...] = ()
        self.goals: tuple[Host, ...] = ()
        self.trace = False

    def aim(self, sources: tuple[Host, ...], goals: tuple[Host, ...]) -> Walker:
        """Give a walker over the same model for packets between these hosts."""
        walker = Walker(self.model, self.routing, self.filters, self.premises, self.stops)
        walker.sources, walker.goals, walker.trace = sources, goals, self.trace
        return walker

    # -- filters ------------------------------------------------------------------------------------------------------

    def groups(self, host: Host, direction: Direction, sent: Packets, trail: Trail) -> tuple[Packets, Trail]:
        """Pass a host's security groups; replies to what they let through the other way need no rule."""
        if not host.filtered:
            return sent, trail
        opposite = Direction.EGRESS if direction is Direction.INGRESS else Direction.INGRESS
        hop = Hop(host.id, "security-group", ", ".join(sorted(self.model.label(name) for name in host.groups or ())))
        if trail.reply and (host.key, opposite) in trail.crossed:
            return sent, trail
        peers = self.sources if direction is Direction.INGRESS else self.goals
        verdict = self.filters.group(host, direction, sent, peers, direct=trail.direct)
        self.stops.note(verdict.unknowns)
        if not verdict.passed:
            self.stops.drop(
                trail,
                replace(hop, rule=f"no {direction} rule"),
                f"no {direction} rule of its security groups admits this",
            )
            return verdict.passed, trail
        if self.trace:
            rule = self.filters.group_rule(host, direction, verdict.passed, peers, direct=trail.direct)
            trail = trail.add(replace(hop, rule=rule))
        trail = replace(trail, crossed=trail.crossed | {(host.key, direction)})
        return verdict.passed, trail.learn(verdict.unknowns if self.may else ())

    def acl(self, subnet: str, direction: Direction, sent: Packets, trail: Trail) -> tuple[Packets, Trail]:
        """Pass a subnet's network ACL in one direction."""
        verdict = self.filters.acl(subnet, direction, sent)
        self.stops.note(verdict.unknowns)
        if verdict.passed and not self.trace:
            return verdict.passed, trail.learn(verdict.unknowns if self.may else ())
        name, rule = self.filters.acl_rule(subnet, direction, verdict.passed or sent)
        hop = Hop(self.model.label(subnet), "network-acl", name, rule)
        if not verdict.passed:
            self.stops.drop(trail, hop, f"the subnet's network ACL denies it ({direction})")
            return verdict.passed, trail
        return verdict.passed, trail.add(hop).learn(verdict.unknowns if self.may else ())

    def cross(self, start: str | None, end: str | None, sent: Packets, trail: Trail) -> tuple[Packets, Trail]:
        """Leave one subnet and enter another, through both ACLs; within a subnet there is none. None is no subnet."""
        if start == end:
            return sent, trail
        if start is not None:
            sent, trail = self.acl(start, Direction.EGRESS, sent, trail)
        if sent and end is not None:
            sent, trail = self.acl(end, Direction.INGRESS, sent, trail)
        return sent, trail

    # -- starting points ----------------------------------------------------------------------------------------------

    def from_host(self, host: Host, sent: Packets, trail: Trail) -> Iterator[Arrival]:
        """Send packets out of a host's interface."""
        if self.trace:
            trail = trail.add(Hop(host.id, str(host.owner_kind)))
        if host.attached is False:
            self.stops.drop(trail, Hop(host.id, host.owner_kind), "the interface is attached to nothing")
            return
        if host.subnet is None or host.vpc is None:
            unknown = Unknown(f"{host.id}.subnet", "the interface's subnet is not known")
            yield from self.anywhere(sent, trail, unknown)
            return
        sent, trail = self.groups(host, Direction.EGRESS, sent, trail)
        if sent:
            yield from self.from_subnet(host.subnet, sent, trail)

    def from_subnet(self, subnet: str, sent: Packets, trail: Trail) -> Iterator[Arrival]:
        """Forward packets that are inside a subnet: neighbours directly, everything else by the route table."""
        vpc = self.model.vpc_of(subnet)
        if vpc is None:
            yield from self.anywhere(
                sent, trail, Unknown(f"{self.model.label(subnet)}.vpc", "the subnet's VPC is not known")
            )
            return
        near = self.model.subnet_addresses(subnet)
        inside = sent.limit(DESTINATION, near)
        if inside:
            yield from self.deliver(Step(inside, trail, vpc, subnet))
        outside = sent.without(DESTINATION, near)
        if outside:
            table = self.model.table_of(subnet)
            yield from self.forward(Step(outside, trail, vpc, subnet, table=table.key if table else ""))

    def from_gateway(self, vpc: str, gateway: str, sent: Packets, trail: Trail) -> Iterator[Arrival]:
        """Take packets in through an internet or VPN gateway, by its gateway route table if it has one."""
        if self.trace:
            trail = trail.add(Hop(self.model.label(gateway), "gateway"))
        table = self.model.edge_table(gateway)
        local = sent.limit(DESTINATION, self.model.vpc_addresses(vpc))
        if not local:
            self.stops.drop(
                trail, Hop(self.model.label(gateway), "gateway"), "the destination is not in the gateway's VPC"
            )
        elif table is None:
            yield from self.deliver(Step(local, trail, vpc, None))
        else:
            yield from self.forward(Step(local, trail, vpc, None, table=table.key))

    def anywhere(self, sent: Packets, trail: Trail, unknown: Unknown) -> Iterator[Arrival]:
        """Packets whose next hop is unknown may get anywhere; in the closed world they get nowhere."""
        self.stops.note((unknown,))
        if self.may:
            yield Arrival(Point(PointKind.ANYWHERE, unknown.what), sent, trail.learn((unknown,)))

    # -- forwarding ---------------------------------------------------------------------------------------------------

    def forward(self, step: Step) -> Iterator[Arrival]:
        """Look packets up in the table at hand and send each part on by its route."""
        trail = step.trail
        if trail.steps >= MAX_HOPS:
            self.stops.drop(
                trail, Hop(step.subnet or step.vpc, "route-table", self.model.label(step.table)), "a forwarding loop"
            )
            return
        trail = replace(trail, steps=trail.steps + 1)
        table = self.model.tables.get(step.table)
        choices, rest, unknowns = self.routing.lookup(table, step.vpc, step.packets, may=self.may)
        self.stops.note(unknowns)
        name = self.model.label(step.table) if step.table else "main route table"
        place = self.model.label(step.subnet or step.vpc)
        if rest and not choices:
            self.stops.drop(trail, Hop(place, "route-table", name, "no route"), "no route to the destination")
        for choice in choices:
            entry = choice.entry
            hop = Hop(place, "route-table", name, entry.text)
            onward = trail.add(hop) if self.trace else trail
            onward = onward.learn((entry.unknown,) if entry.unknown is not None else ())
            if entry.route.blackhole is True:
                self.stops.drop(onward, hop, "the route is a blackhole")
                continue
            taken = replace(step, packets=choice.packets, trail=onward, choice=choice)
            yield from _NEXT[entry.route.kind](self, taken)

    def deliver(self, step: Step) -> Iterator[Arrival]:
        """Hand packets to the wanted hosts of the VPC, across subnet borders and through their security groups."""
        home = self.model.vpc_addresses(step.vpc)
        for host in self.goals:
            if host.vpc != step.vpc or host.subnet is None:
                continue
            wanted = step.packets.limit(DESTINATION, host.addresses & home)
            if wanted:
                yield from self.into(host, wanted, step)

    def into(self, host: Host, wanted: Packets, step: Step) -> Iterator[Arrival]:
        """Deliver packets to one host."""
        trail = step.trail
        silent = "nothing connects to this interface itself" if host.owner_kind in SILENT_KINDS else ""
        if host.attached is False:
            silent = "the interface is attached to nothing"
        if silent and not trail.reply:
            self.stops.drop(trail, Hop(host.id, host.owner_kind), silent)
            return
        wanted, trail = self.cross(step.subnet, host.subnet, wanted, trail)
        if wanted:
            wanted, trail = self.groups(host, Direction.INGRESS, wanted, trail)
        if wanted:
            if self.trace:
                trail = trail.add(Hop(host.id, host.owner_kind))
            yield Arrival(Point(PointKind.HOST, host.key, host, host.vpc), wanted, trail)

    # -- one method for every kind of route target --------------------------------------------------------------------

    def to_local(self, step: Step) -> Iterator[Arrival]:
        """Follow the local route."""
        yield from self.deliver(step)

    def to_internet_gateway(self, step: Step) -> Iterator[Arrival]:
        """Leave through an internet gateway; public addresses are looked at where legs are joined."""
        key = self.model.key(step.target)
        gateway = self.model.internet_gateways.get(key or "")
        if gateway is None:
            yield from self._unresolved(step, "internet gateway")
            return
        hop = Hop(self.model.label(gateway.key), "internet-gateway")
        if self.model.key(gateway.vpc) != step.vpc:
            if isinstance(gateway.vpc, Unknown):
                yield from self.anywhere(step.packets, step.trail, gateway.vpc)
            else:
                self.stops.drop(step.trail, hop, "the internet gateway is not attached to this VPC")
            return
        kind = PointKind.EGRESS_ONLY_GATEWAY if gateway.egress_only else PointKind.INTERNET_GATEWAY
        sent, trail = self.cross(step.subnet, None, step.packets, step.trail)
        sent, trail = self.public_access(step, kind, sent, trail)
        if kind is PointKind.EGRESS_ONLY_GATEWAY:
            sent = sent.limit(DESTINATION, IPV6)
        if sent:
            trail = trail.add(replace(hop, kind=str(kind))) if self.trace else trail
            point = Point(kind, gateway.key, None, step.vpc)
            yield Arrival(point, sent, trail)

    def public_access(self, step: Step, kind: PointKind, sent: Packets, trail: Trail) -> tuple[Packets, Trail]:
        """Apply VPC Block Public Access to packets that leave through a gateway of the internet.

        Ingress mode spares egress-only and NAT gateways, which let nothing in ("Block public access to VPCs and subnets").
        """
        mode = self.access_mode(step.vpc, step.subnet)
        spared = kind is PointKind.EGRESS_ONLY_GATEWAY or any(host.owner_kind == "nat-gateway" for host in self.sources)
        if isinstance(mode, Unknown):
            self.stops.note((mode,))
            return (sent, trail.learn((mode,))) if self.may else (NOTHING, trail)
        if mode is BlockPublicAccess.BIDIRECTIONAL or (mode is BlockPublicAccess.INGRESS and not spared):
            self.stops.drop(
                trail, Hop(self.model.label(step.vpc), "block-public-access", rule=str(mode)), "Block Public Access"
            )
            return NOTHING, trail
        return sent, trail

    def access_mode(self, vpc: str, subnet: str | None) -> BlockPublicAccess | Unknown:
        """Give the Block Public Access mode that holds in a subnet, its own exclusion first."""
        place = self.model.subnets.get(subnet or "")
        if place is not None and place.block_public_access is not None:
            return place.block_public_access
        found = self.model.vpcs.get(vpc)
        return found.block_public_access if found else BlockPublicAccess.OFF

    def to_nat_gateway(self, step: Step) -> Iterator[Arrival]:
        """Enter a NAT gateway, which translates IPv4 TCP, UDP and ICMP."""
        nat = self.model.nats.get(self.model.key(step.target) or "")
        if nat is None:
            yield from self._unresolved(step, "NAT gateway")
            return
        host = self.model.nat_host(nat)
        hop = Hop(host.id, "nat-gateway")
        if host.subnet is None:
            yield from self.anywhere(step.packets, step.trail, Unknown(f"{host.id}.subnet", "the NAT gateway's subnet"))
            return
        if host.vpc != step.vpc:
            self.stops.drop(step.trail, hop, "the NAT gateway is in another VPC")
            return
        sent, trail = self.cross(step.subnet, host.subnet, step.packets, step.trail)
        sent = sent.limit(SOURCE, IPV4)
        if sent:
            trail = trail.add(hop) if self.trace else trail
            yield Arrival(Point(PointKind.NAT, nat.key, host, host.vpc), sent, trail)

    def to_vpn_gateway(self, step: Step) -> Iterator[Arrival]:
        """Leave through a virtual private gateway towards the premises."""
        gateway = self.model.vpn_gateways.get(self.model.key(step.target) or "")
        if gateway is None:
            yield from self._unresolved(step, "virtual private gateway")
            return
        hop = Hop(self.model.label(gateway.key), "vpn-gateway")
        if self.model.key(gateway.vpc) != step.vpc:
            self.stops.drop(step.trail, hop, "the virtual private gateway is not attached to this VPC")
            return
        sent, trail = self.cross(step.subnet, None, step.packets, step.trail)
        yield from self.leave(gateway.key, hop, sent, trail)

    def leave(self, gateway: str, hop: Hop, sent: Packets, trail: Trail) -> Iterator[Arrival]:
        """Hand packets to the premises behind a VPN gateway or attachment, as far as its routes go."""
        if not sent:
            return
        beyond = self.premises.beyond(gateway)
        out = sent.limit(DESTINATION, beyond.known)
        if out:
            onward = trail.add(hop) if self.trace else trail
            yield Arrival(Point(PointKind.PREMISES, gateway), out, onward)
        rest = sent.without(DESTINATION, beyond.known)
        if rest and beyond.unknown is not None:
            for arrival in self.anywhere(rest, trail.add(hop), beyond.unknown):
                yield replace(arrival, point=Point(PointKind.PREMISES, gateway))
        elif rest and not out:
            self.stops.drop(trail, hop, beyond.reason)

    def to_peering(self, step: Step) -> Iterator[Arrival]:
        """Cross a peering connection: only to addresses of the other VPC, no table there is consulted."""
        peering = self.model.peerings.get(self.model.key(step.target) or "")
        if peering is None:
            yield from self._unresolved(step, "peering connection")
            return
        ends = (self.model.key(peering.requester), self.model.key(peering.accepter))
        hop = Hop(self.model.label(peering.key), "vpc-peering-connection")
        if step.vpc not in ends or peering.active is False:
            self.stops.drop(step.trail, hop, "the peering connection does not join this VPC or is not active")
            return
        sent, trail = self.cross(step.subnet, None, step.packets, step.trail)
        if not sent:
            return
        trail = trail.add(hop) if self.trace else trail
        if isinstance(peering.active, Unknown):
            self.stops.note((peering.active,))
            if not self.may:
                return
        other = ends[1] if ends[0] == step.vpc else ends[0]
        same = _same_region(peering.requester_region, peering.accepter_region)
        trail = replace(trail, home=False, direct=trail.direct and same)
        if other is None or other not in self.model.vpcs:
            yield Arrival(Point(PointKind.PEER, peering.key, None, step.vpc), sent, trail)
            return
        there = sent.limit(DESTINATION, self.model.vpc_addresses(other))
        if not there:
            self.stops.drop(trail, hop, "the destination is not in the peer VPC, and peering is not transitive")
            return
        yield from self.deliver(Step(there, trail, other, None))

    def to_endpoint(self, step: Step) -> Iterator[Arrival]:
        """Enter a VPC endpoint: a gateway endpoint's service, or a middlebox that gives the packets back."""
        endpoint = self.model.endpoints.get(self.model.key(step.target) or "")
        if endpoint is None:
            yield from self._unresolved(step, "VPC endpoint")
            return
        if isinstance(endpoint.kind, Unknown):
            yield from self.anywhere(step.packets, step.trail, endpoint.kind)
        elif endpoint.kind is EndpointKind.GATEWAY:
            yield from self._to_service(step, endpoint)
        elif endpoint.kind in {EndpointKind.GATEWAY_LOAD_BALANCER, EndpointKind.FIREWALL}:
            yield from self._through_endpoint(step, endpoint)
        else:
            self.stops.drop(
                step.trail,
                Hop(self.model.label(endpoint.key), "vpc-endpoint"),
                "no route can point to this kind of endpoint",
            )

    def _to_service(self, step: Step, endpoint: Endpoint) -> Iterator[Arrival]:
        hop = Hop(self.model.label(endpoint.key), "gateway-endpoint")
        if not step.trail.home:
            self.stops.drop(step.trail, hop, "a gateway endpoint serves its own VPC only")
            return
        sent, trail = self.cross(step.subnet, None, step.packets, step.trail)
        if sent:
            trail = trail.add(hop) if self.trace else trail
            yield Arrival(Point(PointKind.SERVICE, endpoint.key, None, step.vpc), sent, trail)

    def _through_endpoint(self, step: Step, endpoint: Endpoint) -> Iterator[Arrival]:
        hop = Hop(self.model.label(endpoint.key), "middlebox-endpoint")
        place = self.model.middlebox_subnet(endpoint)
        if place is None or place not in self.model.subnets:
            yield from self.anywhere(step.packets, step.trail, Unknown(f"{hop.node}.subnet", "the endpoint's subnet"))
            return
        if endpoint.key in step.trail.seen or self.model.vpc_of(place) != step.vpc:
            reason = "a forwarding loop" if endpoint.key in step.trail.seen else "the endpoint is in another VPC"
            self.stops.drop(step.trail, hop, reason)
            return
        sent, trail = self.cross(step.subnet, place, step.packets, step.trail)
        if not sent:
            return
        trail = trail.add(hop) if self.trace else trail
        onward = replace(trail, boxes=(*trail.boxes, endpoint.key), seen=trail.seen | {endpoint.key}, direct=False)
        yield from self.from_subnet(place, sent, onward)

    def to_interface(self, step: Step) -> Iterator[Arrival]:
        """Enter a network interface or instance, which forwards only with its source/destination check off."""
        key = self.model.key(step.target)
        hosts = [self.model.host_of[key]] if key in self.model.host_of else self.model.owned_by(key or "")
        if not hosts:
            yield from self._unresolved(step, "network interface")
            return
        host = hosts[0]
        if host.subnet is None or host.vpc != step.vpc:
            self.stops.drop(step.trail, Hop(host.id, "interface"), "the interface is not in this VPC")
            return
        own = step.packets.limit(DESTINATION, host.addresses)
        if own and host in self.goals:
            yield from self.into(host, own, step)
        rest = step.packets.without(DESTINATION, host.addresses)
        if rest:
            yield from self._through_host(host, replace(step, packets=rest))

    def _through_host(self, host: Host, step: Step) -> Iterator[Arrival]:
        hop = Hop(host.id, "router")
        sent, trail = self.cross(step.subnet, host.subnet, step.packets, step.trail)
        if sent:
            sent, trail = self.groups(host, Direction.INGRESS, sent, trail)
        if not sent:
            return
        if host.check is True:
            self.stops.drop(
                trail,
                replace(hop, rule="source/destination check on"),
                "the interface drops what is not addressed to it",
            )
            return
        if isinstance(host.check, Unknown):
            self.stops.note((host.check,))
            if not self.may:
                return
            trail = trail.learn((host.check,))
        if host.key in trail.seen:
            self.stops.drop(trail, hop, "a forwarding loop")
            return
        trail = trail.add(hop) if self.trace else trail
        told = f"{host.id} forwards what it receives"
        onward = replace(
            trail,
            seen=trail.seen | {host.key},
            direct=False,
            assumptions=(*trail.assumptions, told),
            subnet=host.subnet,
        )
        for out in self._sides(host):
            left, after = self.groups(out, Direction.EGRESS, sent, onward)
            if left and out.subnet is not None:
                yield from self.from_subnet(out.subnet, left, after)
            if left and out.public is True:
                yield Arrival(Point(PointKind.NAT, out.key, out, out.vpc), left, after)

    def _sides(self, host: Host) -> list[Host]:
        """Give the interfaces that a router may send on from: all of the same instance without the check."""
        others = [other for other in self.model.owned_by(host.owner) if other is not host and other.check is False]
        return [host, *others] if host.owner_kind in {"instance", "interface"} and host.owner else [host]

    def to_transit_gateway(self, step: Step) -> Iterator[Arrival]:
        """Enter a transit gateway through the VPC's attachment."""
        yield from transit.enter_from_vpc(self, step)

    def to_local_gateway(self, step: Step) -> Iterator[Arrival]:
        """Leave through an Outpost's local gateway to the premises around it."""
        sent, trail = self.cross(step.subnet, None, step.packets, step.trail)
        if sent:
            yield Arrival(Point(PointKind.PREMISES, self.model.key(step.target) or "local-gateway"), sent, trail)

    def to_unmodelled(self, step: Step) -> Iterator[Arrival]:
        """Take a target that this model does not cover: where it leads is unknown."""
        kind = step.choice.entry.route.kind if step.choice else TargetKind.UNKNOWN
        unknown = step.target if isinstance(step.target, Unknown) else None
        what = unknown.what if unknown and unknown.what else f"{self.model.label(step.table)} route to {kind}"
        yield from self.anywhere(
            step.packets, step.trail, Unknown(what, "where this route leads is not modelled or not known")
        )

    def _unresolved(self, step: Step, kind: str) -> Iterator[Arrival]:
        target = step.target
        if isinstance(target, Unknown):
            yield from self.anywhere(
                step.packets, step.trail, Unknown(target.what or f"{step.table} target", target.why)
            )
            return
        name = target.literal or target.key or "" if target is not None else ""
        yield from self.anywhere(
            step.packets, step.trail, Unknown(name or step.table, f"the {kind} is not in the source")
        )


def _same_region(one: str | Unknown, two: str | Unknown) -> bool:
    return isinstance(one, Unknown) or isinstance(two, Unknown) or one == two


_NEXT: dict[TargetKind, Callable[[Walker, Step], Iterator[Arrival]]] = {
    TargetKind.LOCAL: Walker.to_local,
    TargetKind.INTERNET_GATEWAY: Walker.to_internet_gateway,
    TargetKind.EGRESS_ONLY_GATEWAY: Walker.to_internet_gateway,
    TargetKind.NAT_GATEWAY: Walker.to_nat_gateway,
    TargetKind.VPN_GATEWAY: Walker.to_vpn_gateway,
    TargetKind.TRANSIT_GATEWAY: Walker.to_transit_gateway,
    TargetKind.PEERING: Walker.to_peering,
    TargetKind.ENDPOINT: Walker.to_endpoint,
    TargetKind.INTERFACE: Walker.to_interface,
    TargetKind.INSTANCE: Walker.to_interface,
    TargetKind.CARRIER_GATEWAY: Walker.to_unmodelled,
    TargetKind.LOCAL_GATEWAY: Walker.to_local_gateway,
    TargetKind.CORE_NETWORK: Walker.to_unmodelled,
    TargetKind.ATTACHMENT: Walker.to_unmodelled,
    TargetKind.UNKNOWN: Walker.to_unmodelled,
}
