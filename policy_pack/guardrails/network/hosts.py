"""Hosts: classes of network interfaces that the network treats alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from guardrails.facts.network import Interface, Network, Subnet
from guardrails.facts.values import IPNetwork, Maybe, Ref, Unknown
from guardrails.network.packets import (
    IPV4,
    IPV6,
    PRIVATE,
    PUBLIC_V6,
    address_number,
    address_set,
    network_set,
)
from guardrails.sets import IntervalSet

_OWNED_KINDS = frozenset({"load-balancer", "vpc-endpoint"})
"""Kinds of which each owner has its own ways (listeners, services): never in one class with another's."""

SILENT_KINDS = frozenset({"nat-gateway", "transit-gateway", "gateway-load-balancer-endpoint", "network-firewall"})
"""Interfaces of AWS's own that take part in forwarding and are nobody's place to connect to or from."""


@dataclass(frozen=True, slots=True)
class Host:
    """Interfaces that share subnet, groups and kind, with all their addresses.

    `exact` is False where the addresses are not known: `addresses` then holds all that they can be. `groups` is None
    where it is not known which security groups apply. `mapping` pairs private with public IPv4 addresses.
    """

    key: str
    id: str
    subnet: str | None
    vpc: str | None
    groups: frozenset[str] | None = frozenset()
    addresses: IntervalSet = field(default_factory=IntervalSet)
    exact: bool = True
    public: Maybe[bool] = False
    mapping: tuple[tuple[int, int], ...] = ()
    check: Maybe[bool] = True
    filtered: bool = True
    owner: str = ""
    owner_kind: str = "interface"
    members: tuple[str, ...] = ()
    attached: Maybe[bool] = True
    closed: Maybe[bool] = False
    """Whether AWS itself denies it all traffic from the internet."""

    @property
    def public_addresses(self) -> IntervalSet:
        """Give the public IPv4 addresses that are mapped to the host's private ones."""
        return IntervalSet.of(*(public for _, public in self.mapping))

    @property
    def mapped(self) -> IntervalSet:
        """Give the private IPv4 addresses that have a public one; all of them where it is not known which."""
        if self.public is not True:
            return IntervalSet()
        return IntervalSet.of(*(private for private, _ in self.mapping)) if self.mapping else self.addresses & IPV4

    @property
    def global_v6(self) -> IntervalSet:
        """Give the host's IPv6 addresses that the internet can reach."""
        return self.addresses & PUBLIC_V6


@dataclass(frozen=True, slots=True)
class Vague:
    """Addresses that something may have, and the unknown input that decides."""

    addresses: IntervalSet
    unknown: Unknown


def vague_part(blocks: tuple[Maybe[IPNetwork], ...]) -> Vague | None:
    """Give the addresses that the unknown ones of some blocks may hold; None where all are known.

    IPv4 blocks are taken to be private ones, as good as all are; IPv6 blocks AWS's or private ones.
    """
    unknown = next((block for block in blocks if isinstance(block, Unknown)), None)
    if unknown is None:
        return None
    six = PUBLIC_V6 | (PRIVATE & IPV6)
    only_six = all("pv6" in block.what for block in blocks if isinstance(block, Unknown))
    return Vague(six if only_six else six | (PRIVATE & IPV4), unknown)


def usable_addresses(subnet: Subnet) -> IntervalSet:
    """Give the addresses that AWS hands out in a subnet: all but the first four and the last ("Subnet CIDR blocks")."""
    usable = IntervalSet()
    for cidr in subnet.cidrs:
        if isinstance(cidr, Unknown):
            continue
        whole = network_set(cidr)
        low, high = whole.intervals[0]
        usable |= IntervalSet.span(low + 4, high - 1) if cidr.num_addresses > 8 else whole
    return usable


def held_addresses(interface: Interface) -> IntervalSet:
    """Give the addresses that an interface is known to have, delegated prefixes among them."""
    held = address_set(interface.addresses)
    return held.union((*held, *(pair for block in interface.blocks for pair in network_set(block))))


def _mapping(interface: Interface) -> tuple[tuple[int, int], ...]:
    if interface.public_mappings:
        return tuple((address_number(private), address_number(public)) for private, public in interface.public_mappings)
    private = [address for address in interface.addresses if address.version == 4]
    return tuple(
        (address_number(one), address_number(two))
        for one, two in zip(private, interface.public_addresses, strict=False)
    )


def build_hosts(network: Network, subnets: dict[str, Subnet], resolve: dict[str, str]) -> tuple[Host, ...]:
    """Group interfaces into hosts. Those whose addresses are not known are alike, apart from those with known ones."""
    taken: dict[str, IntervalSet] = defaultdict(IntervalSet)
    for interface in network.interfaces:
        place = _place(interface.subnet, resolve)
        if place is not None:
            taken[place] |= held_addresses(interface)
    classes: dict[tuple[object, ...], list[Interface]] = defaultdict(list)
    for interface in network.interfaces:
        classes[_class_of(interface, resolve)].append(interface)
    return tuple(_host(members, subnets, taken, resolve) for members in classes.values())


def _place(ref: Maybe[Ref], resolve: dict[str, str]) -> str | None:
    if isinstance(ref, Unknown):
        return None
    return ref.key if ref.key is not None else resolve.get(ref.literal or "")


def _groups(interface: Interface, resolve: dict[str, str]) -> frozenset[str] | None:
    if isinstance(interface.groups, Unknown):
        return None
    names: set[str] = set()
    for group in interface.groups:
        if isinstance(group, Unknown):
            return None
        key = group.key if group.key is not None else resolve.get(group.literal or "", group.literal or "")
        names.add(key)
    return frozenset(names)


def _plain(value: Maybe[bool]) -> bool | None:
    return None if isinstance(value, Unknown) else value


def _class_of(interface: Interface, resolve: dict[str, str]) -> tuple[object, ...]:
    alone = isinstance(interface.public, Unknown)
    check = interface.source_dest_check
    routes = check is not True
    return (
        _place(interface.subnet, resolve),
        _groups(interface, resolve),
        interface.public is True,
        interface.filtered,
        _plain(interface.attached),
        _plain(interface.igw_denied),
        interface.owner_kind,
        not (interface.addresses or interface.blocks),
        interface.owner if routes or alone or interface.owner_kind in _OWNED_KINDS else "",
        interface.key if alone or routes else "",
    )


def _host(
    members: list[Interface], subnets: dict[str, Subnet], taken: dict[str, IntervalSet], resolve: dict[str, str]
) -> Host:
    first = members[0]
    place = _place(first.subnet, resolve)
    subnet = subnets.get(place) if place is not None else None
    known = IntervalSet()
    for member in members:
        known |= held_addresses(member)
    exact = bool(known)
    if not exact and subnet is not None:
        vague = vague_part(subnet.cidrs)
        known = usable_addresses(subnet) | (vague.addresses if vague else IntervalSet())
        known -= taken[subnet.key]
    return Host(
        key=first.key,
        id=first.key if isinstance(first.id, Unknown) else first.id,
        subnet=subnet.key if subnet else None,
        vpc=_place(subnet.vpc, resolve) if subnet else None,
        groups=_groups(first, resolve),
        addresses=known & (IPV4 | IPV6),
        exact=exact,
        public=first.public,
        mapping=tuple(pair for member in members for pair in _mapping(member)) if first.public is not False else (),
        check=first.source_dest_check,
        filtered=first.filtered,
        owner=first.owner,
        owner_kind=first.owner_kind,
        members=tuple(member.key for member in members),
        attached=first.attached,
        closed=first.igw_denied,
    )


def synthesise(network: Network, resolve: dict[str, str]) -> Iterable[Interface]:
    """Make up the interfaces of endpoints and load balancers that the source does not list, one in every subnet."""
    listed = {interface.owner for interface in network.interfaces}
    for endpoint in network.endpoints:
        if endpoint.kind == "Interface" and endpoint.key not in listed:
            yield from (
                Interface(
                    key=f"{endpoint.key}#{index}",
                    origin=endpoint.origin,
                    id=endpoint.id,
                    name=endpoint.name,
                    owner=endpoint.key,
                    owner_kind="vpc-endpoint",
                    subnet=subnet,
                    groups=endpoint.groups,
                )
                for index, subnet in enumerate(endpoint.subnets)
            )
    for balancer in network.load_balancers:
        if balancer.key not in listed:
            yield from (
                Interface(
                    key=f"{balancer.key}#{index}",
                    origin=balancer.origin,
                    id=balancer.id,
                    name=balancer.name,
                    owner=balancer.key,
                    owner_kind="load-balancer",
                    subnet=subnet,
                    groups=balancer.groups,
                    public=balancer.internal if isinstance(balancer.internal, Unknown) else not balancer.internal,
                    filtered=bool(balancer.groups),
                )
                for index, subnet in enumerate(balancer.subnets)
            )
