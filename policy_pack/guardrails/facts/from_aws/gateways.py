"""Gateways of a VPC to the internet, NAT gateways, and peering connections."""

from __future__ import annotations

from guardrails.facts.from_aws.book import Book
from guardrails.facts.from_aws.common import assumed, attached_vpc, common, missing
from guardrails.facts.from_aws.interfaces import Owner, Owners
from guardrails.facts.from_aws.record import MalformedError, Record
from guardrails.facts.network import InternetGateway, NatGateway, Peering
from guardrails.facts.values import IPNetwork, Maybe


def read_internet_gateways(book: Book) -> tuple[InternetGateway, ...]:
    """Read internet gateways of both kinds.

    Where no internet gateway was asked for, one that an active route points to is taken to be attached to the route's
    VPC: AWS shows a route to a detached gateway as a blackhole.
    """

    def build(record: Record, member: str, egress_only: bool) -> InternetGateway:
        key = record.required(member)
        return InternetGateway(
            **common(record, key), vpc=attached_vpc(book, record.members("Attachments")), egress_only=egress_only
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
            public=_is_public(book, record, held),
            addresses=tuple(ip for one in held if (ip := one.address("PrivateIp"))),
            public_addresses=tuple(ip for one in held if (ip := one.address("PublicIp"))),
            regional=regional,
            vpc=book.ref(record.text("VpcId")) if record.has("VpcId") else None,
        )

    return tuple(book.read("NatGateways", build))


def _is_public(book: Book, gateway: Record, held: list[Record]) -> bool:
    """Tell whether a NAT gateway has a public address; one of the public kind without it has private ones only.

    An answer that prints no addresses at all leaves it at what the kind of gateway means.
    """
    if (gateway.text("ConnectivityType") or "public").lower() != "public":
        return False
    if not gateway.has("NatGatewayAddresses") or any(one.has("PublicIp") for one in held):
        return True
    interfaces = {key for one in held if (key := one.text("NetworkInterfaceId"))}
    listed = [one for key in interfaces if (one := book.get("NetworkInterfaces", key))]
    return any(one.has("Association") for one in listed) or any(
        one.text("NetworkInterfaceId") in interfaces for one in book.scan("Addresses")
    )


def _is_in_place(address: Record) -> bool:
    return (address.text("Status") or "succeeded").lower() == "succeeded"


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
