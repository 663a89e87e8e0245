"""Whom a host might open a connection to, as far as groups tell at a glance: the rest need not be walked to.

Leaves nobody out who could be reached: where groups are not known, or where packets could come with another's
address, a host is always suspect. Hosts are looked up by what their groups admit, not asked one by one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from guardrails.facts.network import Direction
from guardrails.network.hosts import Host
from guardrails.network.index import AddressIndex
from guardrails.network.packets import INTERNET, Packets
from guardrails.network.places import Place, Target, asked
from guardrails.network.reach import ANYTHING
from guardrails.sets import IntervalSet

if TYPE_CHECKING:
    from guardrails.network.reach import Engine


@dataclass(frozen=True, slots=True)
class _Class:
    """Hosts of one zone with the same groups, by their positions in it."""

    first: Host
    positions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Doors:
    """The classes of one zone that serve something: by the groups they admit, by the addresses, and all the rest."""

    classes: tuple[_Class, ...]
    open: tuple[int, ...]
    by_group: dict[str, list[int]]
    addresses: AddressIndex
    by_address: tuple[list[int], ...]


class Suspects:
    """The hosts of every zone, held against what their groups let in and out."""

    def __init__(self, engine: Engine, members: dict[str, list[Host]]) -> None:
        self.engine = engine
        self.members = members
        self._doors: dict[tuple[str, Packets], _Doors] = {}

    def of(self, source: Place, zone: str, services: Packets) -> list[Host]:
        """Give the hosts of a zone to which a source might open one of these services."""
        hosts = self.members[zone]
        if source.internet:
            return [host for host in hosts if host.public is not False or host.global_v6]
        if not source.targets:
            return hosts
        start = source.targets[0].host
        found = set(self._translated[zone])
        if start.public is not False:
            found.update(self._public[zone])
        filters = self.engine.filters_of(may=True)
        if filters.may_serve(start, Direction.EGRESS, services):
            for one in self._letting_in(start, zone, services):
                if filters.may_pass(one.first, Direction.INGRESS, start, services):
                    found.update(
                        position
                        for position in one.positions
                        if filters.may_pass(start, Direction.EGRESS, hosts[position], services)
                    )
        return [hosts[position] for position in sorted(found)]

    def may_meet(self, start: Host, end: Host, services: Packets, *, may: bool) -> bool:
        """Tell quickly whether groups let one host open any of these services to another; True where it is open."""
        if end.key in self._behind_nats or (start.public is not False and end.public is not False):
            return True
        filters = self.engine.filters_of(may=may)
        return filters.may_pass(end, Direction.INGRESS, start, services) and filters.may_pass(
            start, Direction.EGRESS, end, services
        )

    # -- by what groups admit -----------------------------------------------------------------------------------------

    def _letting_in(self, start: Host, zone: str, services: Packets) -> list[_Class]:
        """Give the classes of a zone that might let a host in: all that do, and few that do not."""
        key = (zone, services)
        doors = self._doors.get(key)
        if doors is None:
            doors = self._doors[key] = self._build(zone, services)
        if start.groups is None:
            return list(doors.classes)
        found = set(doors.open)
        for name in self._names(start):
            found.update(doors.by_group.get(name, ()))
        for position in doors.addresses.meeting(start.addresses):
            found.update(doors.by_address[position])
        return [doors.classes[position] for position in sorted(found)]

    def _build(self, zone: str, services: Packets) -> _Doors:
        filters = self.engine.filters_of(may=True)
        served = [one for one in self._classes[zone] if filters.may_serve(one.first, Direction.INGRESS, services)]
        anybody: list[int] = []
        by_group: dict[str, list[int]] = {}
        by_address: dict[IntervalSet, list[int]] = {}
        for position, one in enumerate(served):
            peers = filters.peers(one.first, Direction.INGRESS)
            if peers is None:
                anybody.append(position)
                continue
            addresses, groups = peers
            by_address.setdefault(addresses, []).append(position)
            for group in groups:
                by_group.setdefault(group, []).append(position)
        index = AddressIndex(list(by_address))
        return _Doors(tuple(served), tuple(anybody), by_group, index, tuple(by_address.values()))

    @cached_property
    def _classes(self) -> dict[str, list[_Class]]:
        found: dict[str, list[_Class]] = {}
        for zone, hosts in self.members.items():
            positions: dict[frozenset[str] | None, list[int]] = {}
            for position, host in enumerate(hosts):
                positions.setdefault(host.groups if host.filtered else None, []).append(position)
            found[zone] = [_Class(hosts[mine[0]], tuple(mine)) for mine in positions.values()]
        return found

    def _names(self, host: Host) -> set[str]:
        """Give the groups that a host counts as a member of: its own, and those of who is known to have its address."""
        names = set(host.groups or ())
        hosts, index = self._known
        for position in index.meeting(host.addresses):
            names |= hosts[position].groups or frozenset()
        return names

    @cached_property
    def _known(self) -> tuple[list[Host], AddressIndex]:
        hosts = [host for host in self.engine.model.hosts if host.exact and host.groups]
        return hosts, AddressIndex([host.addresses for host in hosts])

    # -- by other addresses than their own ----------------------------------------------------------------------------

    @cached_property
    def _translated(self) -> dict[str, list[int]]:
        return {
            zone: [position for position, host in enumerate(hosts) if host.key in self._behind_nats]
            for zone, hosts in self.members.items()
        }

    @cached_property
    def _public(self) -> dict[str, list[int]]:
        return {
            zone: [position for position, host in enumerate(hosts) if host.public is not False]
            for zone, hosts in self.members.items()
        }

    @cached_property
    def _behind_nats(self) -> frozenset[str]:
        """Give the hosts that translated packets can reach: their source is another's than the one who sent them."""
        model = self.engine.model
        hosts = {host.key: host for members in self.members.values() for host in members}
        starts = [(model.nat_host(nat), self.engine.routing.led_to(nat.key)) for nat in model.network.nat_gateways]
        starts += [(host, INTERNET) for host in model.hosts if host.check is not True and host.public is not False]
        found: set[str] = set()
        for start, led in starts:
            met = [Target(host, asked(host) & led) for host in hosts.values()]
            goals = Place("everything", tuple(target for target in met if target.addresses))
            source = Place(start.id, (Target(start, start.addresses),))
            world = self.engine.run(source, goals, replace(ANYTHING, one_way=True), may=True)
            found |= {one.end.key for one in world.found}
        return frozenset(found)
