"""What a network opens and closes against an intent, by sending single packets through it: no rule, no reach engine.

The packet walker tries one packet for each port range that a filter or a flow tells apart, between every two places.
What works is a set of links; an intent is held against them, and two networks are compared by theirs.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from guardrails.facts.intent import Demand, Flow, Intent
from guardrails.facts.network import EndpointKind, Network
from tests.mutation.intent_world import OUTSIDE, SERVICE, Host, World
from tests.mutation.walk_scope import MIDDLEBOXES, touched
from tests.unit.guardrails.network.packet_oracle import End, Memory, Packet

CLIENT_PORT = 50000
SOURCE_PORTS = {6: (CLIENT_PORT, 443), 17: (CLIENT_PORT, 53)}
"""A caller may take any port for its own: also one that an ACL lets through as somebody else's answer."""
NUMBERS = {"tcp": 6, "udp": 17, "icmp": 1}
OTHERS = ((1, 8), (47, 0))
"""An echo request, and a protocol without ports."""
Pair = tuple[str, str]
Ports = dict[int, list[int]]
Question = tuple[str, str, int, int, int]


@dataclass(frozen=True)
class Verdict:
    """Zone pairs that are open against the intent, and demanded flows that cannot happen."""

    opened: frozenset[Pair] = frozenset()
    closed: frozenset[str] = frozenset()


@dataclass(frozen=True, order=True)
class Link:
    """A connection that works: whose, to whom (a host, `internet`, a gateway endpoint), and how."""

    source: str
    end: str
    protocol: int
    port: int
    own: int
    translated: bool
    inspected: bool
    """Whether it crosses a firewall's endpoint in the availability zone of one of its ends, both ways."""

    @property
    def question(self) -> Question:
        """Give what was asked: everything but the way that it took."""
        return self.source, self.end, self.protocol, self.port, self.own


class Sender:
    """A network through which single packets are sent; with `one_way` nobody looks whether an answer comes back."""

    def __init__(self, network: Network, intent: Intent, *, one_way: bool = False) -> None:
        self.one_way = one_way
        self.network = network
        self.intent = intent
        self.world = World(network, intent)
        self.hosts = {host.key: host for host in self.world.hosts}
        self.gateways = {
            one.key: f"aws:{str(one.service).rsplit('.', 1)[-1]}"
            for one in network.endpoints
            if one.kind is EndpointKind.GATEWAY
        }
        self.boxes = {one.key: one for one in network.endpoints if one.kind in MIDDLEBOXES}
        self.ports = self._ports()

    def zone(self, end: str) -> str:
        """Name the zone of a host, the service of a gateway endpoint, or what lies outside."""
        host = self.hosts.get(end)
        return host.zone if host else self.gateways.get(end, "internet" if end == "internet" else "premises")

    # -- packets ------------------------------------------------------------------------------------------------------

    def _ports(self) -> Ports:
        """Give the first port of each range that some filter or flow tells from the next, for TCP and for UDP."""
        marks: dict[int, set[int]] = {6: {0}, 17: {0}}
        rules = [rule for group in self.world.oracle.n.groups for rule in group.rules]
        entries = [entry for nacl in self.world.oracle.n.nacls for entry in nacl.entries]
        for one in (*rules, *entries):
            if one.protocol in marks and one.ports.low >= 0:
                marks[one.protocol] |= {one.ports.low, one.ports.high + 1}
        for flow in self.intent.flows:
            for low, high in flow.ports:
                marks[NUMBERS[str(flow.protocol)]] |= {low, high + 1}
        return {number: sorted(port for port in ports if port < 65536) for number, ports in marks.items()}

    def services(self) -> list[tuple[int, int]]:
        return [*((number, port) for number, ports in self.ports.items() for port in ports), *OTHERS]

    def questions(self, scope: frozenset[str] | None) -> Iterator[tuple[Host, Any]]:
        """Give every host with every address that it may try, of which one is in a subnet of the scope."""
        for source in (*self.world.hosts, Host("internet", OUTSIDE, "internet", "")):
            for subnet, address in self._addresses(source):
                if scope is None or {source.subnet, subnet} & scope:
                    yield source, address

    def opened(self, source: Host, address: Any, service: tuple[int, int]) -> Iterator[Link]:
        number, port = service
        for own in SOURCE_PORTS.get(number, (0,)):
            packet = Packet(source.address, address, number, own, port)
            arrived = list(self.world.oracle.start(source.key, packet, Memory()))
            if not arrived:
                break  # a filter looks at the port that is asked for alone: another own one gets no further
            for end, memory in self._answered(source.key, arrived):
                inspected = self._inspected((source.key, end), memory.boxes)
                yield Link(source.key, end, number, port, own, bool(memory.translations), inspected)

    def mark(self, number: int, port: int) -> int:
        """Give the first port of the range that a port lies in."""
        marks = self.ports.get(number)
        return port if marks is None else marks[bisect_right(marks, port) - 1]

    def _addresses(self, source: Host) -> list[tuple[str, Any]]:
        """Give the addresses that a host tries, each with the subnet of whose it is."""
        world = self.world
        public = [(host.subnet, host.public) for host in world.hosts if host.public and host.key != source.key]
        if source.key == "internet":
            nats = world.oracle.n.nat_gateways
            return [*public, *((str(nat.subnet.key), address) for nat in nats for address in nat.public_addresses)]
        beyond = {"premises", world.far_zone}
        inside = [
            (host.subnet, host.address)
            for host in world.hosts
            if host.key != source.key and host.twin in {"", source.key} and not {host.zone, source.zone} <= beyond
        ]
        return [*inside, ("", OUTSIDE), ("", SERVICE), *public]

    def _answered(self, source: str, arrived: list[End]) -> Iterator[tuple[str, Memory]]:
        """Yield every end whose answer gets back, by the same middleboxes."""
        oracle = self.world.oracle
        if self.one_way:
            yield from ((where, memory) for _, where, _, memory in arrived)
            return
        for kind, where, packet, memory in arrived:
            answer = packet.reply()
            if answer is None:
                continue
            again = replace(memory, replying=True, direct=True, home=True, zone=None, steps=0, legs=0)
            back = oracle.start(where if kind in {"interface", "service"} else kind, answer, again, gate=where)
            if any(
                source in {end_kind, end} and sorted(after.boxes) == sorted(after.back)
                for end_kind, end, _, after in back
            ):
                yield where, memory

    def _inspected(self, ends: tuple[str, str], boxes: tuple[str, ...]) -> bool:
        zones = {self.world.zone_ids[self.hosts[end].subnet] for end in ends if end in self.hosts}
        return any(self.world.zone_ids[str(self.boxes[box].subnets[0].key)] in zones for box in boxes)


class Walked(Sender):
    """A network after every packet has been sent through it.

    With `base`, one that differs from it little, only those are sent whose fate may be another than there.
    """

    def __init__(self, network: Network, intent: Intent, base: Walked | None = None) -> None:
        super().__init__(network, intent)
        scope = None if base is None else touched(base.network, network)
        same = () if base is None or scope is None else self._same(base, scope)
        self.links = frozenset([*self._links(scope), *same])
        self.answers: dict[Question, list[Link]] = {}
        for link in self.links:
            self.answers.setdefault(link.question, []).append(link)

    def _links(self, scope: frozenset[str] | None) -> Iterator[Link]:
        for source, address in self.questions(scope):
            for service in self.services():
                yield from self.opened(source, address, service)

    def _same(self, base: Walked, scope: frozenset[str]) -> Iterator[Link]:
        """Give the links of another network between hosts that what has changed does not touch, at our ports."""
        apart = {host.key for host in self.world.hosts if host.subnet in scope}
        ours: dict[tuple[int, int], list[int]] = {}
        for number, ports in self.ports.items():
            for port in ports:
                ours.setdefault((number, base.mark(number, port)), []).append(port)
        for link in base.links:
            if not {link.source, link.end} & apart:
                for port in ours.get((link.protocol, link.port), () if link.protocol in self.ports else (link.port,)):
                    yield replace(link, port=port)

    # -- links held against the intent --------------------------------------------------------------------------------

    def permitting(self, link: Link) -> list[Flow]:
        """Give the flows that permit a link."""
        return [flow for flow in self.intent.flows if self._permits(flow, link)]

    def _permits(self, flow: Flow, link: Link) -> bool:
        host = self.hosts.get(link.end)
        return (
            (flow.source, flow.target) == (self.zone(link.source), self.zone(link.end))
            and holds(flow, link.protocol, link.port)
            and crosses(flow, link)
            and (not flow.services or (host is not None and bool(host.services) and host.services <= {*flow.services}))
        )

    def forbidden(self) -> Iterator[Link]:
        """Give the links of living hosts that no flow permits, between two places of which one is a zone."""
        for link in self.links:
            ends = [self.hosts[end] for end in (link.source, link.end) if end in self.hosts]
            named = {self.zone(link.source), self.zone(link.end)} & {*self.intent.zones}
            if named and not any(host.stand_in for host in ends) and not self.permitting(link):
                yield link

    def has(self, source: str, end: str, service: tuple[int, int], own: int) -> list[Link]:
        """Give the links between two places for a service, known by the first port of its range."""
        number, port = service
        return self.answers.get((source, end, number, self.mark(number, port), own), [])

    # -- demands ------------------------------------------------------------------------------------------------------

    def unmet(self) -> Iterator[Flow]:
        """Give the demanded flows that some source cannot open to some part of the goal."""
        for flow in self.intent.flows:
            sources = [host for host in self.world.hosts if host.zone == flow.source]
            if flow.required and not (sources and all(self._met(flow, source) for source in sources)):
                yield flow

    def _met(self, flow: Flow, source: Host) -> bool:
        numbers = [NUMBERS[str(flow.protocol)]] if flow.protocol != "any" else [6, 17]
        asked = [(number, port) for number in numbers for port in self.ports[number] if holds(flow, number, port)]
        return all(
            any(self._answers(flow, source, end, service) for end in part)
            for part in self._parts(flow, source)
            for service in asked
        )

    def _answers(self, flow: Flow, source: Host, end: str, service: tuple[int, int]) -> bool:
        links = self.has(source.key, end, service, CLIENT_PORT)
        return any(crosses(flow, link) for link in links)

    def _parts(self, flow: Flow, source: Host) -> list[list[str]]:
        """Give the ends of which one in each part must answer."""
        if flow.target == "internet":
            return [["internet"]]
        if flow.target not in self.intent.zones:
            return [[key for key, name in self.gateways.items() if name == flow.target]]
        goals = [host for host in self.world.hosts if host.zone == flow.target and host.twin in {"", source.key}]
        goals = [host for host in goals if host.key != source.key]
        if flow.target == self.world.far_zone:
            return [[host.key] for host in goals]
        if flow.required is Demand.EACH_HOST or (flow.required is not Demand.ANY and goals and goals[0].stand_in):
            return [[host.key] for host in goals]
        narrowed = [[host for host in goals if name in host.services] for name in flow.services] or [goals]
        return [[host.key for host in part] for some in narrowed for part in self._split(flow, some, source)]

    def _split(self, flow: Flow, goals: list[Host], source: Host) -> list[list[Host]]:
        split: dict[Demand, Callable[[str], str]] = {
            Demand.EACH_AZ: lambda subnet: str(self.world.zone_ids[subnet]),
            Demand.EACH_SUBNET: lambda subnet: subnet,
        }
        name = split.get(flow.required)
        if name is None:
            return [goals]
        parts: dict[str, list[Host]] = {}
        for subnet, blocks in self.world.blocks.items():
            if self.world.zone(blocks[0][4]) == flow.target:
                parts.setdefault(name(subnet), []).extend(host for host in goals if host.subnet == subnet)
        alone = flow.source == flow.target and not any(host.twin == source.key for host in goals)
        return [part for place, part in parts.items() if part or not (alone and place == name(source.subnet))]


def holds(flow: Flow, number: int, port: int) -> bool:
    """Tell whether a flow is about a service."""
    if flow.protocol != "any" and NUMBERS[str(flow.protocol)] != number:
        return False
    return not flow.ports or any(low <= port <= high for low, high in flow.ports)


def crosses(flow: Flow, link: Link) -> bool:
    """Tell whether a link crosses what a flow demands of its way."""
    return {None: True, "nat": link.translated, "firewall": link.inspected}[flow.via]


def verdict(network: Network, intent: Intent) -> Verdict:
    """Try every packet between every two places, and say what departs from the intent."""
    return judge(Walked(network, intent))


def judge(walked: Walked) -> Verdict:
    """Say what departs from the intent in a network that has been walked."""
    opened = frozenset((walked.zone(link.source), walked.zone(link.end)) for link in walked.forbidden())
    return Verdict(opened, frozenset(flow.name for flow in walked.unmet()))


def difference(before: Walked, after: Walked) -> tuple[list[Link], list[Link]]:
    """Give the links that only the second network has, and those that only the first one has."""
    gained = [link for link in _resampled(after, before) if not _had(before, link)]
    lost = [link for link in _resampled(before, after) if not _had(after, link)]
    return gained, lost


def _resampled(one: Walked, other: Walked) -> Iterator[Link]:
    """Give a network's links at the ports that either network tells apart."""
    for link in one.links:
        yield link
        marks = one.ports.get(link.protocol, [])
        after = next((mark for mark in marks if mark > link.port), 65536)
        more = (port for port in other.ports.get(link.protocol, []) if link.port < port < after)
        yield from (replace(link, port=port) for port in more)


def _had(walked: Walked, link: Link) -> bool:
    return any(
        (one.translated, one.inspected) == (link.translated, link.inspected)
        for one in walked.has(link.source, link.end, (link.protocol, link.port), link.own)
    )


def first_difference(before: Sender, after: Sender, services: Iterable[tuple[int, int]]) -> tuple[bool, Link] | None:
    """Find one link for one of some services that only one of two networks has, and whether it is the second."""
    for source, address in after.questions(touched(before.network, after.network)):
        if source.key not in {*before.hosts, "internet"}:
            continue
        for service in services:
            old, new = ({*side.opened(source, address, service)} for side in (before, after))
            if old != new:
                return (True, min(new - old)) if new - old else (False, min(old - new))
    return None
