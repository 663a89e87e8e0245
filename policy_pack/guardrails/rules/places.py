"""Which zone of the intent a subnet, an interface or a security group belongs to."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from guardrails.facts.network import Interface, Network, RouteTable, SecurityGroup, Subnet
from guardrails.facts.values import Maybe, Ref, Unknown
from guardrails.facts.zoning import zones_of

if TYPE_CHECKING:
    from guardrails.facts.intent import Intent
    from guardrails.facts.stack import Facts


class Places:
    """Zones of the places in a network."""

    def __init__(self, network: Network, intent: Intent) -> None:
        self.network = network
        self.intent = intent

    @cached_property
    def subnets(self) -> dict[str, tuple[str, ...]]:
        """Zones of each subnet by its key; a subnet whose block is unknown is judged by its tags alone."""
        return {item.key: self._zones(item) for item in self.network.subnets}

    def _zones(self, subnet: Subnet) -> tuple[str, ...]:
        blocks = [block for block in subnet.cidrs if not isinstance(block, Unknown)]
        return tuple(zones_of(blocks, _plain_tags(subnet.tags), self.intent))

    def protected(self, zones: Iterable[str]) -> bool:
        """Tell whether any of these zones is protected."""
        return any(self.intent.zones[name].protected for name in zones)

    @cached_property
    def protected_vpcs(self) -> dict[str, tuple[str, ...]]:
        """The protected zones of each VPC that has any, by the VPC's key."""
        found: dict[str, set[str]] = {}
        for subnet in self.network.subnets:
            if isinstance(subnet.vpc, Ref):
                zones = [name for name in self.subnets[subnet.key] if self.intent.zones[name].protected]
                if zones:
                    found.setdefault(subnet.vpc.key or subnet.vpc.literal or "", set()).update(zones)
        return {key: tuple(sorted(zones)) for key, zones in found.items()}

    def of_interface(self, interface: Interface) -> tuple[str, ...]:
        """Zones of the subnet that an interface is in."""
        subnet = interface.subnet
        return self.subnets.get(subnet.key or "", ()) if isinstance(subnet, Ref) else ()

    @cached_property
    def groups(self) -> dict[str, tuple[str, ...]]:
        """Zones of each security group: of the interfaces that carry it, and of its own `Zone` tags."""
        found: dict[str, set[str]] = {item.key: set(self._by_tags(item)) for item in self.network.groups}
        for interface in self.network.interfaces:
            for group in interface.groups if not isinstance(interface.groups, Unknown) else ():
                if isinstance(group, Ref) and group.key in found:
                    found[group.key].update(self.of_interface(interface))
        return {key: tuple(sorted(zones)) for key, zones in found.items()}

    def _by_tags(self, group: SecurityGroup) -> list[str]:
        return zones_of((), _plain_tags(group.tags), self.intent)


def _plain_tags(tags: Iterable[tuple[str, Maybe[str]]]) -> dict[str, str]:
    return {key: value for key, value in tags if not isinstance(value, Unknown)}


def places_of(facts: Facts) -> Places | None:
    """Give the zones of a stack, None without an intent that names any."""
    if facts.intent is None or not facts.intent.zones:
        return None
    found = facts.memo.get("places")
    if found is None:
        found = facts.memo["places"] = Places(facts.network, facts.intent)
    return found


def table_of(network: Network, subnet: Subnet) -> Maybe[RouteTable]:
    """Give the route table that a subnet uses: its own, else the main one of its VPC."""
    loose: Unknown | None = None
    found: dict[str, RouteTable] = {}
    for table in network.route_tables:
        for associated in table.subnets:
            if isinstance(associated, Unknown):
                loose = associated
            elif associated.key == subnet.key or (associated.literal is not None and associated.literal == subnet.id):
                found[table.key] = table
    if len(found) > 1:
        return Unknown(subnet.key, f"{len(found)} route tables are associated with it, and AWS takes one")
    if found:
        return next(iter(found.values()))
    if loose is not None:
        return loose
    if isinstance(subnet.vpc, Unknown):
        return subnet.vpc
    return _main(network, subnet.vpc)


def _main(network: Network, vpc: Ref) -> Maybe[RouteTable]:
    for table in network.route_tables:
        if isinstance(table.vpc, Ref) and table.vpc.key == vpc.key and table.main is not False:
            return table.main if isinstance(table.main, Unknown) else table
    return Unknown(vpc.key or vpc.literal or "vpc", "its main route table is not in the stack")
