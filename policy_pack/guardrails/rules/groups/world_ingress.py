"""SEG001: a group rule open to the internet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.network import Direction, GroupRule
from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.facts.values import Origin
from guardrails.rules.base import Finding, Severity
from guardrails.rules.group_rules import RuleOnGroupRules
from guardrails.rules.groups.common import welcomed
from guardrails.rules.ranges import is_world, peer_networks, segments, traffic


class WorldIngress(RuleOnGroupRules):
    """Refuses ingress from the internet that one resource opens by itself."""

    id: ClassVar[str] = "SEG001"
    slug: ClassVar[str] = "no-world-ingress"
    title: ClassVar[str] = "No security group rule lets the internet in"
    rationale: ClassVar[str] = (
        "A rule that admits 0.0.0.0/0, ::/0, 2000::/3 or halves of them admits everybody. What must be reachable from "
        "the internet is said in the intent, as a flow from `internet` to a zone."
    )
    fix: ClassVar[str] = (
        "Name the source: a security group, a prefix list or the CIDR of the callers. What everybody may reach gets a "
        "flow from `internet` to the group's zone, with its ports, in the intent."
    )
    severity: ClassVar[Severity] = Severity.CRITICAL
    controls: ClassVar[tuple[str, ...]] = (
        "CKV_AWS_24", "CKV_AWS_25", "CKV_AWS_260", "CKV_AWS_277", "SH EC2.13", "SH EC2.14", "SH EC2.18", "SH EC2.19",
        "CIS 6.3", "CIS 6.4", "TV AWS-0107",
    )  # fmt: skip
    covers: ClassVar[tuple[int, ...]] = (12,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html",
    )
    avoid: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  web: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}"}}
  open:
    type: aws:vpc:SecurityGroupIngressRule
    properties: {securityGroupId: "${web.id}", ipProtocol: tcp, fromPort: 443, toPort: 443, cidrIpv4: 0.0.0.0/0}
"""
    prefer: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  web: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}"}}
  office:
    type: aws:vpc:SecurityGroupIngressRule
    properties: {securityGroupId: "${web.id}", ipProtocol: tcp, fromPort: 443, toPort: 443, cidrIpv4: 10.0.8.0/24}
"""

    def judge_rules(self, at: Resource | Origin, rules: list[GroupRule], facts: Facts) -> Iterator[Finding]:
        """Yield a finding for each stretch of ports that the rules together open to the internet.

        Ports that some zone is to be reached on are left to SEG002, which sees which zone the group is in.
        """
        told: set[str] = set()
        # What cannot be read here is told by FCL012, an edge that leads nowhere by FCL002.
        for segment in segments(item for item in rules if item.direction is Direction.INGRESS):
            if welcomed(segment, facts.intent):
                continue
            known = [(item, found) for item in segment.rules if isinstance(found := peer_networks(item), list)]
            if not is_world([block for _, blocks in known for block in blocks]):
                continue
            path = ", ".join(dict.fromkeys(item.origin.path for item, _ in known))
            if path in told:
                continue
            told.add(path)
            value = " + ".join(dict.fromkeys(str(block) for _, blocks in known for block in blocks))
            what = traffic(segment.protocol, segment.ports)
            yield self.fail(at, path, f"lets the whole internet in on {what}", value)
