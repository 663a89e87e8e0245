"""Transit gateways: which attachment a packet leaves by, and where it enters the next VPC.

The table associated with the attachment a packet came in by decides; static routes before propagated ones of the same
prefix. A VPC reaches the gateway only from zones in which its attachment has a subnet. What enters a VPC uses the
route table and outbound ACL of the attachment's subnet ("How network ACLs work with transit gateways"). The zone of
the packet's origin is kept as long as the next attachment has a subnet there, unless appliance mode ties the whole
flow to one zone ("Appliance in a shared services VPC"). Peered gateways forward by static routes alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from guardrails.facts.network import (
    Direction,
    Route,
    TransitAttachment,
    TransitTable,
)
from guardrails.facts.values import Ref, Unknown
from guardrails.network.answer import Hop
from guardrails.network.index import AddressIndex
from guardrails.network.packets import DESTINATION, IPV6, NOTHING, Packets
from guardrails.network.transit_routes import PEERING_KINDS, TransitEntry, entries_of
from guardrails.sets import IntervalSet

if TYPE_CHECKING:
    from guardrails.network.model import Model
    from guardrails.network.trail import Arrival, Step, Trail
    from guardrails.network.walk import Walker

PREMISES_KINDS = frozenset({"vpn", "direct-connect-gateway"})


def zones_meet(model: Model, one: str | None, two: str | None) -> bool | Unknown:
    """Tell whether two subnets lie in the same availability zone, by zone id where both tell it, else by name."""
    first, second = model.subnets.get(one or ""), model.subnets.get(two or "")
    if first is None or second is None:
        return Unknown("subnet", "the subnet is not in the source")
    for left, right in ((first.zone_id, second.zone_id), (first.zone, second.zone)):
        if isinstance(left, str) and isinstance(right, str) and left and right:
            return left == right
    return Unknown(f"{model.label(first.key)}.zone", "the availability zone is not known")


# -- from a VPC -------------------------------------------------------------------------------------------------------


def enter_from_vpc(walker: Walker, step: Step) -> Iterator[Arrival]:
    """Take packets from a subnet into the transit gateway through its VPC's attachment."""
    model = walker.model
    gateway = model.key(step.target)
    if gateway is None or gateway not in model.transit_gateways:
        target = step.target
        name = target.what if isinstance(target, Unknown) else (target.literal or "") if target else ""
        yield from walker.anywhere(
            step.packets, step.trail, Unknown(name or step.table, "the transit gateway is not in the source")
        )
        return
    hop = Hop(model.label(gateway), "transit-gateway")
    attachment = _attachment_of(model, gateway, step.vpc)
    if isinstance(attachment, Unknown):
        yield from walker.anywhere(step.packets, step.trail, attachment)
        return
    if attachment is None:
        walker.stops.drop(step.trail, hop, "the VPC has no attachment to this transit gateway")
        return
    for sent, trail in _to_own_zone(walker, step, attachment, hop):
        left = _carried(walker, attachment, walker.unnamed(sent, trail), trail)
        if left:
            direct = trail.direct and _keeps_groups(walker, gateway, attachment)
            yield from route(walker, gateway, attachment, left, replace(trail, home=False, direct=direct))


def _keeps_groups(walker: Walker, gateway: str, attachment: TransitAttachment) -> bool:
    """Tell whether inbound rules may name groups over a gateway and a VPC's attachment."""
    held = walker.model.transit_gateways.get(gateway)
    lost = Unknown(gateway, "the transit gateway is not in the source")
    values = (lost if held is None else held.group_references, attachment.group_references)
    if False in values:
        return False
    doubts = tuple(value for value in values if isinstance(value, Unknown))
    walker.stops.note(doubts)
    return not doubts or walker.may


def _carried(walker: Walker, attachment: TransitAttachment, sent: Packets, trail: Trail) -> Packets:
    """Give what a VPC's attachment carries: IPv6 packets only where it supports them ("IPv6 on AWS" whitepaper)."""
    six = sent.limit(DESTINATION, IPV6) if attachment.ipv6 is not True else NOTHING
    if not six:
        return sent
    if isinstance(attachment.ipv6, Unknown):
        walker.stops.note((attachment.ipv6,))
        return sent if walker.may else sent - six
    hop = Hop(walker.model.label(attachment.key), "transit-gateway-attachment", rule="IPv6 support off")
    walker.stops.drop(trail, hop, "the attachment does not support IPv6")
    return sent - six


def _attachment_of(model: Model, gateway: str, vpc: str) -> TransitAttachment | Unknown | None:
    """Give a VPC's attachment to a gateway, or what leaves open which one that is; a VPC has one at the most."""
    doubt: Unknown | None = None
    for attachment in model.network.transit_attachments:
        ends = (attachment.gateway, attachment.resource)
        if attachment.kind == "vpc" and model.loose.may_be(ends[0], gateway) and model.loose.may_be(ends[1], vpc):
            unknown = next((end for end in ends if isinstance(end, Unknown)), None)
            if unknown is None:
                return attachment
            doubt = unknown
    return doubt


def _to_own_zone(
    walker: Walker, step: Step, attachment: TransitAttachment, hop: Hop
) -> Iterator[tuple[Packets, Trail]]:
    """Reach the attachment's interface of the same zone, past the sending subnet's and the interface subnet's ACLs.

    An attachment has one subnet in a zone at the most: the one that is surely of the same zone is the only one.
    """
    model = walker.model
    missing = Unknown(hop.node, "an attachment's subnet is unknown")
    zones = [
        (key, zones_meet(model, step.subnet, key) if key in model.subnets else missing)
        for key in (model.key(ref) for ref in attachment.subnets)
    ]
    sure = [one for one in zones if one[1] is True]
    found = False
    for key, meet in sure or zones:
        trail = step.trail
        if isinstance(meet, Unknown):
            walker.stops.note((meet,))
            trail = trail.learn((meet,))
        if not meet or (isinstance(meet, Unknown) and not walker.may):
            continue
        found = True
        sent = step.packets
        if step.subnet is not None:
            sent, trail = walker.acl(step.subnet, Direction.EGRESS, sent, trail)
        if sent and key is not None and key in model.subnets:
            sent, trail = walker.acl(key, Direction.INGRESS, sent, trail)
        if sent:
            yield sent, replace(trail.add(hop) if walker.trace else trail, zone=Ref(step.subnet))
    if not found:
        walker.stops.drop(step.trail, hop, "the attachment has no subnet in the packet's availability zone")


# -- the gateway's own tables -----------------------------------------------------------------------------------------


def route(walker: Walker, gateway: str, incoming: TransitAttachment, sent: Packets, trail: Trail) -> Iterator[Arrival]:
    """Forward by the table associated with the incoming attachment."""
    model = walker.model
    table = _associated(model, gateway, incoming)
    name = model.label(gateway)
    seen = f"{gateway}|{incoming.key}"
    if isinstance(table, Unknown):
        yield from walker.anywhere(sent, trail, table)
        return
    if table is None:
        walker.stops.drop(trail, Hop(name, "transit-gateway"), "the attachment is associated with no route table")
        return
    if seen in trail.seen and trail.steps > 16:
        walker.stops.drop(trail, Hop(name, "transit-gateway"), "a forwarding loop")
        return
    trail = replace(trail, seen=trail.seen | {seen}, steps=trail.steps + 1)
    rest = sent
    for entry in _meeting(walker, table, sent):
        hit = rest.limit(DESTINATION, entry.addresses)
        if not hit:
            continue
        hop = Hop(name, "transit-gateway-route-table", model.label(table.key), entry.text)
        if entry.unknown is not None:
            walker.stops.note((entry.unknown,))
            if not walker.may:
                rest = rest.without(DESTINATION, entry.addresses)
                continue
        else:
            rest = rest.without(DESTINATION, entry.addresses)
        onward = trail.add(hop) if walker.trace else trail
        onward = onward.learn((entry.unknown,) if entry.unknown else ())
        if entry.route.blackhole is True:
            walker.stops.drop(onward, hop, "the route is a blackhole")
        else:
            yield from _out(_Passage(walker, gateway, incoming, onward), entry.route, hit)
    if rest:
        hop = Hop(name, "transit-gateway-route-table", model.label(table.key), "no route")
        walker.stops.drop(trail, hop, "the transit gateway's route table has no route to the destination")


def _meeting(walker: Walker, table: TransitTable, sent: Packets) -> list[TransitEntry]:
    """Give those entries of a table that some packets may match, in the order in which they decide."""
    kept = walker.routing.kept
    if table.key not in kept:
        entries = sorted(entries_of(walker.model, table), key=lambda entry: entry.rank)
        kept[table.key] = (entries, AddressIndex([entry.addresses for entry in entries]))
    entries, index = kept[table.key]
    return [entries[position] for position in index.meeting(sent.side(DESTINATION) or IntervalSet())]


def _associated(model: Model, gateway: str, incoming: TransitAttachment) -> TransitTable | Unknown | None:
    """Give the table that an attachment is associated with, or what leaves open which one that is."""
    keys = {incoming.key}
    if incoming.kind in PEERING_KINDS:
        ends = {model.key(incoming.gateway), model.key(incoming.resource)}
        keys |= {
            other.key
            for other in model.network.transit_attachments
            if other.kind in PEERING_KINDS and {model.key(other.gateway), model.key(other.resource)} == ends
        }
    doubt: Unknown | None = None
    for table in model.network.transit_tables:
        held = any(model.key(ref) in keys for ref in table.associations)
        if held and model.key(table.gateway) == gateway:
            return table
        loose = next((ref for ref in table.associations if isinstance(ref, Unknown)), None)
        if held and isinstance(table.gateway, Unknown):
            doubt = table.gateway
        elif loose is not None and model.loose.may_be(table.gateway, gateway):
            doubt = loose
    return doubt


# -- out of the gateway -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Passage:
    """Packets inside a gateway: whose walk it is, which gateway, and the attachment they came in by."""

    walker: Walker
    gateway: str
    incoming: TransitAttachment
    trail: Trail


def _out(passage: _Passage, chosen: Route, sent: Packets) -> Iterator[Arrival]:
    walker, trail = passage.walker, passage.trail
    model = walker.model
    attachment = model.attachments.get(model.key(chosen.target) or "")
    if attachment is None:
        missing = chosen.target if isinstance(chosen.target, Unknown) else None
        if missing is None or not missing.what:
            missing = Unknown(chosen.origin.subject, "the attachment is not in the source")
        yield from walker.anywhere(sent, trail, missing)
        return
    hop = Hop(model.label(attachment.key), "transit-gateway-attachment")
    trail = trail.add(hop) if walker.trace else trail
    if attachment.kind in PEERING_KINDS:
        ends = (model.key(attachment.gateway), model.key(attachment.resource))
        other = ends[1] if ends[0] == passage.gateway else ends[0]
        if other is None or other not in model.transit_gateways:
            yield from walker.anywhere(sent, trail, Unknown(hop.node, "the peer transit gateway is not in the source"))
            return
        yield from route(walker, other, attachment, sent, replace(trail, direct=False))
    elif attachment.kind in PREMISES_KINDS:
        if passage.incoming.kind == attachment.kind == "direct-connect-gateway":
            walker.stops.drop(trail, hop, "Direct Connect gateways pass nothing on to each other")
            return
        yield from walker.leave(attachment.key, hop, sent, trail)
    elif attachment.kind == "vpc":
        yield from _into_vpc(replace(passage, trail=trail), attachment, sent)
    else:
        missing = Unknown(hop.node, f"attachments of kind {attachment.kind} are not modelled")
        yield from walker.anywhere(sent, trail, missing)


def _into_vpc(passage: _Passage, attachment: TransitAttachment, sent: Packets) -> Iterator[Arrival]:
    walker, trail = passage.walker, passage.trail
    model = walker.model
    vpc = model.key(attachment.resource)
    if vpc is None or vpc not in model.vpcs:
        missing = Unknown(model.label(attachment.key), "the attached VPC is not in the source")
        yield from walker.anywhere(sent, trail, missing)
        return
    if isinstance(attachment.gateway, Unknown):
        yield from walker.anywhere(sent, trail, attachment.gateway)
        return
    trail = replace(trail, direct=trail.direct and _keeps_groups(walker, passage.gateway, attachment))
    sent = _carried(walker, attachment, sent, trail)
    if not sent:
        return
    for subnet, after in _entrances(walker, attachment, trail):
        yield from walker.from_subnet(subnet, sent, after)


def _entrances(walker: Walker, attachment: TransitAttachment, trail: Trail) -> Iterator[tuple[str, Trail]]:
    """Give the attachment's subnets by which the packets may enter the VPC.

    With appliance mode any zone may be picked and then holds for the replies; otherwise it is the zone the packets
    come from, or any other where the attachment has none there (or they do not come from a VPC at all).
    """
    model = walker.model
    keys = [key for ref in attachment.subnets if (key := model.key(ref)) is not None and key in model.subnets]
    origin = trail.zone.key if trail.zone is not None else None
    meets = {key: zones_meet(model, origin, key) for key in keys if origin is not None}
    same = [key for key in keys if meets.get(key) is True]
    unknown: Unknown | None = next((one for one in meets.values() if isinstance(one, Unknown)), None)
    if len(keys) < len(attachment.subnets) or not keys:
        unknown = Unknown(f"{model.label(attachment.key)}.subnets", "the attachment's subnets are not known")
        keys += [unknown.what] if walker.may else []
    if unknown is not None and not same:
        walker.stops.note((unknown,))
        trail = trail.learn((unknown,)) if walker.may else trail
    mode = attachment.appliance_mode
    if isinstance(mode, Unknown):
        walker.stops.note((mode,))
        if not walker.may:
            return
        trail = trail.learn((mode,))
    if mode is not False:
        bound = [key for key in keys if f"{attachment.key}|{key}" in trail.bound]
        for key in bound or keys:
            yield key, replace(trail, bound=trail.bound | {f"{attachment.key}|{key}"})
    if mode is not True and (same or unknown is None or origin is None or walker.may):
        for key in same or keys:
            yield key, trail
