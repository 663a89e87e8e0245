"""What a source does not hold, and where that leaves an answer open."""

from __future__ import annotations

from dataclasses import replace

from guardrails.facts.network import TargetKind
from guardrails.facts.values import Unknown
from guardrails.network.answer import Answer
from guardrails.network.model import Model
from guardrails.network.places import Place

_STOOD_IN = frozenset({"nacls", "route_tables"})
"""Fields of which a reader that missed some puts unknown objects in their place."""

_TO_PREMISES = (TargetKind.VPN_GATEWAY, TargetKind.TRANSIT_GATEWAY)


def unplaced(model: Model, *places: Place) -> tuple[Unknown, ...]:
    """Name the hosts of a question whose subnet or VPC the source does not hold."""
    found: dict[str, Unknown] = {}
    for host in (target.host for place in places for target in place.targets):
        if host.subnet is None:
            found[host.id] = Unknown(f"{host.id}.subnet", "the subnet is not in the source")
        elif host.vpc not in model.vpcs:
            found[host.id] = Unknown(f"{host.subnet}.vpc", "the VPC is not in the source")
    return tuple(found.values())


def unlisted(model: Model, source: Place, destination: Place) -> tuple[Unknown, ...]:
    """Name the gateways to the premises that our routes point to and the source does not list."""
    if not source.premises:
        return ()
    vpcs = dict.fromkeys(target.host.vpc for target in destination.targets if target.host.vpc)
    return tuple(found for vpc in vpcs if (found := model.unlisted_gateway_of(vpc, *_TO_PREMISES)) is not None)


def doubted(model: Model, answer: Answer) -> Answer:
    """Take a "no" back where the source is known to miss objects that could turn it round.

    A "yes" stands: readers put unknown stand-ins in the place of what could close a path (tables, ACLs, groups), so
    that it was found without any of them.
    """
    if answer.reachable:
        return answer
    matters = sorted(set(model.network.incomplete) - _STOOD_IN)
    if not matters:
        return answer
    unknowns = tuple(Unknown(kind, "the source does not hold all of these") for kind in matters)
    return replace(answer, reachable=None, unknowns=(*answer.unknowns, *unknowns), blocked_by=None)
