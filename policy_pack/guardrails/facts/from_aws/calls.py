"""The read-only calls that a live account is asked with; the IAM policy for them is made from the same table."""

from __future__ import annotations

from dataclasses import dataclass, field

_IAM_PREFIXES = {"elb": "elasticloadbalancing", "elbv2": "elasticloadbalancing"}


@dataclass(frozen=True, slots=True)
class Each:
    """A call made once for each object of an earlier answer: `kind` and `member` give the values of `parameter`."""

    kind: str
    member: str
    parameter: str


@dataclass(frozen=True, slots=True)
class Call:
    """One call: the botocore service and operation, the kinds that its answer holds, and its fixed parameters."""

    service: str
    operation: str
    kinds: tuple[str, ...]
    each: Each | None = None
    parameters: dict[str, object] = field(default_factory=dict[str, object])

    @property
    def action(self) -> str:
        """The IAM action that allows the call (Service Authorization Reference)."""
        return f"{_IAM_PREFIXES.get(self.service, self.service)}:{self.operation}"


def _ec2(*kinds: str) -> tuple[Call, ...]:
    return tuple(Call("ec2", f"Describe{kind}", (kind,)) for kind in kinds)


_TABLE = Each("TransitGatewayRouteTables", "TransitGatewayRouteTableId", "TransitGatewayRouteTableId")
_BALANCER = Each("LoadBalancers", "LoadBalancerArn", "LoadBalancerArn")
_GROUP = Each("TargetGroups", "TargetGroupArn", "TargetGroupArn")
_VPC = Each("Vpcs", "VpcId", "VpcId")

CALLS: tuple[Call, ...] = (
    *_ec2(
        "Vpcs",
        "Subnets",
        "RouteTables",
        "SecurityGroups",
        "NetworkAcls",
        "NetworkInterfaces",
        "Addresses",
        "InternetGateways",
        "EgressOnlyInternetGateways",
        "CarrierGateways",
        "NatGateways",
        "VpnGateways",
        "VpnConnections",
        "VpcPeeringConnections",
        "VpcEndpoints",
        "TransitGateways",
        "TransitGatewayAttachments",
        "TransitGatewayVpcAttachments",
        "TransitGatewayPeeringAttachments",
        "TransitGatewayRouteTables",
        "VpcBlockPublicAccessOptions",
        "VpcBlockPublicAccessExclusions",
        "InstanceConnectEndpoints",
        "ClientVpnEndpoints",
    ),
    Call("ec2", "DescribeInstances", ("Instances",)),
    Call("ec2", "DescribeVpcEndpointServiceConfigurations", ("ServiceConfigurations",)),
    Call("ec2", "DescribeManagedPrefixLists", ("PrefixLists",)),
    Call("ec2", "GetManagedPrefixListEntries", ("Entries",), Each("PrefixLists", "PrefixListId", "PrefixListId")),
    Call("ec2", "DescribeVpcAttribute", ("EnableDnsSupport",), _VPC, {"Attribute": "enableDnsSupport"}),
    Call("ec2", "DescribeVpcAttribute", ("EnableDnsHostnames",), _VPC, {"Attribute": "enableDnsHostnames"}),
    Call("ec2", "GetTransitGatewayRouteTableAssociations", ("Associations",), _TABLE),
    Call("ec2", "GetTransitGatewayRouteTablePropagations", ("TransitGatewayRouteTablePropagations",), _TABLE),
    Call("ec2", "GetTransitGatewayPrefixListReferences", ("TransitGatewayPrefixListReferences",), _TABLE),
    Call(
        "ec2",
        "SearchTransitGatewayRoutes",
        ("Routes",),
        _TABLE,
        {"Filters": [{"Name": "type", "Values": ["static", "propagated"]}]},
    ),
    Call("elbv2", "DescribeLoadBalancers", ("LoadBalancers",)),
    Call("elbv2", "DescribeLoadBalancerAttributes", ("Attributes",), _BALANCER),
    Call("elbv2", "DescribeListeners", ("Listeners",), _BALANCER),
    Call("elbv2", "DescribeRules", ("Rules",), Each("Listeners", "ListenerArn", "ListenerArn")),
    Call("elbv2", "DescribeTargetGroups", ("TargetGroups",)),
    Call("elbv2", "DescribeTargetGroupAttributes", ("Attributes",), _GROUP),
    Call("elbv2", "DescribeTargetHealth", ("TargetHealthDescriptions",), _GROUP),
    Call("elb", "DescribeLoadBalancers", ("LoadBalancerDescriptions",)),
    Call(
        "elb",
        "DescribeLoadBalancerAttributes",
        ("LoadBalancerAttributes",),
        Each("LoadBalancerDescriptions", "LoadBalancerName", "LoadBalancerName"),
    ),
    Call("directconnect", "DescribeDirectConnectGateways", ("directConnectGateways",)),
    Call(
        "directconnect",
        "DescribeDirectConnectGatewayAssociations",
        ("directConnectGatewayAssociations",),
        Each("directConnectGateways", "directConnectGatewayId", "directConnectGatewayId"),
    ),
    Call("directconnect", "DescribeVirtualInterfaces", ("virtualInterfaces",)),
    Call("network-firewall", "ListFirewalls", ("Firewalls",)),
    Call("network-firewall", "DescribeFirewall", ("Firewall",), Each("Firewalls", "FirewallArn", "FirewallArn")),
    Call("rds", "DescribeDBInstances", ("DBInstances",)),
    Call("lambda", "ListFunctions", ("Functions",)),
)
"""In the order in which they are made: what a call is made for each of comes before it."""

RESOURCE_ACTIONS = (
    "ec2:DescribeFlowLogs",
    "ec2:DescribeSecurityGroupRules",
    "iam:GetAccountAuthorizationDetails",
)
"""The IAM actions that allow the calls of `resources`, which a check of a live account makes besides."""


def iam_policy() -> dict[str, object]:
    """Give the smallest IAM policy under which all these calls are allowed: describing, on any resource.

    None of these actions supports restriction to a resource for a listing, and none reads data or changes anything.
    """
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "ReadNetworkConfiguration",
                "Effect": "Allow",
                "Action": sorted({*RESOURCE_ACTIONS, *(call.action for call in CALLS)}),
                "Resource": "*",
            }
        ],
    }
