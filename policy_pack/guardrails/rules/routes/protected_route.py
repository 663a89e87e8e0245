"""RTE001: a protected subnet with a route to the internet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.network import Route, RouteTable, Subnet, TargetKind
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, Rule, Severity
from guardrails.rules.places import Places, places_of, table_of

_INTERNET = {
    TargetKind.INTERNET_GATEWAY: "an internet gateway",
    TargetKind.EGRESS_ONLY_GATEWAY: "an egress-only internet gateway",
    TargetKind.NAT_GATEWAY: "a NAT gateway",
    TargetKind.CARRIER_GATEWAY: "a carrier gateway",
}


class ProtectedRoute(Rule):
    """Refuses any route of a protected subnet to a gateway of the internet, however narrow its destination."""

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

    def _route(
        self, subnet: Subnet, zones: tuple[str, ...], table: RouteTable, route: Route, places: Places
    ) -> Iterator[Finding]:
        name = subnet.name or subnet.key
        gateway = _INTERNET.get(route.kind)
        if gateway is None or self._permitted(zones, route.kind, places):
            return
        why = f"gives subnet {name} (zone {', '.join(zones)}, protected) a route to {gateway}"
        witness = f"{name} -> {table.name or table.key} -> {route.destination} -> {route.kind.value}"
        yield self.fail(route.origin, "", why, str(route.destination), witness)

    def _permitted(self, zones: tuple[str, ...], kind: TargetKind, places: Places) -> bool:
        """Tell whether the intent lets every one of the zones leave by this kind of gateway."""
        if kind is not TargetKind.NAT_GATEWAY:
            return False
        return all(
            any(flow.target == "internet" and flow.via == "nat" for flow in places.intent.flows_from(zone))
            for zone in zones
        )
