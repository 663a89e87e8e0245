"""NFW003: a zone that must leave through the firewall and routes past it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.network import Route, Subnet, TargetKind
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, Rule, Severity
from guardrails.rules.places import places_of, table_of

_PAST = {
    TargetKind.INTERNET_GATEWAY: "an internet gateway",
    TargetKind.EGRESS_ONLY_GATEWAY: "an egress-only internet gateway",
    TargetKind.NAT_GATEWAY: "a NAT gateway",
    TargetKind.CARRIER_GATEWAY: "a carrier gateway",
}


class InspectedExit(Rule):
    """Refuses a route past the firewall in a zone whose flow to the internet must cross it."""

    id: ClassVar[str] = "NFW003"
    slug: ClassVar[str] = "exit-through-the-firewall"
    title: ClassVar[str] = "A zone that must leave through the firewall has no route past it"
    rationale: ClassVar[str] = (
        "Inspection holds only while every route to the internet points at the firewall's endpoint; one route to a NAT "
        "gateway in the zone's own table is a way round it."
    )
    fix: ClassVar[str] = (
        "Point the route at the endpoint of the same AZ; the endpoint's own subnet routes on to the NAT."
    )
    severity: ClassVar[Severity] = Severity.CRITICAL
    needs_intent: ClassVar[bool] = True
    beside_network: ClassVar[frozenset[str] | None] = frozenset()
    covers: ClassVar[tuple[int, ...]] = (54,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/network-firewall/latest/developerguide/route-tables.html",
    )
    example_intent: ClassVar[str] = """
version: 1
zones:
  proxy: {tags: {Zone: proxy}, protected: true}
flows:
  - {name: out, from: proxy, to: internet, ports: [443], via: firewall}
"""
    avoid: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  proxies:
    type: aws:ec2:Subnet
    properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.2.0/24, tags: {Zone: proxy}}
  public: {type: "aws:ec2:Subnet", properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.3.0/24}}
  nat: {type: "aws:ec2:NatGateway", properties: {subnetId: "${public.id}"}}
  table: {type: "aws:ec2:RouteTable", properties: {vpcId: "${vpc.id}"}}
  use: {type: "aws:ec2:RouteTableAssociation", properties: {routeTableId: "${table.id}", subnetId: "${proxies.id}"}}
  out:
    type: aws:ec2:Route
    properties: {routeTableId: "${table.id}", destinationCidrBlock: 8.0.0.0/7, natGatewayId: "${nat.id}"}
"""
    prefer: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  proxies:
    type: aws:ec2:Subnet
    properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.2.0/24, tags: {Zone: proxy}}
  inspection: {type: "aws:ec2:Subnet", properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.3.0/24}}
  endpoint:
    type: aws:ec2:VpcEndpoint
    properties:
      {vpcId: "${vpc.id}", vpcEndpointType: GatewayLoadBalancer, subnetIds: ["${inspection.id}"],
       serviceName: com.amazonaws.vpce.ap-northeast-1.vpce-svc-1}
  table: {type: "aws:ec2:RouteTable", properties: {vpcId: "${vpc.id}"}}
  use: {type: "aws:ec2:RouteTableAssociation", properties: {routeTableId: "${table.id}", subnetId: "${proxies.id}"}}
  out:
    type: aws:ec2:Route
    properties: {routeTableId: "${table.id}", destinationCidrBlock: 0.0.0.0/0, vpcEndpointId: "${endpoint.id}"}
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge the table of every subnet in a zone that is to be inspected."""
        places = places_of(facts)
        if places is None:
            yield self.not_applicable("no intent names zones: which flows must cross the firewall is not known")
            return
        inspected = {
            flow.source for flow in places.intent.flows if flow.target == "internet" and flow.via == "firewall"
        }
        for subnet in facts.network.subnets:
            zones = [name for name in places.subnets[subnet.key] if name in inspected]
            if not zones:
                continue
            table = table_of(facts.network, subnet)
            if isinstance(table, Unknown):
                yield self.unresolved(subnet.origin, "", table, "which route table it uses cannot be told")
                continue
            for route in table.routes:
                yield from self._route(subnet, zones, route)

    def _route(self, subnet: Subnet, zones: list[str], route: Route) -> Iterator[Finding]:
        if route.blackhole is True:
            return
        name = subnet.name or subnet.key
        if route.kind is TargetKind.UNKNOWN:
            missing = route.target if isinstance(route.target, Unknown) else "its target is not known"
            yield self.unresolved(route.origin, "", missing, f"whether {name} leaves past the firewall")
        elif route.kind in _PAST:
            why = f"lets subnet {name} (zone {', '.join(zones)}) leave past the firewall, by {_PAST[route.kind]}"
            yield self.fail(route.origin, "", why, str(route.destination))
