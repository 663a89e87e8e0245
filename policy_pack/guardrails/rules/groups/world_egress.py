"""SEG003: a way out to the whole internet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.network import ANY_PROTOCOL, Direction, GroupRule, SecurityGroup
from guardrails.facts.stack import Facts
from guardrails.facts.values import IPNetwork, Unknown
from guardrails.facts.zoning import INTERNET
from guardrails.rules.base import Finding, Rule, Severity
from guardrails.rules.flows import Permitted
from guardrails.rules.groups.common import covered, own_groups
from guardrails.rules.places import places_of
from guardrails.rules.ranges import Segment, is_world, peer_networks, peer_text, segments, traffic


class WorldEgress(Rule):
    """Refuses egress to the internet but from the zones that the intent lets out, on their ports."""

    id: ClassVar[str] = "SEG003"
    slug: ClassVar[str] = "world-egress-only-where-permitted"
    title: ClassVar[str] = "Only the zones that may leave have egress to the internet"
    rationale: ClassVar[str] = (
        "The way out of the room is the proxy. A group that lets everything out makes every host behind it one route "
        "away from the internet; ranges that add up to the internet are no narrower."
    )
    fix: ClassVar[str] = (
        "Let the group out to the proxy, the endpoints and the declared places only; a zone that must reach the "
        "internet gets a flow to `internet` with its ports in the intent."
    )
    severity: ClassVar[Severity] = Severity.HIGH
    controls: ClassVar[tuple[str, ...]] = ("CKV_AWS_382", "TV AWS-0104")
    beside_network: ClassVar[frozenset[str] | None] = frozenset()
    covers: ClassVar[tuple[int, ...]] = (14, 15)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
    )
    avoid: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  desktops: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}", tags: {Zone: desktop}}}
  out:
    type: aws:vpc:SecurityGroupEgressRule
    properties: {securityGroupId: "${desktops.id}", ipProtocol: "-1", cidrIpv4: 0.0.0.0/0}
"""
    prefer: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  proxy: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}", tags: {Zone: proxy}}}
  out:
    type: aws:vpc:SecurityGroupEgressRule
    properties: {securityGroupId: "${proxy.id}", ipProtocol: tcp, fromPort: 443, toPort: 443, cidrIpv4: 0.0.0.0/0}
"""
    example_intent: ClassVar[str] = """
version: 1
zones:
  desktop: {tags: {Zone: desktop}}
  proxy: {tags: {Zone: proxy}}
flows:
  - {name: out, from: proxy, to: internet, protocol: tcp, ports: [443], via: nat}
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge the union of every group's egress."""
        places = places_of(facts)
        permitted = Permitted(facts, places) if places else None
        for group in own_groups(facts):
            egress = [item for item in group.rules if item.direction is Direction.EGRESS]
            told: set[str] = set()
            for segment in segments(egress):
                acting = [item for item in segment.rules if isinstance(peer_networks(item, facts.network), list)]
                if is_world([one for item in acting for one in _blocks(item, facts)]) and not self._allowed(
                    group, segment, permitted
                ):
                    yield from self._told(group, segment, acting, told)

    def _told(
        self, group: SecurityGroup, segment: Segment, acting: list[GroupRule], told: set[str]
    ) -> Iterator[Finding]:
        by_itself = [item for item in acting if is_world(_blocks(item, None))]
        what = traffic(segment.protocol, segment.ports)
        for item in by_itself or acting:
            if item.origin.subject not in told:
                told.add(item.origin.subject)
                together = "" if by_itself else " together with other rules"
                why = f"lets group {group.name} out to the whole internet on {what}{together}"
                yield self.fail(item.origin, "", why, peer_text(item))

    def _allowed(self, group: SecurityGroup, segment: Segment, permitted: Permitted | None) -> bool:
        if permitted is None:
            # Without an intent only the undirected way out is told: all protocols, or all ports.
            return segment.protocol != ANY_PROTOCOL and segment.ports.high - segment.ports.low < 65534
        zones = permitted.places.groups.get(group.key, ())
        return bool(zones) and all(self._zone_allows(zone, segment, permitted) for zone in zones)

    def _zone_allows(self, zone: str, segment: Segment, permitted: Permitted) -> bool:
        out = permitted.places.intent.flows_from(zone)
        return covered(segment, (flow for flow in out if flow.target == INTERNET))


def _blocks(item: GroupRule, facts: Facts | None) -> list[IPNetwork]:
    found = peer_networks(item, facts.network if facts else None)
    return [] if found is None or isinstance(found, Unknown) else found
