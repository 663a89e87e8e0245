"""What can be reached by taking over hosts on the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from guardrails.facts.intent import ANYWHERE, INTERNET
from guardrails.network.answer import Hop
from guardrails.network.breaches import PREMISES, Breach, Kind
from guardrails.network.connect import Found
from guardrails.network.reach import ANYTHING

if TYPE_CHECKING:
    from guardrails.network.intents import Assertions


def stepping_stones(held: Assertions) -> Iterator[Breach]:
    """Yield zones that can be reached by taking over hosts on the way, though no flow leads there.

    A relay is declared to pass connections on and is therefore no stone; `forbidden` must have run before.
    """
    onward: dict[str, set[str]] = {}
    for source, target in (*held.edges, *_permitted_edges(held)):
        onward.setdefault(source, set()).add(target)
    named = {(flow.source, flow.target) for flow in held.intent.flows}
    for start in sorted(onward):
        if _opens_nothing(held, start):
            continue
        came: dict[str, tuple[str, ...]] = {start: (start,)}
        queue = [start]
        while queue:
            here = queue.pop(0)
            if here != start and _relays(held, here):
                continue
            for there in sorted(onward.get(here, ())):
                if there not in came:
                    came[there] = (*came[here], there)
                    queue.append(there)
        for end, chain in came.items():
            direct = (start, end) in held.edges or (start, end) in named or (ANYWHERE, end) in named
            if len(chain) > 2 and not direct and _protected(held, start, end):
                steps = [_edge(held, *pair) for pair in pairwise(chain)]
                found = steps[-1]
                if found is None or None in steps:
                    continue
                why = f"{start} reaches {end} by taking over a host in {' then '.join(chain[1:-1])}"
                key = found.start.key if found.start else found.end.key
                hops = tuple(Hop(zone, "zone") for zone in chain)
                yield Breach(Kind.STEPPING_STONE, start, end, key, why, found.packets, hops, found.unknowns)


def _opens_nothing(held: Assertions, zone: str) -> bool:
    """Tell whether a zone holds AWS's own load balancers alone: they pass on what their callers open.

    A way over one begins where its callers are.
    """
    hosts = held.members.get(zone, ())
    return bool(hosts) and all(host.owner_kind == "load-balancer" for host in hosts)


def _permitted_edges(held: Assertions) -> Iterator[tuple[str, str]]:
    names = (*held.intent.zones, INTERNET)
    for flow in held.intent.flows:
        sources = names if flow.source == ANYWHERE else (flow.source,)
        targets = names if flow.target == ANYWHERE else (flow.target,)
        yield from ((one, two) for one in sources for two in targets if one != two)


def _edge(held: Assertions, source: str, target: str) -> Found | None:
    """Give one connection between two zones that can really be opened."""
    if (source, target) not in held.edges:
        here, there = held.place(source), held.goal(target)
        for one in here.targets or (None,):
            start = here if one is None else replace(here, targets=(one,))
            for goal in there.targets or (None,):
                end = there if goal is None else replace(there, targets=(goal,))
                found = held.engine.run(start, end, ANYTHING, may=True).found
                if found:
                    held.edges[source, target] = found[0]
                    return found[0]
    return held.edges.get((source, target))


def _relays(held: Assertions, zone: str) -> bool:
    return zone in held.intent.zones and held.intent.zones[zone].relay


def _protected(held: Assertions, start: str, end: str) -> bool:
    outside = {INTERNET, PREMISES}
    return end in outside or start in outside or end in held.intent.zones
