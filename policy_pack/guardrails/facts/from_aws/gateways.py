"""Gateways of a VPC: to the internet, out of it, to on-premises; and peering connections."""

from __future__ import annotations

from collections.abc import Iterable

from guardrails.facts.from_aws.book import Book
from guardrails.facts.from_aws.common import assumed, common, missing
from guardrails.facts.from_aws.interfaces import Owner, Owners
from guardrails.facts.from_aws.record import MalformedError, Record
from guardrails.facts.network import (
    DirectConnectGateway,
    InternetGateway,
    NatGateway,
    Peering,
    VirtualInterface,
    VpnConnection,
    VpnGateway,
)
from guardrails.facts.values import IPNetwork, Maybe, Ref

_ATTACHED = ("attached", "available")


def _attached_vpc(book: Book, attachments: Iterable[Record]) -> Maybe[Ref] | None:
    held = [one.required("VpcId") for one in attachments if (one.text("State") or "attached").lower() in _ATTACHED]
    return book.ref(held[0]) if held else None


def read_internet_gateways(book: Book) -> tuple[InternetGateway, ...]:
    """Read internet gateways of both kinds.

    Where no internet gateway was asked for, one that an active route points to is taken to be attached to the route's
    VPC: AWS shows a route to a detached gateway as a blackhole.
    """

    def build(record: Record, member: str, egress_only: bool) -> InternetGateway:
        key = record.required(member)
        return InternetGateway(
            **common(record, key), vpc=_attached_vpc(book, record.members("Attachments")), egress_only=egress_only
        )

    found = [*book.read("InternetGateways", lambda record: build(record, "InternetGatewayId", egress_only=False))]
    found += book.read(
        "EgressOnlyInternetGateways", lambda record: build(record, "EgressOnlyInternetGatewayId", egress_only=True)
    )
    return (*found, *_routed_gateways(book))


def _routed_gateways(book: Book) -> list[InternetGateway]:
    found: dict[str, InternetGateway] = {}
    for table in book.scan("RouteTables"):
        for route in table.members("Routes"):
            for kind, member, start in (
                ("InternetGateways", "GatewayId", "igw-"),
                ("EgressOnlyInternetGateways", "EgressOnlyInternetGatewayId", "eigw-"),
            ):
                key = route.text(member) or ""
                active = (route.text("State") or "active").lower() == "active"
                if key.startswith(start) and active and not book.asked(kind) and table.has("VpcId"):
                    vpc = table.required("VpcId")
                    book.assume(
                        kind, f"not listed; {key} is taken to be attached to {vpc}, whose active route names it"
                    )
                    found[key] = InternetGateway(
                        **assumed(key, kind), vpc=book.ref(vpc), egress_only=kind.startswith("Egress")
                    )
    book.learn(*found)
    return list(found.values())


def read_nat_gateways(book: Book, owners: Owners) -> tuple[NatGateway, ...]:
    """Read the NAT gateways, and note which interfaces are theirs."""

    def build(record: Record) -> NatGateway:
        key = record.required("NatGatewayId")
        held = [one for one in record.members("NatGatewayAddresses") if _is_in_place(one)]
        for one in record.members("NatGatewayAddresses"):
            if one.has("NetworkInterfaceId"):
                owner = Owner(key, "nat-gateway", record.tag("Name"), record.tags())
                owners.by_interface[one.required("NetworkInterfaceId")] = owner
        regional = (record.text("AvailabilityMode") or "zonal").lower() == "regional"
        return NatGateway(
            **common(record, key),
            subnet=missing(record, "SubnetId") if regional else book.ref(record.text("SubnetId"), record.where),
            public=(record.text("ConnectivityType") or "public").lower() == "public",
            addresses=tuple(ip for one in held if (ip := one.address("PrivateIp"))),
            public_addresses=tuple(ip for one in held if (ip := one.address("PublicIp"))),
            regional=regional,
            vpc=book.ref(record.text("VpcId")) if record.has("VpcId") else None,
        )

    return tuple(book.read("NatGateways", build))


def _is_in_place(address: Record) -> bool:
    return (address.text("Status") or "succeeded").lower() == "succeeded"


# -- on-premises ------------------------------------------------------------------------------------------------------


def read_vpn_gateways(book: Book) -> tuple[VpnGateway, ...]:
    """Read the virtual private gateways."""

    def build(record: Record) -> VpnGateway:
        key = record.required("VpnGatewayId")
        return VpnGateway(**common(record, key), vpc=_attached_vpc(book, record.members("VpcAttachments")))

    return tuple(book.read("VpnGateways", build))


def read_vpn_connections(book: Book) -> tuple[VpnConnection, ...]:
    """Read the site-to-site VPNs with their static routes; whether their tunnels are up is telemetry."""

    def build(record: Record) -> VpnConnection:
        key = record.required("VpnConnectionId")
        gateway = record.text("VpnGatewayId") or record.text("TransitGatewayId") or record.text("CoreNetworkArn")
        options = record.member("Options")
        routes = [one for one in record.members("Routes") if (one.text("State") or "available") == "available"]
        return VpnConnection(
            **common(record, key),
            gateway=book.ref(gateway, f"{record.where}.VpnGatewayId"),
            static_routes=tuple(
                one.network("DestinationCidrBlock") or missing(one, "DestinationCidrBlock") for one in routes
            ),
            static_only=options.flag("StaticRoutesOnly") if options else False,
        )

    return tuple(book.read("VpnConnections", build))


def read_direct_connect_gateways(book: Book) -> tuple[DirectConnectGateway, ...]:
    """Read the Direct Connect gateways with the gateways associated to them and the prefixes allowed to each."""
    associations: dict[str, dict[str, tuple[Maybe[IPNetwork], ...]]] = {}
    for record in book.parts("directConnectGatewayAssociations"):
        try:
            if (record.text("associationState") or "associated").lower() in ("associated", "updating"):
                holder = record.member("associatedGateway")
                target = (holder.text("id") if holder else None) or record.required("virtualGatewayId")
                allowed = tuple(
                    one.network("cidr") or missing(one, "cidr")
                    for one in record.members("allowedPrefixesToDirectConnectGateway")
                )
                associations.setdefault(record.required("directConnectGatewayId"), {})[target] = allowed
        except MalformedError as error:
            book.lose("directConnectGatewayAssociations", error)

    interfaces: dict[str, list[str]] = {}
    attached = [
        one
        for one in (part.scan() for part in book.parts("directConnectGatewayAttachments"))
        if (one.text("attachmentState") or "attached").lower() == "attached"
        and one.text("virtualInterfaceId") not in book.gone
    ]
    for record in (*book.scan("virtualInterfaces"), *attached):
        holder, name = record.text("directConnectGatewayId"), record.required("virtualInterfaceId")
        if holder and name and name not in interfaces.setdefault(holder, []):
            interfaces[holder].append(name)

    def build(record: Record) -> DirectConnectGateway:
        key = record.required("directConnectGatewayId")
        held = associations.pop(key, {})
        return DirectConnectGateway(
            **common(record, key, record.text("directConnectGatewayName") or ""),
            associations=tuple((book.ref(target), prefixes) for target, prefixes in sorted(held.items())),
            interfaces=tuple(interfaces.get(key, ())),
        )

    found = list(book.read("directConnectGateways", build))
    for key, held in sorted(associations.items()):
        if key not in book.gone and not book.asked("directConnectGateways"):
            book.learn(key)
            found.append(
                DirectConnectGateway(
                    **assumed(key, "directConnectGateways"),
                    associations=tuple((book.ref(target), prefixes) for target, prefixes in sorted(held.items())),
                    interfaces=tuple(interfaces.get(key, ())),
                )
            )
    return tuple(found)


def read_virtual_interfaces(book: Book) -> tuple[VirtualInterface, ...]:
    """Read private and transit virtual interfaces; a public one is no way into a VPC."""
    learned: dict[str, list[Maybe[IPNetwork]]] = {}
    for answer in book.parts("routes"):
        try:
            owner = answer.text("virtualInterfaceId")
            if owner:
                learned.setdefault(owner, []).extend(
                    one.network("cidr") or missing(one, "cidr")
                    for one in answer.members("routes")
                    if (one.text("routeDirection") or "accepted").lower() == "accepted"
                )
        except MalformedError as error:
            book.lose("routes", error)

    def build(record: Record) -> VirtualInterface:
        key = record.required("virtualInterfaceId")
        gateway = record.text("directConnectGatewayId") or record.text("virtualGatewayId")
        prefixes = learned.get(key)
        return VirtualInterface(
            **common(record, key, record.text("virtualInterfaceName") or ""),
            gateway=book.ref(gateway, f"{record.where}.directConnectGatewayId"),
            learned=tuple(prefixes) if prefixes is not None else None,
        )

    public = {
        record.text("virtualInterfaceId")
        for record in book.scan("virtualInterfaces")
        if (record.text("virtualInterfaceType") or "private").lower() == "public"
    }
    return tuple(one for one in book.read("virtualInterfaces", build) if one.key not in public)


# -- peering ----------------------------------------------------------------------------------------------------------


def read_peerings(book: Book) -> tuple[Peering, ...]:
    """Read the active peering connections; every other state counts as absent."""

    def build(record: Record) -> Peering:
        key = record.required("VpcPeeringConnectionId")
        requester, accepter = record.member("RequesterVpcInfo"), record.member("AccepterVpcInfo")
        if requester is None or accepter is None:
            raise MalformedError(f"{record.where}: lacks its requester or accepter")
        options = [side.member("PeeringOptions") for side in (requester, accepter)]
        return Peering(
            **common(record, key),
            requester=book.ref(requester.text("VpcId"), requester.where),
            accepter=book.ref(accepter.text("VpcId"), accepter.where),
            requester_cidrs=_peer_blocks(requester),
            accepter_cidrs=_peer_blocks(accepter),
            requester_account=requester.text("OwnerId") or missing(requester, "OwnerId"),
            accepter_account=accepter.text("OwnerId") or missing(accepter, "OwnerId"),
            requester_region=requester.text("Region") or record.scope.region or missing(requester, "Region"),
            accepter_region=accepter.text("Region") or record.scope.region or missing(accepter, "Region"),
            active=True,
            remote_dns=any(one.flag("AllowDnsResolutionFromRemoteVpc") for one in options if one),
        )

    return tuple(book.read("VpcPeeringConnections", build))


def _peer_blocks(side: Record) -> tuple[Maybe[IPNetwork], ...]:
    """Give every block that a peering states for one of its VPCs."""
    printed = [
        side.network("CidrBlock"),
        *(one.network("CidrBlock") for one in side.members("CidrBlockSet")),
        *(one.network("Ipv6CidrBlock") for one in side.members("Ipv6CidrBlockSet")),
    ]
    return tuple(dict.fromkeys(block for block in printed if block))
