"""EC2's calls for networks: VPCs, subnets, tables, gateways, peerings, endpoints and their rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from simulator.emulator import drift, routing
from simulator.emulator.model import Emulated, Step, follow, listed, only, picked, step
from simulator.interfaces import public_address
from simulator.model import Values
from simulator.types import gateways, vpc

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
    **routing.TARGETS,
}
_ROUTE_KEY: Final = {name: field for name, field in _ROUTE_FIELDS.items() if name.startswith(("Route", "Destination"))}


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


def _main_table(table: Callable[[Creation], str]) -> Step:
    """Make another table the main one: the call names the association that the VPC has now."""

    def parameters(creation: Creation) -> Values | None:
        world = creation.world
        if world is None:
            return None
        mine = {"Name": "vpc-id", "Values": [creation.get("vpcId")]}
        main = {"Name": "association.main", "Values": ["true"]}
        found = world.call("ec2", creation.region, "describe_route_tables", {"Filters": [mine, main]})
        associations: list[dict[str, Any]] = follow(found, "RouteTables.0.Associations") or []
        current = next((item["RouteTableAssociationId"] for item in associations if item.get("Main")), None)
        return {"AssociationId": current, "RouteTableId": table(creation)} if current else None

    return Step("replace_route_table_association", parameters)


def _default_table_of(creation: Creation) -> str:
    return creation.require(vpc.VPC, creation.get("vpcId")).outputs["defaultRouteTableId"]


def _prefix_list(creation: Creation) -> Values:
    values = picked(PrefixListName="name", AddressFamily="addressFamily", MaxEntries="maxEntries")(creation)
    return values | {"Entries": [_entry(item) for item in creation.get("entries", [])]}


def _entry(item: Values) -> Values:
    said = {"Description": item["description"]} if item.get("description") else {}
    return {"Cidr": item["cidr"], **said}


def _changed_prefix_list(creation: Creation) -> Values | None:
    before: list[Values] = creation.old.inputs.get("entries") or [] if creation.old else []
    after: list[Values] = creation.get("entries", [])
    if before == after:
        return None
    world = creation.world
    wanted = {"PrefixListIds": [creation.id]}
    found = world.call("ec2", creation.region, "describe_managed_prefix_lists", wanted) if world else {}
    return {
        "PrefixListId": creation.id,
        "CurrentVersion": follow(found, "PrefixLists.0.Version"),
        "AddEntries": [_entry(item) for item in after if item not in before],
        "RemoveEntries": [{"Cidr": item["cidr"]} for item in before if item not in after],
    }


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
        then=routing.INLINE,
        delete=only("delete_route_table", "RouteTableId"),
        alive=listed("describe_route_tables", "RouteTableIds"),
    ),
    Emulated(vpc.DEFAULT_TABLE, "ec2", routing.LOOK, then=routing.INLINE, delete=(), foreign=drift.table_routes),
    Emulated(
        vpc.MAIN_ASSOCIATION,
        "ec2",
        _main_table(lambda c: c.get("routeTableId")),
        "NewAssociationId",
        update=(_main_table(lambda c: c.get("routeTableId")),),
        delete=(_main_table(_default_table_of),),
    ),
    Emulated(
        vpc.ASSOCIATION,
        "ec2",
        step("associate_route_table", RouteTableId="routeTableId", SubnetId="subnetId", GatewayId="gatewayId"),
        "AssociationId",
        delete=only("disassociate_route_table", "AssociationId"),
        alive=Step(
            "describe_route_tables",
            lambda c: {
                "Filters": [{"Name": "association.route-table-association-id", "Values": [c.id]}],
            },
        ),
        alive_at="RouteTables.0",
    ),
    Emulated(
        "aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation",
        "ec2",
        step("associate_dhcp_options", DhcpOptionsId="dhcpOptionsId", VpcId="vpcId"),
        update=(step("associate_dhcp_options", DhcpOptionsId="dhcpOptionsId", VpcId="vpcId"),),
        delete=(Step("associate_dhcp_options", lambda c: {"DhcpOptionsId": "default", "VpcId": c.get("vpcId")}),),
    ),
    Emulated(
        gateways.PREFIX_LIST,
        "ec2",
        Step("create_managed_prefix_list", _prefix_list),
        "PrefixList.PrefixListId",
        tags="prefix-list",
        update=(Step("modify_managed_prefix_list", _changed_prefix_list),),
        delete=only("delete_managed_prefix_list", "PrefixListId"),
        alive=listed("describe_managed_prefix_lists", "PrefixListIds"),
        alive_at="PrefixLists.0",
    ),
    Emulated(
        gateways.IGW_ATTACHMENT,
        "ec2",
        step("attach_internet_gateway", InternetGatewayId="internetGatewayId", VpcId="vpcId"),
        delete=(step("detach_internet_gateway", InternetGatewayId="internetGatewayId", VpcId="vpcId"),),
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
        alive=listed("describe_nat_gateways", "NatGatewayIds"),
        alive_at="NatGateways.0",
    ),
    Emulated(
        vpc.ROUTE,
        "ec2",
        Step("create_route", picked(**_ROUTE_FIELDS)),
        update=(Step("replace_route", picked(**_ROUTE_FIELDS)),),
        delete=(Step("delete_route", picked(**_ROUTE_KEY)),),
        alive=Step("describe_route_tables", lambda c: {"RouteTableIds": [c.get("routeTableId")]}),
        lives=routing.is_there,
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
)
