"""The routes of a transit gateway's table, in the order in which they decide.

Static ones come first between equal prefixes, then those of prefix lists, then what attachments propagate, by their
kind ("Route evaluation order", Amazon VPC Transit Gateways). Peered gateways propagate nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from guardrails.facts.network import PrefixListRef, Route, RouteOrigin, TargetKind, TransitAttachment, TransitTable
from guardrails.facts.values import IPNetwork, Maybe, Origin, Ref, Unknown
from guardrails.network.packets import IPV4, IPV6, PRIVATE, network_set
from guardrails.sets import IntervalSet

if TYPE_CHECKING:
    from guardrails.network.model import Model

PEERING_KINDS = frozenset({"peering", "tgw-peering"})
_PRIORITY = {RouteOrigin.STATIC: 0, RouteOrigin.LOCAL: 0}
_PREFIX_LIST_PRIORITY = 1
_KIND_PRIORITY = {"vpc": 2, "direct-connect-gateway": 3, "connect": 4, "vpn": 5}
"""Between equal prefixes ("Route evaluation order", Amazon VPC Transit Gateways)."""


@dataclass(frozen=True, slots=True)
class TransitEntry:
    """One destination of one route, ordered by `rank`; `unknown` leaves open whether or for what it is there."""

    rank: tuple[int, int]
    addresses: IntervalSet
    route: Route
    text: str
    unknown: Unknown | None = None


def entries_of(model: Model, table: TransitTable) -> Iterator[TransitEntry]:
    """Give the entries of a table, in no order."""
    shown = {model.key(one.target) for one in table.routes if one.source not in {RouteOrigin.STATIC, RouteOrigin.LOCAL}}
    # A source that shows propagated routes shows all of them: what is not there was not learned.
    for one in table.routes:
        attachment = model.attachments.get(model.key(one.target) or "")
        if attachment is not None and attachment.kind in PEERING_KINDS and one.source is not RouteOrigin.STATIC:
            continue
        priority = _PRIORITY.get(one.source, _KIND_PRIORITY.get(attachment.kind if attachment else "", 6))
        yield from _expand(model, one, priority)
    for ref in table.propagations:
        if isinstance(ref, Unknown):
            where = PRIVATE | model.all_vpc_addresses
            route = Route(ref, TargetKind.ATTACHMENT, ref, Origin(table.key), RouteOrigin.PROPAGATED)
            yield TransitEntry((-200, 0), where, route, "unknown propagation", ref)
            continue
        key = model.key(ref)
        attachment = model.attachments.get(key or "")
        if attachment is None or key in shown or attachment.kind in PEERING_KINDS:
            continue
        if shown and attachment.kind != "vpc":
            continue
        for one in _propagated(model, attachment):
            yield from _expand(model, one, _KIND_PRIORITY.get(attachment.kind, 6))


def _expand(model: Model, one: Route, priority: int) -> Iterator[TransitEntry]:
    doubt = one.blackhole if isinstance(one.blackhole, Unknown) else None
    target = model.key(one.target) if one.target is not None and not isinstance(one.target, Unknown) else None
    toward = "blackhole" if one.blackhole is True else model.label(target) if target else str(one.kind)
    match one.destination:
        case Unknown() as unknown:
            reach = PRIVATE if one.source is not RouteOrigin.STATIC else IPV4 | IPV6
            what = unknown.what or one.origin.subject
            yield TransitEntry((-200, 0), reach, one, f"unknown destination to {toward}", Unknown(what, unknown.why))
        case PrefixListRef(list=ref):
            found = model.prefix_list(ref)
            if isinstance(found, Unknown):
                yield TransitEntry((-200, 0), IPV4 | IPV6, one, f"prefix list to {toward}", found)
                return
            key = model.key(ref)
            listed = model.prefix_lists[key].entries if key in model.prefix_lists else None
            for cidr in listed or ():
                if not isinstance(cidr, Unknown):
                    rank = (-cidr.prefixlen, max(priority, _PREFIX_LIST_PRIORITY))
                    yield TransitEntry(rank, network_set(cidr), one, f"{cidr} to {toward}", doubt)
        case cidr:
            yield TransitEntry((-cidr.prefixlen, priority), network_set(cidr), one, f"{cidr} to {toward}", doubt)


def _propagated(model: Model, attachment: TransitAttachment) -> Iterator[Route]:
    """Give the routes that an attachment installs: a VPC's blocks, a VPN's static routes, or what BGP tells."""
    target = Ref(attachment.key)

    def make(destination: Maybe[IPNetwork]) -> Route:
        return Route(
            destination,
            TargetKind.ATTACHMENT,
            target,
            Origin(attachment.key),
            RouteOrigin.PROPAGATED,
        )

    resource = model.key(attachment.resource)
    if attachment.kind == "vpc":
        vpc = model.vpcs.get(resource or "")
        if vpc is None:
            yield make(Unknown(f"{model.label(attachment.key)} vpc", "the attached VPC is not in the source"))
            return
        for cidr in vpc.cidrs:
            yield make(cidr)
        return
    unknown = Unknown(f"{model.label(attachment.key)} routes", "learned by BGP")
    learned = _learned(model, resource)
    for cidr in (unknown,) if learned is None else learned:
        yield make(cidr)


def _learned(model: Model, line: str | None) -> tuple[Maybe[IPNetwork], ...] | None:
    """Give the prefixes that a VPN or the virtual interfaces of a Direct Connect gateway bring, None if not told."""
    network = model.network
    for connection in network.vpn_connections:
        if connection.key == line and (connection.static_only is True or connection.static_routes):
            return connection.static_routes
    for gateway in network.direct_connect_gateways:
        if gateway.key == line:
            ends = [one for one in network.virtual_interfaces if model.loose.may_be(one.gateway, line)]
            listed = {name for one in ends for name in (one.key, model.label(one.key))}
            if set(gateway.interfaces) - listed or any(one.learned is None for one in ends):
                return None
            loose = (one.gateway for one in ends if isinstance(one.gateway, Unknown))
            return (*loose, *(cidr for one in ends for cidr in one.learned or ()))
    return None
