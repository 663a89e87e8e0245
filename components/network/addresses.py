"""How the room's range is divided among tiers and availability zones.

The first half is the desktops', the second half is cut into eight blocks, one a tier. Every tier has room for four
AZs. A tier's block and an AZ's place in it are fixed, so that a new AZ or tier moves nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network

from components.vocabulary import Zone

MAX_ZONES = 4
DESKTOP_BITS = 3
OWN_BITS = 2
TIER_BITS = 6
SMALLEST_SUBNET = 28
RESERVED_ADDRESSES = 5
"""Addresses of a subnet that AWS keeps: the first four and the last.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
"""

_BLOCKS: dict[Zone, int] = {
    Zone.DIRECTORY: 0,
    Zone.PROXY: 1,
    Zone.PUBLIC: 2,
    Zone.ENDPOINT: 3,
    Zone.BASTION: 4,
    Zone.INSPECTION: 5,
}
"""Which block of the second half a tier has. Blocks 6 and 7 are kept for tiers to come."""

TIERS: tuple[Zone, ...] = (Zone.DESKTOP, *_BLOCKS)
"""The room's tiers in the order of their addresses."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """The room's range, and the desktops' own one where they have one, such as a range that the company routes."""

    room: IPv4Network
    desktops: IPv4Network | None = None

    def subnet(self, tier: Zone, zone_index: int) -> IPv4Network:
        """The range of a tier's subnet in the AZ at `zone_index`; ValueError where a range is too small to divide."""
        if not 0 <= zone_index < MAX_ZONES:
            raise ValueError(f"zone index {zone_index} is outside of 0 to {MAX_ZONES - 1}")
        if tier is not Zone.DESKTOP:
            half = 1 << (TIER_BITS - 1)
            return _nth(self.room, TIER_BITS, half + _BLOCKS[tier] * MAX_ZONES + zone_index)
        if self.desktops is not None:
            return _nth(self.desktops, OWN_BITS, zone_index)
        return _nth(self.room, DESKTOP_BITS, zone_index)


def capacity(cidr: IPv4Network) -> int:
    """How many addresses of a subnet can be used."""
    return max(0, cidr.num_addresses - RESERVED_ADDRESSES)


def _nth(network: IPv4Network, bits: int, index: int) -> IPv4Network:
    length = network.prefixlen + bits
    if length > SMALLEST_SUBNET:
        raise ValueError(f"{network} is too small to be divided: the smallest is a /{SMALLEST_SUBNET - bits}")
    return IPv4Network((int(network.network_address) + index * (1 << (32 - length)), length))
