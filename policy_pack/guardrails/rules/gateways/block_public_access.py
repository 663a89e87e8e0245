"""GWY004: VPC Block Public Access switched off, or a protected place excluded from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.resource import Resource
from guardrails.facts.roles import Role
from guardrails.facts.stack import Facts
from guardrails.facts.values import Maybe, Ref, Unknown
from guardrails.rules.base import Finding, Rule, Severity
from guardrails.rules.places import Places, places_of
from guardrails.rules.protected import zones_in

_OPTIONS = ("ec2.VpcBlockPublicAccessOptions", "vpc.BlockPublicAccessOptions")
_EXCLUSIONS = ("ec2.VpcBlockPublicAccessExclusion", "vpc.BlockPublicAccessExclusion")
_MODE, _EXCLUSION_MODE = "internetGatewayBlockMode", "internetGatewayExclusionMode"


class BlockPublicAccess(Rule):
    """Refuses switching the block off where the stack sets it, and exclusions of protected VPCs and subnets."""

    id: ClassVar[str] = "GWY004"
    slug: ClassVar[str] = "block-public-access-holds"
    title: ClassVar[str] = "VPC Block Public Access is not undone for protected places"
    rationale: ClassVar[str] = (
        "Block Public Access overrides every internet gateway of the account in the region. An exclusion lifts it "
        "again for a VPC or subnet, and the account-wide switch for all of them."
    )
    fix: ClassVar[str] = "Set block-ingress or block-bidirectional, and exclude only VPCs without protected subnets."
    severity: ClassVar[Severity] = Severity.HIGH
    controls: ClassVar[tuple[str, ...]] = ("SH EC2.172",)
    covers: ClassVar[tuple[int, ...]] = (46,)
    references: ClassVar[tuple[str, ...]] = ("https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html",)
    example_intent: ClassVar[str] = """
version: 1
zones:
  desktop: {tags: {Zone: desktop}, protected: true}
"""
    avoid: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  desktops:
    type: aws:ec2:Subnet
    properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.1.0/24, tags: {Zone: desktop}}
  exclusion:
    type: aws:ec2:VpcBlockPublicAccessExclusion
    properties: {vpcId: "${vpc.id}", internetGatewayExclusionMode: allow-egress}
"""
    prefer: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  desktops:
    type: aws:ec2:Subnet
    properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.1.0/24, tags: {Zone: desktop}}
  public:
    type: aws:ec2:Subnet
    properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.2.0/24}
  exclusion:
    type: aws:ec2:VpcBlockPublicAccessExclusion
    properties: {subnetId: "${public.id}", internetGatewayExclusionMode: allow-egress}
  everywhere:
    type: aws:ec2:VpcBlockPublicAccessOptions
    properties: {internetGatewayBlockMode: block-bidirectional}
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge the switch, and the exclusions where an intent tells what is protected."""
        for item in facts.of(*_OPTIONS):
            mode = item.get(_MODE)
            if isinstance(mode, Unknown):
                yield self.unresolved(item, _MODE, mode, "whether public access is blocked")
            elif mode not in {"block-ingress", "block-bidirectional"}:
                yield self.fail(item, _MODE, "switches the block off in the whole account and region", mode)
        exclusions, places = facts.of(*_EXCLUSIONS), places_of(facts)
        if exclusions and places is None:
            yield self.not_applicable("no intent names zones: which exclusions lift protection is not known")
        if places is None:
            return
        for item in exclusions:
            yield from self._exclusion(item, facts, places)

    def _exclusion(self, item: Resource, facts: Facts, places: Places) -> Iterator[Finding]:
        for path, role in (("vpcId", Role.VPC), ("subnetId", Role.SUBNET)):
            target = facts.ref(item, path, role)
            if target is None:
                continue
            if isinstance(target, Unknown):
                yield self.unresolved(item, path, target, "what it excludes cannot be told")
                continue
            zones = _zones(target, role, places)
            if zones:
                why = f"lifts the block for zone {', '.join(zones)} (protected)"
                yield self.fail(item, path, why, item.get(_EXCLUSION_MODE))


def _zones(target: Maybe[Ref], role: Role, places: Places) -> tuple[str, ...]:
    if role is Role.VPC:
        return zones_in(places.protected_vpcs, target)
    zones = places.subnets.get(target.key or "", ()) if isinstance(target, Ref) else ()
    return tuple(name for name in zones if places.intent.zones[name].protected)
