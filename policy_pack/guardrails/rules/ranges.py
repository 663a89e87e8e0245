"""Sets of addresses and ports that rules compare: what "the whole internet" means, and unions of group rules."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from guardrails.facts.network import ALL_PORTS, ANY_PROTOCOL, GroupRef, GroupRule, Network, Ports, PrefixListRef
from guardrails.facts.values import IPNetwork, Maybe, Ref, Unknown
from guardrails.sets.intervals import IntervalSet

_NOT_PUBLIC_V4 = (
    # IANA special-purpose registry (RFC 6890) and multicast: nobody on the internet has these.
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
)
_PUBLIC_V6 = "2000::/3"
"""The only block that IANA gives out as global unicast addresses (RFC 4291, IANA registry)."""

WORLD_V4_PREFIX, WORLD_V6_PREFIX = 8, 16
"""A union of public addresses as large as one block of this size is called the world."""


def span(network: IPNetwork) -> IntervalSet:
    """Give a block as a set of numbers."""
    return IntervalSet.span(int(network.network_address), int(network.broadcast_address))


def spans(networks: Iterable[IPNetwork], version: int) -> IntervalSet:
    """Give the union of the blocks of one IP version."""
    return IntervalSet.union(
        (int(item.network_address), int(item.broadcast_address)) for item in networks if item.version == version
    )


PUBLIC_V4 = IntervalSet.span(0, 2**32 - 1) - spans(map(ipaddress.ip_network, _NOT_PUBLIC_V4), 4)
PUBLIC_V6 = span(ipaddress.ip_network(_PUBLIC_V6))


def public_part(networks: Iterable[IPNetwork]) -> tuple[IntervalSet, IntervalSet]:
    """Give what of the blocks lies on the internet: IPv4, IPv6."""
    listed = list(networks)
    return spans(listed, 4) & PUBLIC_V4, spans(listed, 6) & PUBLIC_V6


def is_world(networks: Iterable[IPNetwork]) -> bool:
    """Tell whether blocks together hold so much of the internet that they restrict nobody."""
    v4, v6 = public_part(networks)
    return v4.size >= 2 ** (32 - WORLD_V4_PREFIX) or v6.size >= 2 ** (128 - WORLD_V6_PREFIX)


def is_public(network: IPNetwork) -> bool:
    """Tell whether a block holds any address of the internet."""
    v4, v6 = public_part([network])
    return bool(v4) or bool(v6)


# -- group rules ------------------------------------------------------------------------------------------------------


def peer_networks(rule: GroupRule, network: Network | None = None) -> Maybe[list[IPNetwork]] | None:
    """Give the blocks that a rule's peer stands for; None for a security group."""
    peer = rule.peer
    if isinstance(peer, Unknown):
        return peer
    if isinstance(peer, GroupRef):
        return None
    if isinstance(peer, PrefixListRef):
        return _listed(peer, network)
    return [peer]


def _listed(peer: PrefixListRef, network: Network | None) -> Maybe[list[IPNetwork]]:
    if isinstance(peer.list, Unknown):
        return peer.list
    named = peer.list.key or peer.list.literal
    for item in network.prefix_lists if network else ():
        if named in {item.key, item.id} and item.entries is not None:
            blocks = [entry for entry in item.entries if not isinstance(entry, Unknown)]
            missing = next((entry for entry in item.entries if isinstance(entry, Unknown)), None)
            return blocks if missing is None else missing
    name = peer.list.literal or peer.list.key or ""
    return Unknown(name, "the entries of the prefix list are not in the stack")


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of ports of one protocol on which the same rules act."""

    protocol: int
    ports: Ports
    rules: tuple[GroupRule, ...]


def segments(rules: Iterable[GroupRule]) -> Iterator[Segment]:
    """Cut rules into stretches of ports; a rule for all protocols acts in each of them.

    Rules whose protocol or ports are unknown are taken for all of them.
    """
    listed = list(rules)
    for protocol in sorted({_protocol(rule) for rule in listed}):
        acting = [rule for rule in listed if _protocol(rule) in {protocol, ANY_PROTOCOL}]
        yield from _cut(protocol, acting)


def _cut(protocol: int, acting: list[GroupRule]) -> Iterator[Segment]:
    edges = sorted({point for rule in acting for point in (_ports(rule).low, _ports(rule).high + 1)})
    for low, after in pairwise(edges):
        within = tuple(rule for rule in acting if _ports(rule).low <= low and after - 1 <= _ports(rule).high)
        if within:
            yield Segment(protocol, Ports(low, after - 1), within)


def _protocol(rule: GroupRule) -> int:
    return ANY_PROTOCOL if isinstance(rule.protocol, Unknown) else rule.protocol


def _ports(rule: GroupRule) -> Ports:
    """Give the ports of a rule, all of them where they are not known or its protocol has none."""
    return ALL_PORTS if isinstance(rule.ports, Unknown) or rule.protocol not in {6, 17} else rule.ports


_NAMES = {ANY_PROTOCOL: "all protocols", 1: "ICMP", 6: "TCP", 17: "UDP", 58: "ICMPv6"}


def traffic(protocol: Maybe[int], ports: Maybe[Ports]) -> str:
    """Say what a rule lets pass: `TCP 443`, `UDP 1024-65535`, `all protocols`."""
    if isinstance(protocol, Unknown):
        return "a protocol that is not known"
    name = _NAMES.get(protocol, f"protocol {protocol}")
    if protocol not in {6, 17}:
        return name
    if isinstance(ports, Unknown):
        return f"{name}, ports not known"
    return f"{name} {ports.low}" if ports.low == ports.high else f"{name} {ports.low}-{ports.high}"


def covers_port(rule: GroupRule, port: int) -> Maybe[bool]:
    """Tell whether a rule lets TCP or UDP to this port pass."""
    if rule.protocol == ANY_PROTOCOL:
        return True
    if isinstance(rule.protocol, int) and rule.protocol not in {6, 17}:
        return False
    if isinstance(rule.ports, Unknown):
        return rule.ports
    inside = rule.ports.low <= port <= rule.ports.high
    if isinstance(rule.protocol, Unknown):
        return rule.protocol if inside else False
    return inside


def peer_text(rule: GroupRule) -> str:
    """Say who a rule's peer is."""
    peer = rule.peer
    if isinstance(peer, GroupRef):
        return _named(peer.group)
    if isinstance(peer, PrefixListRef):
        return _named(peer.list)
    return "(not known)" if isinstance(peer, Unknown) else str(peer)


def _named(ref: Maybe[Ref]) -> str:
    if isinstance(ref, Unknown):
        return "(not known)"
    return (ref.key or ref.literal or "").rsplit("::", 1)[-1]
