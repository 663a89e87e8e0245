"""Whether the VPC that something names holds protected subnets, and whether a resource belongs to a protected zone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guardrails.facts.resource import Resource
from guardrails.facts.values import Maybe, Ref, Unknown
from guardrails.facts.zoning import zones_of

if TYPE_CHECKING:
    from guardrails.facts.intent import Intent


def zones_in(vpcs: dict[str, tuple[str, ...]], vpc: Maybe[Ref] | None) -> tuple[str, ...]:
    """Give the protected zones of the VPC that a reference names."""
    if not isinstance(vpc, Ref):
        return ()
    return vpcs.get(vpc.key or vpc.literal or "", ())


def undecided(vpc: Maybe[Ref] | None) -> Unknown | None:
    """Give what is missing where a reference cannot be told."""
    return vpc if isinstance(vpc, Unknown) else None


def tagged_protected(resource: Resource, intent: Intent) -> Maybe[bool]:
    """Tell whether a resource carries the tags of a protected zone; Unknown where its tags do not say."""
    stated = resource.get("tags")
    if isinstance(stated, Unknown):
        return stated
    tags = {key: value for key, value in resource.tags.items() if isinstance(value, str)}
    if any(intent.zones[name].protected for name in zones_of((), tags, intent)):
        return True
    keys = {key for zone in intent.zones.values() for key in zone.tags}
    return next((value for key, value in resource.tags.items() if key in keys and isinstance(value, Unknown)), False)
