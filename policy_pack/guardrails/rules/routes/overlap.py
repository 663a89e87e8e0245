"""RTE005: networks that are joined and overlap."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.network import Network, Peering, Subnet, Vpc
from guardrails.facts.stack import Facts
from guardrails.facts.values import IPNetwork, Maybe, Ref, Unknown, inside
from guardrails.rules.base import Finding, Rule, Severity


class Overlap(Rule):
    """Refuses overlapping subnets of a VPC, subnets outside of their VPC, and joined VPCs that overlap."""

    id: ClassVar[str] = "RTE005"
    slug: ClassVar[str] = "no-overlapping-networks"
    title: ClassVar[str] = "Joined networks do not overlap, and subnets lie within their VPC"
    rationale: ClassVar[str] = (
        "An address that two networks have is answered by the nearer one: traffic meant for the other side stays, or "
        "the other way round. AWS refuses some of it only in the middle of a deployment."
    )
    fix: ClassVar[str] = "Give each network a block of its own."
    severity: ClassVar[Severity] = Severity.MEDIUM
    beside_network: ClassVar[frozenset[str] | None] = frozenset()
    covers: ClassVar[tuple[int, ...]] = (34,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/vpc/latest/peering/invalid-peering-configurations.html",
        "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html",
    )
    avoid: ClassVar[str] = """
resources:
  room: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  work: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.128.0/20}}
  link: {type: "aws:ec2:VpcPeeringConnection", properties: {vpcId: "${room.id}", peerVpcId: "${work.id}"}}
"""
    prefer: ClassVar[str] = """
resources:
  room: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  work: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.1.128.0/20}}
  link: {type: "aws:ec2:VpcPeeringConnection", properties: {vpcId: "${room.id}", peerVpcId: "${work.id}"}}
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge subnets by their VPC and each other, and VPCs by what joins them."""
        network = facts.network
        for peering in network.peerings:
            yield from self._peering(peering)
        yield from self._attached(network)
        by_vpc: dict[str, list[Subnet]] = {}
        for subnet in network.subnets:
            if isinstance(subnet.vpc, Ref) and subnet.vpc.key:
                by_vpc.setdefault(subnet.vpc.key, []).append(subnet)
        for vpc in network.vpcs:
            yield from self._subnets(vpc, by_vpc.get(vpc.key, []))

    def _peering(self, peering: Peering) -> Iterator[Finding]:
        pair = overlap(peering.requester_cidrs, peering.accepter_cidrs)
        if pair is not None:
            why = f"joins networks that overlap: {pair[0]} and {pair[1]}"
            yield self.fail(peering.origin, "peerVpcId", why, str(pair[1]))

    def _attached(self, network: Network) -> Iterator[Finding]:
        blocks = {item.key: item.cidrs for item in network.vpcs}
        attached = [item for item in network.transit_attachments if item.kind == "vpc"]
        for index, one in enumerate(attached):
            for other in attached[:index]:
                mine, its = _blocks(one.resource, blocks), _blocks(other.resource, blocks)
                same = isinstance(one.gateway, Ref) and one.gateway == other.gateway
                pair = overlap(mine, its) if same and one.resource != other.resource else None
                if pair is not None:
                    why = (
                        f"attaches a network that overlaps another one on the transit gateway: {pair[0]} and {pair[1]}"
                    )
                    yield self.fail(one.origin, "vpcId", why, str(pair[0]))

    def _subnets(self, vpc: Vpc, subnets: list[Subnet]) -> Iterator[Finding]:
        complete = all(not isinstance(block, Unknown) for block in vpc.cidrs)
        listed = [(subnet, block) for subnet in subnets for block in subnet.cidrs if not isinstance(block, Unknown)]
        known = [block for block in vpc.cidrs if not isinstance(block, Unknown)]
        for subnet, block in listed:
            if complete and block.version == 4 and not any(inside(block, outer) for outer in known):
                yield self.fail(subnet.origin, "cidrBlock", f"lies outside of its VPC {vpc.name}", str(block))
        ordered = sorted(listed, key=lambda pair: (pair[1].version, int(pair[1].network_address), pair[1].prefixlen))
        widest: IPNetwork | None = None  # of those before: the one that ends last
        for subnet, block in ordered:
            if widest is not None and widest.version == block.version and widest.overlaps(block):
                yield self.fail(subnet.origin, "cidrBlock", f"overlaps {widest} of the same VPC", str(block))
            elif widest is None or widest.version != block.version or widest.broadcast_address < block.network_address:  # pyright: ignore[reportOperatorIssue]
                widest = block


def overlap(
    one: tuple[Maybe[IPNetwork], ...], other: tuple[Maybe[IPNetwork], ...]
) -> tuple[IPNetwork, IPNetwork] | None:
    """Give the first pair of blocks that overlap, None where none of the known ones do."""
    for mine in one:
        for its in other:
            if isinstance(mine, Unknown) or isinstance(its, Unknown) or mine.version != its.version:
                continue
            if mine.overlaps(its):
                return mine, its
    return None


def _blocks(vpc: Maybe[Ref], blocks: dict[str, tuple[Maybe[IPNetwork], ...]]) -> tuple[Maybe[IPNetwork], ...]:
    return blocks.get(vpc.key or "", ()) if isinstance(vpc, Ref) else ()
