"""Transit gateways, their attachments, route tables and routes (Amazon EC2 API reference)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from simulator.errors import AwsError
from simulator.model import Reference, Refusal, ResourceType, Unique, at
from simulator.types.common import one_of, random_id, valid_cidr
from simulator.types.vpc import SUBNET, VPC

if TYPE_CHECKING:
    from simulator.creation import Creation

_EC2_ARN: Final = "arn:{partition}:ec2:{region}:{account}:"
GATEWAY: Final = "aws:ec2transitgateway/transitGateway:TransitGateway"
ATTACHMENT: Final = "aws:ec2transitgateway/vpcAttachment:VpcAttachment"
TABLE: Final = "aws:ec2transitgateway/routeTable:RouteTable"
ASSOCIATION: Final = "aws:ec2transitgateway/routeTableAssociation:RouteTableAssociation"
PROPAGATION: Final = "aws:ec2transitgateway/routeTablePropagation:RouteTablePropagation"
ROUTE: Final = "aws:ec2transitgateway/route:Route"
SHARED: Final = ("tgw-",)
"""A gateway that another account shares is not in this one."""
DEFAULT_FLAGS: Final = ("transitGatewayDefaultRouteTableAssociation", "transitGatewayDefaultRouteTablePropagation")
REPLACING: Final = "replaceExistingAssociation"


# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html (IncorrectState)
_STATE: Final = Refusal("IncorrectState", "{value} is in invalid state")


def _gateway(creation: Creation) -> Mapping[str, Any]:
    table = f"tgw-rtb-0{creation.hex(16, 'default table')}"
    return {
        "ownerId": creation.session.account,
        "amazonSideAsn": creation.get("amazonSideAsn", 64512),
        "associationDefaultRouteTableId": table,
        "propagationDefaultRouteTableId": table,
    }


def _attachable(creation: Creation) -> None:
    zones: set[str] = set()
    for identifier in at(creation.inputs, "subnetIds"):
        subnet = creation.require(SUBNET, identifier).outputs
        if subnet["vpcId"] != creation.get("vpcId"):
            raise AwsError("InvalidParameterValue", f"Subnet {identifier} does not belong to {creation.get('vpcId')}")
        if subnet["availabilityZone"] in zones:
            raise AwsError("DuplicateSubnetsInSameZone", f"{identifier} is the second subnet of its Availability Zone")
        zones.add(subnet["availabilityZone"])
    gateway = creation.find(GATEWAY, creation.get("transitGatewayId"))
    if gateway is None and any(creation.get(flag) is not None for flag in DEFAULT_FLAGS):
        # The provider refuses to set them where it does not own the gateway.
        raise AwsError(
            "OperationNotPermitted",
            f"cannot modify EC2 Transit Gateway ({creation.get('transitGatewayId')}) default route table association "
            f"and propagation: it is shared by another account",
        )


def _attachment(creation: Creation) -> Mapping[str, Any]:
    return {"vpcOwnerId": creation.session.account, **{flag: joins_default(creation, flag) for flag in DEFAULT_FLAGS}}


def joins_default(creation: Creation, flag: str) -> bool:
    """Tell whether an attachment joins its gateway's default table: where the gateway has one and neither says no.

    `flag` is one of `DEFAULT_FLAGS`. Another account's gateway decides by itself: nothing is shown of it here.
    """
    gateway = creation.find(GATEWAY, creation.get("transitGatewayId"))
    if gateway is None:
        return False
    side = flag.removeprefix("transitGatewayD")
    return gateway.outputs.get(f"d{side}") == "enable" and creation.get(flag) is not False


def _in_no_other_table(creation: Creation) -> None:
    attachment = creation.find(ATTACHMENT, creation.get("transitGatewayAttachmentId"))
    if attachment is not None and attachment.outputs.get(DEFAULT_FLAGS[0]) and not creation.get(REPLACING):
        creation.refuse(_TAKEN)


def _same_gateway(creation: Creation) -> None:
    table = creation.require(TABLE, creation.get("transitGatewayRouteTableId")).outputs
    identifier = creation.get("transitGatewayAttachmentId")
    attachment = creation.find(ATTACHMENT, identifier) if identifier else None
    if attachment and attachment.outputs["transitGatewayId"] != table["transitGatewayId"]:
        raise AwsError(
            "InvalidParameterValue",
            f"{identifier} and {creation.get('transitGatewayRouteTableId')} belong to different transit gateways",
        )


def _associated(creation: Creation) -> Mapping[str, Any]:
    attachment = creation.find(ATTACHMENT, creation.get("transitGatewayAttachmentId"))
    return {"resourceId": attachment.outputs["vpcId"] if attachment else "", "resourceType": "vpc"}


def _one_way(creation: Creation) -> None:
    if bool(creation.get("blackhole")) == bool(creation.get("transitGatewayAttachmentId")):
        raise AwsError("InvalidParameterCombination", "A route names an attachment, or is a blackhole")


_JOINED: Final = ("transitGatewayAttachmentId", "transitGatewayRouteTableId")


_TAKEN: Final = Refusal(
    "Resource.AlreadyAssociated",
    "Transit Gateway Attachment {transitGatewayAttachmentId} is already associated to a route table.",
)


def _joins(token: str, noun: str, create: str, *unique: str) -> ResourceType:
    return ResourceType(
        token,
        "EC2",
        noun,
        lambda c: f"{c.get('transitGatewayRouteTableId')}_{c.get('transitGatewayAttachmentId')}",
        create=create,
        references=(Reference(_JOINED[0], ATTACHMENT, unready=_STATE), Reference(_JOINED[1], TABLE)),
        unique=(Unique(unique, _TAKEN),),
        checks=(_same_gateway, *((_in_no_other_table,) if token == ASSOCIATION else ())),
        computed=_associated,
        replace=frozenset(_JOINED),
    )


TYPES: Final = (
    ResourceType(
        GATEWAY,
        "EC2",
        "Transit Gateway",
        random_id("tgw"),
        arn=_EC2_ARN + "transit-gateway/{id}",
        validate={
            name: one_of("enable", "disable")
            for name in (
                "autoAcceptSharedAttachments",
                "defaultRouteTableAssociation",
                "defaultRouteTablePropagation",
                "dnsSupport",
                "vpnEcmpSupport",
            )
        },
        computed=_gateway,
        replace=frozenset({"multicastSupport"}),
        update=frozenset({"amazonSideAsn"}),
        not_found=Refusal("InvalidTransitGatewayID.NotFound", "Transit Gateway {value} was deleted or does not exist."),
        in_use=Refusal("IncorrectState", "{id} has non-deleted Transit Gateway Attachments."),
    ),
    ResourceType(
        ATTACHMENT,
        "EC2",
        "Transit Gateway VPC Attachment",
        random_id("tgw-attach"),
        arn=_EC2_ARN + "transit-gateway-attachment/{id}",
        cloudformation="AWS::EC2::TransitGatewayVpcAttachment",
        references=(
            Reference("transitGatewayId", GATEWAY, foreign=SHARED, unready=_STATE),
            Reference("vpcId", VPC),
            Reference("subnetIds", SUBNET),
        ),
        unique=(
            Unique(
                ("transitGatewayId", "vpcId"),
                Refusal("DuplicateTransitGatewayAttachment", "{transitGatewayId} is already attached to {vpcId}."),
            ),
        ),
        validate={name: one_of("enable", "disable") for name in ("applianceModeSupport", "dnsSupport", "ipv6Support")},
        checks=(_attachable,),
        # What they are by default depends on the gateway, so the provider adds nothing.
        defaults=dict.fromkeys(DEFAULT_FLAGS),
        computed=_attachment,
        not_found=Refusal(
            "InvalidTransitGatewayAttachmentID.NotFound", "Transit Gateway Attachment {value} does not exist."
        ),
        update=frozenset({"subnetIds", "applianceModeSupport", "dnsSupport", "ipv6Support", *DEFAULT_FLAGS}),
        replace=frozenset({"vpcId", "transitGatewayId"}),
    ),
    ResourceType(
        TABLE,
        "EC2",
        "Transit Gateway Route Table",
        random_id("tgw-rtb"),
        arn=_EC2_ARN + "transit-gateway-route-table/{id}",
        references=(Reference("transitGatewayId", GATEWAY, unready=_STATE),),
        not_found=Refusal("InvalidRouteTableID.NotFound", "Transit Gateway Route Table {value} does not exist."),
        in_use=Refusal("IncorrectState", "{id} has associations or propagations."),
        replace=frozenset({"transitGatewayId"}),
    ),
    _joins(
        ASSOCIATION,
        "Transit Gateway Route Table Association",
        "AssociateTransitGatewayRouteTable",
        "transitGatewayAttachmentId",
    ),
    _joins(
        PROPAGATION,
        "Transit Gateway Route Table Propagation",
        "EnableTransitGatewayRouteTablePropagation",
        *_JOINED,
    ),
    ResourceType(
        ROUTE,
        "EC2",
        "Transit Gateway Route",
        lambda c: f"{c.get('transitGatewayRouteTableId')}_{c.get('destinationCidrBlock')}",
        references=(
            Reference("transitGatewayRouteTableId", TABLE),
            Reference("transitGatewayAttachmentId", ATTACHMENT, blocks=False, unready=_STATE),
        ),
        unique=(
            Unique(
                ("transitGatewayRouteTableId", "destinationCidrBlock"),
                Refusal("RouteAlreadyExists", "Route already exists for {destinationCidrBlock}."),
            ),
        ),
        validate={"destinationCidrBlock": valid_cidr},
        checks=(_one_way, _same_gateway),
        replace=frozenset({"transitGatewayRouteTableId", "destinationCidrBlock", "transitGatewayAttachmentId"}),
    ),
)
