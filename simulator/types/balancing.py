"""Load balancers, target groups and listeners (Elastic Load Balancing API reference)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from simulator.errors import AwsError
from simulator.interfaces import Shape, interface
from simulator.model import Reference, Refusal, ResourceType, Unique, at
from simulator.types.common import between, matching, network, one_of, random_id, within
from simulator.types.containers import TARGET_GROUP
from simulator.types.vpc import GROUP, SUBNET, VPC, blocks_of

if TYPE_CHECKING:
    from simulator.creation import Creation

BALANCER: Final = "aws:lb/loadBalancer:LoadBalancer"
LISTENER: Final = "aws:lb/listener:Listener"
TARGET: Final = "aws:lb/targetGroupAttachment:TargetGroupAttachment"
SERVICE: Final = "aws:ec2/vpcEndpointService:VpcEndpointService"
_ARN: Final = "arn:{partition}:elasticloadbalancing:{region}:{account}:"
_SHORT: Final = {"application": "app", "network": "net", "gateway": "gwy"}
_NAME: Final = matching(
    r"(?!internal-)(?!-)[a-zA-Z0-9-]{1,32}(?<!-)", "1 to 32 letters, digits and hyphens, not starting with internal-"
)
_PROTOCOLS: Final = {
    "application": ("HTTP", "HTTPS"),
    "network": ("TCP", "UDP", "TCP_UDP", "TLS", "QUIC", "TCP_QUIC"),
    "gateway": (None, "GENEVE"),
}


def _balancer_subnets(creation: Creation) -> list[str]:
    return [*at(creation.inputs, "subnets"), *at(creation.inputs, "subnetMappings.subnetId")]


def _placed(creation: Creation) -> None:
    subnets = [creation.require(SUBNET, item) for item in _balancer_subnets(creation)]
    if not subnets:
        raise AwsError("ValidationError", "At least one subnet must be specified")
    zones = [item.outputs["availabilityZone"] for item in subnets]
    if len(zones) != len(set(zones)):
        raise AwsError(
            "InvalidConfigurationRequest",
            "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
        )
    if creation.get("loadBalancerType", "application") == "application" and len(set(zones)) < 2:
        raise AwsError("ValidationError", "At least two subnets in two different Availability Zones must be specified")
    vpcs = {item.outputs["vpcId"] for item in subnets}
    vpcs |= {creation.require(GROUP, item).outputs["vpcId"] for item in at(creation.inputs, "securityGroups")}
    if len(vpcs) != 1:
        raise AwsError("InvalidConfigurationRequest", "The subnets and security groups must belong to one VPC")


def _suffix(creation: Creation) -> str:
    short = _SHORT[creation.get("loadBalancerType", "application")]
    return f"{short}/{creation.get('name')}/{creation.hex(16, 'balancer')}"


def _balancer(creation: Creation) -> Mapping[str, Any]:
    name, inside = creation.get("name"), "internal-" if creation.get("internal") else ""
    network = creation.get("loadBalancerType", "application") == "network"
    host = f"{inside if not network else ''}{name}-{creation.hex(16, 'balancer')}"
    kind = "elb." if network else ""
    for subnet in _balancer_subnets(creation):
        interface(
            creation,
            subnet,
            at(creation.inputs, "securityGroups"),
            Shape("network_load_balancer" if network else "interface", sibling=subnet),
        )
    subnets = _balancer_subnets(creation)
    return {
        "arnSuffix": _suffix(creation),
        "dnsName": f"{host}.{kind}{creation.region}.{'' if network else 'elb.'}amazonaws.com",
        "zoneId": "Z31USIVHYNEOWT" if network else "Z14GRHDCWA56QT",
        "vpcId": creation.require(SUBNET, subnets[0]).outputs["vpcId"],
        "subnets": subnets,
        "ipAddressType": creation.get("ipAddressType", "ipv4"),
        "securityGroups": creation.get("securityGroups", []),
    }


def _deletable(creation: Creation) -> None:
    if creation.outputs.get("enableDeletionProtection"):
        raise AwsError(
            "OperationNotPermitted",
            f"Load balancer '{creation.id}' cannot be deleted because deletion protection is enabled",
        )


def _group_suffix(creation: Creation) -> str:
    return f"targetgroup/{creation.get('name')}/{creation.hex(16, 'targets')}"


def _group_shape(creation: Creation) -> None:
    if creation.get("targetType", "instance") != "lambda" and not (
        creation.get("vpcId") and creation.get("port") and creation.get("protocol")
    ):
        raise AwsError("ValidationError", "A port, a protocol and a VPC must be specified")


def _group(creation: Creation) -> Mapping[str, Any]:
    health = {
        "enabled": True,
        "protocol": "TCP",
        "port": "traffic-port",
        "interval": 30,
        "healthyThreshold": 5,
        "unhealthyThreshold": 2,
    }
    return {
        "arnSuffix": _group_suffix(creation),
        "loadBalancerArns": [],
        "healthCheck": {**health, **creation.get("healthCheck", {})},
        "ipAddressType": creation.get("ipAddressType", "ipv4"),
        "preserveClientIp": creation.get("preserveClientIp", ""),
    }


def _listening(creation: Creation) -> None:
    balancer = creation.require(BALANCER, creation.get("loadBalancerArn"), ("id", "arn"))
    kind, protocol = balancer.outputs.get("loadBalancerType", "application"), creation.get("protocol")
    if protocol not in _PROTOCOLS[kind]:
        raise AwsError(
            "UnsupportedProtocol", f"The protocol {protocol} is not supported by a load balancer of type {kind}"
        )
    if protocol in ("HTTPS", "TLS") and not creation.get("certificateArn"):
        raise AwsError("CertificateNotFound", f"A certificate must be specified for {protocol} listeners")
    for arn in at(creation.inputs, "defaultActions.targetGroupArn"):
        group = creation.require(TARGET_GROUP, arn, ("id", "arn"))
        if group.outputs.get("vpcId") != balancer.outputs["vpcId"]:
            raise AwsError("InvalidConfigurationRequest", "The target group and the load balancer must be in one VPC")


def _join(creation: Creation) -> None:
    for arn in at(creation.inputs, "defaultActions.targetGroupArn"):
        group = creation.require(TARGET_GROUP, arn, ("id", "arn"))
        arns = sorted({*group.outputs.get("loadBalancerArns", []), creation.get("loadBalancerArn")})
        creation.change(group, loadBalancerArns=arns)


def _part(creation: Creation) -> None:
    for arn in at(creation.inputs, "defaultActions.targetGroupArn"):
        group = creation.find(TARGET_GROUP, arn, ("id", "arn"))
        if group is not None:
            arns = [
                item
                for item in group.outputs.get("loadBalancerArns", [])
                if item != creation.inputs.get("loadBalancerArn")
            ]
            creation.change(group, loadBalancerArns=arns)


def _reachable_target(creation: Creation) -> None:
    """Refuse an address that the group's VPC does not have, unless it is said to lie elsewhere."""
    group = creation.require(TARGET_GROUP, creation.get("targetGroupArn"), ("id", "arn"))
    if group.outputs.get("targetType", "instance") != "ip":
        return
    address, blocks = creation.get("targetId"), blocks_of(creation, group.outputs["vpcId"])
    if not within(network(address), blocks) and creation.get("availabilityZone") != "all":
        raise AwsError(
            "InvalidTarget",
            f"The IP address '{address}' is not within a CIDR block of the VPC {group.outputs['vpcId']}",
        )


def _served(creation: Creation) -> None:
    """Refuse a service without a load balancer, with two kinds of them, or with one that serves another service."""
    arns = {name: at(creation.inputs, name) for name in ("networkLoadBalancerArns", "gatewayLoadBalancerArns")}
    if sum(bool(listed) for listed in arns.values()) != 1:
        raise AwsError("InvalidParameter", "exactly one kind of load balancer must be given")
    for arn in (arn for listed in arns.values() for arn in listed):
        kind = creation.require(BALANCER, arn, ("arn",)).outputs.get("loadBalancerType", "application")
        if kind != ("network" if arns["networkLoadBalancerArns"] else "gateway"):
            raise AwsError("InvalidParameter", f"The load balancer {arn} is of type {kind}")
        if any(arn in at(other.inputs, name) for other in creation.others(SERVICE) for name in arns):
            raise AwsError("InvalidParameter", f"The load balancer {arn} is already associated with another service")


def _service(creation: Creation) -> Mapping[str, Any]:
    balancers = [creation.require(BALANCER, arn, ("arn",)) for arn in at(creation.inputs, "networkLoadBalancerArns")]
    subnets = [creation.require(SUBNET, subnet) for one in balancers for subnet in one.outputs["subnets"]]
    name = f"com.amazonaws.vpce.{creation.region}.{creation.id}"
    return {
        "serviceName": name,
        "serviceType": "Interface" if balancers else "GatewayLoadBalancer",
        "availabilityZones": sorted({subnet.outputs["availabilityZone"] for subnet in subnets}),
        "baseEndpointDnsNames": [f"{creation.id}.{creation.region}.vpce.amazonaws.com"],
        "managesVpcEndpoints": False,
        "state": "Available",
    }


def _listener_arn(creation: Creation) -> str:
    balancer = creation.require(BALANCER, creation.get("loadBalancerArn"), ("id", "arn"))
    return creation.arn(_ARN + "listener/") + f"{balancer.outputs['arnSuffix']}/{creation.hex(16, 'listener')}"


TYPES: Final = (
    ResourceType(
        BALANCER,
        "Elastic Load Balancing v2",
        "Load Balancer",
        lambda c: c.arn(_ARN + "loadbalancer/") + _suffix(c),
        cloudformation="AWS::ElasticLoadBalancingV2::LoadBalancer",
        references=(
            Reference("subnets", SUBNET),
            Reference("subnetMappings.subnetId", SUBNET),
            Reference("securityGroups", GROUP),
        ),
        unique=(
            Unique(
                ("name",), Refusal("DuplicateLoadBalancerName", "A load balancer with the name '{name}' already exists")
            ),
        ),
        defaults={
            "enableWafFailOpen": None,
            "secondaryIpsAutoAssignedPerSubnet": None,
            "enableZonalShift": None,
            "preserveHostHeader": None,
        },
        validate={"name": _NAME, "loadBalancerType": one_of("application", "network", "gateway")},
        checks=(_placed,),
        computed=lambda c: {"arn": c.id, **_balancer(c)},
        before_delete=(_deletable,),
        not_found=Refusal("LoadBalancerNotFound", "Load balancer '{value}' not found"),
        in_use=Refusal("ResourceInUse", "Load balancer '{id}' is in use"),
        replace=frozenset({"name", "internal", "loadBalancerType"}),
        update=frozenset({"subnets", "securityGroups", "subnetMappings"}),
    ),
    ResourceType(
        TARGET_GROUP,
        "Elastic Load Balancing v2",
        "Target Group",
        lambda c: c.arn(_ARN) + _group_suffix(c),
        cloudformation="AWS::ElasticLoadBalancingV2::TargetGroup",
        references=(Reference("vpcId", VPC, blocks=False),),
        unique=(
            Unique(
                ("name",), Refusal("DuplicateTargetGroupName", "A target group with the name '{name}' already exists")
            ),
        ),
        defaults={
            "protocolVersion": None,
            "lambdaMultiValueHeadersEnabled": None,
            "loadBalancingAlgorithmType": None,
            "loadBalancingAnomalyMitigation": None,
            "deregistrationDelay": 300,
        },
        validate={"name": _NAME, "port": between(1, 65535), "targetType": one_of("instance", "ip", "lambda", "alb")},
        checks=(_group_shape,),
        computed=lambda c: {"arn": c.id, **_group(c)},
        not_found=Refusal("TargetGroupNotFound", "Target groups '{value}' not found"),
        in_use=Refusal("ResourceInUse", "Target group '{id}' is currently in use by a listener or a rule"),
        replace=frozenset({"name", "port", "protocol", "targetType", "vpcId", "protocolVersion"}),
    ),
    ResourceType(
        LISTENER,
        "Elastic Load Balancing v2",
        "Listener",
        _listener_arn,
        cloudformation="AWS::ElasticLoadBalancingV2::Listener",
        references=(
            Reference("loadBalancerArn", BALANCER, by=("id", "arn"), blocks=False),
            Reference("defaultActions.targetGroupArn", TARGET_GROUP, by=("id", "arn")),
        ),
        unique=(
            Unique(
                ("loadBalancerArn", "port"),
                Refusal(
                    "DuplicateListener",
                    "A listener already exists on this port for this load balancer '{loadBalancerArn}'",
                ),
            ),
        ),
        defaults={"sslPolicy": None, "tcpIdleTimeoutSeconds": None},
        checks=(_listening,),
        computed=lambda c: {"arn": c.id},
        after_create=(_join,),
        after_update=(_join,),
        before_delete=(_part,),
        replace=frozenset({"loadBalancerArn"}),
    ),
    ResourceType(
        TARGET,
        "Elastic Load Balancing v2",
        "Target Group Attachment",
        lambda c: f"{c.get('targetGroupArn')}-{c.get('targetId')}-{c.get('port', '')}",
        create="RegisterTargets",
        delete="DeregisterTargets",
        references=(Reference("targetGroupArn", TARGET_GROUP, by=("id", "arn"), blocks=False),),
        checks=(_reachable_target,),
        replace=frozenset({"targetGroupArn", "targetId", "port", "availabilityZone"}),
    ),
    ResourceType(
        SERVICE,
        "EC2",
        "VPC Endpoint Service",
        random_id("vpce-svc"),
        arn="arn:{partition}:ec2:{region}:{account}:vpc-endpoint-service/{id}",
        create="CreateVpcEndpointServiceConfiguration",
        delete="DeleteVpcEndpointServiceConfigurations",
        cloudformation="AWS::EC2::VPCEndpointService",
        references=(
            Reference("networkLoadBalancerArns", BALANCER, by=("arn",)),
            Reference("gatewayLoadBalancerArns", BALANCER, by=("arn",)),
        ),
        checks=(_served,),
        computed=_service,
        not_found=Refusal("InvalidVpcEndpointServiceId.NotFound", "The VpcEndpointService Id '{value}' does not exist"),
    ),
)
