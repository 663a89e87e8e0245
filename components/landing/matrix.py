"""From a VPC's traffic to its security group rules and network ACLs: the one source of both. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network

from components.landing.plan import Party, RangeList, Service, VpcPlan
from components.network.acls import EPHEMERAL, MAX_ENTRIES, PRIVATE, AclEntry, AclPlan
from components.network.addresses import MAX_ZONES
from components.network.plan import WORLD
from components.network.ports import Direction
from components.vocabulary import Zone

FIRST, STEP = 100, 90
"""Entries towards one range begin at a place of its own, so that one more renumbers no other's."""
PLACES = {zone: MAX_ZONES * index for index, zone in enumerate(Zone)}
"""Where a tier's subnets have their places: one for every AZ that may come."""
WHOLE, LISTED, LIST_LENGTH = 48, 52, 32
"""Where tiers as a whole and the declared ranges have theirs, list after list: a list grows at its end."""
DENIED, WORLDLY = 20_000, 30_000
"""Private ranges that are not named are cut off before the world is let through."""
ALL = "-1"


@dataclass(frozen=True, slots=True)
class GroupRule:
    """One security group rule with one peer."""

    group: str
    direction: Direction
    peer: Party
    protocol: str
    low: int
    high: int
    description: str

    @property
    def key(self) -> str:
        """A name made of what the rule says, so that it does not move when others come."""
        peer = str(self.peer).replace(".", "-").replace("/", "-")
        ports = str(self.low) if self.low == self.high else f"{self.low}-{self.high}"
        return f"{self.group}-{self.direction}-{peer}-{self.protocol}-{ports}"

    @property
    def weight(self) -> int:
        """How many rules AWS counts it as in the group's quota: a list as many as it may ever have entries.

        Source: https://docs.aws.amazon.com/vpc/latest/userguide/managed-prefix-lists.html
        """
        return self.peer.max_entries if isinstance(self.peer, RangeList) else 1


@dataclass(frozen=True, slots=True)
class _Need:
    """Packets that a tier must let pass."""

    direction: Direction
    peer: IPv4Network
    protocol: str
    ports: tuple[int, int]


def group_rules(plan: VpcPlan) -> tuple[GroupRule, ...]:
    """The rules of all groups of a VPC, each once."""
    return tuple(dict.fromkeys(_rules(plan)))


def _rules(plan: VpcPlan) -> Iterator[GroupRule]:
    for item in plan.traffic:
        ends = ((item.source, Direction.EGRESS, item.target), (item.target, Direction.INGRESS, item.source))
        for own, direction, peer in ends:
            if (group := plan.group(own)) is not None:
                yield GroupRule(group.name, direction, peer, item.protocol, item.low, item.high, item.description)


def acl_plans(plan: VpcPlan) -> tuple[AclPlan, ...]:
    """One ACL for each tier; ValueError where a tier would need more entries than AWS allows."""
    order = _order(plan)
    zones = dict.fromkeys(subnet.zone for subnet in plan.subnets)
    return tuple(AclPlan(zone, tuple(_entries(zone, plan, order))) for zone in zones)


def _order(plan: VpcPlan) -> dict[IPv4Network, int]:
    """The place of every range that an entry may name: it stays when an AZ, a tier or a declared range comes."""
    order = {subnet.cidr: PLACES[subnet.zone] + subnet.number for subnet in plan.subnets}
    for number, listed in enumerate(plan.ranges):
        if len(listed) > LIST_LENGTH:
            raise ValueError(f"{plan.purpose} declares {len(listed)} ranges in one list, its ACLs number {LIST_LENGTH}")
        for index, cidr in enumerate(listed):
            order.setdefault(cidr, LISTED + number * LIST_LENGTH + index)
    wholes = dict.fromkeys(cidr for item in plan.carried for cidr in (item.source, item.target))
    for index, cidr in enumerate(cidr for cidr in wholes if cidr not in order and cidr != WORLD):
        order[cidr] = WHOLE + index
    return order


def _entries(zone: Zone, plan: VpcPlan, order: dict[IPv4Network, int]) -> Iterator[AclEntry]:
    needs = tuple(dict.fromkeys((*_own(zone, plan), *_carried(zone, plan))))
    for direction in Direction:
        found = list(_of(direction, [need for need in needs if need.direction is direction], order))
        if len(found) > MAX_ENTRIES:
            raise ValueError(
                f"the {zone} tier of {plan.purpose} needs {len(found)} {direction} entries, AWS allows {MAX_ENTRIES}"
            )
        yield from found


def _own(zone: Zone, plan: VpcPlan) -> Iterator[_Need]:
    """What the tier's own hosts open, and what is opened to them, each with its return."""
    for item in plan.traffic:
        ports = (item.low, item.high)
        for own, peer, there in ((item.source, item.target, True), (item.target, item.source, False)):
            group = plan.group(own)
            if group is None or group.zone is not zone:
                continue
            for cidr in plan.cidrs(peer):
                yield _Need(Direction.EGRESS, cidr, item.protocol, ports if there else EPHEMERAL)
                yield _Need(Direction.INGRESS, cidr, item.protocol, EPHEMERAL if there else ports)


def _carried(zone: Zone, plan: VpcPlan) -> Iterator[_Need]:
    for item in plan.carried:
        if item.zone is zone:
            ports = (item.low, item.high)
            yield _Need(Direction.INGRESS, item.source, item.protocol, ports)
            yield _Need(Direction.EGRESS, item.target, item.protocol, ports)
            yield _Need(Direction.INGRESS, item.target, item.protocol, EPHEMERAL)
            yield _Need(Direction.EGRESS, item.source, item.protocol, EPHEMERAL)


def _of(direction: Direction, needs: list[_Need], order: dict[IPv4Network, int]) -> Iterator[AclEntry]:
    peers = sorted({need.peer for need in needs if need.peer != WORLD}, key=order.__getitem__)
    for peer in peers:
        start = FIRST + STEP * order[peer]
        for offset, protocol, ports in _offsets(_wanted(needs, peer)):
            yield AclEntry(direction, start + offset, True, protocol, peer, ports)
    worldly = _wanted(needs, WORLD)
    if worldly:
        for offset, cidr in enumerate(PRIVATE):
            yield AclEntry(direction, DENIED + offset, False, ALL, cidr, None)
    for offset, protocol, ports in _offsets(worldly):
        yield AclEntry(direction, WORLDLY + offset, True, protocol, WORLD, ports)


def _offsets(wanted: list[tuple[str, tuple[int, int]]]) -> Iterator[tuple[int, str, tuple[int, int]]]:
    """A number within its range's for each: the port gives it, so that a port more renumbers hardly any other."""
    taken: set[int] = set()
    for protocol, (low, high) in wanted:
        offset = (low + STEP // 2 * (protocol == "udp")) % STEP
        while offset in taken:
            offset = (offset + 1) % STEP
        taken.add(offset)
        yield offset, protocol, (low, high)


def _wanted(needs: list[_Need], peer: IPv4Network) -> list[tuple[str, tuple[int, int]]]:
    """Protocols and ports towards one range; ranges that lie within another are left out."""
    every = dict.fromkeys((need.protocol, need.ports) for need in needs if need.peer == peer)
    return [
        (protocol, (low, high))
        for protocol, (low, high) in every
        if not any(other == protocol and (a, b) != (low, high) and a <= low and high <= b for other, (a, b) in every)
    ]


__all__ = ["GroupRule", "Service", "acl_plans", "group_rules"]
