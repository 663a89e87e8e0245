"""The packet of the oracle, what it remembers, and the filters that it passes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from guardrails.facts.network import Direction, GroupRef, Interface, Network, PrefixListRef

ICMP_REPLIES = {1: {8: 0}, 58: {128: 129}}
NAT_PORTS = (1024, 31000, 40000, 65535)
LIMIT = 40


@dataclass(frozen=True)
class Packet:
    source: Any
    target: Any
    protocol: int
    sport: int
    port: int

    def reply(self) -> Packet | None:
        if self.protocol in ICMP_REPLIES:
            answer = ICMP_REPLIES[self.protocol].get(self.port)
            return None if answer is None else Packet(self.target, self.source, self.protocol, 0, answer)
        return Packet(self.target, self.source, self.protocol, self.port, self.sport)


@dataclass(frozen=True)
class Memory:
    """What the network remembers of a connection, and what this packet has met."""

    flows: frozenset[tuple[str, Direction]] = frozenset()
    translations: tuple[tuple[str, Packet, Packet], ...] = ()
    boxes: tuple[str, ...] = ()
    back: tuple[str, ...] = ()
    picked: tuple[tuple[str, str], ...] = ()
    replying: bool = False
    direct: bool = True
    named: bool = False
    """Nothing but a rule that names the destination's group let the packet out."""
    home: bool = True
    zone: str | None = None
    steps: int = 0
    legs: int = 0

    def met(self, box: str) -> Memory:
        """Remember a middlebox; one that was met in the same direction is a loop for the caller to cut."""
        if self.replying:
            return replace(self, back=(*self.back, box), direct=False)
        return replace(self, boxes=(*self.boxes, box), direct=False)


End = tuple[str, str, Packet, Memory]


class OracleFilters:
    """Security groups and network ACLs, one rule at a time."""

    def __init__(self, network: Network) -> None:
        self.n = network
        self.interfaces = {one.key: one for one in network.interfaces}
        self.subnets = {one.key: one for one in network.subnets}
        self.vpcs = {one.key: one for one in network.vpcs}

    def ref(self, value: Any) -> str | None:
        return None if value is None else value.key

    def holds(self, blocks: Any, address: Any) -> bool:
        return any(address.version == block.version and address in block for block in blocks)

    def vpc_of(self, subnet: str) -> str:
        return str(self.ref(self.subnets[subnet].vpc))

    def groups(self, host: Interface, way: Direction, packet: Packet, memory: Memory) -> Memory | None:
        if memory.named and not memory.direct and not memory.replying and way is Direction.INGRESS:
            return None
        if not host.filtered:
            return memory
        other = Direction.INGRESS if way is Direction.EGRESS else Direction.EGRESS
        if memory.replying and (host.key, other) in memory.flows:
            return memory
        far = packet.source if way is Direction.INGRESS else packet.target
        if host.owner_kind == "vpc-endpoint" and memory.zone is not None:
            memory = replace(memory, direct=False)
        names = {self.ref(group) for group in host.groups}
        rules = [rule for group in self.n.groups if group.key in names for rule in group.rules]
        met = [
            isinstance(rule.peer, GroupRef)
            for rule in rules
            if rule.direction is way
            and self.admits(rule.protocol, rule.ports, packet)
            and self.peer(rule.peer, far, memory)
        ]
        if not met:
            return None
        named = memory.named or (way is Direction.EGRESS and all(met))
        return replace(memory, flows=memory.flows | {(host.key, way)}, named=named)

    def peer(self, peer: Any, far: Any, memory: Memory) -> bool:
        if isinstance(peer, GroupRef):
            named = [
                address
                for one in self.n.interfaces
                if any(self.ref(group) == self.ref(peer.group) for group in one.groups)
                for address in one.addresses
            ]
            return memory.direct and far in named
        if isinstance(peer, PrefixListRef):
            return self.holds(self.entries(peer), far)
        return self.holds((peer,), far)

    def entries(self, peer: PrefixListRef) -> Any:
        return next(one.entries for one in self.n.prefix_lists if one.key == self.ref(peer.list))

    def admits(self, protocol: Any, ports: Any, packet: Packet) -> bool:
        if protocol == -1:
            return True
        if protocol != packet.protocol:
            return False
        if protocol in (6, 17):
            return ports.low < 0 or ports.low <= packet.port <= ports.high
        if protocol in (1, 58):
            return ports.low < 0 or (ports.low == packet.port and (ports.high < 0 or ports.high == packet.sport))
        return True

    def acl(self, subnet: str, way: Direction, packet: Packet) -> bool:
        vpc = self.vpc_of(subnet)
        nacl = next((a for a in self.n.nacls if any(self.ref(s) == subnet for s in a.subnets)), None)
        nacl = nacl or next((a for a in self.n.nacls if a.default and self.ref(a.vpc) == vpc), None)
        if nacl is None:
            return True
        far = packet.source if way is Direction.INGRESS else packet.target
        for entry in sorted(nacl.entries, key=lambda one: one.number):
            ports = entry.ports
            if packet.protocol in (1, 58) and entry.protocol in (1, 58):
                ports = entry.icmp or type(entry.ports)(-1, -1)
            if entry.direction is way and self.admits(entry.protocol, ports, packet) and self.holds((entry.cidr,), far):
                return bool(entry.allow)
        return False

    def crosses(self, start: str | None, end: str | None, packet: Packet) -> bool:
        if start == end:
            return True
        out = start is None or self.acl(start, Direction.EGRESS, packet)
        return out and (end is None or self.acl(end, Direction.INGRESS, packet))
