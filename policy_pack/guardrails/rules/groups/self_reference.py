"""SEG019: everything from one's own kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.network import ANY_PROTOCOL, Direction, GroupRef, GroupRule
from guardrails.facts.stack import Facts
from guardrails.facts.values import Ref, Unknown
from guardrails.rules.base import Finding, Rule, Severity
from guardrails.rules.groups.common import own_groups


class SelfReference(Rule):
    """Refuses rules that let members of a group reach each other on everything."""

    id: ClassVar[str] = "SEG019"
    slug: ClassVar[str] = "no-open-self-reference"
    title: ClassVar[str] = "No group lets its members reach each other on everything"
    rationale: ClassVar[str] = (
        "A desktop that is taken over would reach all other desktops on every port. Members of a group rarely need "
        "each other at all."
    )
    fix: ClassVar[str] = "Remove the rule, or name the one port that members need of each other."
    severity: ClassVar[Severity] = Severity.MEDIUM
    beside_network: ClassVar[frozenset[str] | None] = frozenset()
    covers: ClassVar[tuple[int, ...]] = (19,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
    )
    avoid: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  desktops:
    type: aws:ec2:SecurityGroup
    properties: {vpcId: "${vpc.id}", ingress: [{protocol: "-1", fromPort: 0, toPort: 0, self: true}]}
"""
    prefer: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  nodes:
    type: aws:ec2:SecurityGroup
    properties: {vpcId: "${vpc.id}", ingress: [{protocol: tcp, fromPort: 2380, toPort: 2380, self: true}]}
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge every group."""
        for group in own_groups(facts):
            for rule in group.rules:
                if rule.direction is not Direction.INGRESS or not isinstance(rule.peer, GroupRef):
                    continue
                peer = rule.peer.group
                if isinstance(peer, Ref) and peer.key == group.key and _everything(rule):
                    yield self.fail(rule.origin, "", f"lets members of {group.name} reach each other on everything")


def _everything(rule: GroupRule) -> bool:
    """Tell whether a rule holds all protocols, or all ports of TCP or UDP (port 0 is used by nobody)."""
    if rule.protocol == ANY_PROTOCOL:
        return True
    ports = rule.ports
    return rule.protocol in {6, 17} and not isinstance(ports, Unknown) and ports.low <= 1 and ports.high == 65535
