"""VPC route tables and prefix lists.

Routes as `describe-route-tables` prints them: `GatewayId` also holds virtual private gateways, gateway endpoints and
Gateway Load Balancer endpoints; a NAT instance's route has both `InstanceId` and `NetworkInterfaceId`. Source: EC2 API
Reference, "Route".
"""

from __future__ import annotations

from guardrails.facts.from_aws.book import Book
from guardrails.facts.from_aws.common import assumed, common, missing, refs
from guardrails.facts.from_aws.hints import owner_by_hint
from guardrails.facts.from_aws.record import MalformedError, Record
from guardrails.facts.network import PrefixList, PrefixListRef, Route, RouteOrigin, RouteTable, TargetKind
from guardrails.facts.values import IPNetwork, Maybe, Ref, Unknown

_TARGETS: tuple[tuple[str, TargetKind], ...] = (
    ("NatGatewayId", TargetKind.NAT_GATEWAY),
    ("TransitGatewayId", TargetKind.TRANSIT_GATEWAY),
    ("VpcPeeringConnectionId", TargetKind.PEERING),
    ("EgressOnlyInternetGatewayId", TargetKind.EGRESS_ONLY_GATEWAY),
    ("NetworkInterfaceId", TargetKind.INTERFACE),
    ("InstanceId", TargetKind.INSTANCE),
    ("CarrierGatewayId", TargetKind.CARRIER_GATEWAY),
    ("LocalGatewayId", TargetKind.LOCAL_GATEWAY),
    ("CoreNetworkArn", TargetKind.CORE_NETWORK),
    ("VpcEndpointId", TargetKind.ENDPOINT),
    ("OdbNetworkArn", TargetKind.UNKNOWN),
)

_GATEWAYS: tuple[tuple[str, TargetKind], ...] = (
    ("local", TargetKind.LOCAL),
    ("igw-", TargetKind.INTERNET_GATEWAY),
    ("eigw-", TargetKind.EGRESS_ONLY_GATEWAY),
    ("vgw-", TargetKind.VPN_GATEWAY),
    ("vpce-", TargetKind.ENDPOINT),
    ("nat-", TargetKind.NAT_GATEWAY),
    ("tgw-", TargetKind.TRANSIT_GATEWAY),
    ("pcx-", TargetKind.PEERING),
    ("cagw-", TargetKind.CARRIER_GATEWAY),
    ("lgw-", TargetKind.LOCAL_GATEWAY),
    ("eni-", TargetKind.INTERFACE),
    ("i-", TargetKind.INSTANCE),
)

_ORIGINS = {
    "createroutetable": RouteOrigin.STATIC,
    "createroute": RouteOrigin.STATIC,
    "enablevgwroutepropagation": RouteOrigin.PROPAGATED,
    "advertisement": RouteOrigin.PROPAGATED,
}

_HELD_STATES = (None, "associated")


def read_route_tables(book: Book) -> tuple[RouteTable, ...]:
    """Read the route tables with their associations."""

    def build(record: Record) -> RouteTable:
        key = record.required("RouteTableId")
        held = [one for one in record.members("Associations") if _association_state(one) in _HELD_STATES]
        return RouteTable(
            **common(record, key),
            vpc=book.ref(record.text("VpcId"), f"{record.where}.VpcId"),
            main=any(one.flag("Main") for one in held),
            routes=tuple(_route(book, key, route) for route in record.members("Routes")),
            subnets=refs(book, [one.required("SubnetId") for one in held if one.has("SubnetId")]),
            gateways=refs(book, [one.required("GatewayId") for one in held if one.has("GatewayId")]),
            propagating=refs(book, [one.required("GatewayId") for one in record.members("PropagatingVgws")]),
        )

    return tuple(book.read("RouteTables", build))


def _association_state(record: Record) -> str | None:
    state = record.member("AssociationState")
    word = state.text("State") if state else None
    return word.lower() if word else None


def _route(book: Book, table: str, route: Record) -> Route:
    kind, target = route_target(route)
    state = (route.text("State") or "active").lower()
    origin = _ORIGINS.get((route.text("Origin") or "CreateRoute").lower())
    if state not in ("active", "blackhole", "filtered"):
        raise route.bad("State", "is not a state that AWS prints")
    if origin is None:
        raise route.bad("Origin", "is not an origin that AWS prints")
    lost = state == "blackhole" or (target is not None and target in book.gone)
    return Route(
        destination=destination(book, route),
        kind=kind,
        target=None if kind is TargetKind.LOCAL else book.ref(target, f"{route.where}: target"),
        origin=route.origin(table),
        source=RouteOrigin.LOCAL if kind is TargetKind.LOCAL else origin,
        blackhole=Unknown(f"{route.where}.State", "the route is filtered") if state == "filtered" else lost,
    )


def destination(book: Book, route: Record) -> Maybe[IPNetwork] | PrefixListRef:
    """Give what a route matches."""
    if route.has("DestinationPrefixListId"):
        return PrefixListRef(book.ref(route.text("DestinationPrefixListId")))
    block = route.network("DestinationCidrBlock") or route.network("DestinationIpv6CidrBlock")
    return block or Unknown(f"{route.where}: destination", "is not in the answer")


def route_target(route: Record) -> tuple[TargetKind, str | None]:
    """Give the kind and the id of what a route points to."""
    for name, kind in _TARGETS:
        if route.has(name):
            return kind, route.text(name)
    gateway = route.text("GatewayId")
    if gateway is not None:
        return next((kind for start, kind in _GATEWAYS if gateway.startswith(start)), TargetKind.UNKNOWN), gateway
    return TargetKind.UNKNOWN, None


def unread_table(vpc: str, why: str) -> RouteTable:
    """Make the main table of a VPC whose tables were asked for and not all read: it may send anything anywhere."""
    key = f"{vpc}/main-route-table"
    route = Route(
        destination=Unknown(f"RouteTables: main table of {vpc}", why),
        kind=TargetKind.UNKNOWN,
        target=Unknown(f"RouteTables: main table of {vpc}", why),
        origin=assumed(key, "RouteTables")["origin"],
    )
    return RouteTable(**assumed(key, "RouteTables"), vpc=Ref(vpc), main=True, routes=(route,))


def read_prefix_lists(book: Book) -> tuple[PrefixList, ...]:
    """Read the prefix lists, customer-managed and AWS-managed, with their entries where an answer tells them."""
    entries = _entries(book)

    def build(record: Record) -> PrefixList:
        key = record.required("PrefixListId")
        printed: tuple[Maybe[IPNetwork], ...] | None = None
        if record.has("Entries"):
            printed = tuple(one.network("Cidr") or missing(one, "Cidr") for one in record.members("Entries"))
        elif record.has("Cidrs"):
            printed = tuple(_block(record, text) for text in record.texts("Cidrs"))
        name = record.text("PrefixListName") or ""
        if printed is None and "Entries" in book.incomplete:
            printed = (Unknown(f"Entries of {key}", "could not all be read"),)
        return PrefixList(
            **common(record, key, name),
            entries=entries.get(key, printed),
            aws_managed=record.text("OwnerId") == "AWS" or name.startswith("com.amazonaws."),
        )

    lists = tuple(book.read("PrefixLists", build))
    listed = {item.key for item in lists}
    named = tuple(
        PrefixList(**assumed(key, "ManagedPrefixLists"), entries=blocks)
        for key, blocks in sorted(entries.items())
        if key not in listed and key not in book.gone
    )
    book.learn(*(item.key for item in named))
    return (*lists, *named)


def _block(record: Record, text: str) -> IPNetwork:
    block = Record({"Cidr": text}, record.where).network("Cidr")
    if block is None:
        raise record.bad("Cidrs", "is not a CIDR block")
    return block


def _entries(book: Book) -> dict[str, tuple[Maybe[IPNetwork], ...]]:
    """Collect the entries of each list; an answer that names no list belongs to the one that its file names."""
    candidates = {record.required("PrefixListId"): record for record in book.scan("PrefixLists")}
    found: dict[str, list[Maybe[IPNetwork]]] = {}
    for answer in book.parts("Entries"):
        owner = owner_by_hint(answer, "pl-", ("PrefixListId",), candidates, "PrefixListName")
        if owner is None:
            book.answers.lose("Entries", answer.where, "does not say which prefix list it belongs to")
            continue
        try:
            blocks = [record.network("Cidr") or missing(record, "Cidr") for record in answer.members("Entries")]
        except MalformedError as error:
            book.lose("Entries", error)
            blocks = [Unknown(answer.where, "could not be read")]
        found.setdefault(owner, []).extend(blocks)
    return {key: tuple(blocks) for key, blocks in found.items()}
