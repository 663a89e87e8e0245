"""Security groups that AWS makes by itself: for a directory's controllers, for desktops, for a Kubernetes cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from guardrails.facts.from_pulumi.network.common import ANY_V4, ANY_V6, Build, identity
from guardrails.facts.from_pulumi.network.vpcs import vpc_of_subnet
from guardrails.facts.network import ALL_PORTS, ANY_PROTOCOL, Direction, GroupRef, GroupRule, Ports, SecurityGroup
from guardrails.facts.resource import Resource
from guardrails.facts.roles import CLUSTER_GROUP, CONTROLLERS_GROUP, MEMBERS_GROUP, Role
from guardrails.facts.values import Maybe, Origin, Ref, Unknown

Added = Callable[[str], list[GroupRule]]
"""The rules that the stack adds to the group with this key."""

_DIRECTORY_PORTS: tuple[tuple[int, int, int], ...] = (
    (6, 53, 53),
    (17, 53, 53),
    (6, 88, 88),
    (17, 88, 88),
    (17, 123, 123),
    (6, 135, 135),
    (17, 138, 138),
    (6, 389, 389),
    (17, 389, 389),
    (6, 445, 445),
    (17, 445, 445),
    (6, 464, 464),
    (17, 464, 464),
    (6, 636, 636),
    (6, 1024, 65535),
    (6, 3268, 3269),
)
"""What the group of a managed directory lets in (Directory Service administration guide, "What gets created with your
AWS Managed Microsoft AD", from any source; the AddIpRoutes API names the VPC's block as source and everything as
destination). The wider of the two is taken."""


def made_groups(build: Build, added: Added) -> Iterator[SecurityGroup]:
    """Give the groups that AWS makes with the stack's resources, as its guides describe them."""
    for item in build.of("directoryservice.Directory"):
        yield _controllers(build, item, added)
    for item in build.of("workspaces.Directory"):
        yield _members(build, item, added)
    for item in build.of("eks.Cluster"):
        yield _cluster(build, item, added)


def _controllers(build: Build, item: Resource, added: Added) -> SecurityGroup:
    key, origin = f"{item.urn}{CONTROLLERS_GROUP}", Origin(item.urn, "securityGroupId")
    own = [
        GroupRule(Direction.INGRESS, number, Ports(low, high), ANY_V4, origin) for number, low, high in _DIRECTORY_PORTS
    ]
    own.append(GroupRule(Direction.INGRESS, 1, Ports(-1, -1), ANY_V4, origin))
    own.append(GroupRule(Direction.INGRESS, ANY_PROTOCOL, ALL_PORTS, GroupRef(Ref(key)), origin))
    own.append(GroupRule(Direction.EGRESS, ANY_PROTOCOL, ALL_PORTS, ANY_V4, origin))
    vpc = build.ref(item, "vpcSettings.vpcId", Role.VPC)
    return SecurityGroup(**identity(item, CONTROLLERS_GROUP), vpc=vpc, rules=(*own, *added(key)))


def _members(build: Build, item: Resource, added: Added) -> SecurityGroup:
    key, origin = f"{item.urn}{MEMBERS_GROUP}", Origin(item.urn, "workspaceSecurityGroupId")
    out = GroupRule(Direction.EGRESS, ANY_PROTOCOL, ALL_PORTS, ANY_V4, origin)
    return SecurityGroup(**identity(item, MEMBERS_GROUP), vpc=_desktop_vpc(build, item), rules=(out, *added(key)))


def _cluster(build: Build, item: Resource, added: Added) -> SecurityGroup:
    """Everything from itself, everything out (EKS user guide, "View Amazon EKS security group requirements")."""
    key, origin = f"{item.urn}{CLUSTER_GROUP}", Origin(item.urn, "vpcConfig.clusterSecurityGroupId")
    own = (
        GroupRule(Direction.INGRESS, ANY_PROTOCOL, ALL_PORTS, GroupRef(Ref(key)), origin),
        GroupRule(Direction.EGRESS, ANY_PROTOCOL, ALL_PORTS, ANY_V4, origin),
        GroupRule(Direction.EGRESS, ANY_PROTOCOL, ALL_PORTS, ANY_V6, origin),
    )
    subnets = build.refs(item, "vpcConfig.subnetIds", Role.SUBNET)
    vpc = vpc_of_subnet(build, subnets[0]) if subnets else Unknown(f"{item.urn}.vpcConfig.subnetIds", "not given")
    return SecurityGroup(**identity(item, CLUSTER_GROUP), vpc=vpc, rules=(*own, *added(key)))


def _desktop_vpc(build: Build, item: Resource) -> Maybe[Ref]:
    """Desktops are in the VPC of their subnets, or of the directory they are registered with."""
    subnets = build.refs(item, "subnetIds", Role.SUBNET)
    if subnets:
        return vpc_of_subnet(build, subnets[0])
    directory = build.facts.resource(build.optional(item, "directoryId", Role.DIRECTORY))
    if directory is None or directory is item:
        return Unknown(f"{item.urn}.subnetIds", "not given")
    return build.ref(directory, "vpcSettings.vpcId", Role.VPC)
