"""What a snapshot may hold: for each top-level key of an AWS answer, how its objects are told apart and which count.

States are AWS's own enumerations (EC2, Elastic Load Balancing, Direct Connect and Network Firewall API references).
Configuration counts, not telemetry: a stopped instance keeps its interfaces and groups, a virtual interface whose BGP
is down or a VPN whose tunnels are down is still a way. What is being made, refused or taken away counts as absent.
"""

from __future__ import annotations

from dataclasses import dataclass

_MADE = frozenset({"available"})
_COMPLETE = frozenset({"create-complete", "update-in-progress", "update-complete", "update-failed", "delete-failed"})
_EXCLUDED = frozenset({"create-complete", "update-in-progress", "update-complete", "update-failed"})
_ATTACHMENT = frozenset({"available", "modifying"})
_LIST = frozenset(
    {
        "create-complete",
        "modify-in-progress",
        "modify-complete",
        "modify-failed",
        "restore-in-progress",
        "restore-complete",
        "restore-failed",
        "delete-failed",
    }
)
_CONNECT = frozenset({"available", "down", "testing", "unknown"})

ABSENT = frozenset(
    {
        "associating", "association-failed", "confirming", "create-failed", "create-in-progress", "delete-complete",
        "delete-in-progress", "deleted", "deleting", "disable-complete", "disable-in-progress", "disassociated",
        "disassociating", "expired", "failed", "failed-insufficient-capacity", "failing", "initiating",
        "initiating-request", "initiatingrequest", "pending", "pending-acceptance", "pendingacceptance",
        "provisioning", "rejected", "rejecting", "rollingback", "shutting-down", "terminated", "unavailable",
        "verifying",
    }
)  # fmt: skip
"""States in which an object of any kind counts as absent; of one in any other state it is open whether it counts."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of object in an answer.

    `identity` is the member that names it. `state` is the path to its state and `present` the states (lower case) in
    which it counts; an object without a printed state counts. `operation` is the API call that prints it.
    """

    key: str
    operation: str
    identity: tuple[str, ...]
    state: tuple[str, ...] = ()
    present: frozenset[str] = frozenset()
    single: bool = False
    """The answer holds one object, not a list."""


def _ec2(key: str, identity: str, state: str = "", present: frozenset[str] = _MADE, operation: str = "") -> Kind:
    path = tuple(state.split(".")) if state else ()
    return Kind(key, f"ec2:Describe{operation or key}", (identity,), path, present if state else frozenset())


KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        _ec2("Vpcs", "VpcId", "State"),
        _ec2("Subnets", "SubnetId", "State"),
        _ec2("RouteTables", "RouteTableId"),
        _ec2("SecurityGroups", "GroupId"),
        _ec2("SecurityGroupRules", "SecurityGroupRuleId"),
        _ec2(
            "SecurityGroupVpcAssociations",
            "GroupId",
            "State",
            frozenset({"associated", "disassociation-failed"}),
        ),
        _ec2("NetworkAcls", "NetworkAclId"),
        _ec2("NetworkInterfaces", "NetworkInterfaceId"),
        _ec2(
            "Instances",
            "InstanceId",
            "State.Name",
            frozenset({"running", "stopping", "stopped"}),
        ),
        _ec2("Addresses", "PublicIp"),
        _ec2("InternetGateways", "InternetGatewayId"),
        _ec2("EgressOnlyInternetGateways", "EgressOnlyInternetGatewayId"),
        _ec2("CarrierGateways", "CarrierGatewayId", "State"),
        _ec2("LocalGateways", "LocalGatewayId", "State"),
        _ec2("NatGateways", "NatGatewayId", "State"),
        _ec2("VpnGateways", "VpnGatewayId", "State"),
        _ec2("CustomerGateways", "CustomerGatewayId", "State"),
        _ec2("VpnConnections", "VpnConnectionId", "State"),
        _ec2(
            "VpcPeeringConnections",
            "VpcPeeringConnectionId",
            "Status.Code",
            frozenset({"active"}),
        ),
        _ec2("VpcEndpoints", "VpcEndpointId", "State"),
        _ec2("PrefixLists", "PrefixListId", "State", _LIST, "ManagedPrefixLists"),
        _ec2("TransitGateways", "TransitGatewayId", "State", _ATTACHMENT),
        _ec2("TransitGatewayAttachments", "TransitGatewayAttachmentId", "State", _ATTACHMENT),
        _ec2("TransitGatewayVpcAttachments", "TransitGatewayAttachmentId", "State", _ATTACHMENT),
        _ec2("TransitGatewayPeeringAttachments", "TransitGatewayAttachmentId", "State", _ATTACHMENT),
        _ec2("TransitGatewayConnects", "TransitGatewayAttachmentId", "State", _ATTACHMENT),
        _ec2("TransitGatewayRouteTables", "TransitGatewayRouteTableId", "State"),
        _ec2("VpcBlockPublicAccessExclusions", "ExclusionId", "State", _EXCLUDED),
        _ec2("InstanceConnectEndpoints", "InstanceConnectEndpointId", "State", _COMPLETE),
        Kind(
            "VpcBlockPublicAccessOptions",
            "ec2:DescribeVpcBlockPublicAccessOptions",
            ("AwsAccountId", "AwsRegion"),
            single=True,
        ),
        Kind(
            "LoadBalancers",
            "elbv2:DescribeLoadBalancers",
            ("LoadBalancerArn",),
            ("State", "Code"),
            frozenset({"active", "active_impaired"}),
        ),
        Kind("LoadBalancerDescriptions", "elb:DescribeLoadBalancers", ("VPCId", "LoadBalancerName")),
        Kind("TargetGroups", "elbv2:DescribeTargetGroups", ("TargetGroupArn",)),
        Kind("Listeners", "elbv2:DescribeListeners", ("ListenerArn",)),
        Kind("Rules", "elbv2:DescribeRules", ("RuleArn",)),
        Kind(
            "directConnectGateways",
            "directconnect:DescribeDirectConnectGateways",
            ("directConnectGatewayId",),
            ("directConnectGatewayState",),
            _MADE,
        ),
        Kind(
            "virtualInterfaces",
            "directconnect:DescribeVirtualInterfaces",
            ("virtualInterfaceId",),
            ("virtualInterfaceState",),
            _CONNECT,
        ),
        Kind("DBInstances", "rds:DescribeDBInstances", ("DBInstanceArn",)),
        Kind("Functions", "lambda:ListFunctions", ("FunctionArn",)),
    )
}
"""Objects with an identity of their own."""

PARTS: dict[str, str] = {
    "Entries": "ec2:GetManagedPrefixListEntries",
    "Associations": "ec2:GetTransitGatewayRouteTableAssociations",
    "TransitGatewayRouteTablePropagations": "ec2:GetTransitGatewayRouteTablePropagations",
    "TransitGatewayAttachmentPropagations": "ec2:GetTransitGatewayAttachmentPropagations",
    "TransitGatewayPrefixListReferences": "ec2:GetTransitGatewayPrefixListReferences",
    "Routes": "ec2:SearchTransitGatewayRoutes",
    "Attributes": "elbv2:DescribeTargetGroupAttributes",
    "TargetHealthDescriptions": "elbv2:DescribeTargetHealth",
    "directConnectGatewayAssociations": "directconnect:DescribeDirectConnectGatewayAssociations",
    "directConnectGatewayAttachments": "directconnect:DescribeDirectConnectGatewayAttachments",
    "routes": "directconnect:ListVirtualInterfaceRoutes",
    "LoadBalancerAttributes": "elb:DescribeLoadBalancerAttributes",
    "Firewall": "network-firewall:DescribeFirewall",
    "EnableDnsSupport": "ec2:DescribeVpcAttribute",
    "EnableDnsHostnames": "ec2:DescribeVpcAttribute",
    "Tags": "ec2:DescribeTags",
    "TagDescriptions": "elbv2:DescribeTags",
    "ServiceConfigurations": "ec2:DescribeVpcEndpointServiceConfigurations",
    "VpcEndpointConnections": "ec2:DescribeVpcEndpointConnections",
}
"""Answers that say something about objects of another answer, often without naming them."""

WRAPPED: dict[str, str] = {
    "Reservations": "Instances",
    "ManagedPrefixLists": "PrefixLists",
    "VpcEndpointServiceConfigurations": "ServiceConfigurations",
    "TransitGatewayRouteTableAssociations": "Associations",
}
"""Other names under which the same objects are printed or collected."""

SILENT: frozenset[str] = frozenset(
    {
        "AccountAttributes",
        "AutoScalingGroups",
        "AvailabilityZones",
        "CacheClusters",
        "CacheSubnetGroups",
        "Clusters",
        "ConnectionNotificationSet",
        "DBClusters",
        "DBSubnetGroups",
        "DhcpOptions",
        "DirectoryDescriptions",
        "DomainStatusList",
        "FileSystems",
        "FirewallPolicies",
        "FirewallPolicy",
        "FirewallPolicyResponse",
        "Firewalls",
        "FlowLogs",
        "HostedZones",
        "Images",
        "InstanceStatuses",
        "InstanceTypes",
        "IpamPools",
        "IpamScopes",
        "Ipams",
        "KeyPairs",
        "LaunchTemplateVersions",
        "LaunchTemplates",
        "MountTargets",
        "MovingAddressStatuses",
        "NetworkInsightsAccessScopeAnalyses",
        "NetworkInsightsAccessScopes",
        "NetworkInsightsAnalyses",
        "NetworkInsightsPaths",
        "NetworkInterfacePermissions",
        "Nodegroups",
        "PlacementGroups",
        "Regions",
        "ReplicationGroups",
        "ResolverEndpoints",
        "ResolverRules",
        "RuleGroups",
        "SecurityGroupReferenceSet",
        "ServiceDetails",
        "ServiceNames",
        "Snapshots",
        "StaleSecurityGroupSet",
        "SubnetIpv4CidrReservations",
        "SubnetIpv6CidrReservations",
        "TrafficMirrorFilters",
        "TrafficMirrorSessions",
        "TrafficMirrorTargets",
        "TransitGatewayConnectPeers",
        "TransitGatewayMulticastDomains",
        "Volumes",
        "WorkspaceDirectories",
        "Workspaces",
        "availabilityZones",
        "clusters",
        "connections",
        "lags",
        "locations",
        "services",
        "taskDefinitions",
        "tasks",
        "virtualGateways",
    }
)
"""Answers that AWS prints and that neither forward nor filter a packet in this model."""

PAGING: frozenset[str] = frozenset(
    {"NextToken", "nextToken", "NextMarker", "Marker", "ResponseMetadata", "AdditionalRoutesAvailable", "IsTruncated"}
)
"""Members beside the objects."""
