"""NAC002: an ACL entry that never decides."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.network import ANY_PROTOCOL, Direction, Nacl, NaclEntry, Ports
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.acl_decisions import adopted, ordered, unreadable
from guardrails.rules.base import Finding, Rule, Severity
from guardrails.rules.ranges import span, spans
from guardrails.sets.intervals import IntervalSet


class ShadowedEntry(Rule):
    """Refuses entries that earlier ones of the opposite effect decide wholly: what they say does not hold."""

    id: ClassVar[str] = "NAC002"
    slug: ClassVar[str] = "no-shadowed-entry"
    title: ClassVar[str] = "No network ACL entry is overruled by an earlier one"
    rationale: ClassVar[str] = (
        "Entries are tried from the lowest number. A Deny behind an Allow for the same traffic reads like protection "
        "and is none; an Allow behind a Deny reads like a path and is none."
    )
    fix: ClassVar[str] = "Give the entry a lower number than the one that overrules it, or remove it."
    severity: ClassVar[Severity] = Severity.MEDIUM
    beside_network: ClassVar[frozenset[str] | None] = frozenset()
    covers: ClassVar[tuple[int, ...]] = (36,)
    references: ClassVar[tuple[str, ...]] = ("https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html",)
    avoid: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  acl: {type: "aws:ec2:NetworkAcl", properties: {vpcId: "${vpc.id}"}}
  blocked:
    type: aws:ec2:NetworkAclRule
    properties:
      {networkAclId: "${acl.id}", ruleNumber: 200, ruleAction: deny, protocol: tcp, fromPort: 445, toPort: 445,
       cidrBlock: 10.0.8.0/24}
  allowed:
    type: aws:ec2:NetworkAclRule
    properties: {networkAclId: "${acl.id}", ruleNumber: 100, ruleAction: allow, protocol: "-1", cidrBlock: 10.0.0.0/8}
"""
    prefer: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  acl: {type: "aws:ec2:NetworkAcl", properties: {vpcId: "${vpc.id}"}}
  blocked:
    type: aws:ec2:NetworkAclRule
    properties:
      {networkAclId: "${acl.id}", ruleNumber: 50, ruleAction: deny, protocol: tcp, fromPort: 445, toPort: 445,
       cidrBlock: 10.0.8.0/24}
  allowed:
    type: aws:ec2:NetworkAclRule
    properties: {networkAclId: "${acl.id}", ruleNumber: 100, ruleAction: allow, protocol: "-1", cidrBlock: 10.0.0.0/8}
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge every ACL that the stack states."""
        for nacl in facts.network.nacls:
            if adopted(nacl):
                for direction in Direction:
                    yield from self._direction(nacl, direction)

    def _direction(self, nacl: Nacl, direction: Direction) -> Iterator[Finding]:
        entries = ordered(nacl, direction)
        if isinstance(entries, Unknown):
            yield self.unresolved(nacl.origin, direction.value, entries, "in which order its entries decide")
            return
        earlier: list[NaclEntry] = []
        for entry in entries:
            part = unreadable(entry)
            if part is not None:
                yield self.unresolved(entry.origin, "", part, "whether an earlier entry overrules it")
                continue
            against = [item for item in earlier if item.allow is not entry.allow and _holds(item, entry)]
            if against and _blocks(entry) <= _blocks(*against):
                numbers = ", ".join(str(item.number) for item in against)
                why = f"never decides: earlier {'Deny' if entry.allow else 'Allow'} entries match all of it"
                yield self.fail(entry.origin, "", why, f"entry {entry.number} behind {numbers}")
            earlier.append(entry)


def _blocks(*entries: NaclEntry) -> IntervalSet:
    version = next((item.cidr.version for item in entries if not isinstance(item.cidr, Unknown)), 4)
    return spans([item.cidr for item in entries if not isinstance(item.cidr, Unknown)], version)


def _holds(wide: NaclEntry, narrow: NaclEntry) -> bool:
    """Tell whether an entry is about all of the other's protocol and ports, in the same IP version."""
    if isinstance(wide.cidr, Unknown) or isinstance(narrow.cidr, Unknown) or wide.cidr.version != narrow.cidr.version:
        return False
    if wide.protocol == ANY_PROTOCOL:
        return not span(wide.cidr).isdisjoint(span(narrow.cidr))
    if wide.protocol != narrow.protocol or not isinstance(wide.ports, Ports) or not isinstance(narrow.ports, Ports):
        return False
    if narrow.protocol in {1, 58}:
        return wide.icmp == narrow.icmp or wide.icmp in {None, Ports(-1, -1)}
    return wide.ports.low <= narrow.ports.low and narrow.ports.high <= wide.ports.high
