"""Network interfaces that services make for their resources: tasks, functions, desktops, databases, endpoints."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from guardrails.facts.from_pulumi.network.common import Build, address, addresses, entries, identity, unanswered
from guardrails.facts.from_pulumi.network.vpcs import vpc_of_subnet
from guardrails.facts.network import Interface
from guardrails.facts.resource import Resource
from guardrails.facts.roles import CLUSTER_GROUP, CONTROLLERS_GROUP, DEFAULT_GROUP, MEMBERS_GROUP, Role
from guardrails.facts.values import Maybe, Ref, Unknown

Groups = tuple[Maybe[Ref], ...]


def service_interfaces(build: Build) -> Iterator[Interface]:
    """Give every interface that a service makes."""
    for reader in _READERS:
        yield from reader(build)


def default_group(build: Build, subnet: Maybe[Ref]) -> Groups:
    """Give the default group of a subnet's VPC, which AWS attaches where none is named."""
    vpc = vpc_of_subnet(build, subnet)
    if not isinstance(vpc, Ref) or vpc.key is None:
        return (Unknown("default security group", "the VPC is not in the stack"),)
    return (Ref(build.facts.canonical(f"{vpc.key}{DEFAULT_GROUP}")),)


_MADE_GROUPS = {"eks.Cluster": CLUSTER_GROUP}
"""What always carries a group that AWS makes for it, whatever else is named."""


def groups_of(build: Build, item: Resource, path: str, subnet: Maybe[Ref]) -> Groups:
    """Give the groups that a list names, or the VPC's default group where it is omitted or empty."""
    found = build.refs(item, path, Role.GROUP)
    made = _MADE_GROUPS.get(item.kind)
    return (Ref(f"{item.urn}{made}"), *found) if made else found or default_group(build, subnet)


@dataclass(frozen=True, slots=True)
class _Fleet:
    """What the interfaces of one resource have in common."""

    kind: str
    groups: Callable[[Maybe[Ref]], Groups]
    public: Maybe[bool] = False


def _each_subnet(build: Build, item: Resource, path: str, fleet: _Fleet) -> Iterator[Interface]:
    """Give one class of interfaces for each subnet that a resource uses."""
    for index, subnet in enumerate(build.refs(item, path, Role.SUBNET)):
        yield Interface(
            **identity(item, f"#interface-{index}"),
            owner=item.urn,
            owner_kind=fleet.kind,
            subnet=subnet,
            groups=fleet.groups(subnet),
            public=fleet.public,
        )


_SERVICES: tuple[tuple[str, str, str, str, str | None], ...] = (
    ("ecs.Service", "ecs-service", "networkConfiguration.subnets", "networkConfiguration.securityGroups",
     "networkConfiguration.assignPublicIp"),
    ("lambda.Function", "lambda", "vpcConfig.subnetIds", "vpcConfig.securityGroupIds", None),
    ("eks.Cluster", "eks-cluster", "vpcConfig.subnetIds", "vpcConfig.securityGroupIds", None),
    ("route53.ResolverEndpoint", "resolver-endpoint", "ipAddresses", "securityGroupIds", None),
    ("msk.Cluster", "msk", "brokerNodeGroupInfo.clientSubnets", "brokerNodeGroupInfo.securityGroups", None),
    ("opensearch.Domain", "opensearch", "vpcOptions.subnetIds", "vpcOptions.securityGroupIds", None),
    ("efs.MountTarget", "efs", "subnetId", "securityGroups", None),
    ("fsx.WindowsFileSystem", "fsx", "subnetIds", "securityGroupIds", None),
    ("codebuild.Project", "codebuild", "vpcConfig.subnets", "vpcConfig.securityGroupIds", None),
    ("appstream.Fleet", "appstream", "vpcConfig.subnetIds", "vpcConfig.securityGroupIds", None),
    ("ec2transitgateway.InstanceConnectEndpoint", "instance-connect-endpoint", "subnetId", "securityGroupIds", None),
    ("apigatewayv2.VpcLink", "vpc-link", "subnetIds", "securityGroupIds", None),
    ("apprunner.VpcConnector", "apprunner", "subnets", "securityGroups", None),
    ("appstream.ImageBuilder", "appstream", "vpcConfig.subnetIds", "vpcConfig.securityGroupIds", None),
    ("batch.ComputeEnvironment", "batch", "computeResources.subnets", "computeResources.securityGroupIds", None),
    ("docdb.ElasticCluster", "database", "subnetIds", "vpcSecurityGroupIds", None),
    ("ecs.TaskSet", "ecs-service", "networkConfiguration.subnets", "networkConfiguration.securityGroups",
     "networkConfiguration.assignPublicIp"),
    ("elasticache.ServerlessCache", "database", "subnetIds", "securityGroupIds", None),
    ("fsx.FileCache", "fsx", "subnetIds", "securityGroupIds", None),
    ("fsx.LustreFileSystem", "fsx", "subnetIds", "securityGroupIds", None),
    ("fsx.OntapFileSystem", "fsx", "subnetIds", "securityGroupIds", None),
    ("fsx.OpenZfsFileSystem", "fsx", "subnetIds", "securityGroupIds", None),
    ("mq.Broker", "broker", "subnetIds", "securityGroups", "publiclyAccessible"),
    ("mwaa.Environment", "mwaa", "networkConfiguration.subnetIds", "networkConfiguration.securityGroupIds", None),
    ("opensearch.ServerlessVpcEndpoint", "opensearch", "subnetIds", "securityGroupIds", None),
    ("quicksight.VpcConnection", "quicksight", "subnetIds", "securityGroupIds", None),
    ("rds.Proxy", "database", "vpcSubnetIds", "vpcSecurityGroupIds", None),
    ("rds.ProxyEndpoint", "database", "vpcSubnetIds", "vpcSecurityGroupIds", None),
    ("redshiftserverless.EndpointAccess", "database", "subnetIds", "vpcSecurityGroupIds", None),
    ("redshiftserverless.Workgroup", "database", "subnetIds", "securityGroupIds", "publiclyAccessible"),
    ("sagemaker.Model", "sagemaker", "vpcConfig.subnets", "vpcConfig.securityGroupIds", None),
    ("sagemaker.NotebookInstance", "sagemaker", "subnetId", "securityGroups", None),
    ("synthetics.Canary", "canary", "vpcConfig.subnetIds", "vpcConfig.securityGroupIds", None),
    ("timestreaminfluxdb.DbCluster", "database", "vpcSubnetIds", "vpcSecurityGroupIds", "publiclyAccessible"),
    ("timestreaminfluxdb.DbInstance", "database", "vpcSubnetIds", "vpcSecurityGroupIds", "publiclyAccessible"),
)  # fmt: skip
"""Kind, owner kind, and where a resource names its subnets, its groups and whether it gets public addresses."""


def _services(build: Build) -> Iterator[Interface]:
    for kind, owner_kind, subnets, groups, public in _SERVICES:
        for item in build.of(kind):
            shown = item.flag(public, default=False) if public else False

            def groups_for(subnet: Maybe[Ref], item: Resource = item, groups: str = groups) -> Groups:
                return groups_of(build, item, groups, subnet)

            if kind == "route53.ResolverEndpoint":
                yield from _resolver(build, item, owner_kind, groups_for)
            else:
                yield from _each_subnet(build, item, subnets, _Fleet(owner_kind, groups_for, shown))


def _resolver(build: Build, item: Resource, kind: str, groups: Callable[[Maybe[Ref]], Groups]) -> Iterator[Interface]:
    listed = entries(item, "ipAddresses")
    if isinstance(listed, Unknown):
        build.gaps.append(listed)
        return
    targets = build.refs(item, "ipAddresses", Role.SUBNET) if all(_opaque(entry) for _, entry in listed) else ()
    merged = _merged_subnets(build, item, len(listed))
    for index, (where, entry) in enumerate(listed):
        dotted = where.replace("[", ".").replace("]", "")
        exact = targets[index] if index < len(targets) else build.ref(item, f"{dotted}.subnetId", Role.SUBNET)
        if isinstance(exact, Unknown) and merged:
            exact = merged[index]
        known = addresses([entry.get("ip")]) if not isinstance(entry, Unknown) else ()
        yield Interface(
            **identity(item, f"#interface-{index}"),
            owner=item.urn,
            owner_kind=kind,
            subnet=exact,
            groups=groups(exact),
            addresses=known,
        )


def _merged_subnets(build: Build, item: Resource, count: int) -> tuple[Ref, ...]:
    """The subnets of all addresses, where there are as many as addresses: a preview tells them for the list as a whole.

    Which address is in which of them is not told and does not matter: the addresses share their groups.
    """
    targets = (item.edges or {}).get("ipAddresses", ())
    subnets = [urn for urn in targets if urn in build.facts.by_urn and build.facts.by_urn[urn].kind == "ec2.Subnet"]
    return tuple(map(Ref, subnets)) if len(subnets) == count == len(targets) else ()


def _opaque(entry: object) -> bool:
    return isinstance(entry, Unknown)


def _always(groups: Groups) -> Callable[[Maybe[Ref]], Groups]:
    return lambda _subnet: groups


def _desktops(build: Build) -> Iterator[Interface]:
    """WorkSpaces: a class of desktops in each subnet of a registered directory.

    AWS makes the group `<directory>_workspacesMembers`, which nobody may modify, and a custom group only adds to it
    (WorkSpaces administration guide, "Security groups for your WorkSpaces").
    """
    for item in build.of("workspaces.Directory"):
        custom = build.refs(item, "workspaceCreationProperties.customSecurityGroupId", Role.GROUP)
        groups: Groups = (Ref(f"{item.urn}{MEMBERS_GROUP}"), *custom)
        public = item.flag("workspaceCreationProperties.enableInternetAccess", default=False)
        path = "subnetIds" if item.get("subnetIds") is not None else ""
        if path:
            yield from _each_subnet(build, item, path, _Fleet("workspaces", _always(groups), public))
        else:
            yield from _directory_subnets(build, item, groups, public)


def _directory_subnets(build: Build, item: Resource, groups: Groups, public: Maybe[bool]) -> Iterator[Interface]:
    """Without subnets of their own the desktops are in the directory's."""
    directory = build.facts.resource(build.ref(item, "directoryId", Role.DIRECTORY))
    if directory is None or directory is item:
        build.gap(f"{item.urn}.subnetIds", "the desktops' subnets are those of a directory outside of the stack")
        return
    for index, subnet in enumerate(build.refs(directory, "vpcSettings.subnetIds", Role.SUBNET)):
        yield Interface(
            **identity(item, f"#interface-{index}"),
            owner=item.urn,
            owner_kind="workspaces",
            subnet=subnet,
            groups=groups,
            public=public,
        )


def _controllers(build: Build) -> Iterator[Interface]:
    """The domain controllers of a directory, in the group `<directory>_controllers` that AWS makes."""
    for item in build.of("directoryservice.Directory"):
        path = "connectSettings.subnetIds" if item.get("type") == "ADConnector" else "vpcSettings.subnetIds"
        groups: Groups = (Ref(f"{item.urn}{CONTROLLERS_GROUP}"),)
        yield from _each_subnet(build, item, path, _Fleet("directory", _always(groups)))


_DATABASES: tuple[tuple[str, str, str, str], ...] = (
    ("rds.Instance", "dbSubnetGroupName", "rds.SubnetGroup", "vpcSecurityGroupIds"),
    ("rds.Cluster", "dbSubnetGroupName", "rds.SubnetGroup", "vpcSecurityGroupIds"),
    ("docdb.Cluster", "dbSubnetGroupName", "docdb.SubnetGroup", "vpcSecurityGroupIds"),
    ("neptune.Cluster", "neptuneSubnetGroupName", "neptune.SubnetGroup", "vpcSecurityGroupIds"),
    ("redshift.Cluster", "clusterSubnetGroupName", "redshift.SubnetGroup", "vpcSecurityGroupIds"),
    ("elasticache.Cluster", "subnetGroupName", "elasticache.SubnetGroup", "securityGroupIds"),
    ("elasticache.ReplicationGroup", "subnetGroupName", "elasticache.SubnetGroup", "securityGroupIds"),
    ("memorydb.Cluster", "subnetGroupName", "memorydb.SubnetGroup", "securityGroupIds"),
    ("dax.Cluster", "subnetGroupName", "dax.SubnetGroup", "securityGroupIds"),
    ("dms.ReplicationInstance", "replicationSubnetGroupId", "dms.ReplicationSubnetGroup", "vpcSecurityGroupIds"),
)
"""Kind, the property that names its subnet group, the group's kind, and where it names its security groups."""

PLACED = frozenset({row[0] for row in _SERVICES} | {kind for row in _DATABASES for kind in (row[0], row[2])}) | {
    "autoscaling.Group",
    "elb.LoadBalancer",
    "lb.LoadBalancer",
    "neptune.ClusterInstance",
    "rds.ClusterInstance",
}
"""Kinds outside of the network's own modules that are in subnets and of which the interfaces are read.

The instances of a cluster are where the cluster is.
"""


def _databases(build: Build) -> Iterator[Interface]:
    for kind, named_by, group_kind, groups in _DATABASES:
        for item in build.of(kind):
            subnet_group = _subnet_group(build, item, named_by, group_kind)
            if subnet_group is None:
                continue
            for index, subnet in enumerate(build.refs(subnet_group, "subnetIds", Role.SUBNET)):
                yield Interface(
                    **identity(item, f"#interface-{index}"),
                    owner=item.urn,
                    owner_kind="database",
                    subnet=subnet,
                    groups=groups_of(build, item, groups, subnet),
                    public=_exposed(build, item),
                )


def _exposed(build: Build, item: Resource) -> Maybe[bool]:
    """Tell whether a database gets public addresses: by its own word, or by that of a cluster's instance."""
    members = [
        one
        for one in build.of("rds.ClusterInstance")
        if item.urn in (one.edges or {}).get("clusterIdentifier", ())
        or one.get("clusterIdentifier") in (item.get("clusterIdentifier") or item.urn, item.id)
    ]
    said = [one.flag("publiclyAccessible", default=False) for one in (item, *members)]
    if any(value is True for value in said):
        return True
    return next((value for value in said if isinstance(value, Unknown)), False)


def _subnet_group(build: Build, item: Resource, prop: str, kind: str) -> Resource | None:
    named = item.get(prop)
    urns = (item.edges or {}).get(prop, ())
    for group in build.of(kind):
        if group.urn in urns or (isinstance(named, str) and named in (group.get("name"), group.id)):
            return group
    if named is not None:
        build.gap(f"{item.urn}.{prop}", "the subnet group is not in the stack")
    return None


def _nat(build: Build) -> Iterator[Interface]:
    for item in build.of("ec2.NatGateway"):
        kind = item.text("connectivityType", "public")
        shown = address(item.get("publicIp"))
        yield Interface(
            **identity(item, "#interface"),
            owner=item.urn,
            owner_kind="nat-gateway",
            subnet=build.ref(item, "subnetId", Role.SUBNET),
            groups=(),
            addresses=addresses([item.get("privateIp")]),
            public=kind if isinstance(kind, Unknown) else kind != "private",
            public_addresses=(shown,) if shown else (),
            source_dest_check=False,
            filtered=False,
        )


def _endpoint_interfaces(build: Build) -> Iterator[Interface]:
    more = build.by_target(("ec2.VpcEndpointSubnetAssociation",), "vpcEndpointId", Role.ENDPOINT)
    extra = build.by_target(("ec2.SecurityGroupAssociation",), "vpcEndpointId", Role.ENDPOINT)
    for item in build.of("ec2.VpcEndpoint"):
        kind = item.get("vpcEndpointType", "Gateway")
        if kind == "Gateway":
            continue
        subnets = build.refs(item, "subnetIds", Role.SUBNET)
        subnets += tuple(build.ref(one, "subnetId", Role.SUBNET) for one in more.get(item.urn, ()))
        missing = None if subnets else unanswered(item, "subnetIds")
        if missing is not None:
            build.gaps.append(missing)
        for index, subnet in enumerate(subnets):
            filtered = kind != "GatewayLoadBalancer"
            added = tuple(build.ref(one, "securityGroupId", Role.GROUP) for one in extra.get(item.urn, ()))
            yield Interface(
                **identity(item, f"#interface-{index}"),
                owner=item.urn,
                owner_kind="vpc-endpoint" if filtered else "gateway-load-balancer-endpoint",
                subnet=subnet,
                groups=(*groups_of(build, item, "securityGroupIds", subnet), *added) if filtered else (),
                source_dest_check=filtered,
                filtered=filtered,
            )


def _balancers(build: Build) -> Iterator[Interface]:
    for item in build.of("lb.LoadBalancer", "elb.LoadBalancer"):
        internal = item.flag("internal", default=False)
        shown = internal if isinstance(internal, Unknown) else not internal
        subnets = build.refs(item, "subnets", Role.SUBNET)
        mappings = entries(item, "subnetMappings")
        if not isinstance(mappings, Unknown) and not subnets:
            dotted = [where.replace("[", ".").replace("]", "") for where, _ in mappings]
            subnets = tuple(build.ref(item, f"{where}.subnetId", Role.SUBNET) for where in dotted)
        missing = None if subnets else unanswered(item, "subnets", "subnetMappings")
        if missing is not None:
            build.gaps.append(missing)
        kind = item.get("loadBalancerType", "application") if item.kind == "lb.LoadBalancer" else "classic"
        for index, subnet in enumerate(subnets):
            named = build.refs(item, "securityGroups", Role.GROUP)
            # A network load balancer made without groups is not filtered; the others get the VPC's default group.
            unfiltered = kind in {"network", "gateway"} and not named
            yield Interface(
                **identity(item, f"#interface-{index}"),
                owner=item.urn,
                owner_kind="load-balancer",
                subnet=subnet,
                groups=() if unfiltered else named or default_group(build, subnet),
                public=shown,
                filtered=not unfiltered,
            )


_READERS: tuple[Callable[[Build], Iterator[Interface]], ...] = (
    _services,
    _desktops,
    _controllers,
    _databases,
    _nat,
    _endpoint_interfaces,
    _balancers,
)
