"""SEG004: a group rule that no declared flow covers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.network import GroupRule, SecurityGroup
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, Rule, Severity
from guardrails.rules.flows import Permitted
from guardrails.rules.groups.common import own_groups
from guardrails.rules.places import places_of
from guardrails.rules.ranges import is_world, peer_networks, peer_text, traffic


class Matrix(Rule):
    """Requires every rule of a zone's groups to lie within the flows that the intent declares."""

    id: ClassVar[str] = "SEG004"
    slug: ClassVar[str] = "rules-within-declared-flows"
    title: ClassVar[str] = "Every rule of a zone's groups lies within the declared flows"
    rationale: ClassVar[str] = (
        "The flows are the whole of what may happen between zones: a CIDR wider than the source zone, one port more, "
        "or a group of another zone is a way that nobody agreed to."
    )
    fix: ClassVar[str] = "Narrow the rule to the declared peers and ports, or have the flow declared in the intent."
    severity: ClassVar[Severity] = Severity.HIGH
    needs_intent: ClassVar[bool] = True
    beside_network: ClassVar[frozenset[str] | None] = frozenset()
    covers: ClassVar[tuple[int, ...]] = (16, 17, 18, 25, 26, 50)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
    )
    example_intent: ClassVar[str] = """
version: 1
zones:
  desktop: {cidrs: [10.0.0.0/23]}
  proxy: {tags: {Zone: proxy}}
flows:
  - {name: browse, from: desktop, to: proxy, protocol: tcp, ports: [3128]}
"""
    avoid: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  proxy: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}", tags: {Zone: proxy}}}
  wide:
    type: aws:vpc:SecurityGroupIngressRule
    properties: {securityGroupId: "${proxy.id}", ipProtocol: tcp, fromPort: 3128, toPort: 3128, cidrIpv4: 10.0.0.0/22}
"""
    prefer: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  proxy: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}", tags: {Zone: proxy}}}
  exact:
    type: aws:vpc:SecurityGroupIngressRule
    properties: {securityGroupId: "${proxy.id}", ipProtocol: tcp, fromPort: 3128, toPort: 3128, cidrIpv4: 10.0.1.0/24}
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge every rule of every group that is in a zone."""
        places = places_of(facts)
        if places is None:
            yield self.not_applicable("no intent names zones and flows: what may pass between them is not known")
            return
        permitted = Permitted(facts, places)
        for group in own_groups(facts):
            for zone in places.groups.get(group.key, ()):
                for rule in group.rules:
                    yield from self._rule(group, zone, rule, permitted, facts)

    def _rule(
        self, group: SecurityGroup, zone: str, rule: GroupRule, permitted: Permitted, facts: Facts
    ) -> Iterator[Finding]:
        networks = peer_networks(rule, facts.network)
        if isinstance(networks, list) and is_world(networks):
            return  # SEG001, SEG002 and SEG003 tell it
        excess = permitted.excess(rule, zone)
        if isinstance(excess, Unknown):
            return  # FCL002 and FCL012 tell it
        if excess:
            word = "in from" if rule.direction.value == "ingress" else "out to"
            why = (
                f"lets group {group.name} (zone {zone}) {word} {excess} "
                f"({traffic(rule.protocol, rule.ports)}), which no flow declares"
            )
            yield self.fail(rule.origin, "", why, peer_text(rule))
