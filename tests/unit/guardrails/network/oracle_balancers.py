"""What becomes of a packet at a load balancer's node: a listener, and for a network balancer a second connection."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from guardrails.facts.network import Direction, GroupRef, Interface, LoadBalancer, TargetGroup
from tests.unit.guardrails.network.oracle_filters import NAT_PORTS, Memory, OracleFilters, Packet

LISTENED = {"TCP": {6}, "HTTP": {6}, "UDP": {17}, "TCP_UDP": {6, 17}}


class OracleBalancers(OracleFilters):
    """Listeners, zones, the client's address or the node's own."""

    def works(self, source: str, packet: Packet, goal: str, *, one_way: bool = False) -> bool:
        raise NotImplementedError

    def taken(self, node: str, packet: Packet, *, one_way: bool) -> bool:
        """Tell whether an interface takes a packet: any but a balancer's node takes whatever it is sent."""
        host = self.interfaces[node]
        balancer = next((one for one in self.n.load_balancers if one.key == host.owner), None)
        if balancer is None:
            return True
        for listener in balancer.listeners:
            if packet.protocol not in LISTENED[str(listener.protocol)] or packet.port != listener.port:
                continue
            if balancer.kind == "application":
                return True
            groups = [
                one for one in self.n.target_groups if one.key in {self.ref(ref) for ref in listener.target_groups}
            ]
            if any(self.passed(balancer, host, group, packet, one_way) for group in groups):
                return True
        return False

    def passed(
        self, balancer: LoadBalancer, node: Interface, group: TargetGroup, packet: Packet, one_way: bool
    ) -> bool:
        for ref, port in group.targets:
            target = self.interfaces[str(self.ref(ref))]
            zones = [self.subnets[str(self.ref(one.subnet))].zone_id for one in (node, target)]
            if not balancer.cross_zone and zones[0] != zones[1]:
                continue
            there = next(one for one in target.addresses if one.version == 4)
            onward = replace(packet, target=there, port=port)
            if group.preserve_client_ip or group.protocol in {"UDP", "TCP_UDP"}:
                if self.with_client(node, target, onward, one_way):
                    return True
                continue
            own = next(one for one in node.addresses if one.version == 4)
            sent = [replace(onward, source=own, sport=sport) for sport in NAT_PORTS]
            if any(self.works(node.key, one, target.key, one_way=one_way) for one in sent):
                return True
        return False

    def with_client(self, node: Interface, target: Interface, packet: Packet, one_way: bool) -> bool:
        near, far = str(self.ref(node.subnet)), str(self.ref(target.subnet))
        if packet.source in target.addresses or not self.crosses(near, far, packet):
            return False
        if self.groups(node, Direction.EGRESS, packet, Memory()) is None:
            return False
        direct = self.groups(target, Direction.INGRESS, packet, Memory(direct=False)) is not None
        if not direct and not self.names_node(node, target, packet):
            return False
        reply = packet.reply()
        return one_way or (reply is not None and self.crosses(far, near, reply))

    def names_node(self, node: Interface, target: Interface, packet: Packet) -> bool:
        held: Any = {self.ref(one) for one in node.groups}
        mine: Any = {self.ref(one) for one in target.groups}
        return any(
            rule.direction is Direction.INGRESS
            and isinstance(rule.peer, GroupRef)
            and self.ref(rule.peer.group) in held
            and self.admits(rule.protocol, rule.ports, packet)
            for group in self.n.groups
            if group.key in mine
            for rule in group.rules
        )
