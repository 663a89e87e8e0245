"""The calls of Elastic Load Balancing v2."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from simulator.emulator.model import Emulated, Step, listed, picked, plus_tags, step
from simulator.model import Values
from simulator.types import balancing, containers

if TYPE_CHECKING:
    from simulator.creation import Creation


_HEALTH: Final = {
    "HealthCheckProtocol": "protocol",
    "HealthCheckPort": "port",
    "HealthCheckPath": "path",
    "HealthCheckIntervalSeconds": "interval",
    "HealthCheckTimeoutSeconds": "timeout",
    "HealthyThresholdCount": "healthyThreshold",
    "UnhealthyThresholdCount": "unhealthyThreshold",
}
_BALANCER_ATTRIBUTES: Final = {
    "deletion_protection.enabled": "enableDeletionProtection",
    "load_balancing.cross_zone.enabled": "enableCrossZoneLoadBalancing",
    "routing.http.drop_invalid_header_fields.enabled": "dropInvalidHeaderFields",
}
_GROUP_ATTRIBUTES: Final = {
    "deregistration_delay.timeout_seconds": "deregistrationDelay",
    "preserve_client_ip.enabled": "preserveClientIp",
    "proxy_protocol_v2.enabled": "proxyProtocolV2",
}


def _balancer(creation: Creation) -> Values:
    values = picked(
        Name="name", Type="loadBalancerType", SecurityGroups="securityGroups", IpAddressType="ipAddressType"
    )(creation)
    values["Scheme"] = "internal" if creation.get("internal") else "internet-facing"
    mappings: list[Values] = creation.get("subnetMappings", [])
    names = {"SubnetId": "subnetId", "AllocationId": "allocationId", "PrivateIPv4Address": "privateIpv4Address"}
    if mappings:
        values["SubnetMappings"] = [
            {name: item[field] for name, field in names.items() if item.get(field)} for item in mappings
        ]
    elif creation.get("subnets"):
        values["Subnets"] = creation.get("subnets")
    return values


def _attributes(parameter: str, names: dict[str, str]) -> Any:
    def parameters(creation: Creation) -> Values | None:
        given = {name: creation.get(field) for name, field in names.items()}
        listed = [
            {"Key": name, "Value": str(value).lower()} for name, value in given.items() if value not in (None, "")
        ]
        return {parameter: creation.id, "Attributes": listed} if listed else None

    return parameters


def _group(creation: Creation) -> Values:
    values = picked(
        Name="name",
        Protocol="protocol",
        ProtocolVersion="protocolVersion",
        Port="port",
        VpcId="vpcId",
        TargetType="targetType",
        IpAddressType="ipAddressType",
    )(creation)
    health: Values = creation.get("healthCheck", {})
    return values | {name: health[field] for name, field in _HEALTH.items() if health.get(field) is not None}


def _listener(creation: Creation) -> Values:
    values = picked(Port="port", Protocol="protocol", SslPolicy="sslPolicy", AlpnPolicy="alpnPolicy")(creation)
    if creation.get("certificateArn"):
        values["Certificates"] = [{"CertificateArn": creation.get("certificateArn")}]
    actions: list[Values] = creation.get("defaultActions", [])
    values["DefaultActions"] = [_action(item) for item in actions]
    return values


def _action(given: Values) -> Values:
    action: Values = {"Type": given["type"]}
    if given.get("targetGroupArn"):
        action["TargetGroupArn"] = given["targetGroupArn"]
    fixed: Values = given.get("fixedResponse") or {}
    if fixed:
        names = {"ContentType": "contentType", "MessageBody": "messageBody", "StatusCode": "statusCode"}
        action["FixedResponseConfig"] = {name: fixed[field] for name, field in names.items() if fixed.get(field)}
    redirect: Values = given.get("redirect") or {}
    if redirect:
        names = {"Protocol": "protocol", "Port": "port", "Host": "host", "Path": "path", "StatusCode": "statusCode"}
        action["RedirectConfig"] = {name: redirect[field] for name, field in names.items() if redirect.get(field)}
    return action


def _targets(creation: Creation) -> Values:
    target = picked(Id="targetId", Port="port", AvailabilityZone="availabilityZone")(creation)
    return {"TargetGroupArn": creation.get("targetGroupArn"), "Targets": [target]}


def _principals(creation: Creation) -> Values | None:
    """Who may ask for a connection: what is new is added, what went is removed."""
    before: list[str] = creation.old.inputs.get("allowedPrincipals", []) if creation.old else []
    now: list[str] = creation.get("allowedPrincipals", [])
    changed = {
        "AddAllowedPrincipals": [arn for arn in now if arn not in before],
        "RemoveAllowedPrincipals": [arn for arn in before if arn not in now],
    }
    given = {name: arns for name, arns in changed.items() if arns}
    return {"ServiceId": creation.id, **given} if given else None


def _reconfigured(creation: Creation) -> Values:
    before: list[str] = creation.old.inputs.get("networkLoadBalancerArns", []) if creation.old else []
    now: list[str] = creation.get("networkLoadBalancerArns", [])
    changed = {
        "AddNetworkLoadBalancerArns": [arn for arn in now if arn not in before],
        "RemoveNetworkLoadBalancerArns": [arn for arn in before if arn not in now],
    }
    values = {name: arns for name, arns in changed.items() if arns}
    return {"ServiceId": creation.id, "AcceptanceRequired": bool(creation.get("acceptanceRequired")), **values}


def _suffix(creation: Creation) -> Values:
    return {"arnSuffix": creation.id.split(":")[5].removeprefix("loadbalancer/")}


ENTRIES: Final = (
    Emulated(
        balancing.BALANCER,
        "elbv2",
        plus_tags(Step("create_load_balancer", _balancer)),
        "LoadBalancers.0.LoadBalancerArn",
        {"dnsName": "LoadBalancers.0.DNSName"},
        look=_suffix,
        then=(Step("modify_load_balancer_attributes", _attributes("LoadBalancerArn", _BALANCER_ATTRIBUTES)),),
        delete=(step("delete_load_balancer", LoadBalancerArn="@id"),),
        alive=Step("describe_load_balancers", lambda c: {"LoadBalancerArns": [c.id]}),
    ),
    Emulated(
        containers.TARGET_GROUP,
        "elbv2",
        plus_tags(Step("create_target_group", _group)),
        "TargetGroups.0.TargetGroupArn",
        look=lambda c: {"arnSuffix": c.id.split(":")[5]},
        then=(Step("modify_target_group_attributes", _attributes("TargetGroupArn", _GROUP_ATTRIBUTES)),),
        delete=(step("delete_target_group", TargetGroupArn="@id"),),
        alive=Step("describe_target_groups", lambda c: {"TargetGroupArns": [c.id]}),
    ),
    Emulated(
        balancing.LISTENER,
        "elbv2",
        Step("create_listener", lambda c: {"LoadBalancerArn": c.get("loadBalancerArn"), **_listener(c)}),
        "Listeners.0.ListenerArn",
        update=(Step("modify_listener", lambda c: {"ListenerArn": c.id, **_listener(c)}),),
        delete=(step("delete_listener", ListenerArn="@id"),),
        alive=Step("describe_listeners", lambda c: {"ListenerArns": [c.id]}),
    ),
    Emulated(
        balancing.TARGET,
        "elbv2",
        Step("register_targets", _targets),
        delete=(Step("deregister_targets", _targets),),
    ),
    Emulated(
        balancing.SERVICE,
        "ec2",
        step(
            "create_vpc_endpoint_service_configuration",
            AcceptanceRequired="acceptanceRequired",
            NetworkLoadBalancerArns="networkLoadBalancerArns",
            GatewayLoadBalancerArns="gatewayLoadBalancerArns",
            PrivateDnsName="privateDnsName",
        ),
        "ServiceConfiguration.ServiceId",
        {"serviceName": "ServiceConfiguration.ServiceName"},
        then=(Step("modify_vpc_endpoint_service_permissions", _principals),),
        update=(Step("modify_vpc_endpoint_service_configuration", _reconfigured),),
        delete=(listed("delete_vpc_endpoint_service_configurations", "ServiceIds"),),
        alive=listed("describe_vpc_endpoint_service_configurations", "ServiceIds"),
    ),
)
