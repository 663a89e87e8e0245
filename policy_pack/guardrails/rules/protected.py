"""Which VPCs hold protected subnets."""

from __future__ import annotations

from guardrails.facts.network import Network
from guardrails.facts.values import Maybe, Ref, Unknown
from guardrails.rules.places import Places


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
