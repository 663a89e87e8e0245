"""Network interfaces that AWS makes for other objects, and the addresses it gives them."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from simulator.errors import AwsError

if TYPE_CHECKING:
    from simulator.account import Object
    from simulator.creation import Creation

ENI: Final = "aws:ec2/networkInterface:NetworkInterface"
GROUP: Final = "aws:ec2/securityGroup:SecurityGroup"
SUBNET: Final = "aws:ec2/subnet:Subnet"
ENDPOINT: Final = "aws:ec2/vpcEndpoint:VpcEndpoint"

# RFC 5737 ranges: an address of the simulated account is nobody's.
_PUBLIC: Final = tuple(
    str(address) for block in ("203.0.113.0/24", "198.51.100.0/24") for address in ipaddress.ip_network(block).hosts()
)


# What AWS writes into the description of an interface that it makes: by it others tell whose the interface is.
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-eni.html (requester-managed network interfaces)
_DESCRIPTIONS: Final = {
    "aws:ec2/natGateway:NatGateway": "Interface for NAT Gateway {id}",
    "aws:ec2/vpcEndpoint:VpcEndpoint": "VPC Endpoint Interface {id}",
    "aws:ec2transitgateway/vpcAttachment:VpcAttachment": "Network Interface for Transit Gateway Attachment {id}",
    "aws:directoryservice/directory:Directory": "AWS created network interface for directory {id}",
    "aws:workspaces/workspace:Workspace": "Created By Amazon Workspaces for AWS Account ID {id}",
    "aws:lb/loadBalancer:LoadBalancer": "ELB {name}",
    "aws:route53/resolverEndpoint:ResolverEndpoint": "Route 53 Resolver: {id}",
}


def _short(identifier: str) -> str:
    """Give the part of a load balancer's ARN that names it (`net/name/digits`)."""
    return identifier.rpartition(":loadbalancer/")[2]


@dataclass(frozen=True)
class Shape:
    """What is particular about an interface: AWS's kind, an address asked for, and what tells it from its siblings."""

    kind: str = "interface"
    address: str | None = None
    sibling: str = ""
    described: str = ""
    """AWS's description, where it does not follow from the object that the interface is made for."""


_PLAIN: Final = Shape()


def private_address(creation: Creation, subnet: Object, wanted: str | None = None, salt: str = "") -> str:
    """Give a free address of a subnet; the first four and the last are AWS's
    (https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html).

    Raises AwsError when `wanted` is taken, reserved or outside, or when the subnet is full.
    """
    block = ipaddress.ip_network(subnet.outputs["cidrBlock"])
    taken = {eni.outputs.get("privateIp") for eni in creation.others(ENI) if eni.outputs.get("subnetId") == subnet.id}
    if wanted is not None:
        return _wanted(wanted, block, taken)
    free = block.num_addresses - 5
    start = int(creation.hex(8, f"address {salt}"), 16) % max(free, 1)
    for step in range(free):
        address = str(block[4 + (start + step) % free])
        if address not in taken:
            return address
    raise AwsError("InsufficientFreeAddressesInSubnet", f"There are not enough free addresses in subnet '{subnet.id}'.")


def public_address(creation: Creation) -> str:
    """Give a public address that no other object has. Raises AwsError when none is left."""
    taken = {item.outputs.get("publicIp") for item in creation.account.of_type("aws:ec2/eip:Eip")}
    taken |= {item.outputs.get("publicIp") for item in creation.account.of_type("aws:ec2/instance:Instance")}
    start = int(creation.hex(8, "public"), 16) % len(_PUBLIC)
    for step in range(len(_PUBLIC)):
        address = _PUBLIC[(start + step) % len(_PUBLIC)]
        if address not in taken:
            return address
    raise AwsError("AddressLimitExceeded", "The maximum number of addresses has been reached.")


def interface(creation: Creation, subnet_id: str, groups: Sequence[str], shape: Shape = _PLAIN) -> Object:
    """Make a network interface that belongs to the object being made."""
    kind, salt = shape.kind, shape.sibling
    subnet = creation.require(SUBNET, subnet_id)
    address = private_address(creation, subnet, shape.address, salt)
    identifier = f"eni-0{creation.hex(16, f'eni {kind} {subnet_id} {salt}')}"
    described = shape.described or _DESCRIPTIONS.get(creation.type.token, kind + " {id}").format(
        id=creation.id, name=_short(creation.id)
    )
    if creation.world is not None:
        identifier = _through_api(creation, subnet_id, address, shape)
        right = {"address": address, "groups": list(groups), "description": described}
        creation.world.correct("interface", region=creation.region, id=identifier, kind=kind, **right)
    outputs = {
        "subnetId": subnet_id,
        "securityGroups": list(groups),
        "privateIp": address,
        "privateIps": [address],
        "interfaceType": kind,
        "description": described,
        "arn": creation.arn("arn:{partition}:ec2:{region}:{account}:network-interface/" + identifier),
        "ownerId": creation.session.account,
        "sourceDestCheck": True,
    }
    return creation.make(ENI, identifier, outputs)


def _through_api(creation: Creation, subnet_id: str, address: str, shape: Shape) -> str:
    """Give the id of the interface that the API has made for the object in this subnet, or make one there."""
    world, region = creation.world, creation.region
    if world is None:
        raise AwsError("InternalError", "this account has no API side", 500)
    for claim in creation.claims:
        wanted = {"NetworkInterfaceIds": [claim]}
        (found,) = world.call("ec2", region, "describe_network_interfaces", wanted)["NetworkInterfaces"]
        if found["SubnetId"] == subnet_id:
            creation.claims.remove(claim)
            return claim
    given = {"SubnetId": subnet_id, "Description": f"{shape.kind} {creation.id}", "PrivateIpAddress": address}
    made = world.call("ec2", region, "create_network_interface", given, creation.seed())
    return made["NetworkInterface"]["NetworkInterfaceId"]


def made_group(creation: Creation, name: str, description: str, vpc_id: str) -> str:
    """Make a security group that AWS makes for the object being made; gives its id."""
    identifier = f"sg-0{creation.hex(16, name)}"
    if (world := creation.world) is not None:
        mine = [{"Name": "vpc-id", "Values": [vpc_id]}, {"Name": "group-name", "Values": [name]}]
        found = world.call("ec2", creation.region, "describe_security_groups", {"Filters": mine})["SecurityGroups"]
        identifier = found[0]["GroupId"] if found else _new_group(creation, name, description, vpc_id)
    arn = creation.arn("arn:{partition}:ec2:{region}:{account}:security-group/") + identifier
    outputs = {
        "name": name,
        "description": description,
        "vpcId": vpc_id,
        "arn": arn,
        "ownerId": creation.session.account,
    }
    creation.make(GROUP, identifier, {**outputs, "ingress": [], "egress": []})
    return identifier


def made_endpoint(creation: Creation, subnet: Object, service: str) -> str:
    """Make the Gateway Load Balancer endpoint that AWS makes for a firewall in a subnet; gives its id."""
    identifier = f"vpce-0{creation.hex(16, subnet.id)}"
    if creation.world is not None:
        given = {
            "VpcEndpointType": "GatewayLoadBalancer",
            "VpcId": subnet.outputs["vpcId"],
            "SubnetIds": [subnet.id],
            "ServiceName": service,
        }
        answer = creation.world.call("ec2", creation.region, "create_vpc_endpoint", given, creation.seed())
        identifier = str(answer["VpcEndpoint"]["VpcEndpointId"])
    outputs = {
        "vpcId": subnet.outputs["vpcId"],
        "vpcEndpointType": "GatewayLoadBalancer",
        "subnetIds": [subnet.id],
        "ownerId": creation.session.account,
    }
    creation.make(ENDPOINT, identifier, outputs)
    return identifier


def _new_group(creation: Creation, name: str, description: str, vpc_id: str) -> str:
    assert creation.world is not None
    given = {"GroupName": name, "Description": description, "VpcId": vpc_id}
    answer = creation.world.call("ec2", creation.region, "create_security_group", given, creation.seed())
    return str(answer["GroupId"])


# https://docs.aws.amazon.com/directoryservice/latest/devguide/API_AddIpRoutes.html
# (UpdateSecurityGroupForDirectoryControllers) lists what the controllers' group lets in, from the VPC's block.
_CONTROLLER_PORTS: Final = (
    *(("udp", port, port) for port in (53, 88, 123, 138, 389, 464, 445)),
    *(("tcp", port, port) for port in (53, 88, 135, 389, 445, 464, 636)),
    ("tcp", 1024, 65535),
    ("tcp", 3268, 3269),
    ("icmp", -1, -1),
)


def open_controllers(creation: Creation, group: str, blocks: Sequence[str]) -> None:
    """Let in to a directory's controllers what AWS lets in; everything out is let from the group's birth."""
    if creation.world is None:
        return
    ranges = [{"CidrIp": block} for block in blocks]
    rules = [
        {"IpProtocol": protocol, "FromPort": low, "ToPort": high, "IpRanges": ranges}
        for protocol, low, high in _CONTROLLER_PORTS
    ]
    rules.append({"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group}]})
    given = {"GroupId": group, "IpPermissions": rules}
    creation.world.call("ec2", creation.region, "authorize_security_group_ingress", given, creation.seed())


def _wanted(wanted: str, block: ipaddress.IPv4Network | ipaddress.IPv6Network, taken: set[str | None]) -> str:
    address = ipaddress.ip_address(wanted)
    if address not in block:
        raise AwsError("InvalidParameterValue", f"Address {wanted} does not fall within the subnet's address range")
    if int(address) - int(block.network_address) < 4 or address == block.broadcast_address:
        raise AwsError("InvalidParameterValue", f"Address {wanted} is in subnet's reserved address range")
    if wanted in taken:
        raise AwsError("InvalidIPAddress.InUse", f"Address {wanted} is in use.")
    return wanted
