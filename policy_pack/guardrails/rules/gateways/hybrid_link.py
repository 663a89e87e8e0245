"""GWY006: a link from elsewhere into a protected VPC that nobody declared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from guardrails.facts.network import Network
from guardrails.facts.resource import Resource
from guardrails.facts.roles import Role
from guardrails.facts.stack import Facts
from guardrails.facts.values import IPNetwork, Maybe, Ref, Unknown
from guardrails.facts.zoning import INTERNET, parse_network
from guardrails.rules.base import Finding, Rule, Severity
from guardrails.rules.places import Places, places_of
from guardrails.rules.protected import zones_in
from guardrails.rules.ranges import spans

if TYPE_CHECKING:
    from guardrails.facts.intent import Intent

_SHARE = "a share of the subnet with other accounts"
_LINKS: tuple[tuple[str, str, Role, str], ...] = (
    ("ec2.VpnGateway", "vpcId", Role.VPC, "a virtual private gateway"),
    ("ec2.VpnGatewayAttachment", "vpcId", Role.VPC, "a virtual private gateway"),
    ("ec2clientvpn.NetworkAssociation", "subnetId", Role.SUBNET, "a client VPN"),
    ("vpclattice.ServiceNetworkVpcAssociation", "vpcIdentifier", Role.VPC, "a VPC Lattice service network"),
    ("ram.ResourceAssociation", "resourceArn", Role.SUBNET, _SHARE),
    ("ram.ResourceShareAssociationsExclusive", "resourceArns", Role.SUBNET, _SHARE),
    ("ec2transitgateway.InstanceConnectEndpoint", "subnetId", Role.SUBNET, "an EC2 Instance Connect endpoint"),
)
"""Kind, the property that names what it leads into, and what to call it."""
_OF_ANYTHING = frozenset({"ram.ResourceAssociation", "ram.ResourceShareAssociationsExclusive"})
"""Kinds that name resources of every kind: one that cannot be told is most likely no subnet."""


class HybridLink(Rule):
    """Refuses VPN and Direct Connect gateways, Lattice, shares and connect endpoints on protected places."""

    id: ClassVar[str] = "GWY006"
    slug: ClassVar[str] = "no-undeclared-link"
    title: ClassVar[str] = "Nothing but declared links leads into a protected VPC"
    rationale: ClassVar[str] = (
        "A VPN gateway, a Lattice association or a subnet shared with another account is a door that no internet "
        "gateway shows. An EC2 Instance Connect endpoint lets administrators in without the bastion."
    )
    fix: ClassVar[str] = (
        "Take the link away. A link that is meant is declared in the intent: a flow between a zone of the VPC and the "
        "CIDR on the other side, or an external with the link's name as its id."
    )
    severity: ClassVar[Severity] = Severity.HIGH
    needs_intent: ClassVar[bool] = True
    covers: ClassVar[tuple[int, ...]] = (57,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/vpn/latest/s2svpn/how_it_works.html",
        "https://docs.aws.amazon.com/vpc-lattice/latest/ug/service-network-associations.html",
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/connect-with-ec2-instance-connect-endpoint.html",
    )
    example_intent: ClassVar[str] = """
version: 1
zones:
  desktop: {tags: {Zone: desktop}, protected: true}
  relay: {tags: {Zone: relay}, protected: true}
flows:
  - {name: logs, from: relay, to: 192.168.8.0/24, ports: [6514]}
"""
    avoid: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  desktops:
    type: aws:ec2:Subnet
    properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.1.0/24, tags: {Zone: desktop}}
  vgw: {type: "aws:ec2:VpnGateway"}
  attach: {type: "aws:ec2:VpnGatewayAttachment", properties: {vpcId: "${vpc.id}", vpnGatewayId: "${vgw.id}"}}
"""
    prefer: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  relays:
    type: aws:ec2:Subnet
    properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.1.0/24, tags: {Zone: relay}}
  vgw: {type: "aws:ec2:VpnGateway", properties: {vpcId: "${vpc.id}"}}
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge every link."""
        places = places_of(facts)
        if places is None:
            yield self.not_applicable("no intent names zones: which VPCs are protected is not known")
            return
        for link in _LINKS if places.protected_vpcs else ():
            kind, path, role, _ = link
            for item in facts.of(kind):
                targets = facts.refs(item, path, role)
                for target in [targets] if isinstance(targets, Unknown) else targets:
                    if not _named(item, places.intent):
                        yield from self._link(item, link, target, places)

    def _link(
        self, item: Resource, link: tuple[str, str, Role, str], target: Maybe[Ref], places: Places
    ) -> Iterator[Finding]:
        kind, path, role, what = link
        if isinstance(target, Unknown):
            if kind not in _OF_ANYTHING:
                yield self.unresolved(item, path, target, "which VPC it leads into cannot be told")
            return
        zones = zones_in(places.protected_vpcs, _vpc(target, role, places.network))
        if zones and not _declared(zones, places):
            yield self.fail(item, path, f"leads into the VPC of zone {', '.join(zones)} (protected): {what}")


def _vpc(target: Ref, role: Role, network: Network) -> Maybe[Ref] | None:
    if role is Role.VPC:
        return target
    return next((subnet.vpc for subnet in network.subnets if subnet.key == target.key), None)


def _named(item: Resource, intent: Intent) -> bool:
    return any(external.id in {item.name, item.id} for external in intent.externals)


def _declared(zones: tuple[str, ...], places: Places) -> bool:
    """Tell whether a flow joins one of the zones with a network that is in no VPC of the stack."""
    inside: list[IPNetwork] = [
        block for vpc in places.network.vpcs for block in vpc.cidrs if not isinstance(block, Unknown)
    ]
    for flow in places.intent.flows:
        for one, other in ((flow.source, flow.target), (flow.target, flow.source)):
            block = parse_network(other)
            if one not in zones or other == INTERNET or block is None:
                continue
            if spans([block], block.version).isdisjoint(spans(inside, block.version)):
                return True
    return False
