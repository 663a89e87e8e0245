"""Places that an intent names, and which zone an address or a tag belongs to.

Apart from the intent's model, so that a rule which only asks for zones does not load the validation of intent files.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Network, IPv6Network
from typing import TYPE_CHECKING

from guardrails.facts.values import IPNetwork, inside

if TYPE_CHECKING:
    from guardrails.facts.intent import Intent

INTERNET = "internet"
ANYWHERE = "*"
SERVICE = "aws:"
"""Before the name of an AWS service that a gateway endpoint serves: `aws:s3`, `aws:dynamodb`."""


def parse_network(text: str) -> IPNetwork | None:
    """Read a CIDR, None where the text is none."""
    for read in (IPv4Network, IPv6Network):
        try:
            return read(text)
        except ValueError:
            continue
    return None


def zones_of(cidrs: Iterable[IPNetwork], tags: Mapping[str, str], intent: Intent) -> list[str]:
    """Name the zones that a subnet with these blocks and tags belongs to; a block decides before a tag."""
    networks = list(cidrs)
    by_block = [name for name, zone in intent.zones.items() if _within(networks, zone.cidrs)]
    if by_block:
        return by_block
    return [
        name
        for name, zone in intent.zones.items()
        if zone.tags and all(tags.get(key) == value for key, value in zone.tags.items())
    ]


def _within(networks: list[IPNetwork], blocks: tuple[IPNetwork, ...]) -> bool:
    return any(inside(network, block) for network in networks for block in blocks)
