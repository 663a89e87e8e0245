"""Transit gateways, their attachments and route tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from guardrails.facts.from_pulumi.network.common import Build, cidr, identity, present
from guardrails.facts.from_pulumi.network.transit_defaults import defaults
from guardrails.facts.network import (
    PrefixListRef,
    Route,
    TargetKind,
    TransitAttachment,
    TransitGateway,
    TransitTable,
)
from guardrails.facts.resource import Resource
from guardrails.facts.roles import TRANSIT_DEFAULT_TABLE, Role
from guardrails.facts.values import Maybe, Origin, Ref, Unknown

_MODULE = "ec2transitgateway"


def transit_gateways(build: Build) -> tuple[TransitGateway, ...]:
    """Read transit gateways."""
    return tuple(
        TransitGateway(
            **identity(item),
            default_association=_enabled(item, "defaultRouteTableAssociation", default=True),
            default_propagation=_enabled(item, "defaultRouteTablePropagation", default=True),
            default_table=Ref(f"{item.urn}{TRANSIT_DEFAULT_TABLE}"),
            auto_accept=_enabled(item, "autoAcceptSharedAttachments", default=False),
            group_references=_enabled(item, "securityGroupReferencingSupport", default=False),
        )
        for item in build.of(f"{_MODULE}.TransitGateway")
    )


def _enabled(item: Resource, prop: str, *, default: bool) -> Maybe[bool]:
    value = item.get(prop, "enable" if default else "disable")
    if value in {"enable", "disable"}:
        return value == "enable"
    return value if isinstance(value, Unknown) else Unknown(f"{item.urn}.{prop}", "neither enable nor disable")


def transit_attachments(build: Build) -> tuple[TransitAttachment, ...]:
    """Read attachments of every kind."""
    return tuple(one for read in (_to_vpcs, _to_gateways, _to_lines) for one in read(build))


def _to_vpcs(build: Build) -> Iterator[TransitAttachment]:
    prop = "transitGatewayAttachmentId"
    accepted = build.by_target((f"{_MODULE}.VpcAttachmentAccepter",), prop, Role.TRANSIT_ATTACHMENT)
    for item in build.of(f"{_MODULE}.VpcAttachment"):
        # Of a gateway that another account shares, only whoever accepts the attachment sets these two.
        (says,) = accepted.get(item.urn, ())[:1] or (item,)
        yield TransitAttachment(
            **identity(item),
            gateway=build.ref(item, "transitGatewayId", Role.TRANSIT_GATEWAY),
            kind="vpc",
            resource=build.ref(item, "vpcId", Role.VPC),
            subnets=build.refs(item, "subnetIds", Role.SUBNET),
            appliance_mode=_enabled(item, "applianceModeSupport", default=False),
            dns_support=_enabled(item, "dnsSupport", default=True),
            group_references=_enabled(item, "securityGroupReferencingSupport", default=True),
            ipv6=_enabled(item, "ipv6Support", default=False),
            default_association=says.flag("transitGatewayDefaultRouteTableAssociation", default=True),
            default_propagation=says.flag("transitGatewayDefaultRouteTablePropagation", default=True),
        )


def _to_gateways(build: Build) -> Iterator[TransitAttachment]:
    for item in build.of(f"{_MODULE}.PeeringAttachment"):
        yield TransitAttachment(
            **identity(item),
            gateway=build.ref(item, "transitGatewayId", Role.TRANSIT_GATEWAY),
            kind="tgw-peering",
            resource=build.ref(item, "peerTransitGatewayId", Role.TRANSIT_GATEWAY),
            default_association=False,
            default_propagation=False,
        )


def _to_lines(build: Build) -> Iterator[TransitAttachment]:
    """What leads out of AWS: VPN, Connect (over another attachment), Direct Connect."""
    for item in build.of("ec2.VpnConnection"):
        gateway = build.optional(item, "transitGatewayId", Role.TRANSIT_GATEWAY)
        if gateway is not None:
            yield TransitAttachment(**identity(item), gateway=gateway, kind="vpn", resource=Ref(item.urn))
    for item in build.of(f"{_MODULE}.Connect"):
        yield TransitAttachment(
            **identity(item),
            gateway=build.ref(item, "transitGatewayId", Role.TRANSIT_GATEWAY),
            kind="connect",
            resource=build.ref(item, "transportAttachmentId", Role.TRANSIT_ATTACHMENT),
        )
    for item in build.of("directconnect.GatewayAssociation"):
        gateway = build.optional(item, "associatedGatewayId", Role.TRANSIT_GATEWAY)
        if isinstance(gateway, Ref) and gateway.key:
            yield TransitAttachment(
                **identity(item),
                gateway=gateway,
                kind="direct-connect-gateway",
                resource=build.ref(item, "dxGatewayId", Role.DIRECT_CONNECT_GATEWAY),
            )


def transit_tables(
    build: Build, gateways: Sequence[TransitGateway], attachments: Sequence[TransitAttachment]
) -> tuple[TransitTable, ...]:
    """Read transit gateway route tables, the default one of each gateway included."""
    prop, role = "transitGatewayRouteTableId", Role.TRANSIT_TABLE
    associations = build.by_target((f"{_MODULE}.RouteTableAssociation",), prop, role)
    propagations = build.by_target((f"{_MODULE}.RouteTablePropagation",), prop, role)
    routes = build.by_target((f"{_MODULE}.Route", f"{_MODULE}.PrefixListReference"), prop, role)
    listed = [(item.urn, identity(item), build.ref(item, "transitGatewayId", Role.TRANSIT_GATEWAY))
              for item in build.of(f"{_MODULE}.RouteTable")]  # fmt: skip
    listed += [
        (f"{item.urn}{TRANSIT_DEFAULT_TABLE}", identity(item, TRANSIT_DEFAULT_TABLE), Ref(item.urn))
        for item in build.of(f"{_MODULE}.TransitGateway")
    ]
    by_default = defaults(build, gateways, attachments)
    shown = [
        TransitTable(
            **named,
            gateway=gateway,
            associations=(*_attachments(build, associations.get(key, ())), *by_default.associations.get(key, ())),
            propagations=(*_attachments(build, propagations.get(key, ())), *by_default.propagations.get(key, ())),
            routes=tuple(_route(build, item) for item in routes.get(key, ())),
        )
        for key, named, gateway in listed
    ]
    return (*shown, *_unshown(build, {key for key, *_ in listed}))


def _unshown(build: Build, listed: set[str]) -> Iterator[TransitTable]:
    """Give the tables of which a stack shows only that an attachment is associated with them."""
    kind, prop = f"{_MODULE}.RouteTableAssociation", "transitGatewayRouteTableId"
    for item, unshown in build.unshown(kind, prop, Role.TRANSIT_TABLE, listed, "transit gateway route table"):
        yield TransitTable(**identity(item), gateway=unshown, associations=_attachments(build, [item]))


def _attachments(build: Build, items: list[Resource] | tuple[()]) -> tuple[Maybe[Ref], ...]:
    return tuple(build.ref(item, "transitGatewayAttachmentId", Role.TRANSIT_ATTACHMENT) for item in items)


def _route(build: Build, item: Resource) -> Route:
    blackhole = item.flag("blackhole", default=False)
    target = build.optional(item, "transitGatewayAttachmentId", Role.TRANSIT_ATTACHMENT)
    if target is None and blackhole is not True:
        target = Unknown(f"{item.urn}.transitGatewayAttachmentId", "not given")
    destination = cidr(item.get("destinationCidrBlock"), f"{item.urn}.destinationCidrBlock")
    return Route(
        PrefixListRef(build.ref(item, "prefixListId", Role.PREFIX_LIST))
        if present(item.get("prefixListId"))
        else destination,
        TargetKind.ATTACHMENT,
        target,
        Origin(item.urn),
        blackhole=blackhole,
    )
