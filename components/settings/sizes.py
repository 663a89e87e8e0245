"""Whether the room's range is large enough for what the settings put into it."""

from __future__ import annotations

from collections.abc import Iterator

from components.network.addresses import OWN_BITS, SMALLEST_SUBNET, TIER_BITS, TIERS, Addresses, capacity
from components.network.services import NEEDED
from components.settings.errors import Problem
from components.settings.model import Account, Desktops, Network
from components.vocabulary import Zone

KEY = "network.room_cidr"


def undersized(network: Network, account: Account, desktops: Desktops) -> Iterator[Problem]:
    """Problems where a tier's subnet would be smaller than AWS allows or than what will live in it."""
    room, own = network.room_cidr, network.desktop_cidr
    tiers, zones = len(TIERS), len(account.zones)
    if room.prefixlen + TIER_BITS > SMALLEST_SUBNET:
        yield Problem(
            KEY,
            str(room),
            f"{tiers} tiers in up to {zones} AZs would need subnets smaller than AWS' /{SMALLEST_SUBNET}",
            f"use a /{SMALLEST_SUBNET - TIER_BITS} or larger",
        )
        return
    if own is not None and own.prefixlen + OWN_BITS > SMALLEST_SUBNET:
        yield Problem(
            "network.desktop_cidr",
            str(own),
            f"four AZs would need subnets smaller than AWS' /{SMALLEST_SUBNET}",
            f"use a /{SMALLEST_SUBNET - OWN_BITS} or larger",
        )
        return
    addresses = Addresses(room, own)
    # Each tier's addresses: an endpoint has one in each of its subnets, the desktops share two subnets.
    endpoints = len({*NEEDED, *network.endpoints.extra})
    endpoint_subnet = addresses.subnet(Zone.ENDPOINT, 0)
    if endpoints > capacity(endpoint_subnet):
        yield Problem(
            KEY,
            str(room),
            f"{endpoints} endpoints do not fit the {capacity(endpoint_subnet)} addresses of {endpoint_subnet}",
            "use a larger range, or fewer network.endpoints.extra",
        )
    places = sum(capacity(addresses.subnet(Zone.DESKTOP, index)) for index in range(2))
    if len(desktops.users) > places:
        yield Problem(
            KEY if own is None else "network.desktop_cidr",
            str(own or room),
            f"{len(desktops.users)} desktops do not fit the {places} addresses of their subnets",
            "use a larger range",
        )
