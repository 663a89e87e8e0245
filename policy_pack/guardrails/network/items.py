"""All objects of a network together, and the keys by which they are found."""

from __future__ import annotations

from guardrails.facts.network import Item, Network
from guardrails.facts.values import Unknown


def placed_items(network: Network) -> tuple[Item, ...]:
    """Give the objects that can be places of a question when called by name."""
    return (
        *network.interfaces, *network.subnets, *network.vpcs, *network.groups, *network.endpoints,
        *network.load_balancers, *network.nat_gateways,
    )  # fmt: skip


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
