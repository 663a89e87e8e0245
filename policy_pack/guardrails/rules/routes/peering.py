"""RTE002: a peering route wider than what was declared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.network import Direction, PrefixListRef, Route, RouteTable, TargetKind
from guardrails.facts.stack import Facts
from guardrails.facts.values import IPNetwork, Ref, Unknown
from guardrails.rules.base import Finding, Rule, Severity
from guardrails.rules.flows import Permitted
from guardrails.rules.places import Places, places_of, table_of
from guardrails.rules.ranges import spans


class PeeringRoute(Rule):
    """Requires peering routes within the places that the table's zones have flows with."""

    id: ClassVar[str] = "RTE002"
    slug: ClassVar[str] = "peering-route-least-access"
    title: ClassVar[str] = "Peering routes lead to the declared subnets only"
    rationale: ClassVar[str] = (
        "A route for the whole block of the other VPC makes every host in it reachable as soon as one group is opened; "
        "CIS asks for least access in peering routes."
    )
    fix: ClassVar[str] = "Give one route for each declared subnet of the other side, in the tables that need it only."
    severity: ClassVar[Severity] = Severity.HIGH
    needs_intent: ClassVar[bool] = True
    controls: ClassVar[tuple[str, ...]] = ("CIS 6.6", "CKV2_AWS_44")
    beside_network: ClassVar[frozenset[str] | None] = frozenset()
    covers: ClassVar[tuple[int, ...]] = (31, 32)
    references: ClassVar[tuple[str, ...]] = ("https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-routing.html",)
    example_intent: ClassVar[str] = """
version: 1
zones:
  desktop: {cidrs: [10.0.0.0/24]}
  app: {cidrs: [10.1.1.0/24]}
flows:
  - {name: database, from: desktop, to: app, protocol: tcp, ports: [5432]}
"""
    avoid: ClassVar[str] = """
resources:
  room: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  work: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.1.0.0/16}}
  link: {type: "aws:ec2:VpcPeeringConnection", properties: {vpcId: "${room.id}", peerVpcId: "${work.id}"}}
  desktops: {type: "aws:ec2:Subnet", properties: {vpcId: "${room.id}", cidrBlock: 10.0.0.0/24}}
  wide:
    type: aws:ec2:Route
    properties:
      routeTableId: ${room.mainRouteTableId}
      destinationCidrBlock: 10.1.0.0/16
      vpcPeeringConnectionId: ${link.id}
"""
    prefer: ClassVar[str] = """
resources:
  room: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  work: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.1.0.0/16}}
  link: {type: "aws:ec2:VpcPeeringConnection", properties: {vpcId: "${room.id}", peerVpcId: "${work.id}"}}
  desktops: {type: "aws:ec2:Subnet", properties: {vpcId: "${room.id}", cidrBlock: 10.0.0.0/24}}
  exact:
    type: aws:ec2:Route
    properties:
      routeTableId: ${room.mainRouteTableId}
      destinationCidrBlock: 10.1.1.0/24
      vpcPeeringConnectionId: ${link.id}
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge every peering route by the zones of the subnets that use its table."""
        places = places_of(facts)
        if places is None:
            yield self.not_applicable("no intent names zones and flows: what lies behind a peering is not known")
            return
        permitted = Permitted(facts, places)
        users = _users(facts, places)
        for table in facts.network.route_tables:
            for route in table.routes:
                if route.kind is TargetKind.PEERING and route.blackhole is not True:
                    yield from self._route(table, route, users.get(table.key, set()), permitted)

    def _route(self, table: RouteTable, route: Route, zones: set[str], permitted: Permitted) -> Iterator[Finding]:
        if isinstance(route.destination, Unknown):
            return  # FCL002 and FCL012 tell it
        blocks = _blocks(route, permitted)
        if isinstance(blocks, Unknown):
            yield self.unresolved(route.origin, "", blocks)
            return
        allowed = [
            block
            for zone in zones
            for direction in Direction
            for _flow, other in permitted.partners(zone, direction)
            if other != "internet"
            for block in permitted.blocks(other)
        ]
        if any(spans(blocks, version) - spans(allowed, version) for version in (4, 6)):
            shown = ", ".join(map(str, blocks))
            who = f"zone {', '.join(sorted(zones))}" if zones else "no subnet of any zone"
            name = table.name or table.key
            why = f"leads over the peering to {shown}; table {name} serves {who}, whose flows end elsewhere"
            yield self.fail(route.origin, "", why, shown)


def _blocks(route: Route, permitted: Permitted) -> list[IPNetwork] | Unknown:
    if isinstance(route.destination, Unknown):
        return route.destination
    if not isinstance(route.destination, PrefixListRef):
        return [route.destination]
    found = route.destination.list
    for item in permitted.places.network.prefix_lists:
        if isinstance(found, Ref) and item.key == found.key and item.entries is not None:
            unknown = next((entry for entry in item.entries if isinstance(entry, Unknown)), None)
            return unknown or [entry for entry in item.entries if not isinstance(entry, Unknown)]
    return Unknown(str(found), "the entries of the prefix list are not in the stack")


def _users(facts: Facts, places: Places) -> dict[str, set[str]]:
    """Give the zones that each table serves."""
    found: dict[str, set[str]] = {}
    for subnet in facts.network.subnets:
        table = table_of(facts.network, subnet)
        if isinstance(table, RouteTable):
            found.setdefault(table.key, set()).update(places.subnets[subnet.key])
    return found
