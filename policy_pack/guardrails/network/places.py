"""What people call a place: an id, a name, a zone, an address, a CIDR block, or `internet`."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce

from guardrails.facts.network import EndpointKind, Interface
from guardrails.facts.values import IPNetwork, Ref, Unknown
from guardrails.network.hosts import Host, held_addresses, usable_addresses
from guardrails.network.items import PLACED_KINDS, named_only, placed_items
from guardrails.network.model import Model
from guardrails.network.names import is_public_name, named_by_dns
from guardrails.network.packets import INTERNET, IPV4, IPV6, LINK_LOCAL, NAT64, PUBLIC_V4, cidrs, network_set
from guardrails.sets import IntervalSet

EVERYTHING = IPV4 | IPV6
ZONE_TAG = "Zone"
"""The tag that names a zone where no intent does."""


class PlaceError(ValueError):
    """A place that cannot be asked about; `candidates` lists what an ambiguous name could mean."""

    def __init__(self, message: str, candidates: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.candidates = candidates


@dataclass(frozen=True, slots=True)
class Target:
    """A host with the addresses by which it is asked for: private, public, or both."""

    host: Host
    addresses: IntervalSet


@dataclass(frozen=True, slots=True)
class Place:
    """A set of ends of connections: our own hosts, the internet, the premises, services behind gateway endpoints."""

    text: str
    targets: tuple[Target, ...] = ()
    internet: IntervalSet = field(default_factory=IntervalSet)
    premises: IntervalSet = field(default_factory=IntervalSet)
    services: frozenset[str] = frozenset()
    maybe: frozenset[str] = frozenset()
    """Gateway endpoints whose service may have these addresses: its prefix list is not spelled out."""
    perhaps: IntervalSet = field(default_factory=IntervalSet)
    """Stand-ins of AWS's own prefix lists that are not spelled out and may hold some of these addresses."""
    some: bool = False
    """Whether one address of the internet is meant and the source does not tell which."""
    link: IntervalSet = field(default_factory=IntervalSet)
    """Addresses that AWS serves on each host's own link, or VPC resolvers."""
    lost: Unknown | None = None
    """What is meant and is not in the source, which names it or lacks objects of such a kind."""
    more: tuple[Unknown, ...] = ()
    """What leaves open which other addresses are meant."""

    def __or__(self, other: Place) -> Place:
        return Place(
            self.text,
            (*self.targets, *other.targets),
            self.internet | other.internet,
            self.premises | other.premises,
            self.services | other.services,
            self.maybe | other.maybe,
            self.perhaps | other.perhaps,
            self.some or other.some,
            self.link | other.link,
            self.lost or other.lost,
            (*self.more, *other.more),
        )


def asked(host: Host) -> IntervalSet:
    """Give every address by which a host can be asked for when it is named by id."""
    unknown = not host.mapping and host.public is not False
    return host.addresses | host.public_addresses | (PUBLIC_V4 if unknown else IntervalSet())


class Places:
    """Finds places in a model. `zones` maps the intent's zone names to blocks and tags, where there is an intent."""

    def __init__(
        self, model: Model, zones: Mapping[str, tuple[Iterable[IPNetwork], Mapping[str, str]]] | None = None
    ) -> None:
        self.model = model
        self.zones = dict(zones or {})

    def find(self, text: str, source: Place | None = None) -> Place:
        """Resolve what someone wrote; DNS names as `source` resolves them.

        Raises:
            PlaceError: nothing or more than one thing goes by that name.
        """
        word = text.strip()
        if word.lower() == "internet":
            return self.internet(word)
        if word in self.zones:
            return self.zone(word)
        block = _network(word)
        if block is not None:
            return self.block(word, network_set(block))
        vpcs = {target.host.vpc for target in source.targets} if source else set[str | None]()
        named = [self._of_key(word, key) for key in named_by_dns(self.model, word, vpcs)]
        if is_public_name(word) and not any(place.targets for place in named):
            missing = "endpoints" in self.model.network.incomplete
            more = (Unknown("endpoints", "the source does not hold all of these"),) if missing else ()
            named.append(replace(self.internet(word), some=True, more=more))
        return reduce(Place.__or__, named) if named else self._object(word)

    def internet(self, text: str) -> Place:
        """Give the internet, the addresses of AWS's own prefix lists among it."""
        return Place(text, internet=INTERNET | NAT64 | self.model.unspelled_services)

    # -- addresses ----------------------------------------------------------------------------------------------------

    def block(self, text: str, wanted: IntervalSet) -> Place:
        """Give the place of a set of addresses: our hosts there, the internet's part and the premises' part."""
        model = self.model
        wanted &= EVERYTHING
        targets: list[Target] = []
        for host in model.hosts:
            by_private = host.addresses & wanted
            by_public = host.public_addresses & wanted
            if by_private:
                targets.append(Target(self._part(host, by_private), by_private))
            if by_public:
                chosen = IntervalSet.of(*(private for private, public in host.mapping if public in by_public))
                targets.append(Target(self._part(host, chosen), by_public))
        own = IntervalSet()
        for host in model.hosts:
            own |= host.public_addresses & wanted
        found = IntervalSet.union(pair for target in targets for pair in target.addresses)
        inside = (wanted & model.all_vpc_addresses) - self.resolvers()
        if (not targets and inside) or (len(cidrs(wanted)) == 1 and wanted.size == 1 and not found):
            vacant = wanted.size == 1 and "interfaces" in model.network.exhaustive
            targets.extend(() if vacant else self._nobody(inside))
        routed = self._routed_to_premises()
        outside = wanted - model.all_vpc_addresses - LINK_LOCAL
        public = (outside & (INTERNET | NAT64)) - own
        return Place(
            text,
            tuple(targets),
            public,
            (outside - INTERNET - NAT64) | (outside & routed),
            self._services(wanted),
            model.unspelled_endpoints if public else frozenset(),
            model.unspelled_services if public else IntervalSet(),
            link=(wanted & LINK_LOCAL) | (wanted & self.resolvers()),
        )

    def resolvers(self) -> IntervalSet:
        """Give the addresses of all VPCs' resolvers."""
        return self.resolver_of(self.model.vpcs)

    def resolver_of(self, vpcs: Iterable[str]) -> IntervalSet:
        """Give the addresses of some VPCs' resolvers: the first block's base plus two ("Amazon DNS server")."""
        found: list[int] = []
        for vpc in (self.model.vpcs[key] for key in vpcs):
            first = next((cidr for cidr in vpc.cidrs if not isinstance(cidr, Unknown) and cidr.version == 4), None)
            if first is not None and vpc.dns_support is not False:
                found.append(int(first.network_address) + 2)
        return IntervalSet.of(*found)

    def _part(self, host: Host, addresses: IntervalSet) -> Host:
        if addresses == host.addresses or not host.exact:
            return host
        mapping = tuple(pair for pair in host.mapping if pair[0] in addresses)
        members = [member for member in host.members if held_addresses(self.model.interfaces[member]) & addresses]
        name = self.model.label(members[0]) if len(members) == 1 else host.id
        owner = self.model.interfaces[members[0]].owner if len(members) == 1 else host.owner
        told = all(self.model.interfaces[member].public_mappings for member in members)
        public = False if host.public is True and told and not mapping else host.public
        return replace(host, addresses=addresses, mapping=mapping, id=name, owner=owner, public=public)

    def _nobody(self, wanted: IntervalSet) -> Iterable[Target]:
        """Stand in for addresses of ours that no listed interface has: which groups hold there is not known."""
        for subnet in self.model.network.subnets:
            met = usable_addresses(subnet) & wanted
            if met:
                host = Host(
                    key=f"{subnet.key}#{met.sample()}",
                    id=(cidrs(met) or [subnet.key])[0],
                    subnet=subnet.key,
                    vpc=self.model.vpc_of(subnet.key),
                    groups=None,
                    addresses=met,
                    owner_kind="address",
                )
                yield Target(host, met)

    def _routed_to_premises(self) -> IntervalSet:
        found = IntervalSet()
        for connection in self.model.network.vpn_connections:
            for cidr in connection.static_routes:
                if not isinstance(cidr, Unknown) and cidr.prefixlen:
                    found |= network_set(cidr)
        for interface in self.model.network.virtual_interfaces:
            for cidr in interface.learned or ():
                if not isinstance(cidr, Unknown) and cidr.prefixlen:
                    found |= network_set(cidr)
        return found

    def _services(self, wanted: IntervalSet) -> frozenset[str]:
        """Give the gateway endpoints whose service's prefix list holds some of these addresses and is spelled out."""
        found: set[str] = set()
        for listed in self.model.network.prefix_lists:
            if listed.entries is None:
                continue
            addresses = IntervalSet()
            for entry in listed.entries:
                if not isinstance(entry, Unknown):
                    addresses |= network_set(entry)
            unknown = any(isinstance(entry, Unknown) for entry in listed.entries)
            if addresses & wanted or unknown:
                found |= set(self.model.endpoints_of_list(listed.key))
        return frozenset(found)

    # -- objects ------------------------------------------------------------------------------------------------------

    def _object(self, word: str) -> Place:
        model = self.model
        tail = word.rsplit("/", 1)[-1] if word.startswith("arn:") else word
        for name in dict.fromkeys((word, tail)):
            key = model.keys.get(name)
            if key is None and model.owned_by(name):
                key = name
            if key is not None:
                return self._of_key(word, key)
        named = self._named(word)
        zone = self.tagged(word, {ZONE_TAG: word}) if not named else Place(word)
        if zone.targets:
            return zone
        if not named and any(word in (key, name) or tail == key for key, name, _ in model.network.gone):
            return Place(word)
        lost = None if named else self._lost(word, tail)
        if lost is not None:
            return Place(word, lost=lost)
        if not named:
            raise PlaceError(
                f"{word!r} is no id, name, zone, address or CIDR block of this network, and not `internet`"
            )
        if len(named) > 1:
            raise PlaceError(f"{word!r} is the name of {len(named)} objects", tuple(sorted(named)))
        return self._of_key(word, next(iter(named)))

    def _lost(self, word: str, tail: str) -> Unknown | None:
        """Tell why a place may be meant that is not in the source; None where nothing speaks for it."""
        network = self.model.network
        if {word, tail} & named_only(network):
            return Unknown(word, "the source names it and does not hold it")
        lacking = [kind for kind in PLACED_KINDS if kind in network.incomplete]
        if lacking:
            return Unknown(word, f"the source does not hold all of: {', '.join(lacking)}")
        return None

    def _named(self, word: str) -> set[str]:
        found: dict[str, None] = {}
        places = placed_items(self.model.network)
        for item in places:
            tags = {key: value for key, value in item.tags if isinstance(value, str)}
            if word in {item.name, tags.get("Name")}:
                found[item.key] = None
        owners: set[str] = set()
        for interface in self.model.network.interfaces:
            called = {interface.owner, interface.owner_id, interface.owner_name, _tag(interface)}
            if interface.owner and word in called:
                owners.add(interface.owner)
        for owner in owners:
            mine = {member for host in self.model.owned_by(owner) for member in host.members}
            found = {key: None for key in found if key not in mine}
            found[owner] = None
        return set(found)

    def _of_key(self, text: str, key: str) -> Place:
        for index, make in self._makers():
            if key in index:
                return make(text, key)
        return self._owned(text, key)

    def _makers(self) -> tuple[tuple[Container[str], Callable[[str, str], Place]], ...]:
        """Give, for every kind of object that can be a place, its index and what turns one into a place."""
        model = self.model
        gateway_endpoints = {
            key
            for key, one in model.endpoints.items()
            if one.kind is EndpointKind.GATEWAY or (isinstance(one.kind, Unknown) and not model.owned_by(key))
        }
        outside = EVERYTHING - model.all_vpc_addresses - INTERNET
        return (
            (model.interfaces, lambda text, key: self._hosts(text, [model.narrowed(model.host_of[key], key)])),
            (model.subnets, lambda text, key: self.subnets(text, [key])),
            (
                model.vpcs,
                lambda text, key: self.subnets(text, [one for one in model.subnets if model.vpc_of(one) == key]),
            ),
            (model.groups, lambda text, key: self._hosts(text, model.carriers.get(key, ()))),
            (model.nats, lambda text, key: self._hosts(text, [model.nat_host(model.nats[key])])),
            (gateway_endpoints, lambda text, key: Place(text, services=frozenset({key}))),
            (model.prefix_lists, self._list),
            (model.internet_gateways, lambda text, _: self.internet(text)),
            (model.outward, lambda text, _: Place(text, premises=outside | self._routed_to_premises())),
        )

    def _owned(self, text: str, key: str) -> Place:
        model = self.model
        hosts = model.owned_by(key)
        if not hosts:
            raise PlaceError(f"{text!r} has no interface of its own to connect from or to")
        members = [member for host in hosts for member in host.members if model.interfaces[member].owner == key]
        return self._hosts(text, [model.narrowed(model.host_of[member], member) for member in members])

    def _list(self, text: str, key: str) -> Place:
        listed = self.model.prefix_lists[key]
        if listed.entries is None:
            services = frozenset(self.model.endpoints_of_list(key))
            there = self.model.prefix_list(Ref(key))
            if isinstance(there, Unknown):
                return Place(text, services=services, more=(there,))
            return Place(text, internet=there, services=services)
        known = [network_set(entry) for entry in listed.entries if not isinstance(entry, Unknown)]
        more = tuple(entry for entry in listed.entries if isinstance(entry, Unknown))
        return replace(self.block(text, IntervalSet.union(pair for one in known for pair in one)), more=more)

    def _hosts(self, text: str, hosts: Iterable[Host]) -> Place:
        return Place(text, tuple(Target(host, asked(host)) for host in hosts))

    def subnets(self, text: str, keys: Iterable[str]) -> Place:
        """Give the hosts of some subnets; where there are none, stand-ins of which the groups are not known."""
        wanted = set(keys)
        hosts = [host for host in self.model.hosts if host.subnet in wanted]
        place = self._hosts(text, hosts)
        empty = wanted - {host.subnet for host in hosts}
        if hosts:
            return place
        addresses = IntervalSet.union(pair for subnet in sorted(empty) for pair in self.model.subnet_addresses(subnet))
        return replace(place, targets=tuple(self._nobody(addresses)))

    def zone(self, name: str) -> Place:
        """Give the place of one of the intent's zones: its blocks, or the subnets that carry its tags."""
        blocks, tags = self.zones[name]
        addresses = IntervalSet()
        for block in blocks:
            addresses |= network_set(block)
        if addresses:
            return self.block(name, addresses)
        return self.tagged(name, tags)

    def tagged(self, name: str, tags: Mapping[str, str]) -> Place:
        """Give the place of the subnets, and of the interfaces elsewhere, that carry all of these tags."""
        keys = [
            subnet.key
            for subnet in self.model.network.subnets
            if tags and all((key, value) in subnet.tags for key, value in tags.items())
        ]
        members = [
            host
            for host in self.model.hosts
            if host.subnet not in keys
            and tags
            and any(all(pair in self.model.interfaces[member].tags for pair in tags.items()) for member in host.members)
        ]
        return self.subnets(name, keys) | self._hosts(name, members)


def _tag(interface: Interface) -> str | None:
    return next((value for key, value in interface.owner_tags if key == "Name" and isinstance(value, str)), None)


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
