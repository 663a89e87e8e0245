"""EC2's calls for networks: VPCs, subnets, tables, gateways, peerings, endpoints and their rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.emulator import drift
from simulator.emulator.model import Emulated, Step, listed, only, picked, step
from simulator.interfaces import public_address
from simulator.model import Values, at
from simulator.types import compute, endpoints, gateways, vpc

if TYPE_CHECKING:
    from simulator.creation import Creation

_DHCP: Final = "aws:ec2/vpcDhcpOptions:VpcDhcpOptions"


def _attribute(name: str, field: str) -> Step:
    def parameters(creation: Creation) -> Values:
        return {"VpcId": creation.id, name: {"Value": bool(creation.get(field, False))}}

    return Step("modify_vpc_attribute", parameters)


def _default_objects(creation: Creation) -> Values:
    """Give the ids of what came with a VPC."""
    world = creation.world
    if world is None:
        return {}
    mine = {"Name": "vpc-id", "Values": [creation.id]}

    def look(operation: str, listed: str, identity: str, *only: Values) -> str:
        return world.call("ec2", creation.region, operation, {"Filters": [mine, *only]})[listed][0][identity]

    table = look(
        "describe_route_tables", "RouteTables", "RouteTableId", {"Name": "association.main", "Values": ["true"]}
    )
    return {
        "defaultSecurityGroupId": look(
            "describe_security_groups", "SecurityGroups", "GroupId", {"Name": "group-name", "Values": ["default"]}
        ),
        "defaultNetworkAclId": look(
            "describe_network_acls", "NetworkAcls", "NetworkAclId", {"Name": "default", "Values": ["true"]}
        ),
        "mainRouteTableId": table,
        "defaultRouteTableId": table,
    }


def _subnet_attribute(creation: Creation) -> Values:
    return {"SubnetId": creation.id, "MapPublicIpOnLaunch": {"Value": bool(creation.get("mapPublicIpOnLaunch", False))}}


_ROUTE_FIELDS: Final = {
    "RouteTableId": "routeTableId",
    "DestinationCidrBlock": "destinationCidrBlock",
    "DestinationIpv6CidrBlock": "destinationIpv6CidrBlock",
    "DestinationPrefixListId": "destinationPrefixListId",
    "GatewayId": "gatewayId",
    "NatGatewayId": "natGatewayId",
    "EgressOnlyInternetGatewayId": "egressOnlyGatewayId",
    "VpcPeeringConnectionId": "vpcPeeringConnectionId",
    "VpcEndpointId": "vpcEndpointId",
    "NetworkInterfaceId": "networkInterfaceId",
    "TransitGatewayId": "transitGatewayId",
}
_ROUTE_KEY: Final = {name: field for name, field in _ROUTE_FIELDS.items() if name.startswith(("Route", "Destination"))}


def _endpoint(creation: Creation) -> Values:
    values = picked(
        VpcId="vpcId",
        ServiceName="serviceName",
        VpcEndpointType="vpcEndpointType",
        PolicyDocument="policy",
        RouteTableIds="routeTableIds",
        SubnetIds="subnetIds",
        SecurityGroupIds="securityGroupIds",
    )(creation)
    if creation.get("vpcEndpointType") == "Interface":
        values["PrivateDnsEnabled"] = bool(creation.get("privateDnsEnabled", False))
    return values


def _flow_log(creation: Creation) -> Values:
    kinds = {"vpcId": "VPC", "subnetId": "Subnet", "eniId": "NetworkInterface"}
    field = next(name for name in kinds if creation.get(name))
    values = {"ResourceIds": [creation.get(field)], "ResourceType": kinds[field]}
    return values | picked(
        TrafficType="trafficType",
        LogDestinationType="logDestinationType",
        LogDestination="logDestination",
        DeliverLogsPermissionArn="iamRoleArn",
        LogFormat="logFormat",
        MaxAggregationInterval="maxAggregationInterval",
    )(creation)


def _interface(creation: Creation) -> Values:
    addresses: list[str] = creation.get("privateIps") or []
    values = picked(SubnetId="subnetId", Groups="securityGroups", Description="description")(creation)
    return values | ({"PrivateIpAddress": addresses[0]} if addresses else {})


def _instance(creation: Creation) -> Values:
    values = picked(ImageId="ami", InstanceType="instanceType", KeyName="keyName")(creation)
    attached = at(creation.inputs, "primaryNetworkInterface.networkInterfaceId") or at(
        creation.inputs, "networkInterfaces.networkInterfaceId"
    )
    if attached:
        values["NetworkInterfaces"] = [
            {"DeviceIndex": n, "NetworkInterfaceId": item} for n, item in enumerate(attached)
        ]
    else:
        values |= picked(SubnetId="subnetId", SecurityGroupIds="vpcSecurityGroupIds", PrivateIpAddress="privateIp")(
            creation
        )
    profile, metadata = creation.get("iamInstanceProfile"), creation.get("metadataOptions", {})
    if profile:
        values["IamInstanceProfile"] = {"Name": profile}
    options = {
        "HttpTokens": "httpTokens",
        "HttpPutResponseHopLimit": "httpPutResponseHopLimit",
        "HttpEndpoint": "httpEndpoint",
    }
    if metadata:
        values["MetadataOptions"] = {
            name: metadata[field] for name, field in options.items() if metadata.get(field) is not None
        }
    return values | {"MinCount": 1, "MaxCount": 1}


def _dhcp(creation: Creation) -> Values:
    fields = {"domain-name-servers": "domainNameServers", "ntp-servers": "ntpServers", "domain-name": "domainName"}
    given = {name: creation.get(field) for name, field in fields.items() if creation.get(field)}
    return {
        "DhcpConfigurations": [{"Key": key, "Values": v if isinstance(v, list) else [v]} for key, v in given.items()]
    }


def _attach(creation: Creation) -> Values | None:
    gateway = {"InternetGatewayId": creation.id, "VpcId": creation.get("vpcId")}
    return gateway if creation.get("vpcId") and creation.old is None else None


def _detach(creation: Creation) -> Values | None:
    return {"InternetGatewayId": creation.id, "VpcId": creation.get("vpcId")} if creation.get("vpcId") else None


def _peering(creation: Creation) -> Values:
    owner, place = creation.get("peerOwnerId", creation.session.account), creation.get("peerRegion", creation.region)
    if creation.world is not None and owner != creation.session.account:
        creation.world.correct("foreign_vpc", region=place, owner=owner, id=creation.get("peerVpcId"))
    return picked(VpcId="vpcId", PeerVpcId="peerVpcId", PeerOwnerId="peerOwnerId", PeerRegion="peerRegion")(creation)


def _accept(creation: Creation) -> Values | None:
    return {"VpcPeeringConnectionId": creation.id} if creation.get("autoAccept") and creation.old is None else None


ENTRIES: Final = (
    Emulated(
        vpc.VPC,
        "ec2",
        step("create_vpc", CidrBlock="cidrBlock", InstanceTenancy="instanceTenancy"),
        "Vpc.VpcId",
        {"dhcpOptionsId": "Vpc.DhcpOptionsId"},
        look=_default_objects,
        tags="vpc",
        then=(
            _attribute("EnableDnsSupport", "enableDnsSupport"),
            _attribute("EnableDnsHostnames", "enableDnsHostnames"),
        ),
        delete=only("delete_vpc", "VpcId"),
        alive=listed("describe_vpcs", "VpcIds"),
    ),
    Emulated(
        vpc.SECONDARY,
        "ec2",
        step("associate_vpc_cidr_block", VpcId="vpcId", CidrBlock="cidrBlock"),
        "CidrBlockAssociation.AssociationId",
        delete=only("disassociate_vpc_cidr_block", "AssociationId"),
    ),
    Emulated(
        vpc.SUBNET,
        "ec2",
        step(
            "create_subnet",
            VpcId="vpcId",
            CidrBlock="cidrBlock",
            AvailabilityZone="availabilityZone",
            AvailabilityZoneId="availabilityZoneId",
        ),
        "Subnet.SubnetId",
        tags="subnet",
        then=(Step("modify_subnet_attribute", _subnet_attribute),),
        delete=only("delete_subnet", "SubnetId"),
        alive=listed("describe_subnets", "SubnetIds"),
    ),
    Emulated(
        vpc.TABLE,
        "ec2",
        step("create_route_table", VpcId="vpcId"),
        "RouteTable.RouteTableId",
        tags="route-table",
        foreign=drift.table_routes,
        delete=only("delete_route_table", "RouteTableId"),
        alive=listed("describe_route_tables", "RouteTableIds"),
    ),
    Emulated(
        vpc.ASSOCIATION,
        "ec2",
        step("associate_route_table", RouteTableId="routeTableId", SubnetId="subnetId", GatewayId="gatewayId"),
        "AssociationId",
        delete=only("disassociate_route_table", "AssociationId"),
    ),
    Emulated(
        _DHCP,
        "ec2",
        Step("create_dhcp_options", _dhcp),
        "DhcpOptions.DhcpOptionsId",
        tags="dhcp-options",
        delete=only("delete_dhcp_options", "DhcpOptionsId"),
    ),
    Emulated(
        gateways.IGW,
        "ec2",
        step("create_internet_gateway"),
        "InternetGateway.InternetGatewayId",
        tags="internet-gateway",
        then=(Step("attach_internet_gateway", _attach),),
        delete=(Step("detach_internet_gateway", _detach), *only("delete_internet_gateway", "InternetGatewayId")),
        alive=listed("describe_internet_gateways", "InternetGatewayIds"),
    ),
    Emulated(
        gateways.EGRESS_ONLY,
        "ec2",
        step("create_egress_only_internet_gateway", VpcId="vpcId"),
        "EgressOnlyInternetGateway.EgressOnlyInternetGatewayId",
        delete=only("delete_egress_only_internet_gateway", "EgressOnlyInternetGatewayId"),
    ),
    Emulated(
        gateways.EIP,
        "ec2",
        # moto's own choice would be a loopback address.
        Step("allocate_address", lambda c: {"Domain": "vpc", "Address": public_address(c)}),
        "AllocationId",
        tags="elastic-ip",
        outputs={"publicIp": "PublicIp"},
        delete=only("release_address", "AllocationId"),
        alive=listed("describe_addresses", "AllocationIds"),
    ),
    Emulated(
        gateways.NAT,
        "ec2",
        step(
            "create_nat_gateway", SubnetId="subnetId", AllocationId="allocationId", ConnectivityType="connectivityType"
        ),
        "NatGateway.NatGatewayId",
        tags="natgateway",
        interfaces="NatGateway.NatGatewayAddresses.0.NetworkInterfaceId",
        delete=only("delete_nat_gateway", "NatGatewayId"),
    ),
    Emulated(
        vpc.ROUTE,
        "ec2",
        Step("create_route", picked(**_ROUTE_FIELDS)),
        update=(Step("replace_route", picked(**_ROUTE_FIELDS)),),
        delete=(Step("delete_route", picked(**_ROUTE_KEY)),),
    ),
    Emulated(
        gateways.PEERING,
        "ec2",
        Step("create_vpc_peering_connection", _peering),
        "VpcPeeringConnection.VpcPeeringConnectionId",
        tags="vpc-peering-connection",
        then=(Step("accept_vpc_peering_connection", _accept),),
        delete=only("delete_vpc_peering_connection", "VpcPeeringConnectionId"),
        alive=listed("describe_vpc_peering_connections", "VpcPeeringConnectionIds"),
    ),
    Emulated(
        gateways.ACCEPTER,
        "ec2",
        Step("accept_vpc_peering_connection", lambda c: {"VpcPeeringConnectionId": c.get("vpcPeeringConnectionId")}),
    ),
    Emulated(
        endpoints.ENDPOINT,
        "ec2",
        Step("create_vpc_endpoint", _endpoint),
        "VpcEndpoint.VpcEndpointId",
        tags="vpc-endpoint",
        interfaces="VpcEndpoint.NetworkInterfaceIds",
        delete=(listed("delete_vpc_endpoints", "VpcEndpointIds"),),
    ),
    Emulated(
        "aws:ec2/flowLog:FlowLog",
        "ec2",
        Step("create_flow_logs", _flow_log),
        "FlowLogIds.0",
        tags="vpc-flow-log",
        delete=(listed("delete_flow_logs", "FlowLogIds"),),
    ),
    Emulated(
        compute.ENI,
        "ec2",
        Step("create_network_interface", _interface),
        "NetworkInterface.NetworkInterfaceId",
        {"privateIp": "NetworkInterface.PrivateIpAddress"},
        tags="network-interface",
        delete=only("delete_network_interface", "NetworkInterfaceId"),
    ),
    Emulated(
        compute.INSTANCE,
        "ec2",
        Step("run_instances", _instance),
        "Instances.0.InstanceId",
        tags="instance",
        interfaces="Instances.0.NetworkInterfaces.0.NetworkInterfaceId",
        delete=(listed("terminate_instances", "InstanceIds"),),
    ),
    Emulated(
        gateways.VGW,
        "ec2",
        Step("create_vpn_gateway", lambda _c: {"Type": "ipsec.1"}),
        "VpnGateway.VpnGatewayId",
        tags="vpn-gateway",
        delete=only("delete_vpn_gateway", "VpnGatewayId"),
    ),
)
