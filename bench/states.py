"""Generated stacks for measurements: many VPCs alike, in the form of `pulumi stack export`.

One hub with a transit gateway, NAT and internet gateway, and as many spoke VPCs as the wanted size needs: three tiers
in two zones, instances in a few classes, groups with rules of their own, endpoints, buckets; spokes peered in pairs.
The intent that goes with it permits exactly what is built, so that what is measured is the judging, not the telling.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

ACCOUNT = "111122223333"
REGION = "ap-northeast-1"
TIERS = ("web", "app", "data")
VARIANTS = ("a", "b")
ZONES = 2
INSTANCES = 6
"""Instances of each class: of one tier, availability zone and group."""

_PREFIX = "urn:pulumi:bench::speed::"
_PROVIDER = f"{_PREFIX}pulumi:providers:aws::aws"
_PROVIDER_ID = "3d6ec2a8-0b52-4c5e-9e5b-000000000001"

INTENT = """
version: 1
accounts: ["111122223333"]
regions: [ap-northeast-1]
zones:
  web: {tags: {Zone: web}}
  app: {tags: {Zone: app}, relay: true}
  data: {tags: {Zone: data}}
  endpoint: {tags: {Zone: endpoint}}
  transit: {tags: {Zone: transit}, protected: false}
  public: {tags: {Zone: public}, protected: false}
flows:
  - {name: web-to-app, from: web, to: app, protocol: tcp, ports: [8443], required: true}
  - {name: app-to-data, from: app, to: data, protocol: tcp, ports: [5432], required: true}
  - {name: web-to-endpoint, from: web, to: endpoint, protocol: tcp, ports: [443]}
  - {name: app-to-endpoint, from: app, to: endpoint, protocol: tcp, ports: [443]}
  - {name: app-to-s3, from: app, to: "aws:s3", protocol: tcp, ports: [443]}
  - {name: web-to-internet, from: web, to: internet, protocol: tcp, ports: [443], via: nat}
"""


@dataclass
class Stack:
    """The resources of one stack so far."""

    resources: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    ids: dict[str, str] = field(default_factory=dict[str, str])

    def add(self, token: str, name: str, /, ident: str = "", **props: Any) -> str:
        """Add one resource; a property's value that is the URN of another becomes its id and an edge."""
        urn = f"{_PREFIX}{token}::{name}"
        self.ids[urn] = ident or f"{token.rsplit(':', 1)[-1].lower()}-{len(self.resources):08x}"
        edges = {key: sorted(set(_mentioned(value))) for key, value in props.items()}
        inputs = {key: self._filled(value) for key, value in props.items()}
        outputs = {"id": self.ids[urn], "region": REGION, **inputs}
        outputs["arn"] = f"arn:aws:service:{REGION}:{ACCOUNT}:{self.ids[urn]}"
        self.resources.append(
            {
                "urn": urn,
                "custom": True,
                "id": self.ids[urn],
                "type": token,
                "inputs": inputs,
                "outputs": outputs,
                "provider": f"{_PROVIDER}::{_PROVIDER_ID}",
                "protect": True,
                "dependencies": sorted({one for urns in edges.values() for one in urns}),
                "propertyDependencies": edges,
            }
        )
        return urn

    def _filled(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.ids.get(value, value)
        if isinstance(value, list):
            return [self._filled(one) for one in value]  # pyright: ignore[reportUnknownVariableType]
        if isinstance(value, dict):
            return {key: self._filled(one) for key, one in value.items()}  # pyright: ignore[reportUnknownVariableType]
        return value


def _mentioned(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value] if value.startswith(_PREFIX) else []
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return [urn for one in inner for urn in _mentioned(one)]  # pyright: ignore[reportUnknownVariableType]


def _tags(name: str, zone: str = "") -> dict[str, str]:
    return {"Name": name, "Project": "speed", **({"Zone": zone} if zone else {})}


# -- the parts --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Hub:
    gateway: str
    table: str
    spokes: str


def _vpc(stack: Stack, name: str, block: str) -> str:
    vpc = stack.add("aws:ec2/vpc:Vpc", name, cidrBlock=block, enableDnsSupport=True, enableDnsHostnames=True,
                    tags=_tags(name))  # fmt: skip
    stack.add("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", f"{name}-default", vpcId=vpc, tags=_tags(name))
    stack.add(
        "aws:ec2/flowLog:FlowLog",
        f"{name}-flows",
        vpcId=vpc,
        trafficType="ALL",
        logDestinationType="s3",
        logDestination="arn:aws:s3:::bench-flow-logs",
        tags=_tags(name),
    )
    return vpc


def _subnet(stack: Stack, vpc: str, name: str, block: str, place: tuple[int, str]) -> str:
    index, zone = place
    return stack.add(
        "aws:ec2/subnet:Subnet",
        name,
        vpcId=vpc,
        cidrBlock=block,
        availabilityZone=f"{REGION}{'ac'[index % 2]}",
        mapPublicIpOnLaunch=False,
        tags=_tags(name, zone),
    )


def _table(stack: Stack, vpc: str, name: str, subnets: list[str], **routes: tuple[str, str, str]) -> str:
    table = stack.add("aws:ec2/routeTable:RouteTable", name, vpcId=vpc, tags=_tags(name))
    for index, subnet in enumerate(subnets):
        stack.add("aws:ec2/routeTableAssociation:RouteTableAssociation", f"{name}-{index}", routeTableId=table,
                  subnetId=subnet)  # fmt: skip
    for label, (block, kind, target) in routes.items():
        stack.add("aws:ec2/route:Route", f"{name}-{label}", routeTableId=table, destinationCidrBlock=block,
                  **{kind: target})  # fmt: skip
    return table


def _rule(stack: Stack, group: str, name: str, direction: str, port: int, **peer: str) -> None:
    stack.add(
        f"aws:vpc/securityGroup{direction}Rule:SecurityGroup{direction}Rule",
        name,
        securityGroupId=group,
        description=f"Port {port}",
        ipProtocol="tcp",
        fromPort=port,
        toPort=port,
        **peer,
    )


def _group(stack: Stack, vpc: str, name: str) -> str:
    return stack.add("aws:ec2/securityGroup:SecurityGroup", name, vpcId=vpc, description=name, tags=_tags(name))


def _attach(stack: Stack, gateway: str, vpc: tuple[str, str], subnets: list[str], table: str) -> str:
    name, owner = vpc
    attachment = stack.add(
        "aws:ec2transitgateway/vpcAttachment:VpcAttachment",
        name,
        transitGatewayId=gateway,
        vpcId=owner,
        subnetIds=subnets,
        transitGatewayDefaultRouteTableAssociation=False,
        transitGatewayDefaultRouteTablePropagation=False,
        tags=_tags(name),
    )
    stack.add(
        "aws:ec2transitgateway/routeTableAssociation:RouteTableAssociation",
        name,
        transitGatewayAttachmentId=attachment,
        transitGatewayRouteTableId=table,
    )
    return attachment


def _hub(stack: Stack) -> _Hub:
    gateway = stack.add(
        "aws:ec2transitgateway/transitGateway:TransitGateway",
        "hub",
        defaultRouteTableAssociation="disable",
        defaultRouteTablePropagation="disable",
        autoAcceptSharedAttachments="disable",
        tags=_tags("hub"),
    )
    tables = [
        stack.add("aws:ec2transitgateway/routeTable:RouteTable", name, transitGatewayId=gateway, tags=_tags(name))
        for name in ("hub", "spokes")
    ]
    vpc = _vpc(stack, "hub", "10.255.0.0/16")
    transit = [
        _subnet(stack, vpc, f"transit-{zone}", f"10.255.{zone}.0/24", (zone, "transit")) for zone in range(ZONES)
    ]
    public = [_subnet(stack, vpc, "public", "10.255.10.0/24", (0, "public"))]
    exit_ = stack.add("aws:ec2/internetGateway:InternetGateway", "exit", vpcId=vpc, tags=_tags("exit"))
    address = stack.add("aws:ec2/eip:Eip", "exit", domain="vpc", publicIp="203.0.113.7", tags=_tags("exit"))
    nat = stack.add("aws:ec2/natGateway:NatGateway", "exit", subnetId=public[0], allocationId=address,
                    connectivityType="public", privateIp="10.255.10.5", publicIp="203.0.113.7",
                    tags=_tags("exit"))  # fmt: skip
    attachment = _attach(stack, gateway, ("hub", vpc), transit, tables[0])
    _table(stack, vpc, "transit", transit, out=("0.0.0.0/0", "natGatewayId", nat))
    back = ("10.0.0.0/8", "transitGatewayId", gateway)
    _table(stack, vpc, "public", public, out=("0.0.0.0/0", "gatewayId", exit_), back=back)
    ends: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("out", "0.0.0.0/0", {"transitGatewayAttachmentId": attachment}),
        ("none", "10.0.0.0/8", {"blackhole": True}),
    )
    for name, block, end in ends:
        stack.add("aws:ec2transitgateway/route:Route", name, destinationCidrBlock=block,
                  transitGatewayRouteTableId=tables[1], **end)  # fmt: skip
    return _Hub(gateway, tables[0], tables[1])


@dataclass(frozen=True)
class _Spoke:
    name: str
    number: int
    vpc: str
    groups: dict[str, str]
    tables: dict[str, str]


def _spoke(stack: Stack, hub: _Hub, number: int) -> _Spoke:
    name = f"spoke{number}"
    vpc = _vpc(stack, name, f"10.{number}.0.0/16")
    subnets = {
        (tier, zone): _subnet(stack, vpc, f"{name}-{tier}-{zone}", f"10.{number}.{row * 10 + zone}.0/24", (zone, tier))
        for row, tier in enumerate((*TIERS, "endpoint"))
        for zone in range(ZONES)
    }
    attached = [subnets["endpoint", zone] for zone in range(ZONES)]
    attachment = _attach(stack, hub.gateway, (name, vpc), attached, hub.spokes)
    stack.add("aws:ec2transitgateway/routeTablePropagation:RouteTablePropagation", name,
              transitGatewayAttachmentId=attachment, transitGatewayRouteTableId=hub.table)  # fmt: skip
    tables: dict[str, str] = {}
    for tier in (*TIERS, "endpoint"):
        routes = {"out": ("0.0.0.0/0", "transitGatewayId", hub.gateway)} if tier == "web" else {}
        tables[tier] = _table(stack, vpc, f"{name}-{tier}", [subnets[tier, zone] for zone in range(ZONES)], **routes)
        _acl(stack, vpc, f"{name}-{tier}", [subnets[tier, zone] for zone in range(ZONES)])
    groups = _groups(stack, name, vpc)
    _endpoints(stack, (name, vpc), tables["app"], attached, groups["endpoint"])
    for tier in TIERS:
        for zone in range(ZONES):
            for variant in VARIANTS:
                _instances(stack, f"{name}-{tier}-{zone}-{variant}", subnets[tier, zone], groups[tier + variant],
                           (number, TIERS.index(tier) * 10 + zone, VARIANTS.index(variant) * 100))  # fmt: skip
    _bucket(stack, f"{name}-store")
    return _Spoke(name, number, vpc, groups, tables)


def _acl(stack: Stack, vpc: str, name: str, subnets: list[str]) -> None:
    every = {"ruleNo": 100, "action": "allow", "protocol": "6", "fromPort": 1024, "toPort": 65535}
    web = {"ruleNo": 110, "action": "allow", "protocol": "6", "fromPort": 443, "toPort": 443}
    lines = [{**line, "cidrBlock": "0.0.0.0/0"} for line in (every, web)]
    stack.add("aws:ec2/networkAcl:NetworkAcl", name, vpcId=vpc, subnetIds=subnets, ingress=lines, egress=lines,
              tags=_tags(name))  # fmt: skip


def _groups(stack: Stack, name: str, vpc: str) -> dict[str, str]:
    keys = [tier + variant for tier in TIERS for variant in VARIANTS]
    groups = {key: _group(stack, vpc, f"{name}-{key}") for key in [*keys, "endpoint"]}
    for front, back, port in (("web", "app", 8443), ("app", "data", 5432)):
        for one in VARIANTS:
            for two in VARIANTS:
                label = f"{name}-{front}{one}-{back}{two}"
                source, target = groups[front + one], groups[back + two]
                _rule(stack, source, label, "Egress", port, referencedSecurityGroupId=target)
                _rule(stack, target, label, "Ingress", port, referencedSecurityGroupId=source)
    for key in (one for one in keys if not one.startswith("data")):
        _rule(stack, groups[key], f"{name}-{key}-endpoint", "Egress", 443,
              referencedSecurityGroupId=groups["endpoint"])  # fmt: skip
        _rule(stack, groups["endpoint"], f"{name}-{key}-endpoint", "Ingress", 443,
              referencedSecurityGroupId=groups[key])  # fmt: skip
    for variant in VARIANTS:
        _rule(stack, groups["web" + variant], f"{name}-web{variant}-out", "Egress", 443, cidrIpv4="0.0.0.0/0")
    return groups


def _endpoints(stack: Stack, vpc: tuple[str, str], table: str, subnets: list[str], group: str) -> None:
    name, owner = vpc
    policy = json.dumps({
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": ["s3:GetObject"], "Resource": "*",
                       "Condition": {"StringEquals": {"aws:PrincipalAccount": ACCOUNT,
                                                      "aws:ResourceAccount": ACCOUNT}}}],
    })  # fmt: skip
    stack.add("aws:ec2/vpcEndpoint:VpcEndpoint", f"{name}-s3", vpcId=owner, serviceName=f"com.amazonaws.{REGION}.s3",
              vpcEndpointType="Gateway", routeTableIds=[table], policy=policy, tags=_tags(name))  # fmt: skip
    for service in ("ssm", "ssmmessages", "logs"):
        stack.add("aws:ec2/vpcEndpoint:VpcEndpoint", f"{name}-{service}", vpcId=owner,
                  serviceName=f"com.amazonaws.{REGION}.{service}", vpcEndpointType="Interface", subnetIds=subnets,
                  securityGroupIds=[group], privateDnsEnabled=True, policy=policy, tags=_tags(name))  # fmt: skip


def _instances(stack: Stack, name: str, subnet: str, group: str, place: tuple[int, int, int]) -> None:
    for index in range(INSTANCES):
        stack.add(
            "aws:ec2/instance:Instance",
            f"{name}-{index}",
            ami="ami-0abcdef1234567890",
            instanceType="t3.small",
            subnetId=subnet,
            vpcSecurityGroupIds=[group],
            privateIp=f"10.{place[0]}.{place[1]}.{place[2] + 10 + index}",
            associatePublicIpAddress=False,
            metadataOptions={"httpTokens": "required", "httpEndpoint": "enabled", "httpPutResponseHopLimit": 1},
            rootBlockDevice={"encrypted": True},
            tags=_tags(f"{name}-{index}"),
        )


def _bucket(stack: Stack, name: str) -> None:
    bucket = stack.add("aws:s3/bucket:Bucket", name, ident=name, bucket=name, forceDestroy=False, tags=_tags(name))
    stack.add("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", name, bucket=bucket, blockPublicAcls=True,
              blockPublicPolicy=True, ignorePublicAcls=True, restrictPublicBuckets=True)  # fmt: skip
    arn = f"arn:aws:s3:::{name}"
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    stack.add("aws:s3/bucketPolicy:BucketPolicy", name, bucket=bucket,
              policy=json.dumps({"Version": "2012-10-17", "Statement": [deny]}))  # fmt: skip


def _peer(stack: Stack, one: _Spoke, two: _Spoke) -> None:
    """Let the one's middle tier use the other's data, by a peering connection and rules that name addresses."""
    name = f"{one.name}-{two.name}"
    peering = stack.add("aws:ec2/vpcPeeringConnection:VpcPeeringConnection", name, vpcId=one.vpc, peerVpcId=two.vpc,
                        autoAccept=True, tags=_tags(name))  # fmt: skip
    for zone in range(ZONES):
        app, data = f"10.{one.number}.{10 + zone}.0/24", f"10.{two.number}.{20 + zone}.0/24"
        for label, table, block in (("there", one.tables["app"], data), ("back", two.tables["data"], app)):
            stack.add("aws:ec2/route:Route", f"{name}-{label}-{zone}", routeTableId=table, destinationCidrBlock=block,
                      vpcPeeringConnectionId=peering)  # fmt: skip
        _rule(stack, one.groups["appa"], f"{name}-there-{zone}", "Egress", 5432, cidrIpv4=data)
        _rule(stack, two.groups["dataa"], f"{name}-back-{zone}", "Ingress", 5432, cidrIpv4=app)


def generate(size: int) -> dict[str, Any]:
    """Give a deployment of at least `size` resources, less than one pair of spokes above it."""
    stack = Stack()
    hub = _hub(stack)
    number = 1
    while len(stack.resources) < size:
        pair = [_spoke(stack, hub, number + offset) for offset in (0, 1)]
        _peer(stack, *pair)
        number += 2
    root = f"{_PREFIX}pulumi:pulumi:Stack::bench-speed"
    provider = {
        "urn": _PROVIDER,
        "custom": True,
        "id": _PROVIDER_ID,
        "type": "pulumi:providers:aws",
        "inputs": {"region": REGION, "allowedAccountIds": json.dumps([ACCOUNT])},
        "outputs": {"region": REGION, "allowedAccountIds": json.dumps([ACCOUNT])},
    }
    head = {"urn": root, "custom": False, "type": "pulumi:pulumi:Stack"}
    resources = [head, *({**one, "parent": root} for one in [provider, *stack.resources])]
    manifest = {"time": "2026-01-01T00:00:00Z", "magic": "", "version": "v3.250.0"}
    return {"version": 3, "deployment": {"manifest": manifest, "resources": resources}}


def narrowed(state: dict[str, Any]) -> dict[str, Any]:
    """Give a deployment without the last rule of a group that lets something in."""
    resources = list(state["deployment"]["resources"])
    rule = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
    del resources[max(at for at, one in enumerate(resources) if one["type"] == rule)]
    return {**state, "deployment": {**state["deployment"], "resources": resources}}
