"""GWY007: a host where there is a way out that its zone was not given."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from guardrails.facts.network import Interface, RouteTable, Subnet, TargetKind
from guardrails.facts.stack import Facts
from guardrails.facts.values import Maybe, Ref, Unknown
from guardrails.rules.base import Finding, Rule, Severity
from guardrails.rules.places import Places, places_of, table_of

if TYPE_CHECKING:
    from guardrails.facts.intent import Intent

_EXITS = frozenset(
    {TargetKind.INTERNET_GATEWAY, TargetKind.EGRESS_ONLY_GATEWAY, TargetKind.NAT_GATEWAY, TargetKind.CARRIER_GATEWAY}
)
_NO_HOSTS = frozenset({"nat-gateway", "load-balancer", "vpc-endpoint"})
"""Interfaces that open no connections of their own accord."""


class HostsBesideExit(Rule):
    """Refuses hosts, tasks and functions in subnets that route to the internet, outside of the zones with that flow."""

    id: ClassVar[str] = "GWY007"
    slug: ClassVar[str] = "only-the-proxy-beside-the-exit"
    title: ClassVar[str] = "Only zones with a declared flow to the internet have hosts where there is a route to it"
    rationale: ClassVar[str] = (
        "The subnet of the NAT gateways is not protected, it must route to the internet gateway. A task placed there, "
        "or in a subnet of no zone, is a second way out beside the egress proxy."
    )
    fix: ClassVar[str] = "Place the host in a subnet of its own zone, without a route to a gateway of the internet."
    severity: ClassVar[Severity] = Severity.HIGH
    needs_intent: ClassVar[bool] = True
    beside_network: ClassVar[frozenset[str] | None] = frozenset()
    covers: ClassVar[tuple[int, ...]] = (44, 105)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html",
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html",
    )
    example_intent: ClassVar[str] = """
version: 1
zones:
  desktop: {tags: {Zone: desktop}, protected: true}
  proxy: {tags: {Zone: proxy}, protected: true}
  public: {tags: {Zone: public}, protected: false}
flows:
  - {name: out, from: proxy, to: internet, ports: [443], via: nat}
"""
    avoid: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  igw: {type: "aws:ec2:InternetGateway", properties: {vpcId: "${vpc.id}"}}
  public:
    type: aws:ec2:Subnet
    properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.1.0/24, tags: {Zone: public}}
  table:
    type: aws:ec2:RouteTable
    properties: {vpcId: "${vpc.id}", routes: [{cidrBlock: 0.0.0.0/0, gatewayId: "${igw.id}"}]}
  use: {type: "aws:ec2:RouteTableAssociation", properties: {routeTableId: "${table.id}", subnetId: "${public.id}"}}
  group: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}"}}
  tool:
    type: aws:ecs:Service
    properties: {networkConfiguration: {subnets: ["${public.id}"], securityGroups: ["${group.id}"]}}
"""
    prefer: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  nat: {type: "aws:ec2:NatGateway", properties: {subnetId: "${public.id}"}}
  igw: {type: "aws:ec2:InternetGateway", properties: {vpcId: "${vpc.id}"}}
  public:
    type: aws:ec2:Subnet
    properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.1.0/24, tags: {Zone: public}}
  proxies:
    type: aws:ec2:Subnet
    properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.2.0/24, tags: {Zone: proxy}}
  main: {type: "aws:ec2:DefaultRouteTable", properties: {defaultRouteTableId: "${vpc.mainRouteTableId}"}}
  out:
    type: aws:ec2:Route
    properties: {routeTableId: "${public-table.id}", destinationCidrBlock: 0.0.0.0/0, gatewayId: "${igw.id}"}
  through:
    type: aws:ec2:Route
    properties: {routeTableId: "${proxy-table.id}", destinationCidrBlock: 0.0.0.0/0, natGatewayId: "${nat.id}"}
  public-table: {type: "aws:ec2:RouteTable", properties: {vpcId: "${vpc.id}"}}
  proxy-table: {type: "aws:ec2:RouteTable", properties: {vpcId: "${vpc.id}"}}
  use-1:
    type: aws:ec2:RouteTableAssociation
    properties: {routeTableId: "${public-table.id}", subnetId: "${public.id}"}
  use-2:
    type: aws:ec2:RouteTableAssociation
    properties: {routeTableId: "${proxy-table.id}", subnetId: "${proxies.id}"}
  group: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}"}}
  proxy:
    type: aws:ecs:Service
    properties: {networkConfiguration: {subnets: ["${proxies.id}"], securityGroups: ["${group.id}"]}}
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge every interface in a subnet that is not protected; the protected ones must not route out at all."""
        places = places_of(facts)
        if places is None:
            yield self.not_applicable("no intent names zones: which hosts may leave is not known")
            return
        subnets = {item.key: item for item in facts.network.subnets}
        tables: dict[str, Maybe[RouteTable]] = {}
        for interface in facts.network.interfaces:
            subnet = subnets.get(interface.subnet.key or "") if isinstance(interface.subnet, Ref) else None
            if subnet is None or interface.owner_kind in _NO_HOSTS or not interface.filtered:
                continue
            zones = places.subnets[subnet.key]
            if not places.protected(zones) and not _may_leave(zones, places.intent):
                table = tables.setdefault(subnet.key, table_of(facts.network, subnet))
                yield from self._host(interface, subnet, table, places)

    def _host(
        self, interface: Interface, subnet: Subnet, table: Maybe[RouteTable], places: Places
    ) -> Iterator[Finding]:
        at = interface.blamed
        if isinstance(table, Unknown):
            yield self.unresolved(at, "", table, "which route table its subnet uses cannot be told")
            return
        exits = [route for route in table.routes if route.kind in _EXITS and route.blackhole is not True]
        if exits:
            zones = places.subnets[subnet.key]
            where = f"zone {', '.join(zones)}" if zones else "no zone"
            why = f"is in subnet {subnet.name or subnet.key} ({where}), which routes to the internet"
            yield self.fail(at, "", why, "", f"{exits[0].destination} -> {exits[0].kind.value}")


def _may_leave(zones: tuple[str, ...], intent: Intent) -> bool:
    return bool(zones) and all(any(flow.target == "internet" for flow in intent.flows_from(zone)) for zone in zones)
