"""A packet walker that shares nothing with the engine but the facts: one packet, one hop, one table row at a time.

Addresses are rewritten as they are on the wire, connections are remembered where AWS remembers them, and every choice
that AWS leaves open (a NAT port, an attachment subnet) is tried. Slow, small and plain: the engine's judge.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from guardrails.facts.network import (
    BlockPublicAccess,
    Direction,
    EndpointKind,
    Interface,
    NatGateway,
    PrefixListRef,
    Route,
    RouteOrigin,
    RouteTable,
    Subnet,
    TargetKind,
)
from tests.unit.guardrails.network.oracle_balancers import OracleBalancers
from tests.unit.guardrails.network.oracle_filters import LIMIT, NAT_PORTS, End, Memory, Packet
from tests.unit.guardrails.network.oracle_transit import OracleTransit


class Oracle(OracleBalancers, OracleTransit):
    # -- the question -------------------------------------------------------------------------------------------------

    def works(self, source: str, packet: Packet, goal: str, *, one_way: bool = False) -> bool:
        """Tell whether this packet from `source` gets to `goal` and its reply gets back."""
        for kind, where, arrived, memory in self.start(source, packet, Memory()):
            if goal not in {kind, where}:
                continue
            if kind == "interface" and not self.taken(where, arrived, one_way=one_way):
                continue
            if one_way:
                return True
            answer = arrived.reply()
            if answer is None:
                continue
            again = replace(memory, replying=True, direct=True, home=True, zone=None, steps=0, legs=0)
            for end_kind, end, _, after in self.start(
                where if kind == "interface" else goal, answer, again, gate=where
            ):
                came = {end_kind, end}
                if (source in came or (source == "premises" and end_kind == "premises")) and set(after.boxes) == set(
                    after.back
                ):
                    return True
        return False

    def start(self, source: str, packet: Packet, memory: Memory, gate: str = "") -> Iterator[End]:
        if source == "internet":
            yield from self.from_internet(packet, memory)
        elif source == "premises":
            yield from self.from_premises(packet, memory, gate)
        elif source in self.interfaces:
            yield from self.emit(self.interfaces[source], packet, memory)
        else:
            yield from self.from_service(source, packet, memory)

    def from_premises(self, packet: Packet, memory: Memory, gate: str) -> Iterator[End]:
        """Come in by every gateway behind which the source lies and which announces the target, or by one of them."""
        for gateway in self.n.vpn_gateways:
            vpc = self.ref(gateway.vpc)
            here = (not gate or gate == gateway.key) and self.holds(self.behind(gateway.key), packet.source)
            if vpc and here and self.announced(gateway.key, vpc, packet.target):
                yield from self.from_edge(gateway.key, vpc, packet, memory)
        for attachment in self.n.transit_attachments:
            if gate and gate != attachment.key:
                continue
            through = str(self.ref(attachment.gateway))
            known = attachment.kind == "vpn"
            if attachment.kind == "direct-connect-gateway":
                line = self.ref(attachment.resource)
                allowed = [blocks for dx, blocks in self.direct_connects(through) if dx == line]
                told = any(self.holds(blocks, packet.target) for blocks in allowed)
                known = told and self.holds(self.learned(line), packet.source)
            if known:
                yield from self.transit(through, attachment, packet, replace(memory, home=False))

    # -- places -------------------------------------------------------------------------------------------------------

    def publics(self, thing: Interface | NatGateway) -> list[tuple[Any, Any]]:
        v4 = [address for address in thing.addresses if address.version == 4]
        return list(zip(v4, thing.public_addresses, strict=False))

    def from_internet(self, packet: Packet, memory: Memory) -> Iterator[End]:
        """Deliver to whoever has that public address: by its VPC's internet gateway, the address translated."""
        if memory.legs > 3:
            return
        for thing in (*self.n.interfaces, *self.n.nat_gateways):
            subnet = str(self.ref(thing.subnet))
            vpc = self.vpc_of(subnet)
            gateway = next(
                (one.key for one in self.n.internet_gateways if not one.egress_only and self.ref(one.vpc) == vpc), None
            )
            inner = [private for private, public in self.publics(thing) if public == packet.target]
            if packet.target.version == 6 and packet.target in thing.addresses and packet.target.is_global:
                inner = [packet.target]
            mode = self.mode(self.subnets[subnet])
            new = not memory.replying
            spared = isinstance(thing, NatGateway)
            if gateway is None or not inner:
                continue
            if new and mode is not BlockPublicAccess.OFF and not spared:
                continue
            moved = replace(packet, target=inner[0])
            after = replace(memory, legs=memory.legs + 1, direct=False, home=True)
            yield from self.from_edge(gateway, vpc, moved, after)
        if packet.target.version == 6 and memory.replying:
            for gateway in self.n.internet_gateways:
                vpc = self.ref(gateway.vpc)
                if gateway.egress_only and vpc and self.holds(self.vpcs[vpc].cidrs, packet.target):
                    yield from self.local(vpc, None, packet, memory)

    def mode(self, subnet: Subnet) -> BlockPublicAccess:
        own = subnet.block_public_access
        found = own if own is not None else self.vpcs[str(self.ref(subnet.vpc))].block_public_access
        assert isinstance(found, BlockPublicAccess)
        return found

    def from_edge(self, gateway: str, vpc: str, packet: Packet, memory: Memory) -> Iterator[End]:
        if not self.holds(self.vpcs[vpc].cidrs, packet.target):
            return
        table = next((t for t in self.n.route_tables if any(self.ref(g) == gateway for g in t.gateways)), None)
        if table is None:
            yield from self.local(vpc, None, packet, memory)
        else:
            yield from self.routed(self.routes(table), vpc, None, packet, memory)

    def from_service(self, endpoint: str, packet: Packet, memory: Memory) -> Iterator[End]:
        for one in self.n.endpoints:
            if one.key == endpoint:
                yield from self.local(str(self.ref(one.vpc)), None, packet, memory)

    # -- hosts --------------------------------------------------------------------------------------------------------

    def emit(self, host: Interface, packet: Packet, memory: Memory) -> Iterator[End]:
        passed = self.groups(host, Direction.EGRESS, packet, memory)
        if passed is not None:
            yield from self.in_subnet(str(self.ref(host.subnet)), packet, passed)

    # -- forwarding ---------------------------------------------------------------------------------------------------

    def in_subnet(self, subnet: str, packet: Packet, memory: Memory) -> Iterator[End]:
        vpc = self.vpc_of(subnet)
        if self.holds(self.subnets[subnet].cidrs, packet.target):
            yield from self.local(vpc, subnet, packet, memory)
            return
        table = next((t for t in self.n.route_tables if any(self.ref(s) == subnet for s in t.subnets)), None)
        table = table or next((t for t in self.n.route_tables if t.main and self.ref(t.vpc) == vpc), None)
        yield from self.routed(self.routes(table), vpc, subnet, packet, memory)

    def routes(self, table: RouteTable | None) -> list[Route]:
        """A table's routes, with those that virtual private gateways propagate into it."""
        if table is None:
            return []
        learned = [
            Route(block, TargetKind.VPN_GATEWAY, ref, table.origin, RouteOrigin.PROPAGATED)
            for ref in table.propagating
            for block in self.behind(str(self.ref(ref)))
        ]
        return [*table.routes, *learned]

    def routed(self, routes: Any, vpc: str, subnet: str | None, packet: Packet, memory: Memory) -> Iterator[End]:
        if memory.steps > LIMIT:
            return
        memory = replace(memory, steps=memory.steps + 1)
        best = self.best(routes, vpc, packet)
        if best is None:
            return
        if best == "local":
            yield from self.local(vpc, subnet, packet, memory)
        elif isinstance(best, Route) and best.blackhole is not True:
            yield from self.follow(best, vpc, subnet, packet, memory)

    def best(self, routes: Any, vpc: str, packet: Packet) -> Route | str | None:
        middle = (TargetKind.INTERFACE, TargetKind.INSTANCE, TargetKind.ENDPOINT, TargetKind.NAT_GATEWAY)
        choices: list[tuple[int, int, Any]] = []
        at_home = self.holds(self.vpcs[vpc].cidrs, packet.target)
        for block in self.vpcs[vpc].cidrs:
            if self.holds((block,), packet.target):
                choices.append((-block.prefixlen, 1, "local"))
        for route in routes:
            redirects = route.kind in middle and route.source is RouteOrigin.STATIC
            listed = isinstance(route.destination, PrefixListRef)
            for block in self.entries(route.destination) if listed else (route.destination,):
                if not self.holds((block,), packet.target) or (at_home and (listed or not redirects)):
                    continue
                rank = 3 if listed else 0 if redirects else 2 if route.source is RouteOrigin.STATIC else 4
                choices.append((-block.prefixlen, rank, route))
        return min(choices, key=lambda one: one[:2])[2] if choices else None

    def local(self, vpc: str, subnet: str | None, packet: Packet, memory: Memory) -> Iterator[End]:
        for host in self.n.interfaces:
            there = str(self.ref(host.subnet))
            if packet.target in host.addresses and self.vpc_of(there) == vpc and self.crosses(subnet, there, packet):
                passed = self.groups(host, Direction.INGRESS, packet, memory)
                if passed is not None:
                    yield "interface", host.key, packet, passed
        for nat in self.n.nat_gateways:
            there = str(self.ref(nat.subnet))
            if packet.target in nat.addresses and self.vpc_of(there) == vpc and self.crosses(subnet, there, packet):
                yield from self.untranslate(nat.key, there, packet, memory)

    def untranslate(self, key: str, subnet: str, packet: Packet, memory: Memory) -> Iterator[End]:
        """A reply at a NAT: give it its old address back and send it on, if a connection is remembered."""
        for name, before, after in memory.translations:
            expected = after.reply()
            if memory.replying and name == key and expected == packet:
                inner = before.reply()
                assert inner is not None
                rest = tuple(one for one in memory.translations if one != (name, before, after))
                again = replace(memory, translations=rest, direct=True, zone=None, home=True, steps=0)
                yield from self.in_subnet(subnet, inner, again)

    def follow(self, route: Route, vpc: str, subnet: str | None, packet: Packet, memory: Memory) -> Iterator[End]:
        target = str(self.ref(route.target))
        step = {
            TargetKind.INTERNET_GATEWAY: self.by_internet_gateway,
            TargetKind.EGRESS_ONLY_GATEWAY: self.by_internet_gateway,
            TargetKind.NAT_GATEWAY: self.by_nat,
            TargetKind.PEERING: self.by_peering,
            TargetKind.VPN_GATEWAY: self.by_vpn_gateway,
            TargetKind.TRANSIT_GATEWAY: self.by_transit,
            TargetKind.ENDPOINT: self.by_endpoint,
            TargetKind.INTERFACE: self.by_interface,
        }[route.kind]
        yield from step(target, vpc, subnet, packet, memory)

    def by_internet_gateway(
        self, key: str, vpc: str, subnet: str | None, packet: Packet, memory: Memory
    ) -> Iterator[End]:
        gateway = next((one for one in self.n.internet_gateways if one.key == key), None)
        if gateway is None or self.ref(gateway.vpc) != vpc or not self.crosses(subnet, None, packet):
            return
        owner = next((t for t in (*self.n.interfaces, *self.n.nat_gateways) if packet.source in t.addresses), None)
        if owner is None or self.vpc_of(str(self.ref(owner.subnet))) != vpc or subnet is None:
            return
        mode = self.mode(self.subnets[subnet])
        spared = gateway.egress_only or isinstance(owner, NatGateway)
        if mode is BlockPublicAccess.BIDIRECTIONAL or (mode is BlockPublicAccess.INGRESS and not spared):
            return
        if gateway.egress_only:
            if packet.source.version == 6 and not (memory.replying and key not in {t[0] for t in memory.translations}):
                yield from self.outside(
                    packet, replace(memory, translations=(*memory.translations, (key, packet, packet)))
                )
            return
        outer = [public for private, public in self.publics(owner) if private == packet.source]
        if packet.source.version == 6 and packet.source.is_global:
            outer = [packet.source]
        if outer:
            yield from self.outside(replace(packet, source=outer[0]), memory)

    def outside(self, packet: Packet, memory: Memory) -> Iterator[End]:
        if (
            packet.target.is_private
            and str(packet.target) not in {"198.51.100.7", "203.0.113.7"}
            and not str(packet.target).startswith("203.0.113.")
        ):
            return
        yield "internet", "internet", packet, memory
        yield from self.from_internet(packet, replace(memory, steps=0, zone=None))

    def by_nat(self, key: str, vpc: str, subnet: str | None, packet: Packet, memory: Memory) -> Iterator[End]:
        nat = next((one for one in self.n.nat_gateways if one.key == key), None)
        if nat is None or packet.source.version != 4 or packet.protocol not in (1, 6, 17) or memory.legs > 3:
            return
        there = str(self.ref(nat.subnet))
        if self.vpc_of(there) != vpc or not self.crosses(subnet, there, packet):
            return
        if memory.replying or any(key == one[0] for one in memory.translations):
            return
        for port in NAT_PORTS if packet.protocol != 1 else (packet.sport,):
            after = replace(packet, source=nat.addresses[0], sport=port)
            kept = replace(
                memory,
                translations=(*memory.translations, (key, packet, after)),
                legs=memory.legs + 1,
                direct=True,
                home=True,
                zone=None,
            )
            yield from self.in_subnet(there, after, kept)

    def by_peering(self, key: str, vpc: str, subnet: str | None, packet: Packet, memory: Memory) -> Iterator[End]:
        peering = next((one for one in self.n.peerings if one.key == key), None)
        ends = [self.ref(peering.requester), self.ref(peering.accepter)] if peering else []
        if vpc not in ends or not self.crosses(subnet, None, packet):
            return
        other = str(ends[1] if ends[0] == vpc else ends[0])
        direct = memory.direct and peering is not None and peering.requester_region == peering.accepter_region
        if self.holds(self.vpcs[other].cidrs, packet.target):
            yield from self.local(other, None, packet, replace(memory, home=False, direct=direct))

    def by_vpn_gateway(self, key: str, vpc: str, subnet: str | None, packet: Packet, memory: Memory) -> Iterator[End]:
        gateway = next((one for one in self.n.vpn_gateways if one.key == key), None)
        joined = gateway is not None and self.ref(gateway.vpc) == vpc and self.crosses(subnet, None, packet)
        if joined and self.holds(self.behind(key), packet.target):
            yield "premises", key, packet, memory

    def by_endpoint(self, key: str, vpc: str, subnet: str | None, packet: Packet, memory: Memory) -> Iterator[End]:
        endpoint = next((one for one in self.n.endpoints if one.key == key), None)
        if endpoint is None or self.ref(endpoint.vpc) != vpc:
            return
        if endpoint.kind is EndpointKind.GATEWAY:
            if memory.home and self.crosses(subnet, None, packet):
                yield "service", key, packet, memory
            return
        there = str(self.ref(endpoint.subnets[0]))
        seen = memory.back if memory.replying else memory.boxes
        if key not in seen and self.crosses(subnet, there, packet):
            yield from self.in_subnet(there, packet, memory.met(key))

    def by_interface(self, key: str, vpc: str, subnet: str | None, packet: Packet, memory: Memory) -> Iterator[End]:
        host = self.interfaces.get(key)
        if host is None:
            return
        there = str(self.ref(host.subnet))
        if self.vpc_of(there) != vpc or not self.crosses(subnet, there, packet):
            return
        passed = self.groups(host, Direction.INGRESS, packet, memory)
        if passed is None:
            return
        if packet.target in host.addresses:
            yield "interface", key, packet, passed
        elif host.source_dest_check is False and key not in (memory.back if memory.replying else memory.boxes):
            yield from self.emit(host, packet, passed.met(key))


def at(text: str) -> Any:
    return ipaddress.ip_address(text)


__all__ = ["Oracle", "Packet", "at"]
