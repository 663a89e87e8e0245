"""The oracle's way through transit gateways."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from guardrails.facts.network import Direction, Route, TransitAttachment
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
                if self.acl(subnet, Direction.EGRESS, packet) and self.acl(own, Direction.INGRESS, packet):
                    onward = replace(memory, home=False, direct=False, zone=str(self.subnets[subnet].zone_id))
                    yield from self.transit(key, attachment, packet, onward)

    def transit(self, gateway: str, incoming: TransitAttachment, packet: Packet, memory: Memory) -> Iterator[End]:
        if memory.steps > LIMIT:
            return
        memory = replace(memory, steps=memory.steps + 1)
        by_key = {one.key: one for one in self.n.transit_attachments}
        for table in self.n.transit_tables:
            if self.ref(table.gateway) != gateway or all(self.ref(one) != incoming.key for one in table.associations):
                continue
            choices = [
                (-r.destination.prefixlen, 0, r) for r in table.routes if self.holds((r.destination,), packet.target)
            ]  # pyright: ignore
            for one in table.propagations:
                attachment = by_key[str(self.ref(one))]
                for block in self.propagated(attachment):
                    if self.holds((block,), packet.target):
                        choices.append((-block.prefixlen, 1 if attachment.kind == "vpc" else 4, attachment))
            if not choices:
                return
            best = min(choices, key=lambda one: one[:2])[2]
            if isinstance(best, Route):
                if best.blackhole is True:
                    return
                best = by_key[str(self.ref(best.target))]
            yield from self.leave_transit(gateway, best, packet, memory)

    def propagated(self, attachment: TransitAttachment) -> Any:
        resource = self.ref(attachment.resource)
        if attachment.kind == "vpc":
            return self.vpcs[str(resource)].cidrs
        if attachment.kind == "vpn":
            return next(one.static_routes for one in self.n.vpn_connections if one.key == resource)
        return ()

    def leave_transit(self, gateway: str, out: TransitAttachment, packet: Packet, memory: Memory) -> Iterator[End]:
        if out.kind == "peering":
            other = self.ref(out.resource) if self.ref(out.gateway) == gateway else self.ref(out.gateway)
            yield from self.transit(str(other), out, packet, memory)
        elif out.kind == "vpn":
            yield "premises", out.key, packet, memory
        else:
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
