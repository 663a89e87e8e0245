"""What happens to packets at every kind of route target."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from guardrails.facts.network import BlockPublicAccess, Direction, Endpoint, EndpointKind, Peering, TargetKind
from guardrails.facts.values import IPNetwork, Maybe, Unknown
from guardrails.network import transit
from guardrails.network.answer import Hop
from guardrails.network.hosts import Host
from guardrails.network.packets import DESTINATION, IPV4, IPV6, NAT64, NOTHING, SOURCE, Packets, network_set
from guardrails.network.trail import Arrival, Point, PointKind, Step, Trail
from guardrails.sets import IntervalSet

if TYPE_CHECKING:
    from guardrails.network.walk import Walker


def to_local(walker: Walker, step: Step) -> Iterator[Arrival]:
    """Follow the local route."""
    yield from walker.deliver(step)


def to_internet_gateway(walker: Walker, step: Step) -> Iterator[Arrival]:
    """Leave through an internet gateway; public addresses are looked at where legs are joined."""
    key = walker.model.key(step.target)
    gateway = walker.model.internet_gateways.get(key or "")
    if gateway is None:
        yield from _unresolved(walker, step, "internet gateway")
        return
    hop = Hop(walker.model.label(gateway.key), "internet-gateway")
    if walker.model.key(gateway.vpc) != step.vpc:
        if isinstance(gateway.vpc, Unknown):
            yield from walker.anywhere(step.packets, step.trail, gateway.vpc)
        else:
            walker.stops.drop(step.trail, hop, "the internet gateway is not attached to this VPC")
        return
    kind = PointKind.EGRESS_ONLY_GATEWAY if gateway.egress_only else PointKind.INTERNET_GATEWAY
    sent, trail = walker.cross(step.subnet, None, step.packets, step.trail)
    sent, trail = public_access(walker, step, kind, sent, trail)
    if kind is PointKind.EGRESS_ONLY_GATEWAY:
        sent = sent.limit(DESTINATION, IPV6)
    if sent:
        trail = trail.add(replace(hop, kind=str(kind))) if walker.trace else trail
        point = Point(kind, gateway.key, None, step.vpc)
        yield Arrival(point, sent, trail)


def public_access(walker: Walker, step: Step, kind: PointKind, sent: Packets, trail: Trail) -> tuple[Packets, Trail]:
    """Apply VPC Block Public Access to packets that leave through a gateway of the internet.

    Ingress mode spares egress-only and NAT gateways, which let nothing in ("Block public access to VPCs and subnets").
    """
    # A firewall's or GWLB endpoint's subnet cannot be excluded by itself ("VPC BPA basics"): the VPC's mode holds.
    inspected = any(box in walker.model.endpoints for box in trail.boxes)
    mode = walker.access_mode(step.vpc, None if inspected else step.subnet)
    spared = kind is PointKind.EGRESS_ONLY_GATEWAY or any(host.owner_kind == "nat-gateway" for host in walker.sources)
    if isinstance(mode, Unknown):
        walker.stops.note((mode,))
        return (sent, trail.learn((mode,))) if walker.may else (NOTHING, trail)
    if mode is BlockPublicAccess.BIDIRECTIONAL or (mode is BlockPublicAccess.INGRESS and not spared):
        walker.stops.drop(
            trail, Hop(walker.model.label(step.vpc), "block-public-access", rule=str(mode)), "Block Public Access"
        )
        return NOTHING, trail
    return sent, trail


def to_nat_gateway(walker: Walker, step: Step) -> Iterator[Arrival]:
    """Enter a NAT gateway, which translates IPv4 TCP, UDP and ICMP."""
    nat = walker.model.nats.get(walker.model.key(step.target) or "")
    if nat is None:
        yield from _unresolved(walker, step, "NAT gateway")
        return
    host = walker.model.nat_host(nat)
    hop = Hop(host.id, "nat-gateway")
    if host.subnet is None or host.vpc is None:
        yield from walker.anywhere(step.packets, step.trail, Unknown(f"{host.id}.subnet", "the NAT gateway's subnet"))
        return
    if host.vpc != step.vpc:
        walker.stops.drop(step.trail, hop, "the NAT gateway is in another VPC")
        return
    sent, trail = walker.cross(step.subnet, host.subnet, step.packets, step.trail)
    sent = sent.limit(SOURCE, IPV4) | sent.limit(SOURCE, IPV6).limit(DESTINATION, NAT64)
    if sent:
        trail = trail.add(hop) if walker.trace else trail
        yield Arrival(Point(PointKind.NAT, nat.key, host, host.vpc), sent, trail)


def to_vpn_gateway(walker: Walker, step: Step) -> Iterator[Arrival]:
    """Leave through a virtual private gateway towards the premises."""
    gateway = walker.model.vpn_gateways.get(walker.model.key(step.target) or "")
    if gateway is None:
        yield from _unresolved(walker, step, "virtual private gateway")
        return
    hop = Hop(walker.model.label(gateway.key), "vpn-gateway")
    if isinstance(gateway.vpc, Unknown):
        yield from walker.anywhere(step.packets, step.trail, gateway.vpc)
        return
    if walker.model.key(gateway.vpc) != step.vpc:
        walker.stops.drop(step.trail, hop, "the virtual private gateway is not attached to this VPC")
        return
    sent, trail = walker.cross(step.subnet, None, step.packets, step.trail)
    yield from walker.leave(gateway.key, hop, sent, trail)


def to_peering(walker: Walker, step: Step) -> Iterator[Arrival]:
    """Cross a peering connection: only to addresses of the other VPC, no table there is consulted."""
    peering = walker.model.peerings.get(walker.model.key(step.target) or "")
    if peering is None:
        yield from _unresolved(walker, step, "peering connection")
        return
    ends = (walker.model.key(peering.requester), walker.model.key(peering.accepter))
    hop = Hop(walker.model.label(peering.key), "vpc-peering-connection")
    loose = next((end for end in (peering.requester, peering.accepter) if isinstance(end, Unknown)), None)
    if loose is not None and peering.active is not False:
        yield from walker.anywhere(step.packets, step.trail, loose)
        return
    if step.vpc not in ends or peering.active is False:
        walker.stops.drop(step.trail, hop, "the peering connection does not join this VPC or is not active")
        return
    sent, trail = walker.cross(step.subnet, None, step.packets, step.trail)
    if not sent:
        return
    trail = trail.add(hop) if walker.trace else trail
    if isinstance(peering.active, Unknown):
        walker.stops.note((peering.active,))
        if not walker.may:
            return
    other = ends[1] if ends[0] == step.vpc else ends[0]
    direct = trail.direct and _same_region(walker, peering)
    trail = replace(trail, home=False, direct=direct)
    if other is None or other not in walker.model.vpcs:
        stated = peering.accepter_cidrs if ends[0] == step.vpc else peering.requester_cidrs
        there = sent.limit(DESTINATION, _stated_addresses(stated))
        arrivals = iter((Arrival(Point(PointKind.PEER, peering.key, None, step.vpc), there, trail),))
    else:
        there = sent.limit(DESTINATION, walker.model.vpc_addresses(other))
        arrivals = walker.deliver(Step(there, trail, other, None))
        vague = walker.model.vague_block(other)
        if vague is not None and (rest := sent.limit(DESTINATION, vague.addresses)):
            yield from walker.anywhere(rest, trail, vague.unknown)
    if not there:
        walker.stops.drop(trail, hop, "the destination is not in the peer VPC, and peering is not transitive")
        return
    yield from arrivals


def _stated_addresses(blocks: tuple[Maybe[IPNetwork], ...]) -> IntervalSet:
    """Give the addresses that a peering states for its far end; of a family that it is silent about, all of them."""
    known = [block for block in blocks if not isinstance(block, Unknown)]
    stated = IntervalSet.union(pair for block in known for pair in network_set(block))
    for version, whole in ((4, IPV4), (6, IPV6)):
        if len(known) < len(blocks) or all(block.version != version for block in known):
            stated |= whole
    return stated


def to_endpoint(walker: Walker, step: Step) -> Iterator[Arrival]:
    """Enter a VPC endpoint: a gateway endpoint's service, or a middlebox that gives the packets back."""
    endpoint = walker.model.endpoints.get(walker.model.key(step.target) or "")
    if endpoint is None:
        yield from _unresolved(walker, step, "VPC endpoint")
        return
    if isinstance(endpoint.kind, Unknown):
        yield from walker.anywhere(step.packets, step.trail, endpoint.kind)
    elif endpoint.kind is EndpointKind.GATEWAY:
        yield from _to_service(walker, step, endpoint)
    elif endpoint.kind in {EndpointKind.GATEWAY_LOAD_BALANCER, EndpointKind.FIREWALL}:
        yield from _through_endpoint(walker, step, endpoint)
    else:
        walker.stops.drop(
            step.trail,
            Hop(walker.model.label(endpoint.key), "vpc-endpoint"),
            "no route can point to this kind of endpoint",
        )


def _to_service(walker: Walker, step: Step, endpoint: Endpoint) -> Iterator[Arrival]:
    hop = Hop(walker.model.label(endpoint.key), "gateway-endpoint")
    if not step.trail.home:
        walker.stops.drop(step.trail, hop, "a gateway endpoint serves its own VPC only")
        return
    sent, trail = walker.cross(step.subnet, None, step.packets, step.trail)
    if sent:
        trail = trail.add(hop) if walker.trace else trail
        yield Arrival(Point(PointKind.SERVICE, endpoint.key, None, step.vpc), sent, trail)


def _through_endpoint(walker: Walker, step: Step, endpoint: Endpoint) -> Iterator[Arrival]:
    hop = Hop(walker.model.label(endpoint.key), "middlebox-endpoint")
    place = walker.model.middlebox_subnet(endpoint)
    if place is None or place not in walker.model.subnets:
        yield from walker.anywhere(step.packets, step.trail, Unknown(f"{hop.node}.subnet", "the endpoint's subnet"))
        return
    if walker.model.vpc_of(place) is None:
        yield from walker.anywhere(step.packets, step.trail, Unknown(f"{place}.vpc", "the subnet's VPC is not known"))
        return
    if endpoint.key in step.trail.seen or walker.model.vpc_of(place) != step.vpc:
        reason = "a forwarding loop" if endpoint.key in step.trail.seen else "the endpoint is in another VPC"
        walker.stops.drop(step.trail, hop, reason)
        return
    sent, trail = walker.cross(step.subnet, place, step.packets, step.trail)
    if not sent:
        return
    trail = trail.add(hop) if walker.trace else trail
    onward = replace(trail, boxes=(*trail.boxes, endpoint.key), seen=trail.seen | {endpoint.key}, direct=False)
    yield from walker.from_subnet(place, sent, onward)


def to_interface(walker: Walker, step: Step) -> Iterator[Arrival]:
    """Enter a network interface or instance, which forwards only with its source/destination check off."""
    key = walker.model.key(step.target)
    hosts = [walker.model.host_of[key]] if key in walker.model.host_of else walker.model.owned_by(key or "")
    if not hosts:
        yield from _unresolved(walker, step, "network interface")
        return
    host = hosts[0]
    if not walker.attached(host, step.trail):
        return
    if host.subnet is None or host.vpc is None:
        unknown = Unknown(f"{host.id}.subnet", "the interface's subnet is not known")
        yield from walker.anywhere(step.packets, step.trail, unknown)
        return
    if host.vpc != step.vpc:
        walker.stops.drop(step.trail, Hop(host.id, "interface"), "the interface is not in this VPC")
        return
    for goal in walker.goals:
        own = step.packets.limit(DESTINATION, goal.addresses) if goal.key == host.key else NOTHING
        if own:
            yield from walker.into(goal, own, step)
    rest = step.packets.without(DESTINATION, host.addresses)
    if rest:
        yield from _through_host(walker, host, replace(step, packets=rest))


def _through_host(walker: Walker, host: Host, step: Step) -> Iterator[Arrival]:
    hop = Hop(host.id, "router")
    sent, trail = walker.cross(step.subnet, host.subnet, step.packets, step.trail)
    if sent:
        sent, trail = walker.groups(host, Direction.INGRESS, sent, trail)
    if not sent:
        return
    if host.check is True:
        walker.stops.drop(
            trail,
            replace(hop, rule="source/destination check on"),
            "the interface drops what is not addressed to it",
        )
        return
    if isinstance(host.check, Unknown):
        walker.stops.note((host.check,))
        if not walker.may:
            return
        trail = trail.learn((host.check,))
    if host.key in trail.seen:
        walker.stops.drop(trail, hop, "a forwarding loop")
        return
    trail = trail.add(hop) if walker.trace else trail
    told = f"{host.id} forwards what it receives"
    onward = replace(
        trail,
        seen=trail.seen | {host.key},
        boxes=(*trail.boxes, host.owner or host.key),
        direct=False,
        assumptions=(*trail.assumptions, told),
    )
    for out in _sides(walker, host):
        left, after = walker.groups(out, Direction.EGRESS, sent, onward)
        if left and out.subnet is not None:
            yield from walker.from_subnet(out.subnet, left, after)
        if left and out.public is True:
            yield Arrival(Point(PointKind.NAT, out.key, out, out.vpc), left, replace(after, boxes=trail.boxes))


def _sides(walker: Walker, host: Host) -> list[Host]:
    """Give the interfaces that a router may send on from: all of the same instance without the check."""
    others = [other for other in walker.model.owned_by(host.owner) if other is not host and other.check is False]
    return [host, *others] if host.owner_kind in {"instance", "interface"} and host.owner else [host]


def to_transit_gateway(walker: Walker, step: Step) -> Iterator[Arrival]:
    """Enter a transit gateway through the VPC's attachment."""
    yield from transit.enter_from_vpc(walker, step)


def to_unmodelled(walker: Walker, step: Step) -> Iterator[Arrival]:
    """Take a target that this model does not cover: where it leads is unknown."""
    kind = step.choice.entry.route.kind if step.choice else TargetKind.UNKNOWN
    unknown = step.target if isinstance(step.target, Unknown) else None
    what = unknown.what if unknown and unknown.what else f"{walker.model.label(step.table)} route to {kind}"
    yield from walker.anywhere(
        step.packets, step.trail, Unknown(what, "where this route leads is not modelled or not known")
    )


def _unresolved(walker: Walker, step: Step, kind: str) -> Iterator[Arrival]:
    target = step.target
    if isinstance(target, Unknown):
        yield from walker.anywhere(step.packets, step.trail, Unknown(target.what or f"{step.table} target", target.why))
        return
    name = target.literal or target.key or "" if target is not None else ""
    yield from walker.anywhere(
        step.packets, step.trail, Unknown(name or step.table, f"the {kind} is not in the source")
    )


def _same_region(walker: Walker, peering: Peering) -> bool:
    """Tell whether both ends lie in one Region, without which no rule can name the other end's groups."""
    ends = (peering.requester_region, peering.accepter_region)
    unknowns = tuple(one for one in ends if isinstance(one, Unknown))
    if not unknowns or ends[0] is ends[1]:
        return ends[0] == ends[1]
    walker.stops.note(unknowns)
    return walker.may


NEXT: dict[TargetKind, Callable[[Walker, Step], Iterator[Arrival]]] = {
    TargetKind.LOCAL: to_local,
    TargetKind.INTERNET_GATEWAY: to_internet_gateway,
    TargetKind.EGRESS_ONLY_GATEWAY: to_internet_gateway,
    TargetKind.NAT_GATEWAY: to_nat_gateway,
    TargetKind.VPN_GATEWAY: to_vpn_gateway,
    TargetKind.TRANSIT_GATEWAY: to_transit_gateway,
    TargetKind.PEERING: to_peering,
    TargetKind.ENDPOINT: to_endpoint,
    TargetKind.INTERFACE: to_interface,
    TargetKind.INSTANCE: to_interface,
    TargetKind.CARRIER_GATEWAY: to_unmodelled,
    TargetKind.LOCAL_GATEWAY: to_unmodelled,
    TargetKind.CORE_NETWORK: to_unmodelled,
    TargetKind.ATTACHMENT: to_unmodelled,
    TargetKind.UNKNOWN: to_unmodelled,
}
