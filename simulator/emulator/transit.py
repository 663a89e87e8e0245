"""EC2's calls for transit gateways, VPN connections and the attachment of virtual private gateways."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.emulator.model import Emulated, Step, listed, only, picked, step
from simulator.model import Values
from simulator.types import gateways, hybrid, transit

if TYPE_CHECKING:
    from simulator.creation import Creation

_GATEWAY_OPTIONS: Final = {
    "AmazonSideAsn": "amazonSideAsn",
    "AutoAcceptSharedAttachments": "autoAcceptSharedAttachments",
    "DefaultRouteTableAssociation": "defaultRouteTableAssociation",
    "DefaultRouteTablePropagation": "defaultRouteTablePropagation",
    "DnsSupport": "dnsSupport",
    "VpnEcmpSupport": "vpnEcmpSupport",
}
_ATTACHMENT_OPTIONS: Final = {
    "ApplianceModeSupport": "applianceModeSupport",
    "DnsSupport": "dnsSupport",
    "Ipv6Support": "ipv6Support",
}
_ASSOCIATION, _PROPAGATION = transit.DEFAULT_FLAGS
_JOINED: Final = {
    "TransitGatewayAttachmentId": "transitGatewayAttachmentId",
    "TransitGatewayRouteTableId": "transitGatewayRouteTableId",
}


def _gateway(creation: Creation) -> Values:
    return {**picked(Description="description")(creation), "Options": picked(**_GATEWAY_OPTIONS)(creation)}


def _of_another(creation: Creation) -> bool:
    return creation.find(transit.GATEWAY, creation.get("transitGatewayId")) is None


def _hidden(creation: Creation) -> Values:
    if creation.world is not None and _of_another(creation):
        creation.world.correct("hide_tables", region=creation.region, id=creation.get("transitGatewayId"))
    return {}


def _attachment(creation: Creation) -> Values:
    if creation.world is not None and _of_another(creation):
        creation.world.correct("shared_gateway", region=creation.region, id=creation.get("transitGatewayId"))
    values = picked(TransitGatewayId="transitGatewayId", VpcId="vpcId", SubnetIds="subnetIds")(creation)
    return values | {"Options": picked(**_ATTACHMENT_OPTIONS)(creation)}


def _changed_attachment(creation: Creation) -> Values:
    before: list[str] = creation.old.inputs.get("subnetIds") or [] if creation.old else []
    after: list[str] = creation.get("subnetIds", [])
    values: Values = {"TransitGatewayAttachmentId": creation.id, "Options": picked(**_ATTACHMENT_OPTIONS)(creation)}
    moved = {
        "AddSubnetIds": [item for item in after if item not in before],
        "RemoveSubnetIds": [item for item in before if item not in after],
    }
    return values | {name: items for name, items in moved.items() if items}


def _default_table(flag: str, operation: str, *joining: bool) -> Step:
    """Give a call about an attachment and its gateway's default table, made for those that join it, or do not.

    `flag` is the attachment's, `operation` the call.
    """
    table = "associationDefaultRouteTableId" if flag == _ASSOCIATION else "propagationDefaultRouteTableId"

    def parameters(creation: Creation) -> Values | None:
        gateway = creation.find(transit.GATEWAY, creation.get("transitGatewayId"))
        if creation.old is not None or gateway is None or transit.joins_default(creation, flag) not in joining:
            return None
        return {"TransitGatewayAttachmentId": creation.id, "TransitGatewayRouteTableId": gateway.outputs[table]}

    return Step(operation, parameters)


def _replaced(creation: Creation) -> Values | None:
    """Take an attachment out of the default table before it is associated with another."""
    identifier = creation.get("transitGatewayAttachmentId")
    attachment = creation.find(transit.ATTACHMENT, identifier)
    gateway = attachment and creation.find(transit.GATEWAY, attachment.outputs["transitGatewayId"])
    if not gateway or not attachment or not attachment.outputs.get(_ASSOCIATION):
        return None
    table = gateway.outputs["associationDefaultRouteTableId"]
    return {"TransitGatewayAttachmentId": identifier, "TransitGatewayRouteTableId": table}


def _route(creation: Creation) -> Values:
    values = picked(
        DestinationCidrBlock="destinationCidrBlock",
        TransitGatewayRouteTableId="transitGatewayRouteTableId",
        TransitGatewayAttachmentId="transitGatewayAttachmentId",
    )(creation)
    return values | {"Blackhole": bool(creation.get("blackhole", False))}


def _vpn(creation: Creation) -> Values:
    values = picked(
        CustomerGatewayId="customerGatewayId",
        VpnGatewayId="vpnGatewayId",
        TransitGatewayId="transitGatewayId",
        Type="type",
    )(creation)
    return values | {"Options": {"StaticRoutesOnly": bool(creation.get("staticRoutesOnly", False))}}


def _gateway_vpc(creation: Creation) -> Values | None:
    vpc = creation.get("vpcId")
    before = creation.old.inputs.get("vpcId") if creation.old else None
    return {"VpnGatewayId": creation.id, "VpcId": vpc} if vpc and vpc != before else None


def _no_gateway_vpc(creation: Creation) -> Values | None:
    vpc = creation.get("vpcId")
    return {"VpnGatewayId": creation.id, "VpcId": vpc} if vpc else None


ENTRIES: Final = (
    Emulated(
        transit.GATEWAY,
        "ec2",
        Step("create_transit_gateway", _gateway),
        "TransitGateway.TransitGatewayId",
        {
            "associationDefaultRouteTableId": "TransitGateway.Options.AssociationDefaultRouteTableId",
            "propagationDefaultRouteTableId": "TransitGateway.Options.PropagationDefaultRouteTableId",
        },
        tags="transit-gateway",
        delete=only("delete_transit_gateway", "TransitGatewayId"),
        alive=listed("describe_transit_gateways", "TransitGatewayIds"),
        alive_at="TransitGateways.0",
    ),
    Emulated(
        transit.ATTACHMENT,
        "ec2",
        Step("create_transit_gateway_vpc_attachment", _attachment),
        "TransitGatewayVpcAttachment.TransitGatewayAttachmentId",
        tags="transit-gateway-attachment",
        look=_hidden,
        then=(
            # moto puts every attachment into a default table, does not know that it did, and lets none propagate.
            _default_table(_ASSOCIATION, "associate_transit_gateway_route_table", True, False),
            _default_table(_ASSOCIATION, "disassociate_transit_gateway_route_table", False),
            _default_table(_PROPAGATION, "enable_transit_gateway_route_table_propagation", True),
        ),
        update=(Step("modify_transit_gateway_vpc_attachment", _changed_attachment),),
        delete=only("delete_transit_gateway_vpc_attachment", "TransitGatewayAttachmentId"),
        alive=listed("describe_transit_gateway_vpc_attachments", "TransitGatewayAttachmentIds"),
        alive_at="TransitGatewayVpcAttachments.0",
    ),
    Emulated(
        transit.TABLE,
        "ec2",
        step("create_transit_gateway_route_table", TransitGatewayId="transitGatewayId"),
        "TransitGatewayRouteTable.TransitGatewayRouteTableId",
        tags="transit-gateway-route-table",
        delete=only("delete_transit_gateway_route_table", "TransitGatewayRouteTableId"),
        alive=listed("describe_transit_gateway_route_tables", "TransitGatewayRouteTableIds"),
        alive_at="TransitGatewayRouteTables.0",
    ),
    Emulated(
        transit.ASSOCIATION,
        "ec2",
        step("associate_transit_gateway_route_table", **_JOINED),
        first=(Step("disassociate_transit_gateway_route_table", _replaced),),
        delete=(step("disassociate_transit_gateway_route_table", **_JOINED),),
    ),
    Emulated(
        transit.PROPAGATION,
        "ec2",
        step("enable_transit_gateway_route_table_propagation", **_JOINED),
        delete=(step("disable_transit_gateway_route_table_propagation", **_JOINED),),
    ),
    Emulated(
        transit.ROUTE,
        "ec2",
        Step("create_transit_gateway_route", _route),
        delete=(
            step(
                "delete_transit_gateway_route",
                TransitGatewayRouteTableId="transitGatewayRouteTableId",
                DestinationCidrBlock="destinationCidrBlock",
            ),
        ),
    ),
    Emulated(
        hybrid.CUSTOMER,
        "ec2",
        Step(
            "create_customer_gateway",
            lambda c: {
                **picked(Type="type", IpAddress="ipAddress")(c),
                "BgpAsn": int(c.get("bgpAsn", c.get("bgpAsnExtended", 65000))),
            },
        ),
        "CustomerGateway.CustomerGatewayId",
        tags="customer-gateway",
        delete=only("delete_customer_gateway", "CustomerGatewayId"),
    ),
    Emulated(
        hybrid.VPN,
        "ec2",
        Step("create_vpn_connection", _vpn),
        "VpnConnection.VpnConnectionId",
        tags="vpn-connection",
        delete=only("delete_vpn_connection", "VpnConnectionId"),
    ),
    Emulated(
        gateways.VGW,
        "ec2",
        Step("create_vpn_gateway", lambda _c: {"Type": "ipsec.1"}),
        "VpnGateway.VpnGatewayId",
        tags="vpn-gateway",
        then=(Step("attach_vpn_gateway", _gateway_vpc),),
        delete=(Step("detach_vpn_gateway", _no_gateway_vpc), *only("delete_vpn_gateway", "VpnGatewayId")),
    ),
    Emulated(
        "aws:ec2/vpnGatewayAttachment:VpnGatewayAttachment",
        "ec2",
        step("attach_vpn_gateway", VpnGatewayId="vpnGatewayId", VpcId="vpcId"),
        delete=(step("detach_vpn_gateway", VpnGatewayId="vpnGatewayId", VpcId="vpcId"),),
    ),
)
