"""Questions about very many pairs of hosts: whom it is of no use to ask, and when enough was found.

Each pair is walked there and back. Beyond some number of pairs an answer lists the first flows that are found and says
so; whether there is any does not depend on it.
"""

from __future__ import annotations

from dataclasses import replace

from guardrails.facts.network import Direction
from guardrails.network.filters import Filters
from guardrails.network.packets import PORTS, Packets
from guardrails.network.places import EVERYTHING, Place, Target
from guardrails.network.question import Service

PAIRS = 20_000
"""Pairs of hosts beyond which not every flow is looked for."""
ENOUGH = 500
"""Finds after which the search then ends."""


def is_wide(source: Place, destination: Place) -> bool:
    """Tell whether a question is about so many pairs; never where one address is meant and not known which."""
    return len(source.targets) * len(destination.targets) > PAIRS and not destination.some


def likely(open_filters: Filters, source: Place, destination: Place, service: Service) -> tuple[Place, Place]:
    """Leave out hosts whose groups let no packet of the service through, whoever is at the other end.

    `open_filters` take unknown inputs at their most open. One host stays in any case, for the reason why nothing works.
    """
    sent = Packets.of(EVERYTHING, service.protocols, PORTS, service.ports)

    def kept(place: Place, direction: Direction) -> Place:
        found: tuple[Target, ...] = tuple(
            one for one in place.targets if open_filters.may_serve(one.host, direction, sent)
        )
        return replace(place, targets=found or place.targets[:1])

    return kept(source, Direction.EGRESS), kept(destination, Direction.INGRESS)
