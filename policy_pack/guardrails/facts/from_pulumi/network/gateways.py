"""Gateways of a VPC: internet, NAT, VPN and Direct Connect, peerings and endpoints."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from guardrails.facts.documents import Document, parse_document
from guardrails.facts.from_pulumi.network.common import (
    Build,
    account_of,
    addresses,
    cidr,
    entries,
    identity,
    region_of,
    unanswered,
    values,
)
from guardrails.facts.from_pulumi.network.vpcs import VPC_KINDS
from guardrails.facts.network import (
    DirectConnectGateway,
    Endpoint,
    EndpointKind,
    EndpointService,
    InternetGateway,
    NatGateway,
    Peering,
    VirtualInterface,
    VpnConnection,
    VpnGateway,
)
from guardrails.facts.roles import DEFAULT_GATEWAY, Role
from guardrails.facts.values import IPNetwork, Maybe, Ref, Unknown

if TYPE_CHECKING:
    from guardrails.facts.resource import Resource


def internet_gateways(build: Build) -> tuple[InternetGateway, ...]:
    """Read internet and egress-only internet gateways."""
    attached = build.by_target(("ec2.InternetGatewayAttachment",), "internetGatewayId", Role.GATEWAY)
    found: list[InternetGateway] = []
    for item in build.of("ec2.InternetGateway"):
        vpc = build.optional(item, "vpcId", Role.VPC)
        for extra in attached.get(item.urn, ()):
            vpc = vpc or build.ref(extra, "vpcId", Role.VPC)
        found.append(InternetGateway(**identity(item), vpc=vpc or unanswered(item, "vpcId")))
    found += [
        InternetGateway(**identity(item), vpc=build.ref(item, "vpcId", Role.VPC), egress_only=True)
        for item in build.of("ec2.EgressOnlyInternetGateway")
    ]
    # AWS makes a default VPC with an internet gateway (VPC user guide, "Default VPC components").
    own = (InternetGateway(**identity(vpc, DEFAULT_GATEWAY), vpc=Ref(vpc.urn)) for vpc in build.of("ec2.DefaultVpc"))
    return (*found, *own)


def nat_gateways(build: Build) -> tuple[NatGateway, ...]:
    """Read NAT gateways."""
    found: list[NatGateway] = []
    for item in build.of("ec2.NatGateway"):
        kind = item.text("connectivityType", "public")
        found.append(
            NatGateway(
                **identity(item),
                subnet=build.ref(item, "subnetId", Role.SUBNET),
                public=kind if isinstance(kind, Unknown) else kind != "private",
                addresses=addresses([item.get("privateIp")]),
                public_addresses=addresses([item.get("publicIp")]),
            )
        )
    return tuple(found)


def vpn_gateways(build: Build) -> tuple[VpnGateway, ...]:
    """Read virtual private gateways."""
    attached = build.by_target(("ec2.VpnGatewayAttachment",), "vpnGatewayId", Role.GATEWAY)
    found: list[VpnGateway] = []
    for item in build.of("ec2.VpnGateway"):
        vpc = build.optional(item, "vpcId", Role.VPC)
        for extra in attached.get(item.urn, ()):
            vpc = vpc or build.ref(extra, "vpcId", Role.VPC)
        found.append(VpnGateway(**identity(item), vpc=vpc or unanswered(item, "vpcId")))
    return tuple(found)


def vpn_connections(build: Build) -> tuple[VpnConnection, ...]:
    """Read site-to-site VPN connections with their static routes."""
    routes = build.by_target(("ec2.VpnConnectionRoute",), "vpnConnectionId", Role.VPN_CONNECTION)
    found: list[VpnConnection] = []
    for item in build.of("ec2.VpnConnection"):
        gateway = build.optional(item, "vpnGatewayId", Role.GATEWAY)
        gateway = gateway or build.ref(item, "transitGatewayId", Role.TRANSIT_GATEWAY)
        extra = routes.get(item.urn, ())
        found.append(
            VpnConnection(
                **identity(item),
                gateway=gateway,
                static_routes=tuple(
                    cidr(one.get("destinationCidrBlock"), f"{one.urn}.destinationCidrBlock") for one in extra
                ),
                static_only=item.flag("staticRoutesOnly", default=False),
            )
        )
    return tuple(found)


def direct_connect_gateways(build: Build) -> tuple[DirectConnectGateway, ...]:
    """Read Direct Connect gateways with the prefixes that each association allows."""
    linked = build.by_target(("directconnect.GatewayAssociation",), "dxGatewayId", Role.DIRECT_CONNECT_GATEWAY)
    found: list[DirectConnectGateway] = []
    for item in build.of("directconnect.Gateway"):
        pairs: list[tuple[Maybe[Ref], tuple[Maybe[IPNetwork], ...]]] = []
        for link in linked.get(item.urn, ()):
            gateway = build.optional(link, "associatedGatewayId", Role.TRANSIT_GATEWAY)
            if not (isinstance(gateway, Ref) and gateway.key):
                gateway = build.ref(link, "associatedGatewayId", Role.GATEWAY)
            what = f"{link.urn}.allowedPrefixes"
            pairs.append((gateway, tuple(cidr(one, what) for one in values(link.get("allowedPrefixes"), what))))
        found.append(DirectConnectGateway(**identity(item), associations=tuple(pairs)))
    return tuple(found)


_LINKS = (
    "directconnect.PrivateVirtualInterface",
    "directconnect.HostedPrivateVirtualInterface",
    "directconnect.HostedPrivateVirtualInterfaceAccepter",
    "directconnect.TransitVirtualInterface",
    "directconnect.HostedTransitVirtualInterfaceAcceptor",
)


def virtual_interfaces(build: Build) -> tuple[VirtualInterface, ...]:
    """Read private and transit virtual interfaces."""
    found: list[VirtualInterface] = []
    for item in build.of(*_LINKS):
        gateway = build.optional(item, "vpnGatewayId", Role.GATEWAY)
        gateway = gateway or build.ref(item, "dxGatewayId", Role.DIRECT_CONNECT_GATEWAY)
        found.append(VirtualInterface(**identity(item), gateway=gateway))
    return tuple(found)


# -- peerings ---------------------------------------------------------------------------------------------------------


def peerings(build: Build) -> tuple[Peering, ...]:
    """Read peering connections; a connection that waits for another account counts as it will be once accepted."""
    options = build.by_target(
        ("ec2.PeeringConnectionOptions", "ec2.VpcPeeringConnectionAccepter"), "vpcPeeringConnectionId", Role.PEERING
    )
    found: list[Peering] = []
    for item in build.of("ec2.VpcPeeringConnection"):
        requester = build.ref(item, "vpcId", Role.VPC)
        accepter = build.ref(item, "peerVpcId", Role.VPC)
        region = region_of(item)
        found.append(
            Peering(
                **identity(item),
                requester=requester,
                accepter=accepter,
                requester_cidrs=_cidrs_of(build, requester),
                accepter_cidrs=_cidrs_of(build, accepter),
                requester_account=account_of(item),
                accepter_account=_stated(item, "peerOwnerId") or account_of(item),
                requester_region=region,
                accepter_region=_stated(item, "peerRegion") or region,
                auto_accept=item.flag("autoAccept", default=False),
                remote_dns=_remote_dns(item, *options.get(item.urn, ())),
            )
        )
    for item in build.of("ec2.VpcPeeringConnectionAccepter"):
        known = build.optional(item, "vpcPeeringConnectionId", Role.PEERING)
        if isinstance(known, Ref) and known.key is None:
            found.append(_foreign(build, item))
    return tuple(found)


def _foreign(build: Build, item: Resource) -> Peering:
    """A connection that another account asked for, of which only this side is in the stack."""
    accepter = build.ref(item, "vpcId", Role.VPC)
    return Peering(
        **identity(item),
        requester=build.ref(item, "peerVpcId", Role.VPC),
        accepter=accepter,
        accepter_cidrs=_cidrs_of(build, accepter),
        requester_account=_stated(item, "peerOwnerId") or Unknown(f"{item.urn}.peerOwnerId"),
        accepter_account=account_of(item),
        requester_region=_stated(item, "peerRegion") or Unknown(f"{item.urn}.peerRegion"),
        accepter_region=region_of(item),
        auto_accept=item.flag("autoAccept", default=False),
        remote_dns=_remote_dns(item),
    )


def _stated(item: Resource, prop: str) -> Maybe[str] | None:
    value = item.text(prop)
    return value or None


def _remote_dns(*items: Resource) -> Maybe[bool]:
    sides = [
        item.flag(f"{side}.allowRemoteVpcDnsResolution", default=False)
        for item in items
        for side in ("accepter", "requester")
    ]
    if any(side is True for side in sides):
        return True
    return next((side for side in sides if isinstance(side, Unknown)), False)


def _cidrs_of(build: Build, vpc: Maybe[Ref]) -> tuple[Maybe[IPNetwork], ...]:
    resource = build.facts.resource(vpc)
    if resource is not None and resource.kind in VPC_KINDS:
        more = [
            item
            for item in build.of("ec2.VpcIpv4CidrBlockAssociation")
            if build.facts.resource(build.optional(item, "vpcId", Role.VPC)) is resource
        ]
        return tuple(cidr(item.get("cidrBlock"), f"{item.urn}.cidrBlock") for item in (resource, *more))
    intent = build.facts.intent
    if intent is not None and isinstance(vpc, Ref):
        for external in intent.externals:
            if external.id == vpc.literal:
                return tuple(external.cidrs)
    return ()


# -- endpoints --------------------------------------------------------------------------------------------------------


def endpoints(build: Build) -> tuple[Endpoint, ...]:
    """Read VPC endpoints, with the subnets, groups, tables and policies that other resources add."""
    subnets = build.by_target(("ec2.VpcEndpointSubnetAssociation",), "vpcEndpointId", Role.ENDPOINT)
    groups = build.by_target(("ec2.SecurityGroupAssociation",), "vpcEndpointId", Role.ENDPOINT)
    tables = build.by_target(("ec2.VpcEndpointRouteTableAssociation",), "vpcEndpointId", Role.ENDPOINT)
    policies = build.by_target(("ec2.VpcEndpointPolicy",), "vpcEndpointId", Role.ENDPOINT)
    found: list[Endpoint] = []
    for item in build.of("ec2.VpcEndpoint"):
        policy = next(iter(policies.get(item.urn, ())), item)
        found.append(
            Endpoint(
                **identity(item),
                kind=_endpoint_kind(item),
                service=item.text("serviceName") or Unknown(f"{item.urn}.serviceName", "not given"),
                vpc=build.ref(item, "vpcId", Role.VPC),
                subnets=(
                    *build.refs(item, "subnetIds", Role.SUBNET),
                    *(build.ref(one, "subnetId", Role.SUBNET) for one in subnets.get(item.urn, ())),
                ),
                groups=(
                    *build.refs(item, "securityGroupIds", Role.GROUP),
                    *(build.ref(one, "securityGroupId", Role.GROUP) for one in groups.get(item.urn, ())),
                ),
                tables=(
                    *build.refs(item, "routeTableIds", Role.TABLE),
                    *(build.ref(one, "routeTableId", Role.TABLE) for one in tables.get(item.urn, ())),
                ),
                private_dns=item.flag("privateDnsEnabled", default=False),
                dns_names=tuple(_dns_names(item)),
                policy=_policy(policy),
            )
        )
    return tuple(found)


def _dns_names(item: Resource) -> Iterator[str]:
    """Give the names that AWS made for an endpoint, as far as they are known."""
    listed = entries(item, "dnsEntries")
    for _, one in () if isinstance(listed, Unknown) else listed:
        name = None if isinstance(one, Unknown) else one.get("dnsName")
        if isinstance(name, str):
            yield name


def endpoint_services(build: Build) -> tuple[EndpointService, ...]:
    """Read the services of one's own; one of which the name is not known yet goes by its property's path."""
    found: list[EndpointService] = []
    for item in build.of("ec2.VpcEndpointService"):
        name, balancers = item.text("serviceName"), build.refs(item, "networkLoadBalancerArns", Role.LOAD_BALANCER)
        if balancers:
            known = name if isinstance(name, str) and name else f"{item.urn}.serviceName"
            found.append(EndpointService(**identity(item), service=known, balancers=balancers))
    return tuple(found)


def _endpoint_kind(item: Resource) -> Maybe[EndpointKind]:
    stated = item.text("vpcEndpointType", "Gateway")
    if isinstance(stated, Unknown):
        return stated
    known = {kind.value: kind for kind in EndpointKind}
    return known.get(stated) or Unknown(f"{item.urn}.vpcEndpointType", "not a kind that is known")


def _policy(item: Resource) -> Maybe[Document] | None:
    value = item.get("policy")
    return None if value is None or value == "" else parse_document(value, f"{item.urn}.policy")
