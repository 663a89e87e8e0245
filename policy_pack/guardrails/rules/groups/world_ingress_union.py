"""SEG002: rules that let the internet in only together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from guardrails.facts.network import Direction, GroupRule, PrefixListRef, SecurityGroup
from guardrails.facts.stack import Facts
from guardrails.facts.values import IPNetwork, Maybe, Ref, Unknown
from guardrails.rules.base import Finding, Rule, Severity
from guardrails.rules.groups.common import lets_in, own_groups, welcomed
from guardrails.rules.ranges import Segment, is_world, peer_networks, segments, traffic


class WorldIngressUnion(Rule):
    """Refuses what no single rule opens: the union of a group's rules, prefix lists included.

    Also what a single one opens on ports that another zone than the group's is to be reached on.
    """

    id: ClassVar[str] = "SEG002"
    slug: ClassVar[str] = "no-world-ingress-in-sum"
    title: ClassVar[str] = "The rules of a security group do not add up to the internet"
    rationale: ClassVar[str] = (
        "0.0.0.0/1 and 128.0.0.0/1 in two rules, or a prefix list with both, are 0.0.0.0/0. Security groups are "
        "unions, so only the union tells who may come in."
    )
    fix: ClassVar[str] = "Replace the ranges by the callers' own: a security group, a short prefix list or their CIDRs."
    severity: ClassVar[Severity] = Severity.CRITICAL
    beside_network: ClassVar[frozenset[str] | None] = frozenset()
    covers: ClassVar[tuple[int, ...]] = (13,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
        "https://docs.aws.amazon.com/vpc/latest/userguide/managed-prefix-lists.html",
    )
    avoid: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  web: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}"}}
  all:
    type: aws:vpc:SecurityGroupIngressRule
    properties: {securityGroupId: "${web.id}", ipProtocol: tcp, fromPort: 443, toPort: 443, prefixListId: "${list.id}"}
  list:
    type: aws:ec2:ManagedPrefixList
    properties: {addressFamily: IPv4, maxEntries: 2, name: all, entries: [{cidr: 0.0.0.0/1}, {cidr: 128.0.0.0/1}]}
"""
    prefer: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  web: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}"}}
  office:
    type: aws:vpc:SecurityGroupIngressRule
    properties: {securityGroupId: "${web.id}", ipProtocol: tcp, fromPort: 443, toPort: 443, prefixListId: "${list.id}"}
  list:
    type: aws:ec2:ManagedPrefixList
    properties: {addressFamily: IPv4, maxEntries: 2, name: offices, entries: [{cidr: 10.8.0.0/24}]}
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge the union of every group."""
        for group in own_groups(facts):
            yield from self._group(group, facts)

    def _group(self, group: SecurityGroup, facts: Facts) -> Iterator[Finding]:
        ingress = [item for item in group.rules if item.direction is Direction.INGRESS]
        blocks = {id(item): peer_networks(item, facts.network) for item in ingress}
        for item in ingress:
            found = blocks[id(item)]
            if isinstance(found, Unknown) and isinstance(item.peer, PrefixListRef) and isinstance(item.peer.list, Ref):
                yield self.unresolved(item.origin, "", found, "who may come in cannot be told")
        told: set[tuple[str, ...]] = set()
        for segment in segments(ingress):
            parts = _parts(segment, blocks)
            key = tuple(sorted({item.origin.subject for item, _ in parts}))
            if key in told or not is_world([block for _, found in parts for block in found]):
                continue
            # SEG001 has told what one resource opens, but for ports that some zone is to be reached on.
            if lets_in(group, segment, facts) or (_alone(parts, facts) and not welcomed(segment, facts.intent)):
                continue
            told.add(key)
            value = " + ".join(dict.fromkeys(str(block) for _, found in parts for block in found))
            why = f"its rules together let the whole internet in on {traffic(segment.protocol, segment.ports)}"
            yield self.fail(group.origin, "ingress", why, value, ", ".join(key))


def _parts(
    segment: Segment, blocks: Mapping[int, Maybe[list[IPNetwork]] | None]
) -> list[tuple[GroupRule, list[IPNetwork]]]:
    return [(item, found) for item in segment.rules if isinstance(found := blocks[id(item)], list)]


def _alone(parts: list[tuple[GroupRule, list[IPNetwork]]], facts: Facts) -> bool:
    """Tell whether one resource opens it by its own CIDR blocks alone."""
    by_resource: dict[str, list[IPNetwork]] = {}
    for item, found in parts:
        stated = facts.seen is not None or item.origin.subject in facts.by_urn
        own = peer_networks(item) if stated else None
        by_resource.setdefault(item.origin.subject, []).extend(found if isinstance(own, list) else ())
    return any(is_world(found) for found in by_resource.values())
