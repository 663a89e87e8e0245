"""END010: a host without a way to the AWS services that it lives on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.network import Endpoint, EndpointKind, Interface, RouteTable, Subnet, TargetKind
from guardrails.facts.resource import Resource
from guardrails.facts.roles import Role
from guardrails.facts.stack import Facts
from guardrails.facts.values import Maybe, Ref, Unknown
from guardrails.rules.base import Finding, Rule, Severity
from guardrails.rules.places import table_of

_SESSION_MANAGER = ("ssm", "ssmmessages")
_FARGATE = ("ecr.api", "ecr.dkr", "s3", "logs")
_MANAGED_CORE = "AmazonSSMManagedInstanceCore"
_ELSEWHERE = frozenset({TargetKind.LOCAL, TargetKind.ENDPOINT})
"""Targets that lead to no place where an AWS service could be."""


class NeededEndpoints(Rule):
    """Tells of managed hosts and Fargate tasks in closed subnets whose VPC lacks the endpoints that they need."""

    id: ClassVar[str] = "END010"
    slug: ClassVar[str] = "needed-endpoints"
    title: ClassVar[str] = "A closed subnet has the endpoints that its hosts need"
    rationale: ClassVar[str] = (
        "A host that cannot reach Session Manager, or a task that cannot pull its image, is mended in haste, by "
        "opening a route to the internet."
    )
    fix: ClassVar[str] = "Add interface endpoints for the services that are named, and the S3 gateway endpoint."
    severity: ClassVar[Severity] = Severity.LOW
    controls: ClassVar[tuple[str, ...]] = ("SH EC2.55", "SH EC2.56", "SH EC2.57")
    covers: ClassVar[tuple[int, ...]] = (47,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html",
        "https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html",
    )
    avoid: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16, enableDnsHostnames: true}}
  subnet: {type: "aws:ec2:Subnet", properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.1.0/24}}
  table: {type: "aws:ec2:RouteTable", properties: {vpcId: "${vpc.id}"}}
  use: {type: "aws:ec2:RouteTableAssociation", properties: {routeTableId: "${table.id}", subnetId: "${subnet.id}"}}
  group: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}"}}
  logs:
    type: aws:ec2:VpcEndpoint
    properties:
      {vpcId: "${vpc.id}", vpcEndpointType: Interface, serviceName: com.amazonaws.ap-northeast-1.logs,
       subnetIds: ["${subnet.id}"], securityGroupIds: ["${group.id}"], privateDnsEnabled: true}
  task:
    type: aws:ecs:Service
    properties:
      launchType: FARGATE
      networkConfiguration: {subnets: ["${subnet.id}"], securityGroups: ["${group.id}"]}
"""
    prefer: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16, enableDnsHostnames: true}}
  subnet: {type: "aws:ec2:Subnet", properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.1.0/24}}
  table: {type: "aws:ec2:RouteTable", properties: {vpcId: "${vpc.id}"}}
  use: {type: "aws:ec2:RouteTableAssociation", properties: {routeTableId: "${table.id}", subnetId: "${subnet.id}"}}
  group: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}"}}
  role: {type: "aws:iam:Role", properties: {assumeRolePolicy: "{}"}}
  core:
    type: aws:iam:RolePolicyAttachment
    properties: {role: "${role.name}", policyArn: "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"}
  profile: {type: "aws:iam:InstanceProfile", properties: {role: "${role.name}"}}
  host:
    type: aws:ec2:Instance
    properties: {subnetId: "${subnet.id}", vpcSecurityGroupIds: ["${group.id}"], iamInstanceProfile: "${profile.name}"}
  ssm:
    type: aws:ec2:VpcEndpoint
    properties:
      {vpcId: "${vpc.id}", vpcEndpointType: Interface, serviceName: com.amazonaws.ap-northeast-1.ssm,
       subnetIds: ["${subnet.id}"], securityGroupIds: ["${group.id}"], privateDnsEnabled: true}
  messages:
    type: aws:ec2:VpcEndpoint
    properties:
      {vpcId: "${vpc.id}", vpcEndpointType: Interface, serviceName: com.amazonaws.ap-northeast-1.ssmmessages,
       subnetIds: ["${subnet.id}"], securityGroupIds: ["${group.id}"], privateDnsEnabled: true}
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge every instance under Session Manager and every Fargate service."""
        subnets = {item.key: item for item in facts.network.subnets}
        for interface in facts.network.interfaces:
            needs = _needs(facts, interface)
            subnet = subnets.get(interface.subnet.key or "") if isinstance(interface.subnet, Ref) else None
            if isinstance(needs, Unknown):
                yield self.unresolved(interface.blamed, "", needs, "which services it needs cannot be told")
                continue
            if not needs or subnet is None:
                continue
            table = table_of(facts.network, subnet)
            if isinstance(table, Unknown):
                yield self.unresolved(interface.blamed, "", table, "whether it can reach the services it needs")
            elif not _leads_elsewhere(table):
                missing = _missing(needs, subnet, table, facts)
                if isinstance(missing, Unknown):
                    yield self.unresolved(interface.blamed, "", missing, "which endpoints its VPC has")
                elif missing:
                    why = f"cannot reach {', '.join(missing)}: its subnet is closed and has no endpoint for it"
                    yield self.fail(interface.blamed, "", why, ", ".join(missing))


def _needs(facts: Facts, interface: Interface) -> Maybe[tuple[str, ...]]:
    owner = facts.by_urn.get(interface.owner)
    if owner is None:
        return ()
    if interface.owner_kind == "ecs-service":
        on_fargate = _on_fargate(owner)
        return on_fargate if isinstance(on_fargate, Unknown) else _FARGATE if on_fargate else ()
    if interface.owner_kind == "instance" and _managed(facts, owner):
        return _SESSION_MANAGER
    return ()


def _on_fargate(service: Resource) -> Maybe[bool]:
    """Tell whether AWS runs a service's tasks: by its launch type, or by a capacity provider of that name."""
    launch = service.get("launchType")
    providers = service.items("capacityProviderStrategies")
    if isinstance(launch, Unknown):
        return launch
    if isinstance(providers, Unknown):
        return providers
    names = [item.get("capacityProvider") for item in providers if isinstance(item, dict)]
    return launch == "FARGATE" or any(isinstance(name, str) and name.startswith("FARGATE") for name in names)


def _managed(facts: Facts, instance: Resource) -> bool:
    """Tell whether an instance's role surely has AWS's policy for Session Manager."""
    role = facts.ref(instance, "iamInstanceProfile", Role.ROLE) if instance.get("iamInstanceProfile") else None
    profile = facts.resource(role)
    holder = (
        facts.ref(profile, "role", Role.ROLE) if profile is not None and profile.kind == "iam.InstanceProfile" else role
    )
    key = holder.key if isinstance(holder, Ref) else None
    for item in facts.of("iam.RolePolicyAttachment"):
        arn = item.get("policyArn")
        if isinstance(arn, str) and arn.endswith(f"/{_MANAGED_CORE}"):
            target = facts.ref(item, "role", Role.ROLE)
            if key is not None and isinstance(target, Ref) and target.key == key:
                return True
    return False


def _leads_elsewhere(table: RouteTable) -> bool:
    """Tell whether any route may lead out of the VPC: then the services can be anywhere."""
    return any(route.kind not in _ELSEWHERE for route in table.routes)


def _missing(needs: tuple[str, ...], subnet: Subnet, table: RouteTable, facts: Facts) -> Maybe[list[str]]:
    found: set[str] = set()
    for endpoint in facts.network.endpoints:
        if not (isinstance(endpoint.vpc, Ref) and isinstance(subnet.vpc, Ref) and endpoint.vpc == subnet.vpc):
            if isinstance(endpoint.vpc, Unknown):
                return endpoint.vpc
            continue
        if isinstance(endpoint.service, Unknown):
            return endpoint.service
        if _serves(endpoint, table):
            found.add(_service(endpoint.service))
    return [name for name in needs if name not in found]


def _serves(endpoint: Endpoint, table: RouteTable) -> bool:
    """A gateway endpoint serves the tables that it is in; one that is in a table that cannot be told may serve this."""
    if endpoint.kind is not EndpointKind.GATEWAY:
        return True
    return any(isinstance(item, Unknown) or item.key == table.key for item in endpoint.tables)


def _service(name: str) -> str:
    """Give `ecr.api` of `com.amazonaws.ap-northeast-1.ecr.api`."""
    parts = name.split(".")
    return ".".join(parts[3:]) if name.startswith("com.amazonaws.") else name
