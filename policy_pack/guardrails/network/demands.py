"""Whether the connections that an intent demands can happen: from every host of the source, to whom the flow says.

A source is an equivalence class of hosts; where its addresses are known, each of them must get through. Of a goal one
host must answer, one in each availability zone or subnet, or each (`Demand`); of a goal outside of the network, whose
hosts nobody lists, every address must be reachable.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from guardrails.facts.intent import Demand, Flow
from guardrails.facts.values import Unknown
from guardrails.network.areas import Area, areas_of, is_several, outside_of
from guardrails.network.breaches import WHOLE, Breach, Kind, asked_of, service_name, union_of
from guardrails.network.connect import Found
from guardrails.network.model import Model
from guardrails.network.packets import (
    DESTINATION,
    IPV4,
    IPV6,
    NOTHING,
    PORT,
    PORTS,
    SOURCE_PORT,
    WITH_PORTS,
    Packets,
    protocol_numbers,
    ranges,
)
from guardrails.network.places import Place, Target
from guardrails.network.reach import Service, World
from guardrails.network.trail import PointKind
from guardrails.sets import IntervalSet

if TYPE_CHECKING:
    from guardrails.network.intents import Assertions

_PASSIVE_KINDS = frozenset({"vpc-endpoint"})
"""Hosts that only answer: connections through an interface endpoint are opened by its clients (AWS PrivateLink)."""


@dataclass(frozen=True, slots=True)
class _Leg:
    """One connection that a flow demands: between two named places, `some` where any one port will do."""

    flow: Flow
    source: str
    target: str
    service: Service
    demand: Demand = Demand.ANY
    some: bool = False


def demanded(held: Assertions) -> Iterator[Breach]:
    """Yield every required flow that cannot happen, or may not."""
    for flow in held.intent.demands():
        for leg in _legs(held, flow):
            goals = list(_goals(held, leg))
            for source in _sources(held, leg):
                others = (part for goal in goals if (part := _without(goal, source)) is not None)
                for part in others:
                    yield from _lacking(held, leg, source, part)


def _legs(held: Assertions, flow: Flow) -> Iterator[_Leg]:
    """Give the connections of a demand: two through a relay zone, of which the relay chooses the first one's port."""
    if flow.via is None or flow.via not in held.intent.zones:
        yield _Leg(flow, flow.source, flow.target, asked_of(flow), flow.required)
        return
    yield _Leg(flow, flow.source, flow.via, Service(protocol_numbers("tcp")), some=True)
    yield _Leg(flow, flow.via, flow.target, asked_of(flow), flow.required)


def _sources(held: Assertions, leg: _Leg) -> Iterator[Place]:
    """Give every class of hosts that the connection must be possible from, and what lies outside as one."""
    whole = held.place(leg.source)
    hosts = [one for one in whole.targets if one.host.owner_kind not in _PASSIVE_KINDS]
    yield from (Place(leg.source, (one,)) for one in hosts)
    if whole.internet or whole.premises:
        yield replace(whole, targets=())
    elif not hosts:
        yield Place(leg.source)


def _goals(held: Assertions, leg: _Leg) -> Iterator[Area]:
    """Give the parts of the goal of which each must answer."""
    whole = Area(leg.target, held.goal(leg.target))
    narrowed = leg.target == leg.flow.target and leg.flow.services
    parts = _by_service(held, leg.flow, whole) if narrowed else [whole]
    for part in parts:
        yield from areas_of(held.engine.model, part, held.subnets_of(leg.target), leg.demand)


def _by_service(held: Assertions, flow: Flow, whole: Area) -> list[Area]:
    endpoints = held.engine.model.endpoints
    found: list[Area] = []
    for name in flow.services:
        mine = tuple(
            one
            for one in whole.place.targets
            if one.host.owner in endpoints and service_name(endpoints[one.host.owner].service) == f"aws:{name}"
        )
        text = f"{whole.text} for {name}"
        found.append(Area(text, Place(whole.text, mine), f"no interface endpoint of {name} is there"))
    return found


def _lacking(held: Assertions, leg: _Leg, source: Place, goal: Area) -> Iterator[Breach]:
    """Yield the demand that one source cannot meet with one part of the goal."""
    flow = leg.flow
    why = f"{source.text} must be able to reach {goal.text}"
    subject = _subject(held, source, goal)
    if not _something(source) or not _something(goal.place):
        empty = goal.empty if _something(source) else f"nothing of {source.text} is in this network"
        yield Breach(Kind.DEMANDED, source.text, goal.text, subject, f"{why} ({flow.name}): {empty}", flow=flow.name)
        return
    vacant = any(one.host.owner_kind == "address" for one in (*source.targets, *goal.place.targets))
    missing = _missing(held, leg, source, goal.place, may=vacant)
    if not missing:
        return
    world = held.engine.run(source, goal.place, leg.service, may=vacant, trace=True)
    stopped = world.stops.best
    lacked = missing.side(PORT) or IntervalSet()
    ports = f" on {flow.protocol} {ranges(lacked)}" if not leg.some and lacked != PORTS else ""
    certain = vacant or bool(_missing(held, leg, source, goal.place, may=True))
    unknowns = tuple(world.stops.unknowns.values()) or _beyond(held, world)
    if goal.unknown is not None:
        certain, unknowns = False, (goal.unknown, *unknowns)
    yield Breach(
        Kind.DEMANDED,
        source.text,
        goal.text,
        subject,
        f"{why}{ports} ({flow.name})" + (f": {stopped.reason}" if stopped else ""),
        path=(stopped.hop,) if stopped else (),
        unknowns=unknowns,
        certain=certain,
        flow=flow.name,
    )


def _without(goal: Area, source: Place) -> Area | None:
    """Leave a lone host out of its own goal; None where nobody else was meant."""
    alone = {one.host.key for one in source.targets if not is_several(one.host)}
    others = tuple(one for one in goal.place.targets if one.host.key not in alone)
    if len(others) == len(goal.place.targets):
        return goal
    return replace(goal, place=replace(goal.place, targets=others)) if others else None


def _something(place: Place) -> bool:
    return bool(place.targets or place.internet or place.premises or place.services)


def _subject(held: Assertions, source: Place, goal: Area) -> str:
    """Give the key of the interface or subnet that a breach is told of: the source's, else the goal's."""
    for one in (*source.targets, *goal.place.targets):
        return one.host.key
    places = (*held.subnets_of(source.text), *held.subnets_of(goal.place.text))
    return places[0] if places else ""


def _missing(held: Assertions, leg: _Leg, source: Place, goal: Place, *, may: bool) -> Packets:
    """Give what of a demand no host of the goal answers, asking one after the other until nothing is left.

    A host with addresses of both families needs a way with one of them.
    """
    lacked: list[Packets] = []
    for family in (IPV4, IPV6):
        wanted = _wanted(leg, source, goal, family)
        if wanted is not None:
            lacked.append(_unanswered(held, leg, (source, goal), wanted, may=may))
            if not lacked[-1]:
                return NOTHING
    return lacked[0] if lacked else NOTHING


def _wanted(leg: _Leg, source: Place, goal: Place, family: IntervalSet) -> Packets | None:
    """Give the packets of a demand in one family, with any port of the source; None where it has no address in it."""
    sent = source.targets[0].host.addresses & family if source.targets else outside_of(source, family)
    there = WHOLE if goal.targets or goal.services else outside_of(goal, family)
    if not sent or not there:
        return None
    protocols = leg.service.protocols
    with_ports = protocols & WITH_PORTS
    ports = PORTS if leg.some or not with_ports else leg.service.ports
    return Packets.of(sent, there, with_ports or protocols, PORTS, ports)


def _unanswered(held: Assertions, leg: _Leg, ends: tuple[Place, Place], wanted: Packets, *, may: bool) -> Packets:
    """Take from what is wanted all that a host of the goal answers.

    The nearest are asked first, and those whom the groups alone keep apart are not asked at all.
    """
    source, goal = ends
    outside = replace(goal, targets=())
    if goal.internet:
        # What a gateway endpoint takes over on its way to the internet gets where it was meant to go.
        outside = replace(outside, services=held.gateway_endpoints)
    for part in (replace(outside, targets=(one,)) for one in _nearest(source, goal)) if goal.targets else (outside,):
        lone = source.targets and part.targets and part == Place(part.text, part.targets)
        if lone and _barred(held, source, part, leg.service, may=may):
            continue
        found = held.engine.run(source, part, leg.service, may=may).found
        met = union_of([one for one in found if _meets(held, leg.flow, one, may=may)]).replace(SOURCE_PORT, PORTS)
        if leg.some or not leg.service.protocols & WITH_PORTS:
            met = met.replace(PORT, PORTS)
        if part.targets and part.targets[0].host.owner_kind == "address":
            # Where nobody is yet, the first host may get any address.
            missed = wanted.limit(DESTINATION, part.targets[0].addresses) - met
            wanted &= missed.replace(DESTINATION, WHOLE)
        else:
            wanted -= met.replace(DESTINATION, WHOLE) if goal.targets or goal.services else met
        if not wanted:
            break
    return wanted


def _nearest(source: Place, goal: Place) -> Iterator[Target]:
    """Give the goal's hosts, those in the source's own subnet and VPC first."""
    if not source.targets:
        yield from goal.targets
        return
    start = source.targets[0].host
    near = [one for one in goal.targets if one.host.vpc == start.vpc]
    yield from sorted(near, key=lambda one: one.host.subnet != start.subnet)
    yield from (one for one in goal.targets if one.host.vpc != start.vpc)


def _barred(held: Assertions, source: Place, part: Place, service: Service, *, may: bool) -> bool:
    """Tell quickly whether the groups alone let nothing of a service through, whatever way it takes."""
    start, end = source.targets[0].host, part.targets[0].host
    ports = service.ports if service.protocols <= WITH_PORTS else PORTS
    services = Packets.of(WHOLE, service.protocols, PORTS, ports)
    return not held.suspects.may_meet(start, end, services, may=may)


def _meets(held: Assertions, flow: Flow, found: Found, *, may: bool) -> bool:
    """Tell whether a connection is what a demand asks for: to a place that is known, by the way that it must take."""
    if found.end.kind is PointKind.PEER and not may and not _stated(held.engine.model, found):
        return False
    at_service = found.end.kind is PointKind.SERVICE
    return at_service or flow.via in held.intent.zones or held.on_the_way(flow, found)


def _beyond(held: Assertions, world: World) -> tuple[Unknown, ...]:
    """Name the peers that a connection would end at and of which nothing is known."""
    ends = dict.fromkeys(one.end.key for one in world.found if one.end.kind is PointKind.PEER)
    return tuple(Unknown(held.engine.model.label(key), "the blocks of the peer VPC are not known") for key in ends)


def _stated(model: Model, found: Found) -> bool:
    """Tell whether it is known which blocks the VPC at the far end of a peering has."""
    peering = model.peerings.get(found.end.key)
    if peering is None:
        return False
    near = model.key(peering.requester) == found.end.vpc
    blocks = peering.accepter_cidrs if near else peering.requester_cidrs
    return bool(blocks) and not any(isinstance(block, Unknown) for block in blocks)
