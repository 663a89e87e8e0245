"""RTE003: an internet gateway where nothing may reach the internet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.stack import Facts
from guardrails.facts.values import Ref
from guardrails.facts.zoning import INTERNET
from guardrails.rules.base import Finding, Rule, Severity
from guardrails.rules.places import Places, places_of


class ProtectedVpcGateway(Rule):
    """Refuses an internet gateway on a VPC that has protected subnets only and no zone that may leave."""

    id: ClassVar[str] = "RTE003"
    slug: ClassVar[str] = "no-gateway-on-protected-vpc"
    title: ClassVar[str] = "No VPC without a way out has an internet gateway"
    rationale: ClassVar[str] = (
        "A gateway that no route uses is one route away from use; where no zone may reach the internet it has no "
        "purpose."
    )
    fix: ClassVar[str] = "Remove the gateway, or have the zone that needs it, and its flow, declared in the intent."
    severity: ClassVar[Severity] = Severity.HIGH
    needs_intent: ClassVar[bool] = True
    beside_network: ClassVar[frozenset[str] | None] = frozenset()
    covers: ClassVar[tuple[int, ...]] = (30,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html",
    )
    example_intent: ClassVar[str] = """
version: 1
zones:
  desktop: {cidrs: [10.0.1.0/24]}
  public: {cidrs: [10.0.2.0/24], protected: false}
"""
    avoid: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  desktops: {type: "aws:ec2:Subnet", properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.1.0/24}}
  igw: {type: "aws:ec2:InternetGateway"}
  attached:
    type: aws:ec2:InternetGatewayAttachment
    properties: {vpcId: "${vpc.id}", internetGatewayId: "${igw.id}"}
"""
    prefer: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  desktops: {type: "aws:ec2:Subnet", properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.1.0/24}}
  public: {type: "aws:ec2:Subnet", properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.2.0/24}}
  igw: {type: "aws:ec2:InternetGateway", properties: {vpcId: "${vpc.id}"}}
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge every attached gateway by the zones of its VPC."""
        places = places_of(facts)
        if places is None:
            yield self.not_applicable("no intent names zones: which VPCs are protected is not known")
            return
        for gateway in facts.network.internet_gateways:
            if not isinstance(gateway.vpc, Ref):
                continue
            zones = _zones(gateway.vpc.key, places)
            if zones and all(places.intent.zones[zone].protected for zone in zones) and not _leaves(zones, places):
                name = "an egress-only internet gateway" if gateway.egress_only else "an internet gateway"
                why = f"gives a VPC whose zones ({', '.join(sorted(zones))}) are all protected {name}"
                yield self.fail(gateway.origin, "vpcId", why)


def _zones(vpc: str | None, places: Places) -> set[str]:
    return {
        zone
        for subnet in places.network.subnets
        if isinstance(subnet.vpc, Ref) and subnet.vpc.key == vpc
        for zone in places.subnets[subnet.key]
    }


def _leaves(zones: set[str], places: Places) -> bool:
    return any(flow.target == INTERNET for zone in zones for flow in places.intent.flows_from(zone))
