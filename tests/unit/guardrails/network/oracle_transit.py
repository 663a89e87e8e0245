"""The oracle's way through transit gateways, and what lies behind them and behind virtual private gateways."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from guardrails.facts.network import Direction, PrefixListRef, Route, TransitAttachment, TransitTable
from tests.unit.guardrails.network.oracle_filters import LIMIT, End, Memory, OracleFilters, Packet


class OracleTransit(OracleFilters):
    """Tables by the incoming attachment, zones, appliance mode."""

    def in_subnet(self, subnet: str, packet: Packet, memory: Memory) -> Iterator[End]:
        raise NotImplementedError

    def by_transit(self, key: str, vpc: str, subnet: str | None, packet: Packet, memory: Memory) -> Iterator[End]:
        for attachment in self.n.transit_attachments:
            if attachment.kind != "vpc" or self.ref(attachment.gateway) != key or self.ref(attachment.resource) != vpc:
                continue
            for ref in attachment.subnets:
                own = str(self.ref(ref))
                if subnet is None or self.subnets[own].zone_id != self.subnets[subnet].zone_id:
                    continue
                if memory.named and not memory.replying:
                    continue
                if self.acl(subnet, Direction.EGRESS, packet) and self.acl(own, Direction.INGRESS, packet):
                    direct = memory.direct and self.keeps_groups(key, attachment)
                    onward = replace(memory, home=False, direct=direct, zone=str(self.subnets[subnet].zone_id))
                    yield from self.transit(key, attachment, packet, onward)

    def keeps_groups(self, gateway: str, attachment: TransitAttachment) -> bool:
        held = next(one for one in self.n.transit_gateways if one.key == gateway)
        return bool(held.group_references and attachment.group_references)

    def transit(self, gateway: str, incoming: TransitAttachment, packet: Packet, memory: Memory) -> Iterator[End]:
        if memory.steps > LIMIT:
            return
        memory = replace(memory, steps=memory.steps + 1)
        by_key = {one.key: one for one in self.n.transit_attachments}
        for table in self.n.transit_tables:
            if self.ref(table.gateway) != gateway or all(self.ref(one) != incoming.key for one in table.associations):
                continue
            choices = self.choices(table, packet)
            if not choices:
                return
            best = min(choices, key=lambda one: one[:2])[2]
            if isinstance(best, Route):
                if best.blackhole is True:
                    return
                best = by_key[str(self.ref(best.target))]
            yield from self.leave_transit(gateway, best, packet, memory)

    def choices(self, table: TransitTable, packet: Packet) -> list[tuple[int, int, Any]]:
        """Every row that matches, with what decides between them first: a route, or an attachment that propagates."""
        choices: list[tuple[int, int, Any]] = []
        for r in table.routes:
            listed = isinstance(r.destination, PrefixListRef)
            for block in self.entries(r.destination) if listed else (r.destination,):
                if self.holds((block,), packet.target):
                    choices.append((-block.prefixlen, 1 if listed else 0, r))
        for one in table.propagations:
            attachment = next(a for a in self.n.transit_attachments if a.key == self.ref(one))
            rank = {"vpc": 2, "direct-connect-gateway": 3, "vpn": 4}[attachment.kind]
            for block in self.propagated(attachment):
                if self.holds((block,), packet.target):
                    choices.append((-block.prefixlen, rank, attachment))
        return choices

    def propagated(self, attachment: TransitAttachment) -> Any:
        resource = self.ref(attachment.resource)
        if attachment.kind == "vpc":
            return self.vpcs[str(resource)].cidrs
        if attachment.kind == "vpn":
            return next(one.static_routes for one in self.n.vpn_connections if one.key == resource)
        return self.learned(resource)

    # -- behind the gateways ------------------------------------------------------------------------------------------

    def learned(self, end: str | None) -> list[Any]:
        """What BGP announces over the virtual interfaces on a Direct Connect gateway or a virtual private gateway."""
        return [
            block for one in self.n.virtual_interfaces if self.ref(one.gateway) == end for block in one.learned or ()
        ]

    def direct_connects(self, gateway: str | None) -> list[tuple[str, Any]]:
        """The Direct Connect gateways that are associated with a gateway, and the prefixes allowed to it."""
        return [
            (dx.key, allowed)
            for dx in self.n.direct_connect_gateways
            for ref, allowed in dx.associations
            if self.ref(ref) == gateway
        ]

    def vpns(self, gateway: str) -> list[Any]:
        return [one for one in self.n.vpn_connections if self.ref(one.gateway) == gateway]

    def behind(self, gateway: str) -> list[Any]:
        """Every block to which a virtual private gateway has a way."""
        blocks = [block for one in self.vpns(gateway) for block in one.static_routes] + self.learned(gateway)
        return blocks + [block for dx, _ in self.direct_connects(gateway) for block in self.learned(dx)]

    def announced(self, gateway: str, vpc: str, address: Any) -> bool:
        """Whether the premises know that an address is behind a virtual private gateway.

        VPN connections and private virtual interfaces of its own announce the VPC; a Direct Connect gateway announces
        those blocks of the VPC that an allowed prefix holds whole.
        """
        own = any(self.ref(one.gateway) == gateway for one in self.n.virtual_interfaces)
        if own or self.vpns(gateway):
            return True
        mine = [block for block in self.vpcs[vpc].cidrs if self.holds((block,), address)]
        return any(
            not allowed or any(one.version == block.version and block.subnet_of(one) for one in allowed)
            for _, allowed in self.direct_connects(gateway)
            for block in mine
        )

    def leave_transit(self, gateway: str, out: TransitAttachment, packet: Packet, memory: Memory) -> Iterator[End]:
        if out.kind == "peering":
            other = self.ref(out.resource) if self.ref(out.gateway) == gateway else self.ref(out.gateway)
            yield from self.transit(str(other), out, packet, replace(memory, direct=False))
        elif out.kind == "vpn":
            yield "premises", out.key, packet, memory
        elif out.kind == "direct-connect-gateway":
            if self.holds(self.learned(self.ref(out.resource)), packet.target):
                yield "premises", out.key, packet, memory
        else:
            memory = replace(memory, direct=memory.direct and self.keeps_groups(gateway, out))
            subnets = [str(self.ref(one)) for one in out.subnets]
            picked = dict(memory.picked)
            if out.appliance_mode:
                chosen = [picked[out.key]] if out.key in picked else subnets
            else:
                chosen = [one for one in subnets if self.subnets[one].zone_id == memory.zone] or subnets
            for one in chosen:
                kept = memory
                if out.appliance_mode:
                    kept = replace(memory, picked=tuple({**picked, out.key: one}.items()))
                yield from self.in_subnet(one, packet, kept)
