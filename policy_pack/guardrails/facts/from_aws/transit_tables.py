"""Transit gateway route tables: associations, propagations and routes, each told by answers of their own.

`get-transit-gateway-route-table-associations`, `...-propagations` and `search-transit-gateway-routes` do not print
whose table they describe; see `hints`. Source: Amazon VPC Transit Gateways guide, "How transit gateways work".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from guardrails.facts.from_aws.book import Book
from guardrails.facts.from_aws.common import assumed, common, refs
from guardrails.facts.from_aws.hints import owner_by_hint
from guardrails.facts.from_aws.record import MalformedError, Record
from guardrails.facts.from_aws.transit import ATTACHMENTS
from guardrails.facts.network import (
    PrefixListRef,
    Route,
    RouteOrigin,
    TargetKind,
    TransitAttachment,
    TransitGateway,
    TransitTable,
)
from guardrails.facts.values import IPNetwork, Maybe, Ref, Unknown

_NEVER_PROPAGATES = ("peering", "tgw-peering", "connect")
_FOREIGN_ROUTES = ("LocalGatewayRouteTableId", "ClientVpnEndpointId", "RouteServerEndpointIds")


@dataclass(slots=True)
class _Told:
    """What the answers tell about tables, by table."""

    associations: dict[str, dict[str, None]] = field(default_factory=dict[str, dict[str, None]])
    propagations: dict[str, dict[str, None]] = field(default_factory=dict[str, dict[str, None]])
    routes: dict[str, list[Route]] = field(default_factory=dict[str, list[Route]])


def read_transit_tables(
    book: Book, gateways: tuple[TransitGateway, ...], attachments: tuple[TransitAttachment, ...]
) -> tuple[TransitTable, ...]:
    """Read the transit gateway route tables; where none was asked for, the gateway's default one is assumed."""
    tables = {one.required("TransitGatewayRouteTableId"): one for one in book.scan("TransitGatewayRouteTables")}
    told = _Told()
    _tell_associations(book, tables, told)
    _tell_propagations(book, tables, told)
    _tell_routes(book, tables, told)
    by_gateway = {gateway.key: gateway for gateway in gateways}

    def build(record: Record) -> TransitTable:
        key = record.required("TransitGatewayRouteTableId")
        gateway = by_gateway.get(record.text("TransitGatewayId") or "")
        defaults = (
            record.flag("DefaultAssociationRouteTable") and (gateway is None or gateway.default_association is True),
            record.flag("DefaultPropagationRouteTable") and (gateway is None or gateway.default_propagation is True),
        )
        own = [one for one in attachments if gateway and _hangs_on(one, gateway.key)]
        return TransitTable(
            **common(record, key),
            gateway=book.ref(record.text("TransitGatewayId"), record.where),
            associations=_associations(book, key, told, own, defaults[0]),
            propagations=_propagations(book, key, told, own, defaults[1]),
            routes=_routes(book, key, told),
        )

    found = (*book.read("TransitGatewayRouteTables", build), *_unlisted_tables(book, tables, told, attachments))
    return found if book.asked("TransitGatewayRouteTables") else (*found, *_default_tables(book, gateways, attachments))


def _unlisted_tables(
    book: Book, tables: dict[str, Record], told: _Told, attachments: tuple[TransitAttachment, ...]
) -> Iterator[TransitTable]:
    """Stand in for tables that answers name and do not list: what they route is unknown."""
    gateways = {one.key: one.gateway for one in attachments}
    for key, held in told.associations.items():
        if key not in tables and key not in book.gone and held and book.asked("TransitGatewayRouteTables"):
            book.gap(f"TransitGatewayRouteTables: {key}", "is not in the answers")
            book.learn(key)
            yield TransitTable(
                **assumed(key, "TransitGatewayRouteTables"),
                gateway=gateways.get(next(iter(held)), Unknown(key, "is not listed")),
                associations=refs(book, held),
                routes=(_unknown_route(key, "is not in the answers"),),
            )


def _hangs_on(attachment: TransitAttachment, gateway: str) -> bool:
    sides = (attachment.gateway, attachment.resource if attachment.kind in _NEVER_PROPAGATES[:2] else None)
    return any(isinstance(side, Ref) and side.key == gateway for side in sides)


def _told_tables(book: Book, kind: str, tables: dict[str, Record]) -> Iterator[tuple[str | None, Record]]:
    """Pair each answer about one table with that table; one answer and one table that are left belong together."""
    answers = [
        (owner_by_hint(one, "tgw-rtb-", ("TransitGatewayRouteTableId",), tables), one) for one in book.parts(kind)
    ]
    unanswered = set(tables) - {owner for owner, _ in answers}
    homeless = [one for owner, one in answers if owner is None]
    for owner, one in answers:
        if owner is None and len(unanswered) == 1 and len(homeless) == 1:
            yield next(iter(unanswered)), one
        else:
            yield owner, one


def _tell_associations(book: Book, tables: dict[str, Record], told: _Told) -> None:
    homes: dict[str, str] = {}
    for key, table in book.read("TransitGatewayAttachments", _own_association):
        if table:
            homes[key] = table
            told.associations.setdefault(table, {})[key] = None
    for table, answer in _told_tables(book, "Associations", tables):
        try:
            for one in answer.members("Associations"):
                attachment = one.text("TransitGatewayAttachmentId")
                if attachment is None or (one.text("State") or "associated").lower() != "associated":
                    continue
                home = table or one.text("TransitGatewayRouteTableId") or homes.get(attachment)
                if home is None:
                    book.answers.lose("Associations", one.where, "does not say which route table it belongs to")
                else:
                    told.associations.setdefault(home, {})[attachment] = None
            if table:
                told.associations.setdefault(table, {})
        except MalformedError as error:
            book.lose("Associations", error)


def _own_association(record: Record) -> tuple[str, str | None]:
    """Give the table that an attachment itself says it is associated with."""
    association = record.member("Association")
    held = association and (association.text("State") or "associated").lower() == "associated"
    table = association.text("TransitGatewayRouteTableId") if association and held else None
    return record.required("TransitGatewayAttachmentId"), table


def _tell_propagations(book: Book, tables: dict[str, Record], told: _Told) -> None:
    kind = "TransitGatewayRouteTablePropagations"
    for table, answer in _told_tables(book, kind, tables):
        try:
            if table is not None:
                told.propagations.setdefault(table, {})
            for one in answer.members(kind):
                home = table or one.text("TransitGatewayRouteTableId")
                if home is None:
                    raise answer.bad(kind, "does not say which route table it belongs to")
                held = told.propagations.setdefault(home, {})
                if (one.text("State") or "enabled").lower() == "enabled" and one.has("TransitGatewayAttachmentId"):
                    held[one.required("TransitGatewayAttachmentId")] = None
        except MalformedError as error:
            book.lose(kind, error)
    attachments = {one.required("TransitGatewayAttachmentId"): one for k in ATTACHMENTS for one in book.scan(k)}
    for answer in book.parts("TransitGatewayAttachmentPropagations"):
        try:
            attachment = owner_by_hint(answer, "tgw-attach-", ("TransitGatewayAttachmentId",), attachments)
            for one in answer.members("TransitGatewayAttachmentPropagations"):
                if (one.text("State") or "enabled").lower() == "enabled":
                    if attachment is None:
                        raise answer.bad("TransitGatewayAttachmentId", "is not told by the answer")
                    told.propagations.setdefault(one.required("TransitGatewayRouteTableId"), {})[attachment] = None
        except MalformedError as error:
            book.lose(kind, error)


def _tell_routes(book: Book, tables: dict[str, Record], told: _Told) -> None:
    for table, answer in _told_tables(book, "Routes", tables):
        try:
            routes = answer.members("Routes")
            if any(route.has(name) for route in routes for name in _FOREIGN_ROUTES):
                book.gap(answer.where, "routes of another kind than a transit gateway's are not modelled")
                continue
            for route in routes:
                home = table or route.text("TransitGatewayRouteTableId")
                if home is None:
                    raise answer.bad("Routes", "does not say which route table it belongs to")
                told.routes.setdefault(home, []).extend(_route(book, home, route))
            if table is not None:
                held = told.routes.setdefault(table, [])
                if answer.flag("AdditionalRoutesAvailable"):
                    held.append(_unknown_route(table, f"{answer.where}: more routes are available than were printed"))
        except MalformedError as error:
            book.lose("Routes", error)
            if table:
                told.routes.setdefault(table, []).append(_unknown_route(table, f"{answer.where}: could not be read"))
    for one in book.parts("TransitGatewayPrefixListReferences"):
        try:
            table = one.required("TransitGatewayRouteTableId")
            target = one.member("TransitGatewayAttachment")
            attachment = target.text("TransitGatewayAttachmentId") if target else None
            told.routes.setdefault(table, []).append(
                Route(
                    destination=PrefixListRef(book.ref(one.required("PrefixListId"))),
                    kind=TargetKind.ATTACHMENT,
                    target=book.ref(attachment, f"{one.where}.TransitGatewayAttachment") if attachment else None,
                    origin=one.origin(table),
                    blackhole=one.flag("Blackhole") or attachment in book.gone,
                )
            )
        except MalformedError as error:
            book.lose("Routes", error)


def _route(book: Book, table: str, route: Record) -> Iterator[Route]:
    state = (route.text("State") or "active").lower()
    if state in ("deleting", "deleted", "pending"):
        return
    block = route.network("DestinationCidrBlock")
    listed = route.text("PrefixListId")
    if block is None and listed is None:
        raise route.bad("DestinationCidrBlock", "is missing")
    propagated = (route.text("Type") or "static").lower() == "propagated"
    targets = [one.text("TransitGatewayAttachmentId") for one in route.members("TransitGatewayAttachments")]
    blackhole = state == "blackhole"
    for target in targets or [None]:
        where = f"{route.where}.TransitGatewayAttachments"
        yield Route(
            destination=block or PrefixListRef(book.ref(listed)),
            kind=TargetKind.ATTACHMENT,
            target=None if target is None and blackhole else book.ref(target, where),
            origin=route.origin(table),
            source=RouteOrigin.PROPAGATED if propagated else RouteOrigin.STATIC,
            blackhole=blackhole or (target is not None and target in book.gone),
        )


def _unknown_route(table: str, why: str) -> Route:
    unknown = Unknown(f"Routes of {table}", why)
    destination: Maybe[IPNetwork] = unknown
    return Route(
        destination=destination, kind=TargetKind.UNKNOWN, target=unknown, origin=assumed(table, "Routes")["origin"]
    )


def _associations(
    book: Book, key: str, told: _Told, own: list[TransitAttachment], default: bool
) -> tuple[Maybe[Ref], ...]:
    held = [book.ref(one) for one in told.associations.get(key, {})]
    if {"Associations", "TransitGatewayAttachments"} & book.incomplete:
        return (*held, Unknown(f"Associations of {key}", "could not all be read"))
    if key in told.associations or any(one.has("Association") for one in book.all("TransitGatewayAttachments")):
        return tuple(held)
    if book.asked("Associations"):
        return (Unknown(f"TransitGatewayRouteTableAssociations of {key}", "are not in the answers"),)
    if own:
        which = "every attachment" if default else "no attachment"
        book.assume("TransitGatewayRouteTableAssociations", f"not listed; {which} is taken to be associated with {key}")
    return tuple(Ref(one.key, one.key) for one in own) if default else ()


def _propagations(
    book: Book, key: str, told: _Told, own: list[TransitAttachment], default: bool
) -> tuple[Maybe[Ref], ...]:
    kind = "TransitGatewayRouteTablePropagations"
    held = [book.ref(one) for one in told.propagations.get(key, {}) if one not in book.gone]
    if kind in book.incomplete:
        return (*held, Unknown(f"{kind} of {key}", "could not all be read"))
    if key in told.propagations or key in told.routes or book.asked("TransitGatewayAttachmentPropagations"):
        return tuple(held)
    if book.asked(kind):
        return (Unknown(f"{kind} of {key}", "are not in the answers"),)
    if own:
        which = "every attachment" if default else "no attachment"
        book.assume(kind, f"not listed; {which} is taken to propagate into {key}")
    return tuple(Ref(one.key, one.key) for one in own if default and one.kind not in _NEVER_PROPAGATES)


def _routes(book: Book, key: str, told: _Told) -> tuple[Route, ...]:
    held = tuple(told.routes.get(key, ()))
    if "Routes" in book.incomplete:
        return (*held, _unknown_route(key, "could not all be read"))
    if key not in told.routes and book.asked("Routes"):
        return (_unknown_route(key, "is not in the answers"),)
    if key not in told.routes:
        book.assume("TransitGatewayRoutes", f"not listed; {key} is taken to have no static route")
    return held


def _default_tables(
    book: Book, gateways: tuple[TransitGateway, ...], attachments: tuple[TransitAttachment, ...]
) -> Iterator[TransitTable]:
    """Make each gateway's default table, with AWS's defaults: every attachment associated and propagated."""
    for gateway in gateways:
        own = [one for one in attachments if _hangs_on(one, gateway.key)]
        told = {
            table
            for one in book.scan("TransitGatewayAttachments")
            if (association := one.member("Association")) and (table := association.text("TransitGatewayRouteTableId"))
        }
        if not own:
            continue
        if len(told) > 1 or gateway.default_association is not True:
            book.gap(f"TransitGatewayRouteTables of {gateway.key}", "are not listed")
            continue
        default = gateway.default_table
        key = (default.key or default.literal or "") if isinstance(default, Ref) else ""
        key = key or next(iter(told), f"{gateway.key}/default-route-table")
        book.learn(key)
        book.assume(
            "TransitGatewayRouteTables",
            f"not listed; every attachment of {gateway.key} is taken to be associated with its default table"
            + (" and to propagate into it" if gateway.default_propagation is True else ""),
        )
        propagating = [one for one in own if one.kind not in _NEVER_PROPAGATES and gateway.default_propagation is True]
        yield TransitTable(
            **assumed(key, "TransitGatewayRouteTables"),
            gateway=Ref(gateway.key, gateway.key),
            associations=tuple(Ref(one.key, one.key) for one in own),
            propagations=tuple(Ref(one.key, one.key) for one in propagating),
        )
