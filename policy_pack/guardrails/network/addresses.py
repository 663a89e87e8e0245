"""The addresses of VPCs, subnets and prefix lists, as far as they are known, and what unknown blocks may hold."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from functools import cached_property
from typing import TypeVar

from guardrails.facts.network import Item, Network, PrefixList, PrefixListRef, Subnet, TargetKind, Vpc
from guardrails.facts.values import IPNetwork, Maybe, Ref, Unknown
from guardrails.network.hosts import Vague, build_hosts, synthesise, vague_part
from guardrails.network.items import keys_of
from guardrails.network.packets import network_set, service_set
from guardrails.sets import IntervalSet

I = TypeVar("I", bound=Item)  # noqa: E741 - a type variable


def by_key(items: tuple[I, ...]) -> dict[str, I]:
    """Index objects by their keys."""
    return {item.key: item for item in items}


class Addresses:
    """An index over the blocks of one `Network`, with the interfaces that its endpoints and balancers imply."""

    def __init__(self, network: Network) -> None:
        self.keys = keys_of(network)
        self.network = replace(network, interfaces=(*network.interfaces, *synthesise(network, self.keys)))
        self.vpcs: dict[str, Vpc] = by_key(network.vpcs)
        self.subnets: dict[str, Subnet] = by_key(network.subnets)
        self.prefix_lists: dict[str, PrefixList] = by_key(network.prefix_lists)
        self.hosts = build_hosts(self.network, self.subnets, self.keys)

    def key(self, ref: Maybe[Ref] | None) -> str | None:
        """Give the key of what a reference points to, None where it is unknown or outside the facts."""
        if ref is None or isinstance(ref, Unknown):
            return None
        return ref.key if ref.key is not None else self.keys.get(ref.literal or "")

    @cached_property
    def _vpc_sets(self) -> dict[str, IntervalSet]:
        known = {key: _union(vpc.cidrs) for key, vpc in self.vpcs.items()}
        parts = [(self.key(subnet.vpc), self.subnet_addresses(subnet.key)) for subnet in self.network.subnets]
        for key, addresses in parts:
            # Subnets lie in their VPC's blocks, those among them that are not known too.
            if key in known and vague_part(self.vpcs[key].cidrs):
                known[key] |= addresses
        return known

    @cached_property
    def _subnet_sets(self) -> dict[str, IntervalSet]:
        known = {key: _union(subnet.cidrs) for key, subnet in self.subnets.items()}
        for host in self.hosts:
            if host.exact and host.subnet is not None and vague_part(self.subnets[host.subnet].cidrs):
                known[host.subnet] |= host.addresses
        return known

    def vague_block(self, vpc: str) -> Vague | None:
        """Give the addresses that unknown blocks of a VPC may hold, beside those that it has for certain."""
        found = self.vpcs.get(vpc)
        vague = vague_part(found.cidrs) if found is not None else None
        return None if vague is None else replace(vague, addresses=vague.addresses - self.vpc_addresses(vpc))

    def vague_subnet(self, subnet: str) -> Vague | None:
        """Give the addresses that unknown blocks of a subnet may hold, beside those of its VPC's known subnets."""
        return self._vague_subnets.get(subnet)

    @cached_property
    def _vague_subnets(self) -> dict[str, Vague]:
        vague = {key: part for key, one in self.subnets.items() if (part := vague_part(one.cidrs)) is not None}
        known: dict[str | None, IntervalSet] = defaultdict(IntervalSet)
        for key in self.subnets if vague else ():
            known[self.vpc_of(key)] |= self.subnet_addresses(key)
        return {key: replace(part, addresses=part.addresses - known[self.vpc_of(key)]) for key, part in vague.items()}

    def vpc_addresses(self, vpc: str) -> IntervalSet:
        """Give the addresses of a VPC's known blocks."""
        return self._vpc_sets.get(vpc, IntervalSet())

    def subnet_addresses(self, subnet: str) -> IntervalSet:
        """Give the addresses of a subnet's known blocks."""
        return self._subnet_sets.get(subnet, IntervalSet())

    @cached_property
    def all_vpc_addresses(self) -> IntervalSet:
        """Give the addresses of all VPCs together."""
        return IntervalSet.union(pair for addresses in self._vpc_sets.values() for pair in addresses)

    def vpc_of(self, subnet: str) -> str | None:
        """Give the key of a subnet's VPC."""
        found = self.subnets.get(subnet)
        return self.key(found.vpc) if found else None

    def prefix_list(self, ref: Maybe[Ref]) -> IntervalSet | Unknown:
        """Give a prefix list's addresses; AWS's own lists that are not spelled out get stand-ins of their own."""
        if isinstance(ref, Unknown):
            return ref
        key = self.key(ref)
        found = self.prefix_lists.get(key) if key else None
        name = key or ref.literal or ""
        if found is None or found.entries is None:
            if found is not None and not found.aws_managed:
                return Unknown(f"{name}.entries", "the prefix list's entries are not in the source")
            if found is None and not self._by_endpoint(name):
                return Unknown(name, "the prefix list is not in the source")
            return self._service(name)
        entries = IntervalSet()
        for entry in found.entries:
            if isinstance(entry, Unknown):
                return entry
            entries |= network_set(entry)
        return entries

    def _by_endpoint(self, name: str) -> bool:
        """Tell whether routes use the list to reach a gateway endpoint, as only AWS's own lists are."""
        return name in self._endpoint_lists

    @cached_property
    def _endpoint_lists(self) -> frozenset[str]:
        names: set[str] = set()
        for table in self.network.route_tables:
            for route in table.routes:
                if isinstance(route.destination, PrefixListRef) and route.kind is TargetKind.ENDPOINT:
                    ref = route.destination.list
                    if not isinstance(ref, Unknown):
                        names.add(self.key(ref) or ref.literal or "")
        return frozenset(names)

    @cached_property
    def unspelled_services(self) -> IntervalSet:
        """Give the stand-ins of AWS's own prefix lists that are not spelled out: some addresses of the internet."""
        return IntervalSet.union(pair for name in self.unspelled_lists for pair in self._service(name))

    @cached_property
    def unspelled_lists(self) -> tuple[str, ...]:
        """Give AWS's own prefix lists of which the entries are not known."""
        listed = [key for key, one in self.prefix_lists.items() if one.aws_managed and one.entries is None]
        return (*listed, *(key for key in sorted(self._endpoint_lists) if key not in self.prefix_lists))

    @cached_property
    def _service_numbers(self) -> dict[str, int]:
        return {}

    def _service(self, name: str) -> IntervalSet:
        return service_set(self._service_numbers.setdefault(name, len(self._service_numbers)))


def _union(blocks: tuple[Maybe[IPNetwork], ...]) -> IntervalSet:
    whole = IntervalSet()
    for block in blocks:
        if not isinstance(block, Unknown):
            whole |= network_set(block)
    return whole
