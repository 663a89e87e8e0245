"""Why a mutation may go through: every reason is checked on that very mutation; one without a reason is a failure.

What a mutation changes is the difference between the links of the two networks, as the packet walker finds them. Where
there is none, the fences are taken away one after the other (groups, ACLs, both) until it shows which of them holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from ipaddress import ip_network

from guardrails.facts.network import (
    ALL_PORTS,
    Direction,
    GroupRef,
    GroupRule,
    Interface,
    Nacl,
    NaclEntry,
    Network,
    RouteTable,
    SecurityGroup,
    Subnet,
)
from guardrails.facts.values import Origin
from tests.mutation.intent_oracle import Link, Sender, Walked, difference, first_difference
from tests.mutation.network_mutations import Mutation


@dataclass(frozen=True)
class Lift:
    """A network without some of its fences; the groups and ACLs that are `kept` hold on."""

    name: str
    groups: bool = False
    acls: bool = False
    kept: frozenset[str] = frozenset()
    opposite: Direction | None = None
    """The direction in which the ACLs that are kept let everything through."""

    def __call__(self, network: Network) -> Network:
        interfaces, nacls = network.interfaces, network.nacls
        if self.groups:
            interfaces = tuple(
                one if _carried(one) & self.kept else replace(one, filtered=False) for one in network.interfaces
            )
        if self.acls:
            nacls = tuple(self._opened(one) for one in nacls if one.key in self.kept)
        return replace(network, interfaces=interfaces, nacls=nacls)

    def _opened(self, acl: Nacl) -> Nacl:
        if self.opposite is None:
            return acl
        kept = (one for one in acl.entries if one.direction is not self.opposite)
        world = NaclEntry(self.opposite, 1, True, -1, WORLD, ALL_PORTS, acl.origin)
        return replace(acl, entries=(*kept, world))


WORLD = ip_network("0.0.0.0/0")
BOTH = Lift("other security groups and network ACLs, each by itself", groups=True, acls=True)
FENCES = (Lift("other security groups", groups=True), Lift("other network ACLs", acls=True))


def _carried(one: Interface) -> set[str]:
    return {str(ref.key) for ref in one.groups}


@dataclass(frozen=True)
class Case:
    """A mutation with the good network that it was made in, walked, and what became of it."""

    mutation: Mutation
    good: Walked
    after: Network

    @property
    def before(self) -> Network:
        return self.good.network

    @cached_property
    def ends(self) -> tuple[Walked, Walked]:
        return self.good, Walked(self.after, self.good.intent, self.good)

    @cached_property
    def services(self) -> list[tuple[int, int]]:
        """Give the services that a witness is looked for with: common ones, and those of the rules that change."""
        old, new = (
            {(rule.protocol, rule.ports.low) for one in (*side.groups, *side.nacls) for rule in _rules(one)}
            for side in (self.before, self.after)
        )
        changed = {(number, port) for number, port in old ^ new if number in {6, 17}}
        return sorted({(1, 8), (6, 443), (17, 53), *changed})

    def without(self, lift: Lift, *, one_way: bool = False) -> str:
        """Tell what the mutation would do without a fence, but for what it is itself about; empty if nothing."""
        old, new = ({*one.groups, *one.nacls} for one in (self.before, self.after))
        lift = replace(lift, kept=frozenset(one.key for one in old ^ new))
        sides = [Sender(lift(one), self.good.intent, one_way=one_way) for one in (self.before, self.after)]
        found = first_difference(*sides, self.services)
        if found is None:
            return ""
        gained, link = found
        verb = "could open" if gained else "would lose"
        ends = [sides[gained].zone(end) for end in (link.source, link.end)]
        return f"{ends[0]} {verb} {_service(link)} to {ends[1]}"


def explain(case: Case) -> str:
    """Give the reason why a mutation may go through.

    Raises:
        LookupError: no reason holds.
    """
    for reason in REASONS:
        text = reason(case)
        if text:
            return text
    raise LookupError(f"{case.mutation} is stopped by nothing, and no reason holds")


# -- reasons ----------------------------------------------------------------------------------------------------------


def _changes_links(case: Case) -> str:
    """What it opens is permitted, and what it closes is not demanded or still met."""
    gained, lost = difference(*case.ends)
    before, after = case.ends
    told = [*_of_stand_ins(case, gained, "opens"), *_of_stand_ins(case, lost, "closes")]
    mine = [link for link in gained if not _stands_in(after, link)]
    if mine:
        told.append(f"opens only what {_named(flow.name for one in mine for flow in after.permitting(one))} permits")
    flows = [flow for link in lost if not _stands_in(before, link) for flow in before.permitting(link)]
    spare = {flow.name for flow in flows if not flow.required}
    if spare:
        told.append(f"closes only {_named(spare)}, permitted and not demanded")
    met = {flow.name for flow in flows if flow.required}
    if met:
        told.append(f"takes away one way of {_named(met)}, which is still met as demanded")
    return "; ".join(told)


def _stands_in(walked: Walked, link: Link) -> bool:
    return any(walked.hosts[end].stand_in for end in (link.source, link.end) if end in walked.hosts)


def _of_stand_ins(case: Case, links: list[Link], verb: str) -> Iterable[str]:
    side = case.ends[verb == "opens"]
    zones = {
        side.hosts[end].zone
        for link in links
        for end in (link.source, link.end)
        if end in side.hosts and side.hosts[end].stand_in
    }
    if zones:
        yield f"{verb} something for a first host of {_named(zones)} only, where nobody is yet"


def _nobody_there(case: Case) -> str:
    """No host is in the subnets whose tables or ACLs change; a NAT gateway there does not notice."""
    changed = {one for side in (case.before, case.after) for one in (*side.route_tables, *side.nacls)}
    changed -= {*case.before.route_tables, *case.before.nacls} & {*case.after.route_tables, *case.after.nacls}
    subnets = {getattr(ref, "key", None) for one in changed for ref in one.subnets}
    homes = {host.subnet for side in case.ends for host in side.world.hosts}
    return "no host is in the subnets that use it" if changed and not subnets & homes else ""


def _of_no_address(case: Case) -> str:
    """The entries that change are about addresses that nobody has, in the stack or on the internet."""
    old, new = ({entry for one in side.nacls for entry in one.entries} for side in (case.before, case.after))
    blocks = {entry.cidr for entry in old ^ new}
    addresses = {host.address for side in case.ends for host in side.world.hosts}
    empty = [block for block in blocks if not block.is_global and not any(one in block for one in addresses)]
    return f"nobody has an address in {', '.join(map(str, empty))}" if blocks and len(empty) == len(blocks) else ""


def _rules(one: SecurityGroup | Nacl) -> Iterable[GroupRule | NaclEntry]:
    return one.rules if isinstance(one, SecurityGroup) else one.entries


def _held(case: Case) -> str:
    """A fence holds: without it the mutation would be seen."""
    seen = case.without(BOTH)
    if not seen:
        return _held_by_the_way(case)
    for fence in FENCES:
        told = case.without(fence)
        if told:
            return f"held by {fence.name}: without, {told}"
    return f"held by {BOTH.name}: without, {seen}"


def _held_by_the_way(case: Case) -> str:
    """No other group or ACL holds: then the ACL's own other direction does, or the routes there or back."""
    lifts = [replace(BOTH, opposite=way) for way in Direction]
    for told in (case.without(lift) for lift in lifts):
        if told:
            return f"held by the same ACL's other direction: without, {told}"
    for told in (case.without(lift, one_way=True) for lift in (BOTH, *lifts)):
        if told:
            return f"held by the way back, which answers do not find: but for it, {told}"
    return "held by what else is on the way: no packet between any two places fares otherwise than in the good stack"


def _service(link: Link) -> str:
    name = {1: "an echo", 6: f"tcp {link.port}", 17: f"udp {link.port}"}
    return name.get(link.protocol, f"protocol {link.protocol}")


SAME = "another rule there says the same"
NOBODY = "no interface carries the group that it names"


def _covered(case: Case) -> str:
    """Of whoever gains or loses a rule, or a subnet an entry, another one says the same, or it is about nobody."""
    sides = (_admitted(case.before), _admitted(case.after))
    carried = {key for one in (*case.before.interfaces, *case.after.interfaces) for key in _carried(one)}
    told: set[str] = set()
    for place in {*sides[0], *sides[1]}:
        old, new = (side.get(place, ()) for side in sides)
        kinds = [{_plain(rule) for rule in rules} for rules in (old, new)]
        for mine, others, theirs in ((old, new, kinds[1]), (new, old, kinds[0])):
            for rule in (rule for rule in mine if _plain(rule) not in theirs):
                if any(_within(rule, other) for other in others):
                    told.add(SAME)
                elif isinstance(rule, GroupRule) and isinstance(rule.peer, GroupRef) and _key(rule.peer) not in carried:
                    told.add(NOBODY)
                else:
                    return ""
    differ = (case.before.groups, case.before.nacls) != (case.after.groups, case.after.nacls)
    return " and ".join(sorted(told)) or (SAME if differ else "")


def _key(peer: GroupRef) -> str:
    return str(peer.group.key)


def _admitted(network: Network) -> dict[str, tuple[GroupRule | NaclEntry, ...]]:
    """Give the rules of all groups of each interface, and the entries of each subnet's ACL."""
    groups = {one.key: one for one in network.groups}
    found: dict[str, tuple[GroupRule | NaclEntry, ...]] = {}
    for one in network.interfaces:
        found[one.key] = tuple(rule for key in _carried(one) if key in groups for rule in groups[key].rules)
    for one in network.nacls:
        found |= {str(ref.key): one.entries for ref in one.subnets}
    return found


def _plain(rule: GroupRule | NaclEntry) -> GroupRule | NaclEntry:
    bare = replace(rule, origin=Origin(""))
    return replace(bare, description="") if isinstance(bare, GroupRule) else replace(bare, number=0)


def _within(rule: GroupRule | NaclEntry, other: GroupRule | NaclEntry) -> bool:
    if isinstance(rule, NaclEntry) and isinstance(other, NaclEntry) and rule.allow is not other.allow:
        return False
    ends = [one.peer if isinstance(one, GroupRule) else one.cidr for one in (rule, other)]
    same = ends[0] == ends[1] or (
        hasattr(ends[0], "subnet_of") and hasattr(ends[1], "subnet_of") and ends[0].subnet_of(ends[1])
    )
    same = same or (str(ends[1]) == "0.0.0.0/0" and not str(ends[0]).count(":/"))
    services = other.protocol == -1 or (
        rule.protocol == other.protocol and other.ports.low <= rule.ports.low <= rule.ports.high <= other.ports.high
    )
    return rule.direction is other.direction and same and services


def _unused(case: Case) -> str:
    """Nobody uses the table, ACL or group that it is about, before or after."""
    carried = {key for one in (*case.before.interfaces, *case.after.interfaces) for key in _carried(one)}
    for kind, old, new in (
        ("table", case.before.route_tables, case.after.route_tables),
        ("ACL", case.before.nacls, case.after.nacls),
    ):
        changed = {*old} ^ {*new}
        used = [one for one in changed if one.subnets or getattr(one, "gateways", ()) or _falls_back(case, one)]
        if changed and not used:
            return f"no subnet uses this {kind}"
    groups = {one.key for one in {*case.before.groups} ^ {*case.after.groups}}
    return "no interface carries this group" if groups and not groups & carried else ""


def _falls_back(case: Case, one: RouteTable | Nacl) -> bool:
    """Tell whether subnets without an association of their own use this main table."""
    if not getattr(one, "main", False):
        return False
    return any(_falling(side, one.vpc.key) for side in (case.before, case.after))


def _falling(network: Network, vpc: str) -> list[Subnet]:
    placed = {ref.key for table in network.route_tables for ref in table.subnets}
    return [one for one in network.subnets if one.key not in placed and one.vpc.key == vpc]


def _same_ways(case: Case) -> str:
    """Each subnet whose table changes has, in the table that holds now, the routes that it had."""
    if case.before.nacls != case.after.nacls or case.before.route_tables == case.after.route_tables:
        return ""
    old, new = (_routes(side) for side in (case.before, case.after))
    edges = [[one for one in side.route_tables if one.gateways] for side in (case.before, case.after)]
    return "each subnet has the same routes in the table that holds now" if old == new and edges[0] == edges[1] else ""


def _routes(network: Network) -> dict[str, frozenset[object]]:
    """Give what each subnet's own table, or the main one that it falls back to, says of destinations."""
    found: dict[str, frozenset[object]] = {}
    for table in network.route_tables:
        says = frozenset((str(one.destination), one.kind, str(one.target), one.blackhole) for one in table.routes)
        mine = [str(ref.key) for ref in table.subnets]
        mine += [one.key for one in _falling(network, table.vpc.key)] if table.main else []
        found |= dict.fromkeys(mine, says)
    return found


def _brings_nobody(case: Case) -> str:
    """A gateway's own table routes what enters for public addresses, which no host has."""
    edges = [table for table in case.after.route_tables if table.gateways]
    public = any(one.public is not False and one.owner_kind != "nat-gateway" for one in case.after.interfaces)
    return "nobody has a public address to which the gateway would bring anything" if edges and not public else ""


def _forwards_nothing(case: Case) -> str:
    """An interface without its source check forwards only what a route leads to it."""
    open_ones = {one.key for one in case.after.interfaces if one.source_dest_check is False and one.filtered}
    targets = {getattr(route.target, "key", None) for table in case.after.route_tables for route in table.routes}
    owners = {one.owner for one in case.after.interfaces if one.key in open_ones}
    return "no route leads to it, so it forwards for nobody" if open_ones and not targets & (open_ones | owners) else ""


REASONS: tuple[Callable[[Case], str], ...] = (
    _changes_links,
    _unused,
    _same_ways,
    _covered,
    _brings_nobody,
    _forwards_nothing,
    _nobody_there,
    _of_no_address,
    _held,
)


def _named(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted({*names}))
