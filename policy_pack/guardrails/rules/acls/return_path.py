"""NAC003: traffic that a network ACL lets pass and whose replies it drops."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.network import ANY_PROTOCOL, Direction, Nacl, NaclEntry, Ports
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.acl_decisions import adopted, ordered, unreadable
from guardrails.rules.base import Finding, Rule, Severity
from guardrails.rules.ranges import span, traffic

EPHEMERAL = Ports(1024, 65535)
"""All ports that clients use for replies (VPC user guide, "Ephemeral ports": 1024-65535 for NAT gateways and ELB)."""

_OTHER = {Direction.INGRESS: Direction.EGRESS, Direction.EGRESS: Direction.INGRESS}


class ReturnPath(Rule):
    """Tells of an Allow without any entry the other way that would let a reply pass."""

    id: ClassVar[str] = "NAC003"
    slug: ClassVar[str] = "replies-may-return"
    title: ClassVar[str] = "What a network ACL lets pass can be answered"
    rationale: ClassVar[str] = (
        "Network ACLs are stateless: each allowed flow needs an entry for its replies to ephemeral ports. Without it "
        "the path is broken, and is then opened in haste and too wide."
    )
    fix: ClassVar[str] = (
        "Allow the peer's ephemeral ports (or, for replies of servers, the server's port) the other way."
    )
    severity: ClassVar[Severity] = Severity.LOW
    beside_network: ClassVar[frozenset[str] | None] = frozenset()
    covers: ClassVar[tuple[int, ...]] = (37,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/vpc/latest/userguide/nacl-ephemeral-ports.html",
        "https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html",
    )
    avoid: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  acl:
    type: aws:ec2:NetworkAcl
    properties:
      vpcId: ${vpc.id}
      ingress: [{ruleNo: 100, action: allow, protocol: tcp, fromPort: 443, toPort: 443, cidrBlock: 10.0.8.0/24}]
      egress: [{ruleNo: 100, action: allow, protocol: tcp, fromPort: 443, toPort: 443, cidrBlock: 10.0.8.0/24}]
"""
    prefer: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  acl:
    type: aws:ec2:NetworkAcl
    properties:
      vpcId: ${vpc.id}
      ingress: [{ruleNo: 100, action: allow, protocol: tcp, fromPort: 443, toPort: 443, cidrBlock: 10.0.8.0/24}]
      egress: [{ruleNo: 100, action: allow, protocol: tcp, fromPort: 49152, toPort: 65535, cidrBlock: 10.0.0.0/16}]
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge every ACL that the stack states."""
        for nacl in facts.network.nacls:
            if adopted(nacl):
                for direction in Direction:
                    yield from self._direction(nacl, direction)

    def _direction(self, nacl: Nacl, direction: Direction) -> Iterator[Finding]:
        mine, back = ordered(nacl, direction), ordered(nacl, _OTHER[direction])
        for listed in (mine, back):
            if isinstance(listed, Unknown):
                yield self.unresolved(nacl.origin, direction.value, listed, "whether replies may return")
                return
        for entry in mine if not isinstance(mine, Unknown) else ():
            if entry.allow is True and _needs_answer(entry) and not isinstance(back, Unknown):
                yield from self._entry(entry, back)

    def _entry(self, entry: NaclEntry, back: list[NaclEntry]) -> Iterator[Finding]:
        part = unreadable(entry)
        if part is not None:
            yield self.unresolved(entry.origin, "", part, "whether replies to it may return")
            return
        missing: Unknown | None = None
        for reply in back:
            unknown = unreadable(reply)
            if unknown is not None and reply.allow is not False:
                missing = unknown
            elif unknown is None and reply.allow is True and _answers(reply, entry):
                return
        what = traffic(entry.protocol, entry.ports)
        if missing is not None:
            yield self.unresolved(entry.origin, "", missing, f"whether replies to {what} may return")
        else:
            yield self.fail(entry.origin, "", f"lets {what} pass and no reply to it", str(entry.cidr))


def _needs_answer(entry: NaclEntry) -> bool:
    """Leave out entries for replies themselves: whole ephemeral ranges, and protocols without a fixed partner."""
    if entry.protocol not in {6, 17} or not isinstance(entry.ports, Ports):
        return isinstance(entry.protocol, Unknown) or (entry.protocol in {6, 17} and isinstance(entry.ports, Unknown))
    return entry.ports.low < EPHEMERAL.low


def _answers(reply: NaclEntry, entry: NaclEntry) -> bool:
    """Tell whether an entry lets some reply pass: to some ephemeral port of some of the same peers."""
    if isinstance(reply.cidr, Unknown) or isinstance(entry.cidr, Unknown) or reply.cidr.version != entry.cidr.version:
        return False
    if span(reply.cidr).isdisjoint(span(entry.cidr)):
        return False
    if reply.protocol == ANY_PROTOCOL:
        return True
    return reply.protocol == entry.protocol and isinstance(reply.ports, Ports) and reply.ports.high >= EPHEMERAL.low
