"""A stack's network with an address for every host, so that single packets can be sent through it.

Every class of interfaces becomes one host with an address (and a twin beside it where the class stands for many), every
public mapping an address. A zone that has subnets and nobody in them is given a stand-in for what the intent demands,
as its first host may come any day. Shares nothing with the reach engine but the facts.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, replace
from typing import Any

from guardrails.facts.intent import Intent
from guardrails.facts.network import (
    Direction,
    Endpoint,
    GroupRef,
    GroupRule,
    Interface,
    Network,
    Peering,
    PrefixListRef,
    Route,
    RouteTable,
    Subnet,
    TargetKind,
    Vpc,
)
from guardrails.facts.values import Origin, Ref, Unknown
from tests.unit.guardrails.network.packet_oracle import Memory, Oracle, Packet

OUTSIDE = ipaddress.ip_address("198.51.100.7")
SERVICE = ipaddress.ip_address("52.219.0.5")
SERVICE_BLOCK = ipaddress.ip_network("52.219.0.0/20")
MANY = frozenset({"directory", "ecs-service", "workspaces"})
"""Owners of which one interface of the facts stands for many: these also reach each other."""


@dataclass(frozen=True)
class Host:
    """A host to send from and to."""

    key: str
    address: Any
    zone: str
    subnet: str
    stand_in: bool = False
    public: Any = None
    services: frozenset[str] = frozenset()
    """The AWS services that it is an interface endpoint of."""
    twin: str = ""
    """The host that this one is a neighbour and a copy of."""


class Remembering(Oracle):
    """The packet walker with a memory for what it is asked thousands of times; it decides nothing by itself."""

    def __init__(self, network: Network) -> None:
        super().__init__(network)
        self.passed: dict[tuple[Any, ...], bool] = {}
        self.carried: dict[str | None, frozenset[Any]] = {}

    def acl(self, subnet: str, way: Direction, packet: Packet) -> bool:
        far = packet.source if way is Direction.INGRESS else packet.target
        key = (subnet, way, far, packet.protocol, packet.port, packet.sport if packet.protocol == 1 else 0)
        if key not in self.passed:
            self.passed[key] = super().acl(subnet, way, packet)
        return self.passed[key]

    def peer(self, peer: Any, far: Any, memory: Memory) -> bool:
        if not isinstance(peer, GroupRef):
            return super().peer(peer, far, memory)
        group = self.ref(peer.group)
        if group not in self.carried:
            carriers = (one for one in self.n.interfaces if any(self.ref(own) == group for own in one.groups))
            self.carried[group] = frozenset(address for one in carriers for address in one.addresses)
        return memory.direct and far in self.carried[group]


class World:
    """A network with addresses in the place of everything that AWS would choose."""

    def __init__(self, network: Network, intent: Intent) -> None:
        self.intent = intent
        self.hosts: list[Host] = []
        self.next: dict[tuple[str, int], int] = {}
        self.far_zone = ""
        """The zone that lies in a VPC that the stack does not hold: what goes on in there is another owner's."""
        self.zone_ids = {subnet.key: subnet.zone_id for subnet in network.subnets}
        self.blocks = {subnet.key: subnet.cidrs for subnet in network.subnets}
        self.tags = {subnet.key: dict(subnet.tags) for subnet in network.subnets}
        self.oracle = Remembering(self._concrete(network))

    # -- addresses ----------------------------------------------------------------------------------------------------

    def _address(self, subnet: str, step: int) -> Any:
        """Take an address from the beginning or the end of a subnet, by the sign of the step."""
        self.next[subnet, step] = self.next.get((subnet, step), 9 * step) + step
        return self.blocks[subnet][0][self.next[subnet, step]]

    def zone(self, address: Any) -> str:
        named = [
            n for n, zone in self.intent.zones.items() if any(address in ipaddress.ip_network(c) for c in zone.cidrs)
        ]
        return named[0] if named else "premises"

    def _concrete(self, network: Network) -> Network:
        classes: dict[tuple[Any, ...], list[Interface]] = {}
        for one in network.interfaces:
            like = (one.subnet, one.groups, one.public, one.filtered, one.source_dest_check, one.owner_kind)
            if one.owner_kind != "nat-gateway":
                classes.setdefault(like, []).append(one)
        interfaces: list[Interface] = []
        endpoints = {one.key: one for one in network.endpoints}
        for alike in classes.values():
            services = frozenset(_service(endpoints[one.owner]) for one in alike if one.owner in endpoints)
            interfaces.append(self._host(alike[0], len(interfaces), services=services))
            if alike[0].owner_kind in MANY:
                twin = replace(alike[0], key=f"{alike[0].key}#twin")
                interfaces.append(self._host(twin, len(interfaces), -1, twin=alike[0].key))
        nats = []
        for number, nat in enumerate(network.nat_gateways):
            public = () if nat.public is False else (ipaddress.ip_address(f"203.0.113.{100 + number}"),)
            nats.append(replace(nat, addresses=(self._address(str(nat.subnet.key), 1),), public_addresses=public))
        lists = tuple(one if one.entries else replace(one, entries=(SERVICE_BLOCK,)) for one in network.prefix_lists)
        known = {one.key for one in lists}
        groups = tuple(
            replace(group, rules=tuple(rule for rule in group.rules if self._names_something(rule, known)))
            for group in network.groups
        )
        tables = tuple(replace(one, routes=tuple(map(_told, one.routes))) for one in network.route_tables)
        made = replace(
            network,
            route_tables=tables,
            interfaces=tuple(interfaces),
            nat_gateways=tuple(nats),
            prefix_lists=lists,
            groups=groups,
        )
        return self._stand_ins(self._peers(made))

    @staticmethod
    def _names_something(rule: GroupRule, lists: set[str]) -> bool:
        """Tell whether a rule's prefix list is there: a list that does not exist holds nobody."""
        return not isinstance(rule.peer, PrefixListRef) or getattr(rule.peer.list, "key", None) in lists

    def _host(self, one: Interface, number: int, step: int = 1, **more: Any) -> Interface:
        subnet = str(one.subnet.key)
        address = self._address(subnet, step)
        public = ipaddress.ip_address(f"203.0.113.{10 + number}") if one.public is True else None
        self.hosts.append(Host(one.key, address, self.zone(address), subnet, public=public, **more))
        return replace(one, addresses=(address,), public_addresses=(public,) if public else ())

    def _peers(self, network: Network) -> Network:
        """Give the VPCs at the far end of peerings a host in every zone there, one in none, and the routes back."""
        for peering in network.peerings:
            if any(one.key == self._far(peering) for one in network.vpcs) or not peering.accepter_cidrs:
                # A VPC of which nothing is known: no packet can be made for it.
                continue
            network = self._peer(network, peering)
        listed = {one.key for one in network.vpcs}
        return replace(network, peerings=tuple(one for one in network.peerings if self._far(one) in listed))

    def _far(self, peering: Peering) -> str:
        return str(peering.accepter.key or f"{peering.key}#peer")

    def _peer(self, network: Network, peering: Peering) -> Network:
        far, origin = self._far(peering), Origin(peering.key)
        vpc = Vpc(far, origin, cidrs=peering.accepter_cidrs)
        inside = [c for zone in self.intent.zones.values() for c in zone.cidrs]
        here = [c for c in inside if any(ipaddress.ip_network(c).subnet_of(b) for b in peering.accepter_cidrs)]
        halves = [half for c in here for half in ipaddress.ip_network(c).subnets(new_prefix=24)]
        rest = [b for b in peering.accepter_cidrs[0].subnets(new_prefix=24) if b not in halves][-1:]
        subnets = tuple(Subnet(f"{far}-{b}", origin, vpc=Ref(far), cidrs=(b,)) for b in (*halves, *rest))
        self.blocks |= {subnet.key: subnet.cidrs for subnet in subnets}
        ends = [(one.key, step) for one in subnets for step in ((1, -1) if one.cidrs[0] in halves else (1,))]
        home = [block for one in network.vpcs for block in one.cidrs]
        back = tuple(Route(block, TargetKind.PEERING, Ref(peering.key), origin) for block in home)
        table = RouteTable(f"{far}-main", origin, vpc=Ref(far), main=True, routes=back)
        made = tuple(
            self._host(Interface(f"{key}#host{step}", origin, subnet=Ref(key), filtered=False), 50 + number, step)
            for number, (key, step) in enumerate(ends)
        )
        self.far_zone = self.zone(halves[0][4]) if halves else ""
        self.zone_ids |= {subnet.key: subnet.key for subnet in subnets}
        return replace(
            network,
            vpcs=(*network.vpcs, vpc),
            subnets=(*network.subnets, *subnets),
            interfaces=(*network.interfaces, *made),
            route_tables=(*network.route_tables, table),
            peerings=tuple(replace(p, accepter=Ref(far)) if p.key == peering.key else p for p in network.peerings),
        )

    def _stand_ins(self, network: Network) -> Network:
        """Put hosts that may do anything at both ends of each subnet of the zones in which nobody is yet."""
        lived = {host.zone for host in self.hosts}
        asked = {zone for flow in self.intent.demands() for zone in (flow.source, flow.target)} & {*self.intent.zones}
        groups = tuple(Ref(group.key) for group in network.groups)
        made = []
        for subnet in network.subnets:
            zone = self.zone(subnet.cidrs[0][4])
            if zone in asked - lived:
                for step, name in ((1, "first"), (-1, "last")):
                    one = Interface(
                        f"{subnet.key}#{name}", subnet.origin, subnet=Ref(subnet.key), groups=groups, filtered=False
                    )
                    made.append(self._host(one, 80 + len(made), step, stand_in=True))
        return replace(network, interfaces=(*network.interfaces, *made))


def _service(endpoint: Endpoint) -> str:
    """Give a service's own name: what follows the Region in the endpoint service's."""
    return str(endpoint.service).split(".", 3)[-1]


def _told(route: Route) -> Route:
    """Take a route of which nobody knows where it leads for one that leads nowhere; the guard must say so."""
    return replace(route, blackhole=True) if isinstance(route.target, Unknown) else route
