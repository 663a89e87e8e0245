"""FCL013: a place whose zone cannot be told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.network import SecurityGroup, Subnet
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, Rule, Severity
from guardrails.rules.places import Places, places_of

_APART = "ec2.Tag"


class ZoneKnown(Rule):
    """Says which subnets and groups may be in a zone that is not known, or are in several at once."""

    id: ClassVar[str] = "FCL013"
    slug: ClassVar[str] = "zone-known"
    title: ClassVar[str] = "The zone of every subnet and group can be told"
    rationale: ClassVar[str] = (
        "Zones are found by address and tag. Where those are unknown at a preview, or point to two zones, every rule "
        "about zones would judge the place by nothing or by the wrong one."
    )
    fix: ClassVar[str] = "Set the zone's tag to a literal, and let each subnet lie within one zone of the intent."
    severity: ClassVar[Severity] = Severity.HIGH
    needs_intent: ClassVar[bool] = True
    exemptible: ClassVar[bool] = False
    beside_network: ClassVar[frozenset[str] | None] = frozenset()
    covers: ClassVar[tuple[int, ...]] = (2,)
    references: ClassVar[tuple[str, ...]] = ("https://www.pulumi.com/docs/iac/concepts/inputs-outputs/",)
    example_intent: ClassVar[str] = """
version: 1
zones:
  desktop: {tags: {Zone: desktop}}
"""
    avoid: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  desktops:
    type: aws:ec2:Subnet
    properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.1.0/24, tags: {Zone: {"fn::unknown": true}}}
"""
    prefer: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  desktops:
    type: aws:ec2:Subnet
    properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.1.0/24, tags: {Zone: desktop}}
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge every subnet and group."""
        places = places_of(facts)
        if places is None:
            yield self.not_applicable("no intent names zones")
            return
        keys = {key for zone in places.intent.zones.values() for key in zone.tags} | {""}
        for subnet in facts.network.subnets:
            yield from self._place(subnet, places.subnets[subnet.key], keys, places)
        for group in facts.network.groups:
            if "#" not in group.key:
                yield from self._place(group, places.groups[group.key], keys, places)

        yield from self._beside(keys, facts)

    def _beside(self, keys: set[str], facts: Facts) -> Iterator[Finding]:
        """Tell of tags that are set apart from their resource, whose own tags are all that is read."""
        for item in facts.of(_APART):
            key = item.get("key")
            if isinstance(key, Unknown):
                yield self.unresolved(item, "key", key, "whether it changes a zone")
            elif key in keys:
                yield self.fail(item, "key", "sets the tag that says a zone apart from the resource in that zone", key)

    def _place(
        self, item: Subnet | SecurityGroup, zones: tuple[str, ...], keys: set[str], places: Places
    ) -> Iterator[Finding]:
        if isinstance(item, Subnet) and len(zones) > 1:
            yield self.fail(item.origin, "cidrBlock", f"lies in several zones: {', '.join(zones)}")
        if zones and isinstance(item, Subnet):
            return
        for key, value in item.tags:
            if key in keys and isinstance(value, Unknown):
                path = f"tags.{key}" if key else "tags"
                yield self.unresolved(item.origin, path, value, f"which zone {item.name or item.key} is in")
