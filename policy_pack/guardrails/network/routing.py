"""Which route of a table each packet takes.

Longest prefix first; between equal prefixes local, static, prefix list, then propagated by origin ("How route
priority works", Amazon VPC User Guide). Propagated routes never beat the local one, however specific ("Route tables
and Site-to-Site VPN route priority"); a more specific static route does only when it points to a middlebox
("Middlebox routing"), which may also take the place of the local route itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from guardrails.facts.network import PrefixListRef, Route, RouteOrigin, RouteTable, TargetKind
from guardrails.facts.values import IPNetwork, Maybe, Origin, Ref, Unknown
from guardrails.network.model import Model
from guardrails.network.packets import DESTINATION, IPV4, IPV6, PRIVATE, Packets, network_set
from guardrails.sets import IntervalSet

MIDDLEBOXES = frozenset(
    {TargetKind.INTERFACE, TargetKind.INSTANCE, TargetKind.ENDPOINT, TargetKind.NAT_GATEWAY, TargetKind.UNKNOWN}
)

_PRIORITY = {
    RouteOrigin.LOCAL: 1,
    RouteOrigin.STATIC: 2,
    RouteOrigin.PROPAGATED_DIRECT_CONNECT: 4,
    RouteOrigin.PROPAGATED_VPN_STATIC: 5,
    RouteOrigin.PROPAGATED_VPN_BGP: 6,
    RouteOrigin.PROPAGATED: 7,
}
_PREFIX_LIST_PRIORITY = 3
_REPLACED_LOCAL_PRIORITY = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """One destination of one route: `addresses` it takes packets for, ordered by `rank` (smallest first)."""

    rank: tuple[int, int]
    addresses: IntervalSet
    route: Route
    text: str
    unknown: Unknown | None = None
    """Set where it is not known which packets the route takes, or whether it is there at all."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Packets that take one route; `unknown` tells that they may or may not."""

    packets: Packets
    entry: Entry


class Routing:
    """The compiled route tables of one model."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._tables: dict[tuple[str, str], tuple[Entry, ...]] = {}
        self.kept: dict[str, Any] = {}
        """What transit gateways' tables were compiled to."""

    def lookup(
        self, table: RouteTable | None, vpc: str, sent: Packets, *, may: bool
    ) -> tuple[list[Choice], Packets, list[Unknown]]:
        """Give each route with the packets that take it, the packets that none takes, and the unknowns met.

        With `may`, packets that an unknown route could take are tried both ways; without, they take none at all.
        """
        choices: list[Choice] = []
        unknowns: list[Unknown] = []
        rest = sent
        for entry in self.entries(table, vpc):
            if not rest:
                break
            hit = rest.limit(DESTINATION, entry.addresses)
            if not hit:
                continue
            if entry.unknown is None:
                choices.append(Choice(hit, entry))
                rest = rest.without(DESTINATION, entry.addresses)
                continue
            unknowns.append(entry.unknown)
            if may:
                choices.append(Choice(hit, entry))
            else:
                rest = rest.without(DESTINATION, entry.addresses)
        return choices, rest, unknowns

    def led_to(self, target: str) -> IntervalSet:
        """Give the destinations for which some table's route leads to this object, or may do so."""
        found = IntervalSet()
        for table in self.model.network.route_tables:
            if not any(self.model.key(route.target) == target for route in table.routes):
                continue
            left = IPV4 | IPV6
            for entry in self.entries(table, self.model.key(table.vpc) or ""):
                if self.model.key(entry.route.target) == target:
                    found |= left & entry.addresses
                if entry.unknown is None:
                    left -= entry.addresses
        return found

    def entries(self, table: RouteTable | None, vpc: str) -> tuple[Entry, ...]:
        """Give a table's entries in the order in which they decide, the VPC's local routes among them."""
        name = (table.key if table else "", vpc)
        found = self._tables.get(name)
        if found is None:
            found = self._tables[name] = tuple(sorted(self._compile(table, vpc), key=lambda entry: entry.rank))
        return found

    def _compile(self, table: RouteTable | None, vpc: str) -> Iterator[Entry]:
        yield from self._local(vpc)
        if table is None:
            return
        home = self.model.vpc_addresses(vpc)
        routes = [*table.routes, *self._propagated(table)]
        for route in routes:
            for entry in self._expand(route, home):
                if entry.addresses:
                    yield entry

    def _local(self, vpc: str) -> Iterator[Entry]:
        found = self.model.vpcs.get(vpc)
        for cidr in found.cidrs if found else ():
            if not isinstance(cidr, Unknown):
                route = Route(cidr, TargetKind.LOCAL, None, Origin(vpc), RouteOrigin.LOCAL)
                yield Entry((-cidr.prefixlen, 1), network_set(cidr), route, f"{cidr} to local")
        vague = self.model.vague_block(vpc)
        if vague is not None:
            route = Route(vague.unknown, TargetKind.LOCAL, None, Origin(vpc), RouteOrigin.LOCAL)
            yield Entry((-200, 0), vague.addresses, route, "unknown block to local", _named(vague.unknown, route))
            for family, longest in ((IPV4, 16), (IPV6, 44)):
                yield Entry((-longest, 1), self.model.vpc_addresses(vpc) & family, route, "the VPC's subnets to local")

    def redirects(self, table: RouteTable | None, vpc: str, addresses: IntervalSet) -> bool:
        """Tell whether some route of a table but the local ones takes packets to some of these addresses."""
        return any(
            entry.route.kind is not TargetKind.LOCAL and entry.addresses & addresses
            for entry in self.entries(table, vpc)
        )

    def _expand(self, route: Route, home: IntervalSet) -> Iterator[Entry]:
        priority = _PRIORITY[route.source]
        middlebox = route.kind in MIDDLEBOXES and priority <= 2
        doubt = route.blackhole if isinstance(route.blackhole, Unknown) else None
        if isinstance(route.destination, PrefixListRef):
            yield from self._expand_list(route, route.destination, home, doubt)
        elif isinstance(route.destination, Unknown):
            learned = route.source is not RouteOrigin.STATIC
            reach = (IPV4 | IPV6) if middlebox else (PRIVATE if learned else IPV4 | IPV6) - home
            unknown = _named(route.destination, route)
            yield Entry((-200, 0), reach, route, f"unknown destination to {self._target(route)}", unknown)
        elif route.kind is not TargetKind.LOCAL:
            cidr = route.destination
            addresses = network_set(cidr)
            if middlebox:
                priority = _REPLACED_LOCAL_PRIORITY
            else:
                addresses -= home
            text = f"{cidr} to {self._target(route)}"
            yield Entry((-cidr.prefixlen, priority), addresses, route, text, doubt)

    def _expand_list(
        self, route: Route, listed: PrefixListRef, home: IntervalSet, doubt: Unknown | None
    ) -> Iterator[Entry]:
        found = self.model.prefix_list(listed.list)
        name = (
            "unknown prefix list" if isinstance(listed.list, Unknown) else listed.list.literal or listed.list.key or ""
        )
        name = self.model.label(name)
        text = f"{name} to {self._target(route)}"
        if isinstance(found, Unknown):
            yield Entry((-200, 0), (IPV4 | IPV6) - home, route, text, _named(found, route))
            return
        key = self.model.key(listed.list)
        entries = self.model.prefix_lists[key].entries if key in self.model.prefix_lists else None
        if entries is None:
            yield Entry((-129, _PREFIX_LIST_PRIORITY), found, route, text, doubt)
            return
        for cidr in entries:
            if not isinstance(cidr, Unknown):
                whole = f"{cidr} ({name}) to {self._target(route)}"
                yield Entry((-cidr.prefixlen, _PREFIX_LIST_PRIORITY), network_set(cidr) - home, route, whole, doubt)

    def _target(self, route: Route) -> str:
        """Say where a route leads; of a blackhole what it led to, and the state in which the source lists that."""
        if route.target is None or isinstance(route.target, Unknown):
            return "blackhole" if route.blackhole is True else str(route.kind)
        key = self.model.key(route.target)
        name = self.model.label(key) if key else route.target.literal or str(route.kind)
        if route.blackhole is not True:
            return name
        state = next((f", {name} is {told}" for one, _, told in self.model.network.gone if one == name), "")
        return f"{name} (blackhole{state})"

    # -- propagation from VPN gateways --------------------------------------------------------------------------------

    def _propagated(self, table: RouteTable) -> Iterator[Route]:
        """Add what propagating VPN gateways announce, unless the source lists their propagated routes itself."""
        shown = {
            self.model.key(route.target)
            for route in table.routes
            if route.source not in {RouteOrigin.STATIC, RouteOrigin.LOCAL}
        }
        for ref in table.propagating:
            gateway = self.model.key(ref)
            if gateway is not None and gateway not in shown:
                yield from self._announced(gateway, None)
        for maybe, doubt in self.model.loose.propagating(table):
            if maybe.key not in shown:
                yield from self._announced(maybe.key, doubt)

    def _announced(self, gateway: str, doubt: Unknown | None) -> Iterator[Route]:
        """Give the routes that a VPN gateway learns; `doubt` leaves open whether they are there, as unknown ends do."""
        for connection in self.model.network.vpn_connections:
            if self.model.loose.may_be(connection.gateway, gateway):
                known = connection.static_only is True or bool(connection.static_routes)
                unknown = Unknown(f"{self.model.label(connection.key)} routes", "learned by BGP")
                blocks = connection.static_routes if known else (unknown,)
                source = RouteOrigin.PROPAGATED_VPN_STATIC if known else RouteOrigin.PROPAGATED_VPN_BGP
                open_end = _open(connection.gateway, doubt)
                yield from self._to_gateway(gateway, blocks, connection.origin, source, open_end)
        ends: dict[str | None, Unknown | None] = {}
        for one in self.model.network.direct_connect_gateways:
            for ref, _ in one.associations:
                if self.model.loose.may_be(ref, gateway):
                    ends[one.key] = _open(ref, doubt) if one.key not in ends else ends[one.key] and _open(ref, doubt)
        ends[gateway] = doubt
        for line in self.model.network.virtual_interfaces:
            key = self.model.key(line.gateway)
            if key in ends or isinstance(line.gateway, Unknown):
                unknown = Unknown(f"{self.model.label(line.key)} routes", "learned by BGP")
                blocks = (unknown,) if line.learned is None else line.learned
                source = RouteOrigin.PROPAGATED_DIRECT_CONNECT
                yield from self._to_gateway(gateway, blocks, line.origin, source, _open(line.gateway, ends.get(key)))

    def _to_gateway(
        self, gateway: str, blocks: tuple[Maybe[IPNetwork], ...], origin: Origin, source: RouteOrigin,
        doubt: Unknown | None,
    ) -> Iterator[Route]:  # fmt: skip
        for cidr in blocks:
            blackhole = False if doubt is None else doubt
            yield Route(cidr, TargetKind.VPN_GATEWAY, Ref(gateway), origin, source, blackhole=blackhole)


def _open(end: object, doubt: Unknown | None) -> Unknown | None:
    """Give what leaves an edge open: its own unknown end, else the doubt that there was before."""
    return end if isinstance(end, Unknown) else doubt


def _named(unknown: Unknown, route: Route) -> Unknown:
    what = unknown.what or f"{route.origin.subject}.{route.origin.path}".strip(".")
    return Unknown(what, unknown.why)
