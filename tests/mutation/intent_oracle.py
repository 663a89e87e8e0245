"""What a network opens and closes against an intent, by sending single packets through it: no rule, no reach engine.

Every class of interfaces becomes one host with an address, every public mapping an address, and the packet walker
tries one packet for each port range that a filter or a flow tells apart. A zone that has subnets and nobody in them is
given a stand-in for what the intent demands, as its first host may come any day.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from guardrails.facts.intent import Intent
from guardrails.facts.network import (
    EndpointKind,
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
from guardrails.facts.values import Origin, Ref
from tests.unit.guardrails.network.packet_oracle import Memory, Oracle, Packet

OUTSIDE = ipaddress.ip_address("198.51.100.7")
SERVICE = ipaddress.ip_address("52.219.0.5")
SERVICE_BLOCK = ipaddress.ip_network("52.219.0.0/20")
CLIENT_PORT = 50000
SOURCE_PORTS = {6: (CLIENT_PORT, 443), 17: (CLIENT_PORT, 53)}
"""A caller may take any port for its own: also one that an ACL lets through as somebody else's answer."""
NUMBERS = {"tcp": 6, "udp": 17, "icmp": 1}
Change = tuple[str, str]


@dataclass(frozen=True)
class Verdict:
    """Zone pairs that are open against the intent, and demanded flows that cannot happen."""

    opened: frozenset[Change] = frozenset()
    closed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Host:
    """A host to send from and to."""

    key: str
    address: Any
    zone: str
    stand_in: bool = False
    public: Any = None


class World:
    """A network with addresses in the place of everything that AWS would choose."""

    def __init__(self, network: Network, intent: Intent) -> None:
        self.intent = intent
        self.hosts: list[Host] = []
        self.next: dict[str, int] = {}
        self.far_zone = ""
        """The zone that lies in a VPC that the stack does not hold: what goes on in there is another owner's."""
        self.blocks = {subnet.key: subnet.cidrs for subnet in network.subnets}
        self.tags = {subnet.key: dict(subnet.tags) for subnet in network.subnets}
        self.oracle = Oracle(self._concrete(network))

    # -- addresses ----------------------------------------------------------------------------------------------------

    def _address(self, subnet: str) -> Any:
        self.next[subnet] = self.next.get(subnet, 9) + 1
        return self.blocks[subnet][0][self.next[subnet]]

    def zone(self, address: Any) -> str:
        named = [
            n for n, zone in self.intent.zones.items() if any(address in ipaddress.ip_network(c) for c in zone.cidrs)
        ]
        return named[0] if named else "premises"

    def _concrete(self, network: Network) -> Network:
        taken: set[tuple[Any, ...]] = set()
        interfaces: list[Interface] = []
        for one in network.interfaces:
            like = (one.subnet, one.groups, one.public, one.filtered, one.source_dest_check, one.owner_kind)
            if one.owner_kind == "nat-gateway" or like in taken:
                continue
            taken.add(like)
            interfaces.append(self._host(one, len(interfaces)))
        nats = []
        for number, nat in enumerate(network.nat_gateways):
            public = () if nat.public is False else (ipaddress.ip_address(f"203.0.113.{100 + number}"),)
            nats.append(replace(nat, addresses=(self._address(str(nat.subnet.key)),), public_addresses=public))
        lists = tuple(one if one.entries else replace(one, entries=(SERVICE_BLOCK,)) for one in network.prefix_lists)
        known = {one.key for one in lists}
        groups = tuple(
            replace(group, rules=tuple(rule for rule in group.rules if self._names_something(rule, known)))
            for group in network.groups
        )
        made = replace(
            network, interfaces=tuple(interfaces), nat_gateways=tuple(nats), prefix_lists=lists, groups=groups
        )
        return self._stand_ins(self._peers(made))

    @staticmethod
    def _names_something(rule: GroupRule, lists: set[str]) -> bool:
        """Tell whether a rule's prefix list is there: a list that does not exist holds nobody."""
        return not isinstance(rule.peer, PrefixListRef) or getattr(rule.peer.list, "key", None) in lists

    def _host(self, one: Interface, number: int, *, stand_in: bool = False) -> Interface:
        address = self._address(str(one.subnet.key))
        public = ipaddress.ip_address(f"203.0.113.{10 + number}") if one.public is True else None
        self.hosts.append(Host(one.key, address, self.zone(address), stand_in, public))
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
        hosts = [Interface(f"{s.key}#host", origin, subnet=Ref(s.key), filtered=False) for s in subnets]
        home = [block for one in network.vpcs for block in one.cidrs]
        back = tuple(Route(block, TargetKind.PEERING, Ref(peering.key), origin) for block in home)
        table = RouteTable(f"{far}-main", origin, vpc=Ref(far), main=True, routes=back)
        made = tuple(self._host(one, 50 + n) for n, one in enumerate(hosts))
        self.far_zone = self.zone(halves[0][4]) if halves else ""
        return replace(
            network,
            vpcs=(*network.vpcs, vpc),
            subnets=(*network.subnets, *subnets),
            interfaces=(*network.interfaces, *made),
            route_tables=(*network.route_tables, table),
            peerings=tuple(replace(p, accepter=Ref(far)) if p.key == peering.key else p for p in network.peerings),
        )

    def _stand_ins(self, network: Network) -> Network:
        """Put one host that may do anything into each subnet of the zones in which nobody is yet."""
        lived = {host.zone for host in self.hosts}
        groups = tuple(Ref(group.key) for group in network.groups)
        made = []
        for subnet in network.subnets:
            zone = self.zone(subnet.cidrs[0][4])
            if zone not in lived and zone in self.intent.zones:
                one = Interface(
                    f"{subnet.key}#nobody", subnet.origin, subnet=Ref(subnet.key), groups=groups, filtered=False
                )
                made.append(self._host(one, 80 + len(made), stand_in=True))
        return replace(network, interfaces=(*network.interfaces, *made))

    # -- packets ------------------------------------------------------------------------------------------------------

    def connections(self, source: str, packet: Packet) -> Iterator[tuple[str, str, Memory]]:
        """Yield (kind, key, memory) of every end that this packet gets to, and whose answer gets back."""
        for kind, where, arrived, memory in self.oracle.start(source, packet, Memory()):
            answer = arrived.reply()
            if answer is None:
                continue
            again = replace(memory, replying=True, direct=True, home=True, zone=None, steps=0, legs=0)
            back = self.oracle.start(where if kind in {"interface", "service"} else kind, answer, again, gate=where)
            if any(source in {end_kind, end} for end_kind, end, _, _ in back):
                yield kind, where, memory

    def services(self) -> list[tuple[int, int]]:
        """Give one (protocol, port) for each range that some filter or flow tells from the next."""
        marks: dict[int, set[int]] = {6: {0}, 17: {0}}
        rules = [rule for group in self.oracle.n.groups for rule in group.rules]
        entries = [entry for nacl in self.oracle.n.nacls for entry in nacl.entries]
        for one in (*rules, *entries):
            if one.protocol in marks and one.ports.low >= 0:
                marks[one.protocol] |= {one.ports.low, one.ports.high + 1}
        for flow in self.intent.flows:
            for low, high in flow.ports:
                marks[NUMBERS[str(flow.protocol)]] |= {low, high + 1}
        listed = [(number, port) for number, ports in marks.items() for port in sorted(ports) if port < 65536]
        return [*listed, (1, 8), (47, 0)]


def verdict(network: Network, intent: Intent) -> Verdict:
    """Try every packet between every two places, and say what departs from the intent."""
    world = World(network, intent)
    return Verdict(frozenset(_opened(world)), frozenset(_closed(world)))


def _permits(intent: Intent, pair: Change, service: tuple[int, int], *, through_nat: bool) -> bool:
    return any(
        (flow.source, flow.target) == pair
        and NUMBERS[str(flow.protocol)] == service[0]
        and any(low <= service[1] <= high for low, high in flow.ports)
        and (flow.via is None or (flow.via == "nat" and through_nat))
        for flow in intent.flows
    )


def _opened(world: World) -> Iterator[Change]:
    intent, zones = world.intent, world.intent.zones
    living = [host for host in world.hosts if not host.stand_in]
    zone_of = {host.key: host.zone for host in living}
    service_of = {
        one.key: f"aws:{str(one.service).rsplit('.', 1)[-1]}"
        for one in world.oracle.n.endpoints
        if one.kind is EndpointKind.GATEWAY
    }
    asked = world.services()
    beyond = {"premises", world.far_zone}
    found: set[Change] = set()
    for source in (*living, Host("internet", OUTSIDE, "internet")):
        targets = [(host.zone, host.address if source.key != "internet" else host.public) for host in living]
        if source.key != "internet":
            targets += [("internet", OUTSIDE), ("internet", SERVICE)]
            targets += [(host.zone, host.public) for host in living]
        else:
            targets += [("public", public) for nat in world.oracle.n.nat_gateways for public in nat.public_addresses]
        for aimed, address in targets:
            if address is None or aimed == source.zone or {aimed, source.zone} == beyond:
                continue
            for number, port in asked:
                tries = (Packet(source.address, address, number, own, port) for own in SOURCE_PORTS.get(number, (0,)))
                ends = (end for packet in tries for end in world.connections(source.key, packet))
                for kind, where, memory in ends:
                    end = {"interface": zone_of.get(where, ""), "service": service_of.get(where, "")}.get(kind, kind)
                    pair = (source.zone, end)
                    if not end or end == source.zone or pair in found or not {*pair} & {*zones}:
                        continue
                    if not _permits(intent, pair, (number, port), through_nat=bool(memory.translations)):
                        found.add(pair)
                        yield pair


def _closed(world: World) -> Iterator[str]:
    for flow in world.intent.flows:
        if not flow.required:
            continue
        sources = [host for host in world.hosts if host.zone == flow.source]
        goals = [host for host in world.hosts if host.zone == flow.target]
        ends = [(host.key, host.address) for host in goals] or [("internet", OUTSIDE)]
        number = NUMBERS[str(flow.protocol)]
        ports = [port for one, port in world.services() if one == number and any(a <= port <= b for a, b in flow.ports)]
        if not all(_answered(world, source, ends, (number, port), flow.via) for source in sources for port in ports):
            yield flow.name


def _answered(world: World, source: Host, ends: list[Any], service: tuple[int, int], via: str | None) -> bool:
    for goal, address in ends:
        packet = Packet(source.address, address, service[0], CLIENT_PORT, service[1])
        for kind, where, memory in world.connections(source.key, packet):
            if goal in {kind, where} and (via is None or memory.translations):
                return True
    return False
