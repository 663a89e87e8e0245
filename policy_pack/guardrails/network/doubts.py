"""What a source does not hold, and where that leaves an answer open."""

from __future__ import annotations

from dataclasses import replace

from guardrails.facts.network import TargetKind
from guardrails.facts.values import Maybe, Unknown
from guardrails.network.answer import Answer
from guardrails.network.hosts import Host
from guardrails.network.model import Model
from guardrails.network.places import Place

_SEEN = frozenset(
    {
        "endpoints",
        "groups",
        "internet_gateways",
        "nacls",
        "nat_gateways",
        "peerings",
        "prefix_lists",
        "route_tables",
        "subnets",
        "transit_gateways",
        "vpcs",
        "vpn_gateways",
    }
)
"""Fields of which a missing object shows where it matters: others name it, or a reader put a stand-in in its place."""

_OF_PREMISES = frozenset({"direct_connect_gateways", "virtual_interfaces", "vpn_connections"})
_OF_TRANSIT = frozenset({"transit_attachments", "transit_tables"})

_OWNERS = {"load-balancer": "load_balancers", "vpc-endpoint": "endpoints"}
"""Kinds of interfaces that hand on what they take, and the field of the network that holds what they belong to."""

_MODELLED_ATTACHMENTS = frozenset({"vpc", "vpn", "direct-connect-gateway", "peering", "tgw-peering"})

_TO_PREMISES = (TargetKind.VPN_GATEWAY, TargetKind.TRANSIT_GATEWAY)


def unplaced(model: Model, *places: Place) -> tuple[Unknown, ...]:
    """Name the hosts of a question whose subnet or VPC the source does not hold, and endpoints of unknown kinds."""
    kinds = (model.endpoints[key].kind for place in places for key in sorted(place.services))
    found = {kind.what: kind for kind in kinds if isinstance(kind, Unknown)}
    found |= {more.what: more for place in places for more in place.more}
    for host in (target.host for place in places for target in place.targets):
        if host.subnet is None:
            found[host.id] = Unknown(f"{host.id}.subnet", "the subnet is not in the source")
        elif host.vpc not in model.vpcs:
            found[host.id] = Unknown(f"{host.subnet}.vpc", "the VPC is not in the source")
    return tuple(found.values())


def lost_owner(model: Model, host: Host) -> Unknown | None:
    """Name the load balancer or endpoint that an interface belongs to, where it was lost in reading or is unknown.

    What listens there, or which service is behind it, is not known then.
    """
    kind = _OWNERS.get(host.owner_kind)
    if kind is None or host.owner in model.balancers:
        return None
    endpoint = model.endpoints.get(host.owner)
    if endpoint is not None:
        return _lost_service(model, endpoint.service)
    missing = kind in model.network.incomplete
    return Unknown(host.owner or host.id, "what it belongs to is not in the source") if missing else None


def _lost_service(model: Model, service: Maybe[str]) -> Unknown | None:
    """Name the service behind an endpoint where it may be one of our own of which the balancers are not known."""
    own = model.network.endpoint_services
    lost = "endpoint_services" in model.network.incomplete
    if isinstance(service, Unknown):
        return service if own or lost else None
    if lost and ".vpce-svc-" in service and all(one.service != service for one in own):
        return Unknown(service, "the service is not in the source")
    return None


def unlisted(model: Model, source: Place, destination: Place) -> tuple[Unknown, ...]:
    """Name the gateways to the premises that our routes point to and the source does not list."""
    if not source.premises:
        return ()
    vpcs = dict.fromkeys(target.host.vpc for target in destination.targets if target.host.vpc)
    return tuple(found for vpc in vpcs if (found := model.unlisted_gateway_of(vpc, *_TO_PREMISES)) is not None)


def strange_ways(model: Model, source: Place, destination: Place) -> tuple[Unknown, ...]:
    """Name what is not modelled and may lead from one of two places to the other, where they are not in one VPC."""
    ends = [{target.host.vpc for target in place.targets} for place in (source, destination)]
    premises = bool(source.premises or destination.premises)
    outside = [bool(place.premises or place.internet) for place in (source, destination)]
    if ends[0] == ends[1] and len(ends[0]) == 1 and not any(outside):
        return ()
    held = {vpc for end in ends for vpc in end}
    found = [
        one.unknown
        for one in model.network.strangers
        if held.intersection(one.near) and (premises or not one.premises_only)
    ]
    if source.premises:
        found += [
            Unknown(model.label(one.key), f"attachments of kind {one.kind} are not modelled")
            for one in model.network.transit_attachments
            if one.kind not in _MODELLED_ATTACHMENTS
        ]
    return tuple(found)


def doubted(
    model: Model, answer: Answer, source: Place, destination: Place, strange: tuple[Unknown, ...] = ()
) -> Answer:
    """Take a "no" back where the source is known to miss objects that could turn it round, and nothing else shows it.

    A "yes" stands: readers put unknown stand-ins in the place of what could close a path (tables, ACLs, groups), so
    that it was found without any of them.
    """
    if answer.reachable:
        return answer
    missing = set(model.network.incomplete) - _SEEN
    if not (source.premises or destination.premises):
        missing -= _OF_PREMISES
    if not _meets_transit(model):
        missing -= _OF_TRANSIT
    unknowns = (*strange, *(Unknown(kind, "the source does not hold all of these") for kind in sorted(missing)))
    if not unknowns:
        return answer
    return replace(answer, reachable=None, unknowns=(*answer.unknowns, *unknowns), blocked_by=None)


def _meets_transit(model: Model) -> bool:
    """Tell whether anything leads to a transit gateway."""
    routes = (route for table in model.network.route_tables for route in table.routes)
    return any(route.kind in (TargetKind.TRANSIT_GATEWAY, TargetKind.UNKNOWN) for route in routes)
