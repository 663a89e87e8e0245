"""All objects of a network together, and the keys by which they are found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import cast

from guardrails.facts.network import Item, Network
from guardrails.facts.values import Ref, Unknown

PLACED_KINDS = ("interfaces", "subnets", "vpcs", "groups", "endpoints", "load_balancers", "nat_gateways")
"""Fields of a network whose objects can be places of a question when called by name."""


def placed_items(network: Network) -> tuple[Item, ...]:
    """Give the objects that can be places of a question when called by name."""
    return tuple(item for kind in PLACED_KINDS for item in getattr(network, kind))


def named_only(network: Network) -> frozenset[str]:
    """Give the ids that objects of a network refer to and that are not among its objects."""
    return frozenset(_dangling(all_items(network)))


def _dangling(value: object) -> Iterator[str]:
    if isinstance(value, Ref):
        if value.key is None and value.literal:
            yield value.literal
    elif isinstance(value, tuple):
        for part in cast("tuple[object, ...]", value):
            yield from _dangling(part)
    elif is_dataclass(value):
        for member in fields(value):
            yield from _dangling(getattr(value, member.name))


def all_items(network: Network) -> tuple[Item, ...]:
    """Give every object of a network."""
    return (
        *network.vpcs, *network.subnets, *network.route_tables, *network.prefix_lists, *network.groups,
        *network.nacls, *network.interfaces, *network.internet_gateways, *network.nat_gateways,
        *network.vpn_gateways, *network.vpn_connections, *network.direct_connect_gateways,
        *network.virtual_interfaces, *network.peerings, *network.endpoints, *network.transit_gateways,
        *network.transit_attachments, *network.transit_tables, *network.load_balancers, *network.target_groups,
        *network.endpoint_services,
    )  # fmt: skip


def keys_of(network: Network) -> dict[str, str]:
    """Map every known id and key to the key of the object that has it."""
    keys: dict[str, str] = {}
    for item in all_items(network):
        keys[item.key] = item.key
        if not isinstance(item.id, Unknown) and item.id:
            keys.setdefault(item.id, item.key)
    return keys
