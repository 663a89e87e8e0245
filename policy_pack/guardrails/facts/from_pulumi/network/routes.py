"""Route tables, routes and prefix lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from guardrails.facts.from_pulumi.network.common import ANY_V4, Build, cidr, entries, identity, present, values
from guardrails.facts.from_pulumi.network.vpcs import VPC_KINDS
from guardrails.facts.network import PrefixList, PrefixListRef, Route, RouteTable, TargetKind
from guardrails.facts.resource import Resource, Value
from guardrails.facts.roles import DEFAULT_GATEWAY, MAIN_TABLE, PREFIX_LIST, Role
from guardrails.facts.values import IPNetwork, Maybe, Origin, Ref, Unknown

_TARGETS: tuple[tuple[str, TargetKind, Role], ...] = (
    ("gatewayId", TargetKind.INTERNET_GATEWAY, Role.GATEWAY),
    ("egressOnlyGatewayId", TargetKind.EGRESS_ONLY_GATEWAY, Role.EGRESS_GATEWAY),
    ("natGatewayId", TargetKind.NAT_GATEWAY, Role.NAT),
    ("vpcPeeringConnectionId", TargetKind.PEERING, Role.PEERING),
    ("transitGatewayId", TargetKind.TRANSIT_GATEWAY, Role.TRANSIT_GATEWAY),
    ("vpcEndpointId", TargetKind.ENDPOINT, Role.ENDPOINT),
    ("networkInterfaceId", TargetKind.INTERFACE, Role.INTERFACE),
    ("instanceId", TargetKind.INSTANCE, Role.INSTANCE),
    ("carrierGatewayId", TargetKind.CARRIER_GATEWAY, Role.GATEWAY),
    ("localGatewayId", TargetKind.LOCAL_GATEWAY, Role.GATEWAY),
    ("coreNetworkArn", TargetKind.CORE_NETWORK, Role.TRANSIT_GATEWAY),
)
_GATEWAY_KINDS = {
    "ec2.InternetGateway": TargetKind.INTERNET_GATEWAY,
    "ec2.VpnGateway": TargetKind.VPN_GATEWAY,
    "ec2.CarrierGateway": TargetKind.CARRIER_GATEWAY,
}
_ID_KINDS = {
    "igw": TargetKind.INTERNET_GATEWAY,
    "vgw": TargetKind.VPN_GATEWAY,
    "nat": TargetKind.NAT_GATEWAY,
    "eigw": TargetKind.EGRESS_ONLY_GATEWAY,
    "eni": TargetKind.INTERFACE,
    "vpce": TargetKind.ENDPOINT,
    "pcx": TargetKind.PEERING,
    "tgw": TargetKind.TRANSIT_GATEWAY,
    "cagw": TargetKind.CARRIER_GATEWAY,
    "lgw": TargetKind.LOCAL_GATEWAY,
    "i": TargetKind.INSTANCE,
}
_DESTINATIONS = (
    ("destinationCidrBlock", "cidrBlock"),
    ("destinationIpv6CidrBlock", "ipv6CidrBlock"),
    ("destinationPrefixListId", "destinationPrefixListId"),
)


def route_tables(build: Build) -> tuple[RouteTable, ...]:
    """Read every route table, those that VPCs bring along included."""
    standalone = build.by_target(("ec2.Route",), "routeTableId", Role.TABLE)
    associations = build.by_target(("ec2.RouteTableAssociation",), "routeTableId", Role.TABLE)
    propagations = build.by_target(("ec2.VpnGatewayRoutePropagation",), "routeTableId", Role.TABLE)
    mains = _mains(build)
    found: list[RouteTable] = []
    for item in build.of("ec2.RouteTable", "ec2.DefaultRouteTable"):
        vpc = build.ref(item, "vpcId", Role.VPC) if item.kind == "ec2.RouteTable" else _vpc_of_default(build, item)
        routes = [*inline_routes(build, item), *_standalone(build, standalone.get(item.urn, ()))]
        found.append(
            RouteTable(
                **identity(item),
                vpc=vpc,
                main=_is_main(item.urn, vpc, mains, default=item.kind == "ec2.DefaultRouteTable"),
                routes=tuple(routes),
                subnets=_associated(build, associations.get(item.urn, ()), "subnetId", Role.SUBNET),
                gateways=_associated(build, associations.get(item.urn, ()), "gatewayId", Role.GATEWAY),
                propagating=(
                    *build.refs(item, "propagatingVgws", Role.GATEWAY),
                    *_associated(build, propagations.get(item.urn, ()), "vpnGatewayId", Role.GATEWAY),
                ),
            )
        )
    listed = {item.key for item in found}
    for vpc in build.of(*VPC_KINDS):
        key = build.facts.canonical(f"{vpc.urn}{MAIN_TABLE}")
        if key not in listed:
            found.append(
                RouteTable(
                    **identity(vpc, MAIN_TABLE),
                    vpc=Ref(vpc.urn),
                    main=_is_main(key, Ref(vpc.urn), mains, default=True),
                    routes=(*_standalone(build, standalone.get(key, ())), *_of_default_vpc(vpc)),
                    subnets=_associated(build, associations.get(key, ()), "subnetId", Role.SUBNET),
                    gateways=_associated(build, associations.get(key, ()), "gatewayId", Role.GATEWAY),
                    propagating=_associated(build, propagations.get(key, ()), "vpnGatewayId", Role.GATEWAY),
                )
            )
    listed = {item.key for item in found}
    _note_foreign(build, listed, standalone)
    return (*found, *_unshown(build, listed))


def _of_default_vpc(vpc: Resource) -> Iterator[Route]:
    """Give the route that AWS makes in a default VPC (VPC user guide, "Default VPC components")."""
    if vpc.kind == "ec2.DefaultVpc":
        gateway = Ref(f"{vpc.urn}{DEFAULT_GATEWAY}")
        yield Route(ANY_V4, TargetKind.INTERNET_GATEWAY, gateway, Origin(vpc.urn))


def _unshown(build: Build, listed: set[str]) -> Iterator[RouteTable]:
    """Give the tables of which a stack shows only that they are associated: they may send anything anywhere."""
    for main, kind in ((False, "ec2.RouteTableAssociation"), (True, "ec2.MainRouteTableAssociation")):
        for item, unshown in build.unshown(kind, "routeTableId", Role.TABLE, listed, "route table"):
            yield RouteTable(
                **identity(item),
                vpc=build.ref(item, "vpcId", Role.VPC) if main else unshown,
                main=main,
                routes=(Route(unshown, TargetKind.UNKNOWN, unshown, Origin(item.urn, "routeTableId")),),
                subnets=_associated(build, [item], "subnetId", Role.SUBNET),
                gateways=_associated(build, [item], "gatewayId", Role.GATEWAY),
            )


def _note_foreign(build: Build, listed: set[str], routes: Mapping[str, list[Resource]]) -> None:
    """A route in a table outside of the stack changes a network that is not shown here."""
    for key, resources in routes.items():
        if key not in listed:
            for item in resources:
                build.outside(item, "routeTableId", key, "route table")


def _vpc_of_default(build: Build, item: Resource) -> Maybe[Ref]:
    """Find the VPC whose own main table a `DefaultRouteTable` adopts."""
    for vpc in build.of(*VPC_KINDS):
        if build.facts.canonical(f"{vpc.urn}{MAIN_TABLE}") == item.urn:
            return Ref(vpc.urn)
    stated = build.optional(item, "vpcId", Role.VPC)
    return stated or Unknown(f"{item.urn}.defaultRouteTableId", "belongs to no VPC of the stack")


def _mains(build: Build) -> dict[str, Maybe[Ref]]:
    """Tables that a `MainRouteTableAssociation` makes main, by VPC."""
    found: dict[str, Maybe[Ref]] = {}
    for vpc, items in build.by_target(("ec2.MainRouteTableAssociation",), "vpcId", Role.VPC).items():
        tables = {build.ref(item, "routeTableId", Role.TABLE): None for item in items}
        several = Unknown(f"{items[0].urn}.vpcId", f"{len(items)} resources name a main table for one VPC")
        found[vpc] = next(iter(tables)) if len(tables) == 1 else several
    return found


def _is_main(key: str, vpc: Maybe[Ref], mains: Mapping[str, Maybe[Ref]], *, default: bool) -> Maybe[bool]:
    if not isinstance(vpc, Ref):
        return default
    chosen = mains.get(vpc.key or vpc.literal or "")
    if chosen is None:
        return default
    return chosen if isinstance(chosen, Unknown) else chosen.key == key


def _associated(build: Build, items: list[Resource] | tuple[()], prop: str, role: Role) -> tuple[Maybe[Ref], ...]:
    return tuple(found for item in items if (found := build.optional(item, prop, role)) is not None)


# -- routes -----------------------------------------------------------------------------------------------------------


def _standalone(build: Build, items: list[Resource] | tuple[()]) -> list[Route]:
    return [_route(build, item, item.props, "", 0) for item in items]


def inline_routes(build: Build, item: Resource) -> list[Route]:
    """Read the routes that a table states itself."""
    listed = entries(item, "routes")
    if isinstance(listed, Unknown):
        build.gaps.append(listed)
        return [Route(listed, TargetKind.UNKNOWN, listed, Origin(item.urn, "routes"))]
    found: list[Route] = []
    for path, entry in listed:
        if isinstance(entry, Unknown):
            build.gaps.append(entry)
            found.append(Route(entry, TargetKind.UNKNOWN, entry, Origin(item.urn, path)))
        else:
            found.append(_route(build, item, entry, path, 1))
    return found


def _route(build: Build, item: Resource, props: Mapping[str, Value], path: str, names: int) -> Route:
    kind, target = _target(build, item, props, path)
    return Route(_destination(build, item, props, path, names), kind, target, Origin(item.urn, path))


def _destination(
    build: Build, item: Resource, props: Mapping[str, Value], path: str, names: int
) -> Maybe[IPNetwork] | PrefixListRef:
    for pair in _DESTINATIONS:
        prop = pair[names]
        value = props.get(prop)
        if not present(value):
            continue
        where = _join(path, prop)
        if prop == "destinationPrefixListId":
            return PrefixListRef(build.ref(item, where, Role.PREFIX_LIST))
        return cidr(value, f"{item.urn}.{where}")
    return Unknown(f"{item.urn}.{_join(path, 'destination')}", "no destination given")


def _target(
    build: Build, item: Resource, props: Mapping[str, Value], path: str
) -> tuple[TargetKind, Maybe[Ref] | None]:
    for prop, kind, role in _TARGETS:
        value = props.get(prop)
        if not present(value):
            continue
        if value == "local":
            return TargetKind.LOCAL, None
        target = build.ref(item, _join(path, prop), role)
        return _precise(build, kind, prop, value, target), target
    what = f"{item.urn}.{_join(path, 'target')}"
    return TargetKind.UNKNOWN, Unknown(what, "no target that is known")


def _precise(build: Build, kind: TargetKind, prop: str, value: Value, target: Maybe[Ref]) -> TargetKind:
    """Tell what a `gatewayId` really names: AWS takes every gateway's id there, and some others."""
    if prop != "gatewayId":
        return kind
    resource = build.facts.resource(target)
    if resource is not None:
        return _GATEWAY_KINDS.get(resource.kind, kind)
    if isinstance(value, str):
        return _ID_KINDS.get(value.split("-")[0], TargetKind.UNKNOWN)
    return TargetKind.UNKNOWN


def _join(path: str, prop: str) -> str:
    """Join a path of the form `routes[0]` and a property into one that `Resource.get` reads."""
    return f"{path.replace('[', '.').replace(']', '')}.{prop}" if path else prop


# -- prefix lists -----------------------------------------------------------------------------------------------------


def prefix_lists(build: Build) -> tuple[PrefixList, ...]:
    """Read the managed prefix lists with their inline and standalone entries."""
    standalone = build.by_target(("ec2.ManagedPrefixListEntry",), "prefixListId", Role.PREFIX_LIST)
    found: list[PrefixList] = []
    for item in build.of("ec2.ManagedPrefixList"):
        listed = entries(item, "entries")
        blocks: list[Maybe[IPNetwork]] = []
        if isinstance(listed, Unknown):
            found.append(PrefixList(**identity(item), entries=None))
            continue
        for path, entry in listed:
            what = f"{item.urn}.{path}.cidr"
            blocks.append(entry if isinstance(entry, Unknown) else cidr(entry.get("cidr"), what))
        blocks += [cidr(extra.get("cidr"), f"{extra.urn}.cidr") for extra in standalone.get(item.urn, ())]
        found.append(PrefixList(**identity(item), entries=tuple(blocks)))
    for item in build.of("ec2.VpcEndpoint"):
        if item.get("vpcEndpointType", "Gateway") == "Gateway":
            blocks = [cidr(one, f"{item.urn}.cidrBlocks") for one in values(item.get("cidrBlocks"), item.urn)]
            found.append(
                PrefixList(**identity(item, PREFIX_LIST), entries=tuple(blocks) if blocks else None, aws_managed=True)
            )
    listed_keys = {item.key for item in found}
    for key, items in standalone.items():
        for extra in items if key not in listed_keys else ():
            build.outside(extra, "prefixListId", key, "prefix list")
    return (*found, *_declared(build))


def _declared(build: Build) -> list[PrefixList]:
    """Give the prefix lists outside of the stack of which the intent says what is in them."""
    externals = build.facts.intent.externals if build.facts.intent else ()
    return [
        PrefixList(key=one.id, origin=Origin(one.id), id=one.id, name=one.id, entries=tuple(one.cidrs))
        for one in externals
        if one.id.startswith("pl-") and one.cidrs
    ]
