"""SEG020: a default security group with rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from guardrails.facts.network import SecurityGroup
from guardrails.facts.stack import Facts
from guardrails.facts.values import Ref, Unknown
from guardrails.rules.base import Finding, Rule, Severity
from guardrails.rules.places import places_of

VPC_KINDS = frozenset({"ec2.Vpc", "ec2.DefaultVpc"})


@dataclass(frozen=True, slots=True)
class Options:
    """`every_vpc`: also refuse a default group that nobody adopted in a VPC without a protected subnet."""

    every_vpc: bool = False


class DefaultGroupRules(Rule):
    """Refuses rules on a default group, and AWS's own rules on that of a VPC with protected subnets."""

    id: ClassVar[str] = "SEG020"
    slug: ClassVar[str] = "default-group-without-rules"
    title: ClassVar[str] = "The default security group of a VPC has no rules"
    rationale: ClassVar[str] = (
        "Whatever is made without a group gets the default one. AWS gives it all traffic among its members and all "
        "traffic out, until a DefaultSecurityGroup resource adopts and empties it."
    )
    fix: ClassVar[str] = (
        "Adopt the group with ec2.DefaultSecurityGroup without ingress and egress, and add no rule to it."
    )
    severity: ClassVar[Severity] = Severity.HIGH
    controls: ClassVar[tuple[str, ...]] = ("CKV2_AWS_12", "SH EC2.2", "CIS 6.5")
    beside_network: ClassVar[frozenset[str] | None] = frozenset()
    covers: ClassVar[tuple[int, ...]] = (20,)
    options_type: ClassVar[type[Options]] = Options
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-2",
    )
    avoid: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  locked: {type: "aws:ec2:DefaultSecurityGroup", properties: {vpcId: "${vpc.id}"}}
  later:
    type: aws:vpc:SecurityGroupEgressRule
    properties: {securityGroupId: "${vpc.defaultSecurityGroupId}", ipProtocol: "-1", cidrIpv4: 10.0.0.0/16}
"""
    prefer: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  locked: {type: "aws:ec2:DefaultSecurityGroup", properties: {vpcId: "${vpc.id}"}}
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge the default group of every VPC."""
        guarded = self._guarded(facts)
        for group in facts.network.groups:
            if group.default:
                yield from self._group(group, guarded)

    def _guarded(self, facts: Facts) -> set[str]:
        """Give the VPCs whose default group must be adopted."""
        network, places = facts.network, places_of(facts)
        if self.options.every_vpc:
            return {vpc.key for vpc in network.vpcs}
        if places is None:
            return set()
        return {
            subnet.vpc.key or ""
            for subnet in network.subnets
            if isinstance(subnet.vpc, Ref) and places.protected(places.subnets[subnet.key])
        }

    def _group(self, group: SecurityGroup, guarded: set[str]) -> Iterator[Finding]:
        if isinstance(group.complete, Unknown):
            yield self.unresolved(group.origin, "ingress", group.complete, "its rules cannot be read")
        own = [rule for rule in group.rules if rule.origin.path == "defaultSecurityGroupId"]
        for rule in group.rules:
            if rule not in own:
                yield self.fail(rule.origin, "", "gives a default security group a rule", rule.direction.value)
        vpc = group.vpc
        if own and isinstance(vpc, Ref) and vpc.key in guarded:
            why = "leaves the default security group with AWS's rules: all traffic among its members, all traffic out"
            yield self.fail(group.origin, "defaultSecurityGroupId", why)
