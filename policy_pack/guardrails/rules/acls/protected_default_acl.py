"""NAC004: a protected subnet on a default network ACL that lets everything pass."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.network import ANY_PROTOCOL, Nacl, NaclEntry
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.acl_decisions import nacl_of
from guardrails.rules.base import Finding, Rule, Severity
from guardrails.rules.places import places_of


class ProtectedDefaultAcl(Rule):
    """Requires an ACL of its own for every protected subnet, or a default one that lets not everything pass."""

    id: ClassVar[str] = "NAC004"
    slug: ClassVar[str] = "protected-subnet-has-its-own-acl"
    title: ClassVar[str] = "No protected subnet is left to the open default network ACL"
    rationale: ClassVar[str] = (
        "A subnet that no ACL names uses its VPC's default one, which AWS makes open both ways. Then the groups are "
        "the only line, and nothing separates their administrators from the network's."
    )
    fix: ClassVar[str] = "Associate the subnet with an ACL of its own, and adopt the default one without entries."
    severity: ClassVar[Severity] = Severity.MEDIUM
    needs_intent: ClassVar[bool] = True
    beside_network: ClassVar[frozenset[str] | None] = frozenset()
    covers: ClassVar[tuple[int, ...]] = (38,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/vpc/latest/userguide/default-network-acl.html",
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
  acl: {type: "aws:ec2:NetworkAcl", properties: {vpcId: "${vpc.id}"}}
"""
    prefer: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  desktops:
    type: aws:ec2:Subnet
    properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.1.0/24, tags: {Zone: desktop}}
  acl: {type: "aws:ec2:NetworkAcl", properties: {vpcId: "${vpc.id}"}}
  use: {type: "aws:ec2:NetworkAclAssociation", properties: {networkAclId: "${acl.id}", subnetId: "${desktops.id}"}}
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge the ACL of every protected subnet."""
        places = places_of(facts)
        if places is None:
            yield self.not_applicable("no intent names zones: which subnets are protected is not known")
            return
        for subnet in facts.network.subnets:
            zones = places.subnets[subnet.key]
            if not places.protected(zones):
                continue
            nacl = nacl_of(facts.network, subnet)
            name = subnet.name or subnet.key
            if isinstance(nacl, Unknown):
                yield self.unresolved(subnet.origin, "", nacl, "which network ACL it uses cannot be told")
            elif nacl.default and isinstance(nacl.complete, Unknown):
                yield self.unresolved(subnet.origin, "", nacl.complete, "what its default network ACL lets pass")
            elif nacl.default and _open(nacl):
                why = f"leaves subnet {name} (zone {', '.join(zones)}, protected) to an open default network ACL"
                yield self.fail(subnet.origin, "", why)


def _open(nacl: Nacl) -> bool:
    return any(_everything(entry) for entry in nacl.entries)


def _everything(entry: NaclEntry) -> bool:
    block = entry.cidr
    anywhere = isinstance(block, Unknown) or block.prefixlen == 0
    return (
        entry.allow is not False
        and anywhere
        and (entry.protocol == ANY_PROTOCOL or isinstance(entry.protocol, Unknown))
    )
