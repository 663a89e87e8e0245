"""Gateways, elastic addresses, peerings and the routes that point at them (Amazon EC2 API reference)."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from simulator.errors import AwsError
from simulator.interfaces import ENI, Shape, interface, public_address
from simulator.model import Reference, Refusal, ResourceType, Unique
from simulator.types.common import network, one_of, overlap, random_id, valid_cidr, within
from simulator.types.groups import AWS_PREFIX_LISTS
from simulator.types.vpc import ROUTE, SUBNET, TABLE, VPC, blocks_of

if TYPE_CHECKING:
    from simulator.account import Object
    from simulator.operations import Creation

_EC2_ARN: Final = "arn:{partition}:ec2:{region}:{account}:"
IGW: Final = "aws:ec2/internetGateway:InternetGateway"
IGW_ATTACHMENT: Final = "aws:ec2/internetGatewayAttachment:InternetGatewayAttachment"
EGRESS_ONLY: Final = "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway"
VGW: Final = "aws:ec2/vpnGateway:VpnGateway"
NAT: Final = "aws:ec2/natGateway:NatGateway"
EIP: Final = "aws:ec2/eip:Eip"
PEERING: Final = "aws:ec2/vpcPeeringConnection:VpcPeeringConnection"
ACCEPTER: Final = "aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter"
ENDPOINT: Final = "aws:ec2/vpcEndpoint:VpcEndpoint"
PREFIX_LIST: Final = "aws:ec2/managedPrefixList:ManagedPrefixList"
_TARGETS: Final = (
    "gatewayId",
    "natGatewayId",
    "egressOnlyGatewayId",
    "vpcPeeringConnectionId",
    "vpcEndpointId",
    "transitGatewayId",
    "networkInterfaceId",
    "carrierGatewayId",
    "localGatewayId",
    "coreNetworkArn",
    "odbNetworkArn",
)
_DESTINATIONS: Final = ("destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId")


def _vpcs_of(target: Object) -> set[str]:
    """Give the VPCs that a route to this object may lie in."""
    found = {target.outputs.get(name) for name in ("vpcId", "peerVpcId")}
    return {value for value in found if value}


def _vpc_of_interface(creation: Creation, identifier: str) -> str | None:
    eni = creation.find(ENI, identifier)
    subnet = creation.find(SUBNET, eni.outputs["subnetId"]) if eni else None
    return subnet.outputs["vpcId"] if subnet else None


def _route_target(creation: Creation) -> None:
    """Refuse a route whose target is not of the table's VPC (or a peering of it)."""
    table = creation.require(TABLE, creation.get("routeTableId"))
    vpc = table.outputs["vpcId"]
    given = [name for name in _TARGETS if creation.get(name) is not None]
    if len(given) != 1:
        raise AwsError(
            "InvalidParameterCombination",
            f"exactly one route target must be given, there are {len(given)}: {', '.join(given)}",
        )
    value = creation.get(given[0])
    allowed: set[str] = set()
    for reference in creation.type.references:
        if reference.path == given[0] and (
            target := next(filter(None, (creation.find(t, value) for t in reference.tokens)), None)
        ):
            allowed = _vpcs_of(target)
            if target.token == NAT and not allowed:
                allowed = {creation.require(SUBNET, target.outputs["subnetId"]).outputs["vpcId"]}
            if target.token == PEERING and target.outputs["acceptStatus"] not in (
                "active",
                "pending-acceptance",
                "provisioning",
            ):
                raise AwsError("InvalidStateTransition", f"The vpc peering connection {value} is not in a usable state")
    if given[0] == "networkInterfaceId":
        allowed = {found for found in (_vpc_of_interface(creation, value),) if found}
    if value != "local" and allowed and vpc not in allowed:
        raise AwsError(
            "InvalidParameterValue", f"route table {table.id} and network gateway {value} belong to different networks"
        )


def _new_route(creation: Creation) -> None:
    given = [name for name in _DESTINATIONS if creation.get(name) is not None]
    if len(given) != 1:
        raise AwsError("MissingParameter", f"The request must contain exactly one destination, there are {len(given)}")
    destination = creation.get(given[0])
    table = creation.get("routeTableId")
    if any(o.inputs.get(given[0]) == destination for o in creation.others() if o.inputs["routeTableId"] == table):
        raise AwsError("RouteAlreadyExists", f"The route identified by {destination} already exists.")
    if given[0] != "destinationPrefixListId":
        _within_local(creation, destination)
    elif destination not in AWS_PREFIX_LISTS.values():
        creation.require(PREFIX_LIST, destination)


def _within_local(creation: Creation, destination: str) -> None:
    # A route more specific than local equals a whole subnet and points at a middlebox:
    # https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html
    vpc = creation.require(TABLE, creation.get("routeTableId")).outputs["vpcId"]
    block = network(destination)
    locals_ = blocks_of(creation, vpc)
    if not within(block, locals_) or creation.get("gatewayId") == "local":
        return
    subnets = {s.outputs["cidrBlock"] for s in creation.others(SUBNET) if s.outputs["vpcId"] == vpc}
    middlebox = any(creation.get(name) for name in ("networkInterfaceId", "vpcEndpointId", "natGatewayId"))
    if str(block) not in {*subnets, *locals_}:
        raise AwsError(
            "InvalidParameterValue",
            f"The destination CIDR block {destination} is equal to or more specific than one of this VPC's CIDR "
            f"blocks. This route can target only an interface or an instance, and must match a subnet.",
        )
    if not middlebox:
        raise AwsError(
            "InvalidParameterValue",
            f"The destination CIDR block {destination} is equal to or more specific than one of this VPC's CIDR "
            f"blocks. This route can target only an interface or an instance.",
        )


def _route(creation: Creation) -> Mapping[str, Any]:
    return {"origin": "CreateRoute", "state": "active", "instanceId": "", "instanceOwnerId": ""}


def _route_id(creation: Creation) -> str:
    destination = next((creation.get(name) for name in _DESTINATIONS if creation.get(name) is not None), "")
    # The provider's own form: r-<table><hash of the destination>.
    return f"r-{creation.get('routeTableId')}{int(creation.hex(8, str(destination)), 16)}"


def _one_gateway(creation: Creation) -> None:
    vpc = creation.get("vpcId")
    taken = [
        o for kind in (IGW, IGW_ATTACHMENT) for o in creation.others(kind) if vpc and o.outputs.get("vpcId") == vpc
    ]
    if taken:
        raise AwsError("Resource.AlreadyAssociated", f"resource {vpc} is already attached to an internet gateway")


def _detachable(creation: Creation) -> None:
    """Refuse to detach an internet gateway while the VPC still has mapped public addresses."""
    vpc = creation.outputs.get("vpcId")
    for nat in creation.others(NAT):
        subnet = creation.find(SUBNET, nat.outputs.get("subnetId", ""))
        if subnet and subnet.outputs["vpcId"] == vpc and nat.outputs.get("connectivityType") == "public":
            raise AwsError(
                "DependencyViolation",
                f"Network {vpc} has some mapped public address(es). Please unmap those public address(es) before "
                f"detaching the gateway.",
            )


def _eip(creation: Creation) -> Mapping[str, Any]:
    address = public_address(creation)
    dashed = address.replace(".", "-")
    return {
        "allocationId": creation.id,
        "publicIp": address,
        "publicDns": f"ec2-{dashed}.{creation.region}.compute.amazonaws.com",
        "domain": creation.get("domain", "vpc"),
        "publicIpv4Pool": "amazon",
        "networkBorderGroup": creation.region,
    }


def _nat_inputs(creation: Creation) -> None:
    public = creation.get("connectivityType", "public") == "public"
    if creation.get("availabilityMode", "zonal") != "zonal":
        return
    if creation.get("subnetId") is None:
        raise AwsError("MissingParameter", "The request must contain the parameter subnetId")
    if public and creation.get("allocationId") is None:
        raise AwsError("MissingParameter", "The request must contain the parameter allocationId")
    if not public and creation.get("allocationId") is not None:
        raise AwsError("InvalidParameter", "An allocation ID cannot be given for a private NAT gateway")
    if public:
        _internet_gateway_there(creation)


def _internet_gateway_there(creation: Creation) -> None:
    # A public NAT gateway in a VPC without an internet gateway goes to the state failed:
    # https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html (Gateway.NotAttached)
    vpc = creation.require(SUBNET, creation.get("subnetId")).outputs["vpcId"]
    if not any(o.outputs.get("vpcId") == vpc for kind in (IGW, IGW_ATTACHMENT) for o in creation.others(kind)):
        raise AwsError("Gateway.NotAttached", f"Network {vpc} has no Internet gateway attached")


def _nat(creation: Creation) -> Mapping[str, Any]:
    if creation.get("subnetId") is None:
        return {"vpcId": creation.get("vpcId", "")}
    eni = interface(creation, creation.get("subnetId"), (), Shape("nat_gateway", creation.get("privateIp")))
    allocation = creation.get("allocationId")
    eip = creation.find(EIP, allocation) if allocation else None
    return {
        "networkInterfaceId": eni.id,
        "privateIp": eni.outputs["privateIp"],
        "publicIp": eip.outputs["publicIp"] if eip else "",
        "associationId": f"eipassoc-0{creation.hex(16, 'association')}" if eip else "",
        "vpcId": creation.require(SUBNET, creation.get("subnetId")).outputs["vpcId"],
    }


def _peerable(creation: Creation) -> None:
    own_account = creation.get("peerOwnerId", creation.session.account) == creation.session.account
    same_region = creation.get("peerRegion", creation.region) == creation.region
    if creation.get("autoAccept") and not (own_account and same_region):
        raise AwsError(
            "OperationNotPermitted", "autoAccept is possible only for a peering within one account and region"
        )
    if not (own_account and same_region):
        return
    mine, theirs = blocks_of(creation, creation.get("vpcId")), blocks_of(creation, creation.get("peerVpcId"))
    if any(overlap(ipaddress.ip_network(block), theirs) for block in mine):
        raise AwsError("OverlappingCidr", "The VPCs have overlapping CIDR blocks and cannot be peered")


def _peer_vpc(creation: Creation) -> None:
    if (
        creation.get("peerOwnerId", creation.session.account) == creation.session.account
        and "peerRegion" not in creation.inputs
    ):
        creation.require(VPC, creation.get("peerVpcId"))


def _peering(creation: Creation) -> Mapping[str, Any]:
    return {
        "acceptStatus": "active" if creation.get("autoAccept") else "pending-acceptance",
        "peerOwnerId": creation.get("peerOwnerId", creation.session.account),
        "peerRegion": creation.get("peerRegion", creation.region),
    }


def _accept(creation: Creation) -> None:
    peering = creation.find(PEERING, creation.get("vpcPeeringConnectionId"))
    if peering and creation.get("autoAccept") and peering.outputs["acceptStatus"] == "pending-acceptance":
        creation.change(peering, acceptStatus="active")


def _accepter(creation: Creation) -> Mapping[str, Any]:
    peering = creation.require(PEERING, creation.get("vpcPeeringConnectionId")).outputs
    status = "active" if creation.get("autoAccept") else peering["acceptStatus"]
    # The accepter sees the peering from its own side.
    sides = {"vpcId": peering["peerVpcId"], "peerVpcId": peering["vpcId"], "peerOwnerId": creation.session.account}
    return {**sides, "acceptStatus": status, "peerRegion": creation.region}


def _active(creation: Creation) -> None:
    peering = creation.require(PEERING, creation.get("vpcPeeringConnectionId"))
    if peering.outputs["acceptStatus"] != "active":
        raise AwsError(
            "OperationNotPermitted",
            f"Peering {peering.id} is not active. Peering options can be added only to active peerings.",
        )


def _owner(creation: Creation) -> Mapping[str, Any]:
    return {"ownerId": creation.session.account}


TYPES: Final = (
    ResourceType(
        ROUTE,
        "EC2",
        "Route",
        _route_id,
        references=(
            Reference("routeTableId", TABLE, blocks=False),
            # A route to a deleted target stays as a blackhole, so targets may go first, except gateways that must
            # be detached.
            Reference(
                "gatewayId",
                (IGW, VGW),
                foreign=("local",),
                blocks=False,
                refusal=Refusal("InvalidGatewayID.NotFound", "The gateway ID '{value}' does not exist"),
            ),
            Reference("natGatewayId", NAT, blocks=False),
            Reference("egressOnlyGatewayId", EGRESS_ONLY, blocks=False),
            Reference("vpcPeeringConnectionId", PEERING, blocks=False),
            Reference("vpcEndpointId", ENDPOINT, blocks=False),
            Reference("networkInterfaceId", ENI, blocks=False),
            Reference("transitGatewayId", "aws:ec2transitgateway/transitGateway:TransitGateway", blocks=False),
        ),
        validate={"destinationCidrBlock": valid_cidr, "destinationIpv6CidrBlock": valid_cidr},
        checks=(_route_target, _new_route),
        computed=_route,
        replace=frozenset({"routeTableId", *_DESTINATIONS}),
        update=frozenset(_TARGETS),
    ),
    ResourceType(
        IGW,
        "EC2",
        "Internet Gateway",
        random_id("igw"),
        arn=_EC2_ARN + "internet-gateway/{id}",
        references=(Reference("vpcId", VPC),),
        checks=(_one_gateway,),
        computed=_owner,
        before_delete=(_detachable,),
        not_found=Refusal("InvalidInternetGatewayID.NotFound", "The internetGateway ID '{value}' does not exist"),
        in_use=Refusal("DependencyViolation", "The internetGateway '{id}' has dependencies and cannot be deleted."),
    ),
    ResourceType(
        IGW_ATTACHMENT,
        "EC2",
        "Internet Gateway Attachment",
        lambda c: f"{c.get('internetGatewayId')}:{c.get('vpcId')}",
        create="AttachInternetGateway",
        references=(Reference("internetGatewayId", IGW), Reference("vpcId", VPC)),
        checks=(_one_gateway,),
        before_delete=(_detachable,),
        replace=frozenset({"internetGatewayId", "vpcId"}),
    ),
    ResourceType(
        EGRESS_ONLY,
        "EC2",
        "Egress-only Internet Gateway",
        random_id("eigw"),
        create="CreateEgressOnlyInternetGateway",
        references=(Reference("vpcId", VPC),),
        not_found=Refusal("InvalidGatewayID.NotFound", "The egress only internet gateway ID '{value}' does not exist"),
        replace=frozenset({"vpcId"}),
    ),
    ResourceType(
        EIP,
        "EC2",
        "EIP",
        random_id("eipalloc"),
        arn=_EC2_ARN + "elastic-ip/{id}",
        create="AllocateAddress",
        delete="ReleaseAddress",
        validate={"domain": one_of("vpc", "standard")},
        computed=_eip,
        not_found=Refusal("InvalidAllocationID.NotFound", "The allocation ID '{value}' does not exist"),
        in_use=Refusal("InvalidIPAddress.InUse", "Address {publicIp} is in use."),
    ),
    ResourceType(
        NAT,
        "EC2",
        "NAT Gateway",
        random_id("nat"),
        references=(Reference("subnetId", SUBNET), Reference("allocationId", EIP)),
        unique=(
            Unique(
                ("allocationId",),
                Refusal("Resource.AlreadyAssociated", "Elastic IP address [{allocationId}] is already associated"),
            ),
        ),
        checks=(_nat_inputs,),
        computed=_nat,
        not_found=Refusal("NatGatewayNotFound", "NAT gateway {value} was not found"),
        update=frozenset({"secondaryAllocationIds", "secondaryPrivateIpAddresses", "secondaryPrivateIpAddressCount"}),
        replace=frozenset({"subnetId", "allocationId", "connectivityType", "privateIp"}),
    ),
    ResourceType(
        PEERING,
        "EC2",
        "VPC Peering Connection",
        random_id("pcx"),
        references=(Reference("vpcId", VPC), Reference("peerVpcId", VPC, foreign=("vpc-",), blocks=False)),
        checks=(_peer_vpc, _peerable),
        computed=_peering,
        cloudformation="AWS::EC2::VPCPeeringConnection",
        not_found=Refusal(
            "InvalidVpcPeeringConnectionID.NotFound", "The vpcPeeringConnection ID '{value}' does not exist"
        ),
        replace=frozenset({"vpcId", "peerVpcId", "peerOwnerId", "peerRegion"}),
    ),
    ResourceType(
        ACCEPTER,
        "EC2",
        "VPC Peering Connection Accepter",
        lambda c: c.get("vpcPeeringConnectionId"),
        create="AcceptVpcPeeringConnection",
        references=(Reference("vpcPeeringConnectionId", PEERING, blocks=False),),
        computed=_accepter,
        after_create=(_accept,),
        after_update=(_accept,),
        replace=frozenset({"vpcPeeringConnectionId"}),
    ),
    ResourceType(
        "aws:ec2/peeringConnectionOptions:PeeringConnectionOptions",
        "EC2",
        "VPC Peering Connection Options",
        lambda c: c.get("vpcPeeringConnectionId"),
        create="ModifyVpcPeeringConnectionOptions",
        references=(Reference("vpcPeeringConnectionId", PEERING, blocks=False),),
        checks=(_active,),
        replace=frozenset({"vpcPeeringConnectionId"}),
    ),
    ResourceType(
        VGW,
        "EC2",
        "VPN Gateway",
        random_id("vgw"),
        arn=_EC2_ARN + "vpn-gateway/{id}",
        cloudformation="AWS::EC2::VPNGateway",
        references=(Reference("vpcId", VPC),),
        computed=lambda c: {"amazonSideAsn": c.get("amazonSideAsn", "64512")},
        not_found=Refusal("InvalidVpnGatewayID.NotFound", "The vpnGateway ID '{value}' does not exist"),
        update=frozenset({"vpcId"}),
    ),
)
