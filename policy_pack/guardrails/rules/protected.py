"""Which VPCs hold protected subnets, and which resources belong to protected zones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guardrails.facts.network import Network
from guardrails.facts.resource import Resource
from guardrails.facts.values import Maybe, Ref, Unknown
from guardrails.facts.zoning import zones_of
from guardrails.rules.places import Places

if TYPE_CHECKING:
    from guardrails.facts.intent import Intent


def protected_vpcs(network: Network, places: Places) -> dict[str, tuple[str, ...]]:
    """Give the protected zones of each VPC that has any, by the VPC's key."""
    found: dict[str, set[str]] = {}
    for subnet in network.subnets:
        if not isinstance(subnet.vpc, Ref):
            continue
        zones = [name for name in places.subnets[subnet.key] if places.intent.zones[name].protected]
        if zones:
            found.setdefault(subnet.vpc.key or subnet.vpc.literal or "", set()).update(zones)
    return {key: tuple(sorted(zones)) for key, zones in found.items()}


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
