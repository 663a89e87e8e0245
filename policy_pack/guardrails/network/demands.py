"""Whether the connections that an intent demands can happen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from guardrails.facts.intent import Flow
from guardrails.network.breaches import WHOLE, Breach, Kind, asked_of, union_of
from guardrails.network.connect import Found
from guardrails.network.packets import PORT, PORTS, WITH_PORTS, Packets, protocol_numbers, ranges
from guardrails.network.places import Place, Target
from guardrails.network.reach import Service
from guardrails.sets import IntervalSet

if TYPE_CHECKING:
    from guardrails.network.intents import Assertions


def demanded(held: Assertions) -> Iterator[Breach]:
    """Yield every required flow that cannot happen, or may not."""
    for flow in held.intent.flows:
        if flow.required:
            yield from _demand(held, flow)


def _demand(held: Assertions, flow: Flow) -> Iterator[Breach]:
    via = flow.via
    legs = [(flow.source, flow.target)]
    if via is not None and via in held.intent.zones:
        legs = [(flow.source, via), (via, flow.target)]
    for source, target in legs:
        goal = held.goal(target)
        whole = len(legs) == 1
        for one in held.place(source).targets:
            yield from _lacking(held, flow, Place(source, (one,)), goal, whole=whole)


def _lacking(held: Assertions, flow: Flow, source: Place, goal: Place, *, whole: bool) -> Iterator[Breach]:
    """Yield the demand that one source cannot meet with any host of the goal, or with all of them together."""
    service = asked_of(flow) if whole else Service(protocol_numbers("tcp"))
    vacant = any(one.host.owner_kind == "address" for one in (*source.targets, *goal.targets))
    if not _missing(held, flow, (source, goal), service, may=vacant):
        return
    world = held.engine.run(source, goal, service, may=vacant, trace=True)
    missing = _missing(held, flow, (source, goal), service, may=vacant)
    stopped = world.stops.best
    ports = f" on {flow.protocol} {ranges(missing)}" if whole and missing != PORTS else ""
    why = f"{source.text} must be able to reach {goal.text}{ports} ({flow.name})"
    yield Breach(
        Kind.DEMANDED,
        source.text,
        goal.text,
        source.targets[0].host.key,
        f"{why}: {stopped.reason}" if stopped else why,
        path=(stopped.hop,) if stopped else (),
        unknowns=tuple(world.stops.unknowns.values()),
        certain=vacant or bool(_missing(held, flow, (source, goal), service, may=True)),
        flow=flow.name,
    )


def _missing(held: Assertions, flow: Flow, ends: tuple[Place, Place], service: Service, *, may: bool) -> IntervalSet:
    """Give the ports that the goal's hosts leave unanswered, asking one after the other until none is left.

    The nearest are asked first, and those whom the groups alone keep apart are not asked at all.
    """
    source, goal = ends
    missing = service.ports
    outside = replace(goal, targets=())
    parts = (replace(outside, targets=(one,)) for one in _nearest(source, goal))
    for part in parts if goal.targets else (outside,):
        if part.targets and part == Place(part.text, part.targets) and _barred(held, source, part, service, may=may):
            continue
        met = union_of(
            [one for one in held.engine.run(source, part, service, may=may).found if _meets(held, flow, one)]
        )
        missing -= met.side(PORT) or IntervalSet()
        if not missing:
            break
    return missing


def _nearest(source: Place, goal: Place) -> Iterator[Target]:
    """Give the goal's hosts, those in the source's own subnet and VPC first."""
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


def _meets(held: Assertions, flow: Flow, found: Found) -> bool:
    return flow.via in held.intent.zones or held.on_the_way(flow, found)
