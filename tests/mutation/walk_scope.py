"""How far a change of a network can be felt: the subnets whose hosts must be walked to and from again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from guardrails.facts.network import EndpointKind, Nacl, Network, RouteTable

LOCAL_KINDS = frozenset({"groups", "nacls", "route_tables"})
MIDDLEBOXES = frozenset({EndpointKind.FIREWALL, EndpointKind.GATEWAY_LOAD_BALANCER})


def touched(before: Network, after: Network) -> frozenset[str] | None:
    """Give the subnets that a change is about, None where it may be felt anywhere.

    A group's rules are asked at the interfaces that carry it, an ACL and a table for packets that are in their subnets:
    those of a subnet's own hosts, unless it forwards for others.
    """
    found: set[str] = set()
    for field in fields(Network):
        old, new = getattr(before, field.name), getattr(after, field.name)
        if old == new:
            continue
        if field.name not in LOCAL_KINDS:
            return None
        changed = {one.key for one in {*old} ^ {*new}}
        for one in (*old, *new):
            if one.key in changed:
                places = _places(one, after)
                if places is None:
                    return None
                found |= places
    return None if found & _passed_through(after) else frozenset(found)


def _places(one: Any, network: Network) -> set[str] | None:
    if isinstance(one, Nacl | RouteTable):
        fallback = one.default if isinstance(one, Nacl) else one.main is not False or bool(one.gateways)
        return None if fallback else _keys(one.subnets)
    carriers = (each for each in network.interfaces if one.key in _keys(each.groups))
    return _keys(each.subnet for each in carriers)


def _passed_through(network: Network) -> set[str]:
    """Give the subnets in which packets of other subnets' hosts are forwarded."""
    boxes = [one for one in network.endpoints if one.kind in MIDDLEBOXES]
    routers = [one.subnet for one in network.interfaces if one.source_dest_check is not True]
    listed = [ref for one in (*boxes, *network.transit_attachments) for ref in one.subnets]
    return _keys([*listed, *routers, *(nat.subnet for nat in network.nat_gateways)])


def _keys(refs: Iterable[Any]) -> set[str]:
    return {str(getattr(ref, "key", ref)) for ref in refs}
