"""What kinds of resource can stand behind a reference, and by which of their properties they are named.

A role is what a property asks for ("a security group"). Several kinds may offer it: a VPC offers its default group,
its main table and its default NACL under a key of their own (`<urn>#default-security-group`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import cast

from guardrails.facts.resource import Resource

DEFAULT_GROUP = "#default-security-group"
MAIN_TABLE = "#main-route-table"
DEFAULT_GATEWAY = "#internet-gateway"
PREFIX_LIST = "#prefix-list"
CONTROLLERS_GROUP = "#controllers"
MEMBERS_GROUP = "#members"
CLUSTER_GROUP = "#cluster"
DEFAULT_NACL = "#default-network-acl"
PRIMARY_INTERFACE = "#primary-interface"
TRANSIT_DEFAULT_TABLE = "#default-route-table"


class Role(Enum):
    """What a property asks for."""

    VPC = "VPC"
    SUBNET = "subnet"
    GROUP = "security group"
    TABLE = "route table"
    NACL = "network ACL"
    GATEWAY = "internet or VPN gateway"
    EGRESS_GATEWAY = "egress-only internet gateway"
    NAT = "NAT gateway"
    PEERING = "peering connection"
    TRANSIT_GATEWAY = "transit gateway"
    TRANSIT_ATTACHMENT = "transit gateway attachment"
    TRANSIT_TABLE = "transit gateway route table"
    ENDPOINT = "VPC endpoint"
    INTERFACE = "network interface"
    INSTANCE = "instance"
    ADDRESS = "Elastic IP"
    PREFIX_LIST = "prefix list"
    LOAD_BALANCER = "load balancer"
    TARGET_GROUP = "target group"
    TARGET = "target"
    KEY = "KMS key"
    ROLE = "IAM role"
    POLICY = "IAM policy"
    BUCKET = "bucket"
    SECRET = "secret"  # noqa: S105 - a kind of object
    REPOSITORY = "repository"
    LOG_GROUP = "log group"
    DIRECTORY = "directory"
    IP_GROUP = "IP access control group"
    TASK_DEFINITION = "task definition"
    CLUSTER = "ECS cluster"
    FIREWALL_POLICY = "firewall policy"
    FIREWALL = "firewall"
    VPN_CONNECTION = "VPN connection"
    DIRECT_CONNECT_GATEWAY = "Direct Connect gateway"
    CUSTOMER_LINK = "virtual interface"
    DNS_RULE_GROUP = "DNS firewall rule group"
    LAUNCH_TEMPLATE = "launch template"
    TRAIL = "trail"
    TOPIC = "topic"
    FUNCTION = "function"
    REST_API = "REST API"

    @property
    def kinds(self) -> Mapping[str, str]:
        """The kinds that offer it, each with what to add to the URN to get the object's key."""
        return _KINDS[self]


_KINDS: dict[Role, dict[str, str]] = {
    Role.VPC: {"ec2.Vpc": "", "ec2.DefaultVpc": ""},
    Role.SUBNET: {"ec2.Subnet": "", "ec2.DefaultSubnet": ""},
    Role.GROUP: {
        "ec2.SecurityGroup": "",
        "ec2.DefaultSecurityGroup": "",
        "ec2.Vpc": DEFAULT_GROUP,
        "ec2.DefaultVpc": DEFAULT_GROUP,
        "directoryservice.Directory": CONTROLLERS_GROUP,
        "workspaces.Directory": MEMBERS_GROUP,
        "eks.Cluster": CLUSTER_GROUP,
    },
    Role.TABLE: {
        "ec2.RouteTable": "",
        "ec2.DefaultRouteTable": "",
        "ec2.Vpc": MAIN_TABLE,
        "ec2.DefaultVpc": MAIN_TABLE,
    },
    Role.NACL: {
        "ec2.NetworkAcl": "",
        "ec2.DefaultNetworkAcl": "",
        "ec2.Vpc": DEFAULT_NACL,
        "ec2.DefaultVpc": DEFAULT_NACL,
    },
    Role.GATEWAY: {"ec2.InternetGateway": "", "ec2.VpnGateway": "", "ec2.CarrierGateway": ""},
    Role.EGRESS_GATEWAY: {"ec2.EgressOnlyInternetGateway": ""},
    Role.NAT: {"ec2.NatGateway": ""},
    Role.PEERING: {"ec2.VpcPeeringConnection": "", "ec2.VpcPeeringConnectionAccepter": ""},
    Role.TRANSIT_GATEWAY: {"ec2transitgateway.TransitGateway": ""},
    Role.TRANSIT_ATTACHMENT: {
        "ec2transitgateway.VpcAttachment": "",
        "ec2transitgateway.VpcAttachmentAccepter": "",
        "ec2transitgateway.PeeringAttachment": "",
        "ec2transitgateway.PeeringAttachmentAccepter": "",
        "ec2transitgateway.Connect": "",
        "ec2.VpnConnection": "",
    },
    Role.TRANSIT_TABLE: {
        "ec2transitgateway.RouteTable": "",
        "ec2transitgateway.TransitGateway": TRANSIT_DEFAULT_TABLE,
    },
    Role.ENDPOINT: {"ec2.VpcEndpoint": "", "networkfirewall.Firewall": ""},
    Role.INTERFACE: {"ec2.NetworkInterface": "", "ec2.Instance": PRIMARY_INTERFACE},
    Role.INSTANCE: {"ec2.Instance": ""},
    Role.ADDRESS: {"ec2.Eip": ""},
    Role.PREFIX_LIST: {"ec2.ManagedPrefixList": "", "ec2.VpcEndpoint": PREFIX_LIST},
    Role.LOAD_BALANCER: {"lb.LoadBalancer": "", "elb.LoadBalancer": ""},
    Role.TARGET_GROUP: {"lb.TargetGroup": ""},
    Role.TARGET: {"ec2.Instance": "", "lb.LoadBalancer": "", "lambda.Function": "", "ec2.NetworkInterface": ""},
    Role.KEY: {"kms.Key": "", "kms.Alias": "", "kms.ReplicaKey": ""},
    Role.ROLE: {"iam.Role": "", "iam.InstanceProfile": ""},
    Role.POLICY: {"iam.Policy": ""},
    Role.BUCKET: {"s3.Bucket": ""},
    Role.SECRET: {"secretsmanager.Secret": ""},
    Role.REPOSITORY: {"ecr.Repository": ""},
    Role.LOG_GROUP: {"cloudwatch.LogGroup": ""},
    Role.DIRECTORY: {"directoryservice.Directory": "", "workspaces.Directory": ""},
    Role.IP_GROUP: {"workspaces.IpGroup": ""},
    Role.TASK_DEFINITION: {"ecs.TaskDefinition": ""},
    Role.CLUSTER: {"ecs.Cluster": ""},
    Role.FIREWALL_POLICY: {"networkfirewall.FirewallPolicy": ""},
    Role.FIREWALL: {"networkfirewall.Firewall": ""},
    Role.VPN_CONNECTION: {"ec2.VpnConnection": ""},
    Role.DIRECT_CONNECT_GATEWAY: {"directconnect.Gateway": ""},
    Role.CUSTOMER_LINK: {
        "directconnect.PrivateVirtualInterface": "",
        "directconnect.HostedPrivateVirtualInterface": "",
        "directconnect.TransitVirtualInterface": "",
    },
    Role.DNS_RULE_GROUP: {"route53.ResolverFirewallRuleGroup": ""},
    Role.LAUNCH_TEMPLATE: {"ec2.LaunchTemplate": "", "ec2.LaunchConfiguration": ""},
    Role.TRAIL: {"cloudtrail.Trail": ""},
    Role.TOPIC: {"sns.Topic": ""},
    Role.FUNCTION: {"lambda.Function": ""},
    Role.REST_API: {"apigateway.RestApi": ""},
}

ADOPTS: dict[str, tuple[str, Role, str]] = {
    "ec2.DefaultSecurityGroup": ("vpcId", Role.VPC, DEFAULT_GROUP),
    "ec2.DefaultRouteTable": ("defaultRouteTableId", Role.TABLE, MAIN_TABLE),
    "ec2.DefaultNetworkAcl": ("defaultNetworkAclId", Role.NACL, DEFAULT_NACL),
}
"""Resources that adopt an object which a VPC brought along, the property that names it, and its key's ending."""

FOLLOW: dict[tuple[str, Role], str] = {
    **{
        (kind, Role.VPC): "vpcId"
        for kind in (
            "ec2.Subnet",
            "ec2.SecurityGroup",
            "ec2.RouteTable",
            "ec2.NetworkAcl",
            "ec2.InternetGateway",
            "ec2.InternetGatewayAttachment",
            "ec2.VpnGateway",
            "ec2.VpnGatewayAttachment",
            "ec2.EgressOnlyInternetGateway",
            "ec2.VpcEndpoint",
            "ec2.VpcIpv4CidrBlockAssociation",
            "ec2.VpcIpv6CidrBlockAssociation",
            "ec2.DefaultSecurityGroup",
            "lb.LoadBalancer",
        )
    },
    ("ec2.VpnGatewayAttachment", Role.GATEWAY): "vpnGatewayId",
    ("ec2.InternetGatewayAttachment", Role.GATEWAY): "internetGatewayId",
    ("ec2.RouteTableAssociation", Role.TABLE): "routeTableId",
    ("ec2.RouteTableAssociation", Role.SUBNET): "subnetId",
    ("ec2.Route", Role.TABLE): "routeTableId",
    ("ec2.NetworkAclAssociation", Role.NACL): "networkAclId",
    ("ec2.NatGateway", Role.SUBNET): "subnetId",
    ("ec2.Instance", Role.SUBNET): "subnetId",
    ("ec2.EipAssociation", Role.ADDRESS): "allocationId",
    ("iam.InstanceProfile", Role.ROLE): "role",
    ("iam.RolePolicyAttachment", Role.ROLE): "role",
    ("iam.RolePolicyAttachment", Role.POLICY): "policyArn",
    ("kms.Alias", Role.KEY): "targetKeyId",
    ("s3.BucketPolicy", Role.BUCKET): "bucket",
    ("s3.BucketPublicAccessBlock", Role.BUCKET): "bucket",
    ("s3.BucketVersioning", Role.BUCKET): "bucket",
    ("workspaces.Directory", Role.DIRECTORY): "directoryId",
    ("ec2transitgateway.RouteTableAssociation", Role.TRANSIT_TABLE): "transitGatewayRouteTableId",
    ("ec2transitgateway.RouteTableAssociation", Role.TRANSIT_ATTACHMENT): "transitGatewayAttachmentId",
    ("ec2transitgateway.VpcAttachment", Role.TRANSIT_GATEWAY): "transitGatewayId",
    ("ec2transitgateway.RouteTable", Role.TRANSIT_GATEWAY): "transitGatewayId",
}
"""Where a value taken from one resource leads on to another: the VPC id of a subnet is that of its VPC."""

_NAMES: dict[str, dict[str, str]] = {
    "ec2.Vpc": {
        "defaultSecurityGroupId": DEFAULT_GROUP,
        "mainRouteTableId": MAIN_TABLE,
        "defaultRouteTableId": MAIN_TABLE,
        "defaultNetworkAclId": DEFAULT_NACL,
    },
    "ec2.Instance": {"primaryNetworkInterfaceId": PRIMARY_INTERFACE},
    "ec2.VpcEndpoint": {"prefixListId": PREFIX_LIST},
    "ec2.Eip": {"allocationId": ""},
    "directoryservice.Directory": {"securityGroupId": CONTROLLERS_GROUP},
    "workspaces.Directory": {"workspaceSecurityGroupId": MEMBERS_GROUP},
    "eks.Cluster": {"vpcConfig.clusterSecurityGroupId": CLUSTER_GROUP},
    "ec2.VpnConnection": {"transitGatewayAttachmentId": ""},
    "ec2transitgateway.TransitGateway": {
        "associationDefaultRouteTableId": TRANSIT_DEFAULT_TABLE,
        "propagationDefaultRouteTableId": TRANSIT_DEFAULT_TABLE,
    },
    "iam.Role": {"name": ""},
    "iam.InstanceProfile": {"name": ""},
    "kms.Key": {"keyId": ""},
    "s3.Bucket": {"bucket": ""},
    "cloudwatch.LogGroup": {"name": ""},
    "ecr.Repository": {"repositoryUrl": ""},
    "lambda.Function": {"name": ""},
    "ec2.LaunchTemplate": {"name": ""},
    "ec2.LaunchConfiguration": {"name": ""},
    "ecs.Cluster": {"name": ""},
}
"""Other properties by which an object is named, and what to add to the URN for the object they name."""
_NAMES["ec2.DefaultVpc"] = _NAMES["ec2.Vpc"]


def identifiers(resource: Resource) -> Iterator[tuple[str, str, str]]:
    """Give every literal that names a resource or an object it brought along: literal, kind, key."""
    if isinstance(resource.id, str):
        yield resource.id, resource.kind, resource.urn
    arn = resource.props.get("arn")
    if isinstance(arn, str):
        yield arn, resource.kind, resource.urn
    for prop, suffix in _NAMES.get(resource.kind, {}).items():
        literal = resource.get(prop)
        if isinstance(literal, str) and literal:
            yield literal, resource.kind, f"{resource.urn}{suffix}"
    for endpoint in _firewall_endpoints(resource):
        yield endpoint, resource.kind, resource.urn


def _firewall_endpoints(resource: Resource) -> Iterator[str]:
    """Give the ids of the endpoints that a firewall made: routes name it by them once they are known."""
    if resource.kind != "networkfirewall.Firewall":
        return
    yield from _texts(resource.props.get("firewallStatuses"), "endpointId")


def _texts(value: object, key: str) -> Iterator[str]:
    """Give every text that a key holds, however deep."""
    if isinstance(value, list):
        for item in cast("list[object]", value):
            yield from _texts(item, key)
    elif isinstance(value, dict):
        for name, item in cast("dict[str, object]", value).items():
            if name == key and isinstance(item, str):
                yield item
            else:
                yield from _texts(item, key)
