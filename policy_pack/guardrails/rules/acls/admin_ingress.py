"""NAC001: a network ACL that lets the internet reach administration ports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from guardrails.facts.network import ANY_PROTOCOL, Direction, Nacl, NaclEntry, Ports
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.acl_decisions import adopted, decisions, ordered, unreadable
from guardrails.rules.base import Finding, Rule, Severity
from guardrails.rules.ranges import PUBLIC_V4, PUBLIC_V6, WORLD_V4_PREFIX, WORLD_V6_PREFIX
from guardrails.sets.intervals import IntervalSet

TCP = 6
_ENOUGH = {4: 2 ** (32 - WORLD_V4_PREFIX), 6: 2 ** (128 - WORLD_V6_PREFIX)}
_PUBLIC = {4: PUBLIC_V4, 6: PUBLIC_V6}
_EPHEMERAL_LOW, _EPHEMERAL_WIDTH = 1024, 16384
"""A range that begins here or later and is this wide is for replies (the narrowest, 49152-65535, is Windows')."""


@dataclass(frozen=True, slots=True)
class Options:
    """`ports`: what counts as administration."""

    ports: tuple[str, ...] = ("20", "21", "22", "3389")


class AdminIngress(Rule):
    """Judges the decision of the entries in their order, not each entry by itself."""

    id: ClassVar[str] = "NAC001"
    slug: ClassVar[str] = "no-admin-ingress-from-the-world"
    title: ClassVar[str] = "No network ACL lets the internet reach an administration port"
    rationale: ClassVar[str] = (
        "The ACL is the second line behind the groups. What counts is the first entry that matches: a Deny with a "
        "higher number than an Allow denies nothing, and one with a lower number makes a wide Allow harmless."
    )
    fix: ClassVar[str] = "Name the callers' CIDR in the Allow, or put a Deny for the port before it."
    severity: ClassVar[Severity] = Severity.MEDIUM
    controls: ClassVar[tuple[str, ...]] = (
        "CKV_AWS_229", "CKV_AWS_230", "CKV_AWS_231", "CKV_AWS_232", "SH EC2.21", "CIS 6.2",
    )  # fmt: skip
    beside_network: ClassVar[frozenset[str] | None] = frozenset()
    covers: ClassVar[tuple[int, ...]] = (35, 36)
    options_type: ClassVar[type[Options]] = Options
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html",
        "https://docs.aws.amazon.com/vpc/latest/userguide/nacl-ephemeral-ports.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-21",
    )
    avoid: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  acl:
    type: aws:ec2:NetworkAcl
    properties:
      vpcId: ${vpc.id}
      ingress:
        - {ruleNo: 200, action: deny, protocol: tcp, fromPort: 22, toPort: 22, cidrBlock: 0.0.0.0/0}
        - {ruleNo: 100, action: allow, protocol: tcp, fromPort: 0, toPort: 443, cidrBlock: 0.0.0.0/0}
"""
    prefer: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  acl:
    type: aws:ec2:NetworkAcl
    properties:
      vpcId: ${vpc.id}
      ingress:
        - {ruleNo: 100, action: deny, protocol: tcp, fromPort: 0, toPort: 79, cidrBlock: 0.0.0.0/0}
        - {ruleNo: 200, action: allow, protocol: tcp, fromPort: 0, toPort: 443, cidrBlock: 0.0.0.0/0}
        - {ruleNo: 300, action: allow, protocol: tcp, fromPort: 1024, toPort: 65535, cidrBlock: 0.0.0.0/0}
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge every ACL that the stack states."""
        for nacl in facts.network.nacls:
            if adopted(nacl) and not _as_aws_made_it(nacl):
                yield from self._nacl(nacl)

    def _nacl(self, nacl: Nacl) -> Iterator[Finding]:
        entries = ordered(nacl, Direction.INGRESS)
        if isinstance(entries, Unknown):
            yield self.unresolved(nacl.origin, "ingress", entries, "in which order its entries decide")
            return
        missing = [(entry, part) for entry in entries if (part := unreadable(entry)) is not None]
        for entry, part in missing:
            if entry.allow is not False:
                yield self.unresolved(entry.origin, "", part, "what this entry lets in cannot be told")
        known = [entry for entry in entries if unreadable(entry) is None]
        for text in self.options.ports:
            for version in (4, 6):
                yield from self._port(nacl, known, int(text), version)

    def _port(self, nacl: Nacl, entries: list[NaclEntry], port: int, version: int) -> Iterator[Finding]:
        opened = IntervalSet.EMPTY
        by: list[str] = []
        for decision in decisions(entries, TCP, port, version):
            part = decision.addresses & _PUBLIC[version]
            if part and decision.entry.allow is True and not _for_replies(decision.entry):
                opened |= part
                by.append(f"{decision.entry.number}")
        if opened.size >= _ENOUGH[version]:
            why = f"lets the internet in on TCP {port} (IPv{version})"
            yield self.fail(nacl.origin, "ingress", why, f"entries {', '.join(by)}")


def _for_replies(entry: NaclEntry) -> bool:
    ports = entry.ports
    if not isinstance(ports, Ports) or entry.protocol != TCP:
        return False
    return ports.low >= _EPHEMERAL_LOW and ports.high - ports.low >= _EPHEMERAL_WIDTH - 1


def _as_aws_made_it(nacl: Nacl) -> bool:
    """Tell whether a default ACL was adopted open as it was: no filter, hence none that lets anything in."""
    entries = [entry for entry in nacl.entries if entry.direction is Direction.INGRESS]
    return (
        nacl.default
        and nacl.complete is True
        and all(
            entry.allow is True
            and entry.protocol == ANY_PROTOCOL
            and not isinstance(entry.cidr, Unknown)
            and entry.cidr.prefixlen == 0
            for entry in entries
        )
    )
