"""SEG023: an interface with a security group of another VPC."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.network import Interface
from guardrails.facts.stack import Facts
from guardrails.facts.values import Maybe, Ref, Unknown
from guardrails.rules.base import Finding, Rule, Severity

_GROUPS = ("ec2.SecurityGroup", "ec2.DefaultSecurityGroup")


class GroupOfOtherVpc(Rule):
    """Refuses what AWS would refuse halfway through the deployment: a group from one VPC on a subnet of another."""

    id: ClassVar[str] = "SEG023"
    slug: ClassVar[str] = "group-of-the-same-vpc"
    title: ClassVar[str] = "An interface's security groups belong to the VPC of its subnet"
    rationale: ClassVar[str] = (
        "A security group can be used only in the VPC it was made in. The mistake shows at the first create, when half "
        "of the stack exists, or the wrong VPC is where the group's rules were meant to hold."
    )
    fix: ClassVar[str] = "Use a group of the subnet's own VPC; name groups of a peered VPC in rules only."
    severity: ClassVar[Severity] = Severity.MEDIUM
    beside_network: ClassVar[frozenset[str] | None] = frozenset()
    covers: ClassVar[tuple[int, ...]] = (23,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html",
    )
    avoid: ClassVar[str] = """
resources:
  one: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  other: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.1.0.0/16}}
  subnet: {type: "aws:ec2:Subnet", properties: {vpcId: "${one.id}", cidrBlock: 10.0.1.0/24}}
  group: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${other.id}"}}
  card: {type: "aws:ec2:NetworkInterface", properties: {subnetId: "${subnet.id}", securityGroups: ["${group.id}"]}}
"""
    prefer: ClassVar[str] = """
resources:
  one: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  subnet: {type: "aws:ec2:Subnet", properties: {vpcId: "${one.id}", cidrBlock: 10.0.1.0/24}}
  group: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${one.id}"}}
  card: {type: "aws:ec2:NetworkInterface", properties: {subnetId: "${subnet.id}", securityGroups: ["${group.id}"]}}
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge every interface."""
        network = facts.network
        of_subnet = {item.key: item.vpc for item in network.subnets}
        # A group that names no VPC at all is in the default one, and GWY005 tells it.
        placed = {item.urn for item in facts.of(*_GROUPS) if item.get("vpcId") is not None}
        of_group = {
            item.key: item.vpc
            for item in network.groups
            if facts.seen is not None or item.key in placed or "#" in item.key
        }
        for interface in network.interfaces:
            yield from self._interface(interface, of_subnet, of_group)

    def _interface(
        self, interface: Interface, of_subnet: dict[str, Maybe[Ref]], of_group: dict[str, Maybe[Ref]]
    ) -> Iterator[Finding]:
        subnet = interface.subnet
        home = of_subnet.get(subnet.key or "") if isinstance(subnet, Ref) else None
        for group in interface.groups if not isinstance(interface.groups, Unknown) else ():
            vpc = of_group.get(group.key or "") if isinstance(group, Ref) else None
            if home is None or vpc is None or isinstance(group, Unknown):
                continue
            missing = next((item for item in (home, vpc) if isinstance(item, Unknown)), None)
            if missing is not None:
                yield self.unresolved(interface.blamed, "", missing, "whether its group is of its VPC")
            elif isinstance(home, Ref) and not home.same(vpc):
                why = "uses a security group of another VPC than its subnet's"
                yield self.fail(interface.blamed, "", why, group.key or "")
