"""Ways to a network outside of AWS: VPN gateways, Direct Connect, site-to-site VPN, outbound name resolution.

Sources: Amazon EC2, AWS Direct Connect and Route 53 Resolver API references.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from simulator.errors import AwsError
from simulator.interfaces import Shape, interface
from simulator.model import Reference, Refusal, ResourceType, Unique, at
from simulator.types.common import matching, one_of, random_id, valid_cidr
from simulator.types.gateways import VGW
from simulator.types.transit import GATEWAY as TRANSIT_GATEWAY
from simulator.types.vpc import GROUP, SUBNET, VPC

if TYPE_CHECKING:
    from simulator.creation import Creation

_EC2_ARN: Final = "arn:{partition}:ec2:{region}:{account}:"
CUSTOMER: Final = "aws:ec2/customerGateway:CustomerGateway"
VPN: Final = "aws:ec2/vpnConnection:VpnConnection"
DX_GATEWAY: Final = "aws:directconnect/gateway:Gateway"
RESOLVER: Final = "aws:route53/resolverEndpoint:ResolverEndpoint"
RESOLVER_RULE: Final = "aws:route53/resolverRule:ResolverRule"


def _free_vpc(creation: Creation) -> None:
    vpc = creation.get("vpcId")
    attached = [item.outputs.get("vpcId") for item in (*creation.others(), *creation.others(VGW))]
    if vpc in attached:
        raise AwsError("InvalidParameterValue", f"{vpc} already has a virtual private gateway attached")


def _one_end(creation: Creation) -> None:
    given = [name for name in ("vpnGatewayId", "transitGatewayId") if creation.get(name)]
    if len(given) > 1:
        raise AwsError("InvalidParameterCombination", "A VPN connection ends at one gateway")


def _vpn(creation: Creation) -> Mapping[str, Any]:
    return {
        "tunnel1Address": "203.0.113.251",
        "tunnel2Address": "203.0.113.252",
        "customerGatewayConfiguration": "<vpn_connection/>",
        "transitGatewayAttachmentId": f"tgw-attach-0{creation.hex(16, 'vpn')}"
        if creation.get("transitGatewayId")
        else "",
    }


def _static(creation: Creation) -> None:
    if not creation.require(VPN, creation.get("vpnConnectionId")).outputs.get("staticRoutesOnly"):
        raise AwsError("UnsupportedOperation", "Static routes belong to a VPN connection that has no BGP")


def _one_gateway(creation: Creation) -> None:
    given = [name for name in ("vpnGatewayId", "dxGatewayId") if creation.get(name)]
    if len(given) != 1:
        raise AwsError(
            "DirectConnectClientException", "A virtual interface is accepted by one gateway, of a VPC or of several"
        )


def _association(creation: Creation) -> Mapping[str, Any]:
    transit = str(creation.get("associatedGatewayId", "")).startswith("tgw-")
    return {
        "associatedGatewayType": "transitGateway" if transit else "virtualPrivateGateway",
        "associatedGatewayOwnerAccountId": creation.session.account,
        "dxGatewayOwnerAccountId": creation.session.account,
        "dxGatewayAssociationId": creation.id,
    }


def _addresses(creation: Creation) -> None:
    places = at(creation.inputs, "ipAddresses.subnetId")
    if len(places) < 2:
        raise AwsError("InvalidParameterException", "[RSLVR-00404] At least two IP addresses are needed")
    if len({creation.require(SUBNET, place).outputs["vpcId"] for place in places}) > 1:
        raise AwsError("InvalidParameterException", "[RSLVR-00403] All IP addresses lie in one VPC")


def _endpoint(creation: Creation) -> Mapping[str, Any]:
    groups = at(creation.inputs, "securityGroupIds")
    places = at(creation.inputs, "ipAddresses.subnetId")
    for number, place in enumerate(places):
        interface(creation, place, groups, Shape("interface", sibling=str(number)))
    return {"hostVpcId": creation.require(SUBNET, places[0]).outputs["vpcId"]}


def _forwarded(creation: Creation) -> None:
    if creation.get("ruleType") == "FORWARD" and not (creation.get("resolverEndpointId") and creation.get("targetIps")):
        raise AwsError("InvalidParameterException", "[RSLVR-00508] A forwarding rule has an endpoint and target IPs")


TYPES: Final = (
    ResourceType(
        "aws:ec2/vpnGatewayAttachment:VpnGatewayAttachment",
        "EC2",
        "VPN Gateway Attachment",
        lambda c: f"vpn-attachment-{c.hex(8)}",
        create="AttachVpnGateway",
        references=(Reference("vpcId", VPC), Reference("vpnGatewayId", VGW)),
        checks=(_free_vpc,),
        replace=frozenset({"vpcId", "vpnGatewayId"}),
    ),
    ResourceType(
        CUSTOMER,
        "EC2",
        "Customer Gateway",
        random_id("cgw"),
        arn=_EC2_ARN + "customer-gateway/{id}",
        validate={"type": one_of("ipsec.1")},
        not_found=Refusal("InvalidCustomerGatewayID.NotFound", "The customerGateway ID '{value}' does not exist"),
        in_use=Refusal("IncorrectState", "The customer gateway is in use."),
    ),
    ResourceType(
        VPN,
        "EC2",
        "VPN Connection",
        random_id("vpn"),
        arn=_EC2_ARN + "vpn-connection/{id}",
        cloudformation="AWS::EC2::VPNConnection",
        references=(
            Reference("customerGatewayId", CUSTOMER),
            Reference("vpnGatewayId", VGW),
            Reference(
                "transitGatewayId",
                TRANSIT_GATEWAY,
                unready=Refusal("IncorrectState", "{value} is in invalid state"),
            ),
        ),
        validate={
            "type": one_of("ipsec.1"),
            "presharedKeyStorage": one_of("Standard", "SecretsManager"),
            "tunnel1IkeVersions": one_of("ikev1", "ikev2"),
            "tunnel2IkeVersions": one_of("ikev1", "ikev2"),
        },
        checks=(_one_end,),
        computed=_vpn,
        not_found=Refusal("InvalidVpnConnectionID.NotFound", "The vpnConnection ID '{value}' does not exist"),
    ),
    ResourceType(
        "aws:ec2/vpnConnectionRoute:VpnConnectionRoute",
        "EC2",
        "VPN Connection Route",
        lambda c: f"{c.get('destinationCidrBlock')}:{c.get('vpnConnectionId')}",
        references=(Reference("vpnConnectionId", VPN, blocks=False),),
        validate={"destinationCidrBlock": valid_cidr},
        checks=(_static,),
        replace=frozenset({"destinationCidrBlock", "vpnConnectionId"}),
    ),
    ResourceType(
        DX_GATEWAY,
        "Direct Connect",
        "Gateway",
        lambda c: "-".join(c.hex(32)[a:b] for a, b in ((0, 8), (8, 12), (12, 16), (16, 20), (20, 32))),
        create="CreateDirectConnectGateway",
        delete="DeleteDirectConnectGateway",
        computed=lambda c: {"ownerAccountId": c.session.account},
        not_found=Refusal("DirectConnectClientException", "Direct Connect Gateway {value} not found"),
        in_use=Refusal("DirectConnectClientException", "Direct Connect Gateway {id} has associations"),
        replace=frozenset({"amazonSideAsn"}),
    ),
    ResourceType(
        "aws:directconnect/gatewayAssociation:GatewayAssociation",
        "Direct Connect",
        "Gateway Association",
        lambda c: f"ga-{c.get('dxGatewayId')}{c.get('associatedGatewayId')}",
        create="CreateDirectConnectGatewayAssociation",
        references=(
            Reference("dxGatewayId", DX_GATEWAY),
            Reference("associatedGatewayId", (VGW, TRANSIT_GATEWAY)),
        ),
        validate={"allowedPrefixes": valid_cidr},
        computed=_association,
        update=frozenset({"allowedPrefixes"}),
        replace=frozenset({"dxGatewayId", "associatedGatewayId"}),
    ),
    ResourceType(
        "aws:directconnect/hostedPrivateVirtualInterfaceAccepter:HostedPrivateVirtualInterfaceAccepter",
        "Direct Connect",
        "Hosted Private Virtual Interface Accepter",
        lambda c: c.get("virtualInterfaceId"),
        arn="arn:{partition}:directconnect:{region}:{account}:dxvif/{id}",
        create="ConfirmPrivateVirtualInterface",
        references=(Reference("vpnGatewayId", VGW), Reference("dxGatewayId", DX_GATEWAY)),
        validate={"virtualInterfaceId": matching(r"dxvif-[0-9a-z]{8}", "a virtual interface is dxvif- and 8 digits")},
        checks=(_one_gateway,),
        replace=frozenset({"virtualInterfaceId", "vpnGatewayId", "dxGatewayId"}),
    ),
    ResourceType(
        RESOLVER,
        "Route 53 Resolver",
        "Resolver Endpoint",
        lambda c: f"rslvr-out-{c.hex(17)}",
        arn="arn:{partition}:route53resolver:{region}:{account}:resolver-endpoint/{id}",
        references=(Reference("securityGroupIds", GROUP), Reference("ipAddresses.subnetId", SUBNET)),
        validate={"direction": one_of("INBOUND", "OUTBOUND")},
        checks=(_addresses,),
        computed=_endpoint,
        not_found=Refusal("ResourceNotFoundException", "[RSLVR-00703] Resolver endpoint {value} does not exist"),
        in_use=Refusal("InvalidRequestException", "[RSLVR-00902] {id} is used by rules"),
        replace=frozenset({"direction", "securityGroupIds"}),
        update=frozenset({"ipAddresses", "name"}),
    ),
    ResourceType(
        RESOLVER_RULE,
        "Route 53 Resolver",
        "Resolver Rule",
        lambda c: f"rslvr-rr-{c.hex(17)}",
        arn="arn:{partition}:route53resolver:{region}:{account}:resolver-rule/{id}",
        references=(
            Reference(
                "resolverEndpointId",
                RESOLVER,
                unready=Refusal("ResourceUnavailableException", "[RSLVR-00705] {value} is not operational"),
            ),
        ),
        validate={"ruleType": one_of("FORWARD", "SYSTEM", "RECURSIVE", "DELEGATE")},
        checks=(_forwarded,),
        computed=lambda c: {"ownerId": c.session.account, "shareStatus": "NOT_SHARED"},
        not_found=Refusal("ResourceNotFoundException", "[RSLVR-00703] Resolver rule {value} does not exist"),
        in_use=Refusal("ResourceInUseException", "[RSLVR-00905] {id} is associated with a VPC"),
        replace=frozenset({"domainName", "ruleType"}),
        update=frozenset({"targetIps", "resolverEndpointId", "name"}),
    ),
    ResourceType(
        "aws:route53/resolverRuleAssociation:ResolverRuleAssociation",
        "Route 53 Resolver",
        "Resolver Rule Association",
        lambda c: f"rslvr-rrassoc-{c.hex(17)}",
        create="AssociateResolverRule",
        references=(Reference("resolverRuleId", RESOLVER_RULE), Reference("vpcId", VPC, blocks=False)),
        unique=(
            Unique(("resolverRuleId", "vpcId"), Refusal("ResourceExistsException", "{vpcId} has the rule already")),
        ),
        replace=frozenset({"resolverRuleId", "vpcId"}),
    ),
)
