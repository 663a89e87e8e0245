"""Gateways, elastic addresses, peerings and the routes that point at them (Amazon EC2 API reference)."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from simulator.errors import AwsError
from simulator.interfaces import Shape, interface, public_address
from simulator.model import Reference, Refusal, ResourceType, Unique
from simulator.quotas import quota
from simulator.types.common import one_of, overlap, random_id
from simulator.types.vpc import SUBNET, VPC, blocks_of

if TYPE_CHECKING:
    from simulator.creation import Creation

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
                until=nat.due if nat.phase == "deleting" else 0,
            )


def _another_address(creation: Creation) -> None:
    if len(creation.others()) >= quota(creation.account, "elastic-ips"):
        raise AwsError("AddressLimitExceeded", "The maximum number of addresses has been reached.")


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
        checks=(_another_address,),
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
