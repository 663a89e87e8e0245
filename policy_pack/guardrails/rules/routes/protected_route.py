"""RTE001: a protected subnet with a route to the internet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network, IPv6Network
from typing import ClassVar

from guardrails.facts.network import Network, Route, RouteTable, Subnet, TargetKind
from guardrails.facts.stack import Facts
from guardrails.facts.values import IPNetwork, Maybe, Ref, Unknown, inside
from guardrails.facts.zoning import INTERNET
from guardrails.rules.base import Finding, Rule, Severity
from guardrails.rules.places import Places, places_of, table_of
from guardrails.rules.ranges import is_public, spans

_INTERNET = {
    TargetKind.INTERNET_GATEWAY: "an internet gateway",
    TargetKind.EGRESS_ONLY_GATEWAY: "an egress-only internet gateway",
    TargetKind.NAT_GATEWAY: "a NAT gateway",
    TargetKind.CARRIER_GATEWAY: "a carrier gateway",
}
_HOSTS = frozenset({TargetKind.INTERFACE, TargetKind.INSTANCE})
_ELSEWHERE = frozenset({TargetKind.TRANSIT_GATEWAY, TargetKind.CORE_NETWORK, TargetKind.VPN_GATEWAY})


class ProtectedRoute(Rule):
    """Refuses any route of a protected subnet to a gateway of the internet, however narrow its destination.

    What goes to a firewall's endpoint, or to a host that forwards (a NAT instance), leaves by the table of that
    subnet: such a route is one to the gateway behind it. Requests get out that way even where replies do not find back.
    """

    id: ClassVar[str] = "RTE001"
    slug: ClassVar[str] = "no-internet-route-from-protected-subnet"
    title: ClassVar[str] = "No protected subnet routes to the internet"
    rationale: ClassVar[str] = (
        "Routes decide whether a packet can leave at all, security groups only whether it may: AWS adds groups of its "
        "own to WorkSpaces that nobody may change. Two halves (0.0.0.0/1 and 128.0.0.0/1) are a default route too, and "
        "a subnet without an association uses the main table of its VPC."
    )
    fix: ClassVar[str] = (
        "Take the route out, or associate the subnet with a table that has local and declared routes only. If the zone "
        "is meant to leave through a NAT gateway, permit a flow from it to `internet` with `via: nat` in the intent."
    )
    severity: ClassVar[Severity] = Severity.CRITICAL
    needs_intent: ClassVar[bool] = True
    beside_network: ClassVar[frozenset[str] | None] = frozenset()
    covers: ClassVar[tuple[int, ...]] = (29, 44, 45)
    references: ClassVar[tuple[str, ...]] = ("https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html",)
    example_intent: ClassVar[str] = """
version: 1
zones:
  desktop: {tags: {Zone: desktop}, protected: true}
  public: {tags: {Zone: public}, protected: false}
"""
    avoid: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  igw: {type: "aws:ec2:InternetGateway", properties: {vpcId: "${vpc.id}"}}
  desktops:
    type: aws:ec2:Subnet
    properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.1.0/24, tags: {Zone: desktop}}
  half:
    type: aws:ec2:Route
    properties: {routeTableId: "${vpc.mainRouteTableId}", destinationCidrBlock: 128.0.0.0/1, gatewayId: "${igw.id}"}
"""
    prefer: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  igw: {type: "aws:ec2:InternetGateway", properties: {vpcId: "${vpc.id}"}}
  desktops:
    type: aws:ec2:Subnet
    properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.1.0/24, tags: {Zone: desktop}}
  table: {type: "aws:ec2:RouteTable", properties: {vpcId: "${vpc.id}"}}
  use:
    type: aws:ec2:RouteTableAssociation
    properties: {routeTableId: "${table.id}", subnetId: "${desktops.id}"}
  half:
    type: aws:ec2:Route
    properties: {routeTableId: "${vpc.mainRouteTableId}", destinationCidrBlock: 128.0.0.0/1, gatewayId: "${igw.id}"}
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge the table that every protected subnet uses."""
        places = places_of(facts)
        if places is None:
            yield self.not_applicable("no intent names zones: which subnets are protected is not known")
            return
        for subnet in facts.network.subnets:
            zones = places.subnets[subnet.key]
            if places.protected(zones):
                yield from self._subnet(subnet, zones, facts, places)

    def _subnet(self, subnet: Subnet, zones: tuple[str, ...], facts: Facts, places: Places) -> Iterator[Finding]:
        table = table_of(facts.network, subnet)
        if isinstance(table, Unknown):
            yield self.unresolved(subnet.origin, "", table, "which route table it uses cannot be told")
            return
        for route in table.routes:
            yield from self._route(subnet, zones, table, route, places)
            yield from self._foreign(zones, route, places)

    def _route(
        self, subnet: Subnet, zones: tuple[str, ...], table: RouteTable, route: Route, places: Places
    ) -> Iterator[Finding]:
        name = subnet.name or subnet.key
        behind = None if _carries(subnet, places.network) else _behind_middlebox(route, places.network)
        way = route if behind is None else behind
        gateway = _INTERNET.get(way.kind)
        host = route.kind in _HOSTS
        if gateway is None or self._permitted(zones, way.kind, places, inspected=behind is not None, host=host):
            return
        inspected = "" if behind is None else f" behind the {'host' if host else 'endpoint'} that it leads to"
        why = f"gives subnet {name} (zone {', '.join(zones)}, protected) a route to {gateway}{inspected}"
        witness = f"{name} -> {table.name or table.key} -> {route.destination} -> {route.kind.value}"
        yield self.fail(route.origin, "", why, str(route.destination), witness)

    def _foreign(self, zones: tuple[str, ...], route: Route, places: Places) -> Iterator[Finding]:
        """Tell of public addresses that go to a gateway outside of the stack, where nobody sees what it leads to."""
        gateway, block = route.target, _network(route)
        outside = route.kind in _ELSEWHERE and isinstance(gateway, Ref) and gateway.key is None
        if not outside or block is None or not is_public(block) or _is_declared(block, places):
            return
        if not all(any(flow.target == INTERNET for flow in places.intent.flows_from(zone)) for zone in zones):
            name = gateway.literal if isinstance(gateway, Ref) else ""
            why = f"whether zone {', '.join(zones)} (protected) gets to the internet by {block}"
            yield self.unresolved(route.origin, "", f"what {name} leads to is not in the stack", why)

    def _permitted(
        self, zones: tuple[str, ...], kind: TargetKind, places: Places, *, inspected: bool, host: bool
    ) -> bool:
        """Tell whether the intent lets every one of the zones leave by this kind of gateway, or behind a host."""
        if host:
            return all(any(flow.target == INTERNET for flow in places.intent.flows_from(zone)) for zone in zones)
        if kind is not TargetKind.NAT_GATEWAY:
            return False
        ways = {"nat", "firewall"} if inspected else {"nat"}
        return all(
            any(flow.target == INTERNET and flow.via in ways for flow in places.intent.flows_from(zone))
            for zone in zones
        )


def _is_declared(block: IPNetwork, places: Places) -> bool:
    """Tell whether a block lies within the zones of the intent: public addresses of one's own."""
    known = [one for zone in places.intent.zones.values() for one in zone.cidrs]
    return spans([block], block.version) <= spans(known, block.version)


def _carries(subnet: Subnet, network: Network) -> bool:
    """Tell whether a transit gateway hands packets of other networks to this subnet: it routes theirs, not its own."""
    used = (one for attachment in network.transit_attachments for one in attachment.subnets)
    return any(isinstance(one, Ref) and one.key == subnet.key for one in used)


def _behind_middlebox(route: Route, network: Network) -> Route | None:
    """Give the route to a gateway of the internet that goes on behind a firewall's endpoint, if there is one."""
    subnets = {one.key: one for one in network.subnets}
    homes = [subnets[one.key] for one in _homes(route, network) if isinstance(one, Ref) and one.key in subnets]
    for table in (table_of(network, home) for home in homes):
        # A table that cannot be told is FCL002's to tell.
        if isinstance(table, RouteTable):
            known = [*map(_network, table.routes), *_local(table, network)]
            return next((onward for onward in table.routes if _leads_on(route, onward, known)), None)
    return None


def _homes(route: Route, network: Network) -> Iterator[Maybe[Ref]]:
    """Give the subnets of the endpoint or the forwarding host that a route leads to."""
    if not isinstance(route.target, Ref):
        return
    key = route.target.key
    if route.kind is TargetKind.ENDPOINT:
        yield from (home for one in network.endpoints if one.key == key for home in one.subnets)
    elif route.kind in _HOSTS:
        # With the source/destination check on, a host drops what is not for it.
        yield from (
            one.subnet
            for one in network.interfaces
            if key is not None and key in {one.key, one.owner} and one.source_dest_check is not True
        )


def _local(table: RouteTable, network: Network) -> Iterator[IPNetwork]:
    """Give the blocks of a table's VPC, to which every table has local routes."""
    for vpc in network.vpcs:
        if isinstance(table.vpc, Ref) and table.vpc.key == vpc.key:
            yield from (block for block in vpc.cidrs if not isinstance(block, Unknown))


def _leads_on(route: Route, onward: Route, known: Sequence[IPNetwork | None]) -> bool:
    """Tell whether packets of one route can go on by another one to the internet, beside the closer ones known."""
    if onward.kind not in _INTERNET or onward.blackhole is True:
        return False
    wanted, taken = _network(route), _network(onward)
    if wanted is None or taken is None:
        return True
    closer = [one for one in known if one is not None and one.prefixlen > taken.prefixlen]
    return _meet(wanted, taken) and not any(inside(wanted, one) for one in closer)


def _meet(one: IPNetwork, other: IPNetwork) -> bool:
    return inside(one, other) or inside(other, one)


def _network(route: Route) -> IPNetwork | None:
    return route.destination if isinstance(route.destination, IPv4Network | IPv6Network) else None
