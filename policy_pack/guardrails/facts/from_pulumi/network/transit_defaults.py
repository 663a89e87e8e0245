"""What a transit gateway does with attachments by itself: which it associates with its default table, and which
propagate into it.

Both are AWS's default ("Transit gateway route tables", Amazon VPC Transit Gateways): a gateway without further words
lets everybody attached reach everybody. An attachment with an association of its own is in that table alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from guardrails.facts.from_pulumi.network.common import Build
from guardrails.facts.network import TransitAttachment, TransitGateway
from guardrails.facts.resource import Resource
from guardrails.facts.roles import TRANSIT_DEFAULT_TABLE, Role
from guardrails.facts.values import Maybe, Ref, Unknown

_MODULE = "ec2transitgateway"
_PEERING = "tgw-peering"
Members = dict[str, list[Maybe[Ref]]]


@dataclass(frozen=True, slots=True)
class Defaults:
    """Attachments that are in a table, by its key, without a resource that says so."""

    associations: Members
    propagations: Members


def defaults(build: Build, gateways: Sequence[TransitGateway], attachments: Sequence[TransitAttachment]) -> Defaults:
    """Give what the gateways of a stack do with its attachments by themselves."""
    own = [build.ref(item, "transitGatewayAttachmentId", Role.TRANSIT_ATTACHMENT) for item in _associations(build)]
    said = {ref.key for ref in own if isinstance(ref, Ref)}
    open_end = next((ref for ref in own if isinstance(ref, Unknown)), None)
    associations: Members = {}
    propagations: Members = {}
    for gateway in gateways:
        near = [one for one in attachments if _may_hang_on(one, gateway.key)]
        for one in near:
            if one.key not in said:
                _add(associations, _tables(build, gateway, "Association"), _associated(one, gateway, open_end))
            _add(propagations, _tables(build, gateway, "Propagation"), _propagates(one, gateway))
    return Defaults(associations, propagations)


def _associations(build: Build) -> list[Resource]:
    return build.of(f"{_MODULE}.RouteTableAssociation")


def _may_hang_on(one: TransitAttachment, gateway: str) -> bool:
    return isinstance(one.gateway, Unknown) or one.gateway.key == gateway


def _associated(one: TransitAttachment, gateway: TransitGateway, open_end: Unknown | None) -> Maybe[Ref] | None:
    if one.kind == _PEERING and gateway.default_association is not False:
        return Unknown(f"{one.key}", "whether a peering is associated with the default table by itself is not known")
    does = _all(one.default_association, gateway.default_association)
    return _member(one, does, open_end)


def _propagates(one: TransitAttachment, gateway: TransitGateway) -> Maybe[Ref] | None:
    # Routes to peers are static; what a Connect peer announces is not in a program.
    if one.kind in (_PEERING, "connect"):
        return None
    return _member(one, _all(one.default_propagation, gateway.default_propagation), None)


def _member(one: TransitAttachment, does: Maybe[bool], open_end: Unknown | None) -> Maybe[Ref] | None:
    if does is False:
        return None
    doubt = next((value for value in (does, one.gateway, open_end) if isinstance(value, Unknown)), None)
    return doubt or Ref(one.key)


def _all(*flags: Maybe[bool]) -> Maybe[bool]:
    if False in flags:
        return False
    return next((flag for flag in flags if isinstance(flag, Unknown)), True)


def _tables(build: Build, gateway: TransitGateway, side: str) -> list[Maybe[str]]:
    """Give the keys of the tables that are, or were, a gateway's default one; which of them holds is told by time."""
    return [f"{gateway.key}{TRANSIT_DEFAULT_TABLE}", *_chosen(build, gateway, side)]


def _chosen(build: Build, gateway: TransitGateway, side: str) -> Iterator[Maybe[str]]:
    for item in build.of(f"{_MODULE}.DefaultRouteTable{side}"):
        where = build.ref(item, "transitGatewayId", Role.TRANSIT_GATEWAY)
        if isinstance(where, Unknown) or where.key == gateway.key:
            table = build.ref(item, "transitGatewayRouteTableId", Role.TRANSIT_TABLE)
            yield table if isinstance(table, Unknown) else table.key or table.literal or ""


def _add(members: Members, tables: list[Maybe[str]], member: Maybe[Ref] | None) -> None:
    if member is None:
        return
    doubt = Unknown(f"{tables[0]}", "the default table was changed: which one an attachment came into is not known")
    for table in tables:
        if isinstance(table, str):
            members.setdefault(table, []).append(member if len(tables) == 1 else doubt)
