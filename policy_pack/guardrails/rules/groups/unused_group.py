"""SEG022: a security group that nothing uses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from guardrails.facts.network import GroupRef
from guardrails.facts.stack import Facts
from guardrails.facts.values import Ref, Unknown
from guardrails.rules.base import Finding, Level, Rule, Severity

_RULES = frozenset({"vpc.SecurityGroupIngressRule", "vpc.SecurityGroupEgressRule", "ec2.SecurityGroupRule"})
_OWN = "securityGroupId"


class UnusedGroup(Rule):
    """Tells of groups on which no resource of the stack depends but their own rules."""

    id: ClassVar[str] = "SEG022"
    slug: ClassVar[str] = "group-in-use"
    title: ClassVar[str] = "Every security group is used by something"
    rationale: ClassVar[str] = (
        "A group that nothing carries is a set of rules that nobody watches, ready for whatever is attached to it next."
    )
    fix: ClassVar[str] = "Remove the group, or attach it to what it was made for."
    severity: ClassVar[Severity] = Severity.LOW
    enforcement: ClassVar[Mapping[str, Level]] = {"prod": Level.ADVISORY, "dev": Level.ADVISORY}
    controls: ClassVar[tuple[str, ...]] = ("CKV2_AWS_5",)
    covers: ClassVar[tuple[int, ...]] = (22,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-22",
    )
    avoid: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  group: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}"}}
  rule:
    type: aws:vpc:SecurityGroupIngressRule
    properties: {securityGroupId: "${group.id}", ipProtocol: tcp, fromPort: 22, toPort: 22, cidrIpv4: 10.0.8.0/24}
"""
    prefer: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  subnet: {type: "aws:ec2:Subnet", properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.1.0/24}}
  group: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}"}}
  card: {type: "aws:ec2:NetworkInterface", properties: {subnetId: "${subnet.id}", securityGroups: ["${group.id}"]}}
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge every group that the stack makes."""
        groups = facts.of("ec2.SecurityGroup")
        if not groups:
            return
        used = self._used(facts)
        for group in groups:
            if group.urn not in used:
                yield self.fail(group, "", "nothing in the stack uses this security group")

    def _used(self, facts: Facts) -> set[str]:
        """Give the URNs that something depends on, a group's own rules apart."""
        used: set[str] = set()
        for resource in facts.resources:
            edges = resource.edges or {}
            own = edges.get(_OWN, ()) if resource.kind in _RULES else (resource.urn,)
            used.update(urn for urns in edges.values() for urn in urns if urn not in own)
        for interface in facts.network.interfaces:
            for group in interface.groups if not isinstance(interface.groups, Unknown) else ():
                used.update({group.key or ""} if isinstance(group, Ref) else set())
        for one in facts.network.groups:
            for rule in one.rules:
                if isinstance(rule.peer, GroupRef) and isinstance(rule.peer.group, Ref):
                    used.update({rule.peer.group.key or ""} - {one.key})
        return used
