"""SEG024: a group rule that others already hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from guardrails.facts.network import ANY_PROTOCOL, GroupRef, GroupRule, PrefixListRef
from guardrails.facts.stack import Facts
from guardrails.facts.values import IPNetwork, Ref, Unknown
from guardrails.rules.base import Finding, Level, Rule, Severity
from guardrails.rules.groups.common import own_groups
from guardrails.rules.ranges import span, spans, traffic


class RedundantRule(Rule):
    """Tells of rules that change nothing, because the other rules of the group let the same traffic pass."""

    id: ClassVar[str] = "SEG024"
    slug: ClassVar[str] = "no-redundant-rule"
    title: ClassVar[str] = "No security group rule is covered by the others of its group"
    rationale: ClassVar[str] = (
        "A group is the union of its rules. A narrow rule beside a wide one misleads its reader: taking the narrow one "
        "away closes nothing."
    )
    fix: ClassVar[str] = "Remove the rule, or the wider one that was not meant."
    severity: ClassVar[Severity] = Severity.LOW
    enforcement: ClassVar[Mapping[str, Level]] = {"prod": Level.ADVISORY, "dev": Level.ADVISORY}
    beside_network: ClassVar[frozenset[str] | None] = frozenset()
    covers: ClassVar[tuple[int, ...]] = (24,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
    )
    avoid: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  group: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}"}}
  lower:
    type: aws:vpc:SecurityGroupIngressRule
    properties: {securityGroupId: "${group.id}", ipProtocol: "-1", cidrIpv4: 10.0.8.0/25}
  upper:
    type: aws:vpc:SecurityGroupIngressRule
    properties: {securityGroupId: "${group.id}", ipProtocol: tcp, fromPort: 0, toPort: 1023, cidrIpv4: 10.0.8.128/25}
  https:
    type: aws:vpc:SecurityGroupIngressRule
    properties: {securityGroupId: "${group.id}", ipProtocol: tcp, fromPort: 443, toPort: 443, cidrIpv4: 10.0.8.0/24}
"""
    prefer: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  group: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}"}}
  http:
    type: aws:vpc:SecurityGroupIngressRule
    properties: {securityGroupId: "${group.id}", ipProtocol: tcp, fromPort: 80, toPort: 80, cidrIpv4: 10.0.8.0/24}
  https:
    type: aws:vpc:SecurityGroupIngressRule
    properties: {securityGroupId: "${group.id}", ipProtocol: tcp, fromPort: 443, toPort: 443, cidrIpv4: 10.0.8.0/24}
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge the rules of every group that can be read whole."""
        for group in own_groups(facts):
            kept = [rule for rule in group.rules if _readable(rule)]
            for rule in sorted(kept, key=lambda item: (_width(item), item.origin.subject, item.origin.path)):
                others = [item for item in kept if item is not rule and _holds_traffic(item, rule)]
                if others and _covered(rule, others):
                    kept = [item for item in kept if item is not rule]
                    what = traffic(rule.protocol, rule.ports)
                    witness = ", ".join(sorted({f"{item.origin.subject}.{item.origin.path}" for item in others}))
                    yield self.fail(
                        rule.origin, "", f"{what} is let pass by other rules of the group already", "", witness
                    )


def _readable(rule: GroupRule) -> bool:
    peer = rule.peer
    known = not isinstance(peer, Unknown)
    if isinstance(peer, GroupRef):
        known = isinstance(peer.group, Ref)
    elif isinstance(peer, PrefixListRef):
        known = isinstance(peer.list, Ref)
    return known and not isinstance(rule.protocol, Unknown) and not isinstance(rule.ports, Unknown)


def _width(rule: GroupRule) -> tuple[int, int, int]:
    """Order the narrower rule first, so that of two it is the one to go."""
    peer = rule.peer
    size = 2**128 if isinstance(peer, GroupRef | PrefixListRef | Unknown) else peer.num_addresses
    ports = 65536 if isinstance(rule.ports, Unknown) else rule.ports.high - rule.ports.low
    return int(rule.protocol == ANY_PROTOCOL), ports, size


def _holds_traffic(wide: GroupRule, narrow: GroupRule) -> bool:
    """Tell whether a rule lets the other's protocol and ports pass, whoever the peer is."""
    if wide.direction is not narrow.direction:
        return False
    if wide.protocol == ANY_PROTOCOL:
        return True
    if wide.protocol != narrow.protocol or isinstance(wide.ports, Unknown) or isinstance(narrow.ports, Unknown):
        return False
    if narrow.protocol in {1, 58}:
        return wide.ports == narrow.ports or wide.ports.low == -1
    return wide.ports.low <= narrow.ports.low and narrow.ports.high <= wide.ports.high


def _covered(rule: GroupRule, others: list[GroupRule]) -> bool:
    peer = rule.peer
    if isinstance(peer, GroupRef | PrefixListRef | Unknown):
        return any(item.peer == peer for item in others)
    blocks: list[IPNetwork] = [
        item.peer for item in others if not isinstance(item.peer, GroupRef | PrefixListRef | Unknown)
    ]
    return span(peer) <= spans(blocks, peer.version)
