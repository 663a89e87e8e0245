"""What the intent's flows permit, as sets: from whom, to whom, on which ports."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from guardrails.facts.network import ANY_PROTOCOL, Direction, GroupRef, GroupRule, PrefixListRef
from guardrails.facts.stack import Facts
from guardrails.facts.values import IPNetwork, Maybe, Ref, Unknown, inside
from guardrails.facts.zoning import ANYWHERE, INTERNET, SERVICE, parse_network
from guardrails.rules.places import Places
from guardrails.rules.ranges import peer_networks, spans
from guardrails.sets.intervals import IntervalSet

if TYPE_CHECKING:
    from guardrails.facts.intent import Flow

_PROTOCOLS = {"tcp": 6, "udp": 17, "icmp": 1, "icmpv6": 58, "any": ANY_PROTOCOL}
_WORLD = (ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0"))
ALL_PORTS = IntervalSet.span(0, 65535)


def protocol_of(flow: Flow) -> int:
    """Give a flow's protocol by number."""
    return flow.protocol if isinstance(flow.protocol, int) else _PROTOCOLS[flow.protocol]


def ports_of(flow: Flow) -> IntervalSet:
    """Give a flow's ports; a flow that names none has all of them."""
    return IntervalSet.union(flow.ports) if flow.ports else ALL_PORTS


class Permitted:
    """The flows of an intent over the zones of a network."""

    def __init__(self, facts: Facts, places: Places) -> None:
        self.places = places
        self.facts = facts

    def blocks(self, place: str) -> list[IPNetwork]:
        """Give the addresses of a place: a zone's blocks and subnets, a CIDR, or the world."""
        if place in {INTERNET, ANYWHERE}:
            return list(_WORLD)
        zone = self.places.intent.zones.get(place)
        if zone is None:
            found = parse_network(place)
            return [found] if found else []
        inside = [
            block
            for subnet in self.places.network.subnets
            if place in self.places.subnets[subnet.key]
            for block in subnet.cidrs
            if not isinstance(block, Unknown)
        ]
        return [*zone.cidrs, *inside]

    def partners(self, zone: str, direction: Direction) -> Iterator[tuple[Flow, str]]:
        """Give the flows in which a zone takes part on this side, with the place at the other end."""
        for flow in self.places.intent.flows:
            own, other = (flow.target, flow.source) if direction is Direction.INGRESS else (flow.source, flow.target)
            if own in {zone, ANYWHERE} or self._within(zone, own):
                yield flow, other

    def _within(self, zone: str, place: str) -> bool:
        """Tell whether a flow that names a CIDR means a part of this zone."""
        block = parse_network(place)
        return block is not None and any(_overlaps(block, own) for own in self.blocks(zone))

    def excess(self, rule: GroupRule, zone: str) -> Maybe[str]:
        """Say what a group rule lets through beyond a zone's flows; empty where it keeps to them.

        Gives an `Unknown` where the rule's peer or ports are not known.
        """
        protocol, ports = rule.protocol, rule.ports
        if isinstance(protocol, Unknown):
            return protocol
        if isinstance(ports, Unknown):
            return ports
        flows = [
            (flow, other)
            for flow, other in self.partners(zone, rule.direction)
            if protocol_of(flow) in {protocol, ANY_PROTOCOL}
        ]
        wanted = IntervalSet.span(ports.low, ports.high) if protocol in {6, 17} else ALL_PORTS
        if isinstance(rule.peer, PrefixListRef):
            return self._list_excess(rule, flows, wanted)
        if isinstance(rule.peer, GroupRef):
            return self._group_excess(rule.peer, flows, wanted)
        networks = peer_networks(rule)
        return networks if isinstance(networks, Unknown) else self._block_excess(networks or [], flows, wanted)

    def _group_excess(self, peer: GroupRef, flows: list[tuple[Flow, str]], wanted: IntervalSet) -> Maybe[str]:
        if isinstance(peer.group, Unknown):
            return peer.group
        if peer.group.key is None:
            return self._outside_excess(peer.group.literal or "", flows, wanted)
        zones = self.places.groups.get(peer.group.key, ())
        if not zones:
            return "a group that is in no zone"
        for zone in zones:
            missing = wanted - _union(ports_of(flow) for flow, other in flows if self._names(other, zone))
            if missing:
                return f"zone {zone} on ports {_shown(missing)}"
        return ""

    def _outside_excess(self, group: str, flows: list[tuple[Flow, str]], wanted: IntervalSet) -> str:
        """Judge a group outside of the stack by its declared addresses; without any, by flows with places outside."""
        declared = next((one for one in self.places.intent.externals if one.id == group), None)
        if declared is None:
            return ""  # FCL007 tells it
        if declared.cidrs:
            return self._block_excess(list(declared.cidrs), flows, wanted)
        missing = wanted - _union(ports_of(flow) for flow, other in flows if other not in self._own_zones)
        return f"group {group}, which is outside of the stack, on ports {_shown(missing)}" if missing else ""

    @cached_property
    def _own_zones(self) -> set[str]:
        """Zones that have subnets in the stack."""
        return {zone for zones in self.places.subnets.values() for zone in zones}

    def _names(self, place: str, zone: str) -> bool:
        if place in {zone, ANYWHERE}:
            return True
        block = parse_network(place)
        return block is not None and all(inside(own, block) for own in self.blocks(zone))

    def _block_excess(self, networks: list[IPNetwork], flows: list[tuple[Flow, str]], wanted: IntervalSet) -> str:
        for low, high in _stretches(wanted, [ports_of(flow) for flow, _ in flows]):
            acting = [other for flow, other in flows if IntervalSet.span(low, high) <= ports_of(flow)]
            allowed = [block for other in acting for block in self.blocks(other)]
            for version in (4, 6):
                rest = spans(networks, version) - spans(allowed, version)
                if rest:
                    first = (
                        ipaddress.ip_address(rest.sample()) if version == 4 else ipaddress.IPv6Address(rest.sample())
                    )
                    return f"addresses such as {first} on ports {low}-{high}"
        return ""

    def _list_excess(self, rule: GroupRule, flows: list[tuple[Flow, str]], wanted: IntervalSet) -> Maybe[str]:
        service = self._service(rule)
        if service is not None:
            permitted = {INTERNET, ANYWHERE, f"{SERVICE}{service}"}
            covered = _union(ports_of(flow) for flow, other in flows if other in permitted)
            missing = wanted - covered
            return f"{SERVICE}{service} on ports {_shown(missing)}" if missing else ""
        networks = peer_networks(rule, self.places.network)
        return networks if isinstance(networks, Unknown) else self._block_excess(networks or [], flows, wanted)

    def _service(self, rule: GroupRule) -> str | None:
        """Name the AWS service of a gateway endpoint's prefix list, or of one that AWS keeps for it."""
        peer = rule.peer
        if not isinstance(peer, PrefixListRef) or not isinstance(peer.list, Ref) or not peer.list.key:
            return None
        for endpoint in self.places.network.endpoints:
            if peer.list.key == f"{endpoint.key}#prefix-list" and isinstance(endpoint.service, str):
                return endpoint.service.rsplit(".", 1)[-1]
        for listed in self.places.network.prefix_lists:
            # https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html
            if listed.key == peer.list.key and listed.aws_managed and listed.name.startswith("com.amazonaws."):
                return listed.name.rsplit(".", 1)[-1]
        return None


def _union(parts: Iterable[IntervalSet]) -> IntervalSet:
    return IntervalSet.union(interval for part in parts for interval in part)


def _shown(ports: IntervalSet) -> str:
    return ", ".join(f"{low}" if low == high else f"{low}-{high}" for low, high in ports)


def _stretches(wanted: IntervalSet, sets: list[IntervalSet]) -> Iterator[tuple[int, int]]:
    """Cut the wanted ports so that each piece lies wholly inside or outside of every set."""
    cuts = {0, 65536} | {point for part in (wanted, *sets) for low, high in part for point in (low, high + 1)}
    edges = sorted(cuts)
    for low, after in pairwise(edges):
        if IntervalSet.span(low, after - 1) <= wanted:
            yield low, after - 1


def _overlaps(one: IPNetwork, other: IPNetwork) -> bool:
    return one.version == other.version and one.overlaps(other)
