"""VPCs, their address blocks, subnets, DHCP options and route tables (Amazon EC2 API reference)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from simulator import regions
from simulator.model import Reference, Refusal, ResourceType, Unique
from simulator.types.common import between, network, one_of, overlap, random_id, valid_cidr, within

if TYPE_CHECKING:
    from simulator.creation import Creation

VPC: Final = "aws:ec2/vpc:Vpc"
SUBNET: Final = "aws:ec2/subnet:Subnet"
GROUP: Final = "aws:ec2/securityGroup:SecurityGroup"
ACL: Final = "aws:ec2/networkAcl:NetworkAcl"
TABLE: Final = "aws:ec2/routeTable:RouteTable"
ROUTE: Final = "aws:ec2/route:Route"
DEFAULT_TABLE: Final = "aws:ec2/defaultRouteTable:DefaultRouteTable"
SECONDARY: Final = "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation"
ASSOCIATION: Final = "aws:ec2/routeTableAssociation:RouteTableAssociation"
MAIN_ASSOCIATION: Final = "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation"
_EC2_ARN: Final = "arn:{partition}:ec2:{region}:{account}:"


def blocks_of(creation: Creation, vpc_id: str) -> list[str]:
    """Give all IPv4 and IPv6 blocks of a VPC."""
    vpc = creation.require(VPC, vpc_id)
    secondary = [item.outputs["cidrBlock"] for item in creation.others(SECONDARY) if item.outputs["vpcId"] == vpc_id]
    return [block for block in (vpc.outputs["cidrBlock"], vpc.outputs.get("ipv6CidrBlock"), *secondary) if block]


def _vpc_size(creation: Creation) -> None:
    # A VPC is a /16 to a /28: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
    block = creation.get("cidrBlock")
    if block is None:
        creation.refuse(Refusal("MissingParameter", "Either 'cidrBlock' or 'ipv4IpamPoolId' must be provided."))
    if not 16 <= network(block).prefixlen <= 28:
        creation.refuse(Refusal("InvalidVpc.Range", "The CIDR '{cidrBlock}' is invalid."))


def _vpc(creation: Creation) -> Mapping[str, Any]:
    outputs: dict[str, Any] = {
        "ownerId": creation.session.account,
        "dhcpOptionsId": f"dopt-0{creation.hex(16, 'dopt')}",
        "defaultSecurityGroupId": f"sg-0{creation.hex(16, 'default group')}",
        "defaultNetworkAclId": f"acl-0{creation.hex(16, 'default acl')}",
        "mainRouteTableId": f"rtb-0{creation.hex(16, 'main table')}",
    }
    outputs["defaultRouteTableId"] = outputs["mainRouteTableId"]
    if creation.get("assignGeneratedIpv6CidrBlock"):
        outputs["ipv6CidrBlock"] = f"2001:db8:{creation.hex(4, 'ipv6')}::/56"
        outputs["ipv6AssociationId"] = f"vpc-cidr-assoc-0{creation.hex(16, 'ipv6')}"
    return outputs


def _default_objects(creation: Creation) -> None:
    # https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html, …/default-network-acl.html,
    # …/VPC_Route_Tables.html
    vpc, made = creation.id, creation.outputs
    owner = {"vpcId": vpc, "ownerId": creation.session.account}
    arn = _EC2_ARN
    group, acl, table = made["defaultSecurityGroupId"], made["defaultNetworkAclId"], made["mainRouteTableId"]
    creation.make(
        GROUP,
        group,
        {
            **owner,
            "name": "default",
            "description": "default VPC security group",
            "arn": creation.arn(arn + "security-group/" + group),
            "ingress": [{"protocol": "-1", "fromPort": 0, "toPort": 0, "self": True}],
            "egress": [{"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["0.0.0.0/0"]}],
        },
    )
    everything = {
        "action": "allow",
        "protocol": "-1",
        "fromPort": 0,
        "toPort": 0,
        "cidrBlock": "0.0.0.0/0",
        "ruleNo": 100,
    }
    creation.make(
        ACL,
        acl,
        {
            **owner,
            "isDefault": True,
            "arn": creation.arn(arn + "network-acl/" + acl),
            "ingress": [everything],
            "egress": [everything],
        },
    )
    creation.make(
        TABLE, table, {**owner, "isMain": True, "arn": creation.arn(arn + "route-table/" + table), "routes": []}
    )


def _secondary_overlap(creation: Creation) -> None:
    block = network(creation.get("cidrBlock"))
    if not 16 <= block.prefixlen <= 28:
        creation.refuse(Refusal("InvalidVpc.Range", "The CIDR '{cidrBlock}' is invalid."))
    if overlap(block, blocks_of(creation, creation.get("vpcId"))):
        creation.refuse(
            Refusal("InvalidVpc.Conflict", "The CIDR '{cidrBlock}' conflicts with another CIDR block of the VPC.")
        )
    for table in creation.others(TABLE):
        if table.outputs.get("vpcId") != creation.get("vpcId"):
            continue
        for route in creation.others(ROUTE):
            target = route.outputs.get("destinationCidrBlock")
            if route.outputs["routeTableId"] == table.id and target and within(network(target), [str(block)]):
                creation.refuse(
                    Refusal("InvalidVpc.Conflict", "The CIDR '{cidrBlock}' is the same as or covers route '{value}'."),
                    value=target,
                )


def _subnet_place(creation: Creation) -> None:
    vpc, text = creation.get("vpcId"), creation.get("cidrBlock")
    if text is None:
        creation.refuse(Refusal("MissingParameter", "Either 'cidrBlock' or 'ipv6CidrBlock' should be provided."))
    block = network(text)
    if not 16 <= block.prefixlen <= 28 or not within(block, blocks_of(creation, vpc)):
        creation.refuse(Refusal("InvalidSubnet.Range", "The CIDR '{cidrBlock}' is invalid."))
    siblings = [item.outputs["cidrBlock"] for item in creation.others(SUBNET) if item.outputs["vpcId"] == vpc]
    if overlap(block, siblings):
        creation.refuse(Refusal("InvalidSubnet.Conflict", "The CIDR '{cidrBlock}' conflicts with another subnet"))


def _subnet_zone(creation: Creation) -> None:
    zones, name, zone_id = (
        regions.zones(creation.region),
        creation.get("availabilityZone"),
        creation.get("availabilityZoneId"),
    )
    if (name is not None and name not in zones) or (zone_id is not None and zone_id not in zones.values()):
        listed = ", ".join(zones)
        creation.refuse(
            Refusal(
                "InvalidParameterValue",
                "Value ({value}) for parameter availabilityZone is invalid. Subnets can currently only be created "
                "in the following "
                f"availability zones: {listed}.",
            ),
            value=name or zone_id,
        )


def _subnet(creation: Creation) -> Mapping[str, Any]:
    zones = regions.zones(creation.region)
    by_id = {zone_id: name for name, zone_id in zones.items()}
    name = creation.get("availabilityZone") or by_id.get(creation.get("availabilityZoneId")) or next(iter(zones))
    return {
        "availabilityZone": name,
        "availabilityZoneId": zones[name],
        "ownerId": creation.session.account,
        "privateDnsHostnameTypeOnLaunch": creation.get("privateDnsHostnameTypeOnLaunch", "ip-name"),
    }


def _owner(creation: Creation) -> Mapping[str, Any]:
    return {"ownerId": creation.session.account}


def _one_vpc(creation: Creation) -> None:
    """Refuse to associate a subnet with a table of another VPC."""
    subnet, gateway = creation.get("subnetId"), creation.get("gatewayId")
    table = creation.require(TABLE, creation.get("routeTableId"))
    if subnet and creation.require(SUBNET, subnet).outputs["vpcId"] != table.outputs["vpcId"]:
        creation.refuse(
            Refusal(
                "InvalidParameterValue", "Route table {routeTableId} and subnet {subnetId} belong to different networks"
            )
        )
    if not subnet and not gateway:
        creation.refuse(Refusal("MissingParameter", "Either 'subnetId' or 'gatewayId' should be provided."))


def _make_main(creation: Creation) -> None:
    vpc = creation.require(VPC, creation.get("vpcId"))
    creation.change(vpc, mainRouteTableId=creation.get("routeTableId"))


def _restore_main(creation: Creation) -> None:
    vpc = creation.find(VPC, creation.get("vpcId"))
    if vpc is not None:
        creation.change(vpc, mainRouteTableId=vpc.outputs["defaultRouteTableId"])


def _wipe_table(creation: Creation) -> None:
    """Take the default table over: its inline routes become exactly those given."""
    table = creation.require(TABLE, creation.get("defaultRouteTableId"))
    creation.change(table, routes=creation.get("routes", []))


def _of_default_table(creation: Creation) -> Mapping[str, Any]:
    table = creation.require(TABLE, creation.get("defaultRouteTableId"))
    return {"vpcId": table.outputs["vpcId"], "ownerId": creation.session.account, "routes": creation.get("routes", [])}


SUBNET_GONE: Final = Refusal("InvalidSubnetID.NotFound", "The subnet ID '{value}' does not exist")
_ALREADY: Final = "Resource.AlreadyAssociated"

TYPES: Final = (
    ResourceType(
        VPC,
        "EC2",
        "VPC",
        random_id("vpc"),
        arn=_EC2_ARN + "vpc/{id}",
        cloudformation="AWS::EC2::VPC",
        create="CreateVpc",
        validate={"cidrBlock": valid_cidr, "instanceTenancy": one_of("default", "dedicated")},
        checks=(_vpc_size,),
        computed=_vpc,
        after_create=(_default_objects,),
        not_found=Refusal("InvalidVpcID.NotFound", "The vpc ID '{value}' does not exist"),
        in_use=Refusal("DependencyViolation", "The vpc '{id}' has dependencies and cannot be deleted."),
        update=frozenset({"instanceTenancy"}),
    ),
    ResourceType(
        SECONDARY,
        "EC2",
        "VPC IPv4 CIDR Block Association",
        random_id("vpc-cidr-assoc"),
        cloudformation="AWS::EC2::VPCCidrBlock",
        create="AssociateVpcCidrBlock",
        references=(Reference("vpcId", VPC),),
        validate={"cidrBlock": valid_cidr},
        checks=(_secondary_overlap,),
    ),
    ResourceType(
        SUBNET,
        "EC2",
        "Subnet",
        random_id("subnet"),
        arn=_EC2_ARN + "subnet/{id}",
        references=(Reference("vpcId", VPC),),
        validate={"cidrBlock": valid_cidr, "ipv6CidrBlock": valid_cidr},
        checks=(_subnet_place, _subnet_zone),
        computed=_subnet,
        not_found=SUBNET_GONE,
        in_use=Refusal("DependencyViolation", "The subnet '{id}' has dependencies and cannot be deleted."),
    ),
    ResourceType(
        TABLE,
        "EC2",
        "Route Table",
        random_id("rtb"),
        arn=_EC2_ARN + "route-table/{id}",
        references=(Reference("vpcId", VPC),),
        computed=lambda c: {
            "ownerId": c.session.account,
            "routes": c.get("routes", []),
            "propagatingVgws": c.get("propagatingVgws", []),
        },
        not_found=Refusal("InvalidRouteTableID.NotFound", "The routeTable ID '{value}' does not exist"),
        in_use=Refusal("DependencyViolation", "The routeTable '{id}' has dependencies and cannot be deleted."),
    ),
    ResourceType(
        DEFAULT_TABLE,
        "EC2",
        "Default Route Table",
        lambda c: c.get("defaultRouteTableId"),
        arn=_EC2_ARN + "route-table/{id}",
        references=(Reference("defaultRouteTableId", TABLE, blocks=False),),
        adopts=lambda c: c.get("defaultRouteTableId"),
        computed=_of_default_table,
        after_create=(_wipe_table,),
        after_update=(_wipe_table,),
        replace=frozenset({"defaultRouteTableId"}),
    ),
    ResourceType(
        ASSOCIATION,
        "EC2",
        "Route Table Association",
        random_id("rtbassoc"),
        create="AssociateRouteTable",
        delete="DisassociateRouteTable",
        cloudformation="AWS::EC2::SubnetRouteTableAssociation",
        references=(
            Reference("routeTableId", TABLE),
            Reference("subnetId", SUBNET, blocks=False),
            Reference(
                "gatewayId", ("aws:ec2/internetGateway:InternetGateway", "aws:ec2/vpnGateway:VpnGateway"), blocks=False
            ),
        ),
        unique=(
            Unique(
                ("subnetId",),
                Refusal(
                    _ALREADY,
                    "the specified association for route table {routeTableId} conflicts with an existing association",
                ),
            ),
            Unique(
                ("gatewayId",),
                Refusal(
                    _ALREADY,
                    "the specified association for route table {routeTableId} conflicts with an existing association",
                ),
            ),
        ),
        checks=(_one_vpc,),
        replace=frozenset({"subnetId", "gatewayId"}),
        update=frozenset({"routeTableId"}),
    ),
    ResourceType(
        MAIN_ASSOCIATION,
        "EC2",
        "Main Route Table Association",
        random_id("rtbassoc"),
        create="ReplaceRouteTableAssociation",
        references=(Reference("vpcId", VPC), Reference("routeTableId", TABLE)),
        unique=(Unique(("vpcId",), Refusal(_ALREADY, "the main route table of {vpcId} is already managed")),),
        computed=lambda c: {"originalRouteTableId": c.require(VPC, c.get("vpcId")).outputs["mainRouteTableId"]},
        after_create=(_make_main,),
        after_update=(_make_main,),
        before_delete=(_restore_main,),
        replace=frozenset({"vpcId"}),
    ),
    ResourceType(
        "aws:ec2/vpcDhcpOptions:VpcDhcpOptions",
        "EC2",
        "DHCP Options Set",
        random_id("dopt"),
        arn=_EC2_ARN + "dhcp-options/{id}",
        create="CreateDhcpOptions",
        cloudformation="AWS::EC2::DHCPOptions",
        computed=_owner,
        not_found=Refusal("InvalidDhcpOptionsID.NotFound", "The dhcpOption ID '{value}' does not exist"),
        in_use=Refusal("DependencyViolation", "The dhcpOptions '{id}' has dependencies and cannot be deleted."),
        replace=frozenset({"domainName", "domainNameServers", "ntpServers", "netbiosNameServers", "netbiosNodeType"}),
    ),
    ResourceType(
        "aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation",
        "EC2",
        "VPC DHCP Options Set Association",
        lambda c: f"{c.get('dhcpOptionsId')}-{c.get('vpcId')}",
        create="AssociateDhcpOptions",
        references=(
            Reference("vpcId", VPC, blocks=False),
            Reference("dhcpOptionsId", "aws:ec2/vpcDhcpOptions:VpcDhcpOptions", foreign=("default",)),
        ),
        replace=frozenset({"vpcId"}),
    ),
    ResourceType(
        "aws:ec2/managedPrefixList:ManagedPrefixList",
        "EC2",
        "Managed Prefix List",
        random_id("pl"),
        arn=_EC2_ARN + "prefix-list/{id}",
        cloudformation="AWS::EC2::PrefixList",
        validate={"addressFamily": one_of("IPv4", "IPv6"), "maxEntries": between(1, 1000), "entries.cidr": valid_cidr},
        computed=lambda c: {"ownerId": c.session.account, "version": 1, "entries": c.get("entries", [])},
        not_found=Refusal("InvalidPrefixListID.NotFound", "The prefix list ID '{value}' does not exist"),
        autoname="name",
    ),
)
