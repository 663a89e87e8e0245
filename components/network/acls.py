"""Network ACLs: one a tier, from the same port matrix, as a second line behind the security groups.

They are stateless, so every flow has its return. Each subnet of a peer has entries of its own, so that an AZ more adds
entries and changes none. They are coarser than the groups where AWS' limit of 20 entries a direction asks for it: many
port ranges towards one peer become the range that spans them, and where that is not enough, subnets are joined.
Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network, collapse_addresses

from components.network.plan import WORLD, NetworkPlan
from components.network.ports import HTTPS, Direction, Elsewhere, Flow, flows
from components.vocabulary import Zone

EPHEMERAL = (1024, 65535)
"""Ports that clients and NAT gateways use for their own side of a connection."""


@dataclass(frozen=True, slots=True)
class _Grain:
    """How fine entries are: so many port ranges of one protocol towards one peer, subnets by themselves or joined."""

    ranges: int
    joined: bool


_GRAINS = (_Grain(4, joined=False), _Grain(2, joined=False), _Grain(2, joined=True))
"""From fine to coarse: the first that fits AWS' limit is taken."""

MAX_ENTRIES = 20
"""AWS' limit of entries for each direction of a network ACL."""

ALL = "-1"
PRIVATE = tuple(
    IPv4Network(cidr) for cidr in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16")
)
"""RFC 1918, 6598 and 3927: cut off, below the named peers, where a tier speaks to the world."""

_PLACES: dict[Zone | Elsewhere, int] = {
    Zone.DIRECTORY: 1000,
    Zone.DESKTOP: 2000,
    Zone.PROXY: 3000,
    Zone.ENDPOINT: 4000,
    Zone.BASTION: 5000,
    Zone.PRODUCTION: 6000,
    Zone.PUBLIC: 7000,
    Elsewhere.WORLD: 9000,
    Elsewhere.S3: 9500,
}
"""Where a peer's entries begin, and each of its subnets STEP further: a new one renumbers no other."""

STEP = 10
_DENIED = 8000


@dataclass(frozen=True, slots=True)
class AclEntry:
    """One entry; ports are None where the protocol has none."""

    direction: Direction
    number: int
    allow: bool
    protocol: str
    cidr: IPv4Network
    ports: tuple[int, int] | None

    @property
    def key(self) -> str:
        """A name that is unique in the ACL."""
        return f"{self.direction}-{self.number}"


@dataclass(frozen=True, slots=True)
class AclPlan:
    """The ACL of one tier."""

    zone: Zone
    entries: tuple[AclEntry, ...]


@dataclass(frozen=True, slots=True)
class _Need:
    """Packets that a tier must let pass, towards or from a peer."""

    zone: Zone
    direction: Direction
    peer: Zone | Elsewhere
    protocol: str
    ports: tuple[int, int] | None


def plan_acls(plan: NetworkPlan) -> tuple[AclPlan, ...]:
    """One ACL for each tier that has subnets; ValueError where a tier would need more entries than AWS allows."""
    zones = dict.fromkeys(subnet.zone for subnet in (*plan.subnets, *plan.production.subnets))
    needs = tuple(_needs(flows(plan)))
    return tuple(_acl(zone, [need for need in needs if need.zone is zone], plan) for zone in zones)


def _needs(matrix: Iterable[Flow]) -> Iterator[_Need]:
    for flow in matrix:
        yield from _both_ends(flow.source, flow.target, flow.protocol, (flow.from_port, flow.to_port))
    # The controllers replicate with each other across AZs on ports that their own group, made by AWS, decides.
    yield _Need(Zone.DIRECTORY, Direction.EGRESS, Zone.DIRECTORY, ALL, None)
    yield _Need(Zone.DIRECTORY, Direction.INGRESS, Zone.DIRECTORY, ALL, None)
    # NAT gateways and inspection endpoints take the proxy's packets for the world, and hand the world's back to it.
    for between in (Zone.PUBLIC, Zone.INSPECTION):
        yield from _both_ends(between, Elsewhere.WORLD, "tcp", (HTTPS, HTTPS))
        yield _Need(between, Direction.INGRESS, Zone.PROXY, "tcp", (HTTPS, HTTPS))
        yield _Need(between, Direction.EGRESS, Zone.PROXY, "tcp", EPHEMERAL)


def _both_ends(source: Zone, target: Zone | Elsewhere, protocol: str, ports: tuple[int, int]) -> Iterator[_Need]:
    yield _Need(source, Direction.EGRESS, target, protocol, ports)
    yield _Need(source, Direction.INGRESS, target, protocol, EPHEMERAL)
    if isinstance(target, Zone):
        yield _Need(target, Direction.INGRESS, source, protocol, ports)
        yield _Need(target, Direction.EGRESS, source, protocol, EPHEMERAL)


def _acl(zone: Zone, needs: list[_Need], plan: NetworkPlan) -> AclPlan:
    counts: dict[Direction, int] = {}
    for grain in _GRAINS:
        entries = tuple(entry for direction in Direction for entry in _entries(direction, needs, plan, grain))
        counts = {direction: sum(entry.direction is direction for entry in entries) for direction in Direction}
        if all(count <= MAX_ENTRIES for count in counts.values()):
            return AclPlan(zone, entries)
    told = ", ".join(f"{count} {direction}" for direction, count in counts.items() if count > MAX_ENTRIES)
    raise ValueError(f"the {zone} tier needs {told} entries, AWS allows {MAX_ENTRIES}")


def _entries(direction: Direction, needs: list[_Need], plan: NetworkPlan, grain: _Grain) -> Iterator[AclEntry]:
    mine = [need for need in needs if need.direction is direction]
    for peer in sorted({need.peer for need in mine}, key=_PLACES.__getitem__):
        wanted = _spanned([need for need in mine if need.peer is peer], grain)
        for index, cidr in enumerate(_cidrs(peer, plan, grain)):
            for offset, (protocol, ports) in enumerate(wanted):
                yield AclEntry(direction, _PLACES[peer] + index * STEP + offset, True, protocol, cidr, ports)
    if any(isinstance(need.peer, Elsewhere) for need in mine):
        for offset, cidr in enumerate(PRIVATE):
            yield AclEntry(direction, _DENIED + offset, False, ALL, cidr, None)


def _cidrs(peer: Zone | Elsewhere, plan: NetworkPlan, grain: _Grain) -> tuple[IPv4Network, ...]:
    """S3 has public addresses, which an ACL can name only as the world; the tier's routes lead to S3 alone."""
    if isinstance(peer, Elsewhere):
        return (WORLD,)
    subnets = plan.production.cidrs if peer is Zone.PRODUCTION else tuple(item.cidr for item in plan.tier(peer))
    return tuple(collapse_addresses(subnets)) if grain.joined else subnets


def _spanned(needs: list[_Need], grain: _Grain) -> list[tuple[str, tuple[int, int] | None]]:
    by_protocol: dict[str, list[tuple[int, int]]] = {}
    for need in needs:
        ranges = by_protocol.setdefault(need.protocol, [])
        if need.ports and need.ports not in ranges:
            ranges.append(need.ports)
    return [(protocol, ports) for protocol, ranges in by_protocol.items() for ports in _few(ranges, grain)]


def _few(ranges: list[tuple[int, int]], grain: _Grain) -> list[tuple[int, int] | None]:
    if not ranges:
        return [None]
    if len(ranges) <= grain.ranges:
        return list(ranges)
    return [(min(low for low, _ in ranges), max(high for _, high in ranges))]
