"""SEG018: more ports than anybody means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from typing import ClassVar

from guardrails.facts.network import ANY_PROTOCOL, Direction, GroupRef, GroupRule
from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.facts.values import Origin, Unknown
from guardrails.rules.base import Finding, Level, Severity
from guardrails.rules.group_rules import RuleOnGroupRules
from guardrails.rules.ranges import is_world, peer_text, traffic


@dataclass(frozen=True, slots=True)
class Options:
    """`most_ports`: the widest range of ports that a rule may let in; the dynamic range 49152-65535 always may."""

    most_ports: int = 1024


class PortRange(RuleOnGroupRules):
    """Refuses ingress for all protocols, or for a wide range of ports, from addresses."""

    id: ClassVar[str] = "SEG018"
    slug: ClassVar[str] = "port-range-narrow"
    title: ClassVar[str] = "No rule lets in a wide range of ports from addresses"
    rationale: ClassVar[str] = "A range hides what is used: every service that is started later is open at once."
    fix: ClassVar[str] = "List the ports that are used, one rule each."
    severity: ClassVar[Severity] = Severity.MEDIUM
    enforcement: ClassVar[Mapping[str, Level]] = {"prod": Level.MANDATORY, "dev": Level.ADVISORY}
    covers: ClassVar[tuple[int, ...]] = (18,)
    options_type: ClassVar[type[Options]] = Options
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
        "https://www.rfc-editor.org/rfc/rfc6335#section-6",
    )
    avoid: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  host:
    type: aws:ec2:SecurityGroup
    properties:
      vpcId: ${vpc.id}
      ingress: [{protocol: tcp, fromPort: 1024, toPort: 9000, cidrBlocks: [10.0.1.0/24]}]
"""
    prefer: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  host:
    type: aws:ec2:SecurityGroup
    properties:
      vpcId: ${vpc.id}
      ingress: [{protocol: tcp, fromPort: 8443, toPort: 8443, cidrBlocks: [10.0.1.0/24]}]
"""

    def judge_rules(self, at: Resource | Origin, rules: list[GroupRule], facts: Facts) -> Iterator[Finding]:
        """Judge the ingress rules that are stated in one place."""
        told: set[str] = set()
        for rule in rules:
            if rule.direction is not Direction.INGRESS or isinstance(rule.peer, GroupRef | Unknown):
                continue
            if _is_world(rule):
                continue  # SEG001 tells it
            if self._wide(rule) and rule.origin.path not in told:
                told.add(rule.origin.path)
                why = f"lets in {traffic(rule.protocol, rule.ports)}"
                yield self.fail(at, rule.origin.path, why, peer_text(rule))

    def _wide(self, rule: GroupRule) -> bool:
        if rule.protocol == ANY_PROTOCOL:
            return True
        if rule.protocol not in {6, 17} or isinstance(rule.ports, Unknown) or rule.ports.low >= 49152:
            return False
        return rule.ports.high - rule.ports.low + 1 > self.options.most_ports


def _is_world(rule: GroupRule) -> bool:
    return isinstance(rule.peer, IPv4Network | IPv6Network) and is_world([rule.peer])
