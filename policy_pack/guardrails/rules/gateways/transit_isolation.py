"""GWY003: a protected VPC in the default table of a transit gateway."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.network import TransitAttachment, TransitGateway
from guardrails.facts.stack import Facts
from guardrails.facts.values import Maybe, Ref, Unknown
from guardrails.rules.base import Finding, Rule, Severity
from guardrails.rules.places import places_of
from guardrails.rules.protected import undecided, zones_in

_SIDES = (
    ("transitGatewayDefaultRouteTableAssociation", "default_association", "is associated with"),
    ("transitGatewayDefaultRouteTablePropagation", "default_propagation", "announces its routes to"),
)


class TransitIsolation(Rule):
    """Refuses attachments of protected VPCs that use a gateway's default route table."""

    id: ClassVar[str] = "GWY003"
    slug: ClassVar[str] = "transit-table-of-its-own"
    title: ClassVar[str] = "A protected VPC uses no default route table of a transit gateway"
    rationale: ClassVar[str] = (
        "By default every attachment is associated with one table and announces its routes to it: everybody attached "
        "reaches everybody. Separate tables are what keeps spokes apart."
    )
    fix: ClassVar[str] = (
        "Set both default-table flags of the attachment (or of the gateway) off, and associate the attachment with a "
        "table that holds the declared routes only. Where the gateway is another account's, declare it as an external."
    )
    severity: ClassVar[Severity] = Severity.HIGH
    needs_intent: ClassVar[bool] = True
    beside_network: ClassVar[frozenset[str] | None] = frozenset()
    covers: ClassVar[tuple[int, ...]] = (43,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/vpc/latest/tgw/tgw-route-tables.html",
        "https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-isolated-shared.html",
    )
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
  hub: {type: "aws:ec2transitgateway:TransitGateway", properties: {defaultRouteTablePropagation: disable}}
  link:
    type: aws:ec2transitgateway:VpcAttachment
    properties: {transitGatewayId: "${hub.id}", vpcId: "${vpc.id}", subnetIds: ["${desktops.id}"]}
"""
    prefer: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  desktops:
    type: aws:ec2:Subnet
    properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.1.0/24, tags: {Zone: desktop}}
  hub: {type: "aws:ec2transitgateway:TransitGateway", properties: {defaultRouteTablePropagation: disable}}
  link:
    type: aws:ec2transitgateway:VpcAttachment
    properties:
      transitGatewayId: ${hub.id}
      vpcId: ${vpc.id}
      subnetIds: ["${desktops.id}"]
      transitGatewayDefaultRouteTableAssociation: false
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge every attachment of a VPC."""
        places = places_of(facts)
        if places is None:
            yield self.not_applicable("no intent names zones: which VPCs are protected is not known")
            return
        vpcs = places.protected_vpcs
        gateways = {item.key: item for item in facts.network.transit_gateways}
        declared = {item.id for item in places.intent.externals}
        for attachment in facts.network.transit_attachments:
            if attachment.kind != "vpc":
                continue
            missing = undecided(attachment.resource)
            zones = zones_in(vpcs, attachment.resource)
            if missing is not None and vpcs:
                yield self.unresolved(attachment.origin, "vpcId", missing, "whether the VPC is protected")
            elif zones and not _declared(attachment.gateway, declared):
                yield from self._attachment(attachment, zones, gateways)

    def _attachment(
        self, attachment: TransitAttachment, zones: tuple[str, ...], gateways: dict[str, TransitGateway]
    ) -> Iterator[Finding]:
        gateway = attachment.gateway
        own = gateways.get(gateway.key or "") if isinstance(gateway, Ref) else None
        for path, side, does in _SIDES:
            uses = _both(getattr(attachment, side), getattr(own, side) if own else _foreign(gateway))
            if isinstance(uses, Unknown):
                yield self.unresolved(attachment.origin, path, uses, f"whether it {does} the default table")
            elif uses:
                why = f"{does} the gateway's default table, with zone {', '.join(zones)} (protected) behind it"
                yield self.fail(attachment.origin, path, why)


def _both(one: Maybe[bool], other: Maybe[bool]) -> Maybe[bool]:
    if one is False or other is False:
        return False
    return next((item for item in (one, other) if isinstance(item, Unknown)), True)


def _foreign(gateway: Maybe[Ref]) -> Unknown:
    if isinstance(gateway, Unknown):
        return gateway
    return Unknown(gateway.literal or "the transit gateway", "it is not in the stack")


def _declared(gateway: Maybe[Ref], declared: set[str]) -> bool:
    return isinstance(gateway, Ref) and gateway.key is None and gateway.literal in declared
