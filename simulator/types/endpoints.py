"""VPC endpoints and flow logs (Amazon EC2 API reference)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from simulator.documents import valid_policy
from simulator.errors import AwsError
from simulator.interfaces import ENI, Shape, interface
from simulator.model import Reference, Refusal, ResourceType, Unique, at
from simulator.types.common import PROPAGATION, one_of, random_id
from simulator.types.gateways import ENDPOINT
from simulator.types.groups import AWS_PREFIX_LISTS
from simulator.types.vpc import GROUP, SUBNET, TABLE, VPC

if TYPE_CHECKING:
    from simulator.creation import Creation

_EC2_ARN: Final = "arn:{partition}:ec2:{region}:{account}:"
_FULL_ACCESS: Final = {
    "Version": "2008-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
}
# https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html, the default format (version 2)
_FLOW_FORMAT: Final = " ".join(
    f"${{{name}}}"
    for name in (
        *("version", "account-id", "interface-id", "srcaddr", "dstaddr", "srcport", "dstport"),
        *("protocol", "packets", "bytes", "start", "end", "action", "log-status"),
    )
)
LOG_GROUP: Final = "aws:cloudwatch/logGroup:LogGroup"
ROLE: Final = "aws:iam/role:Role"
BUCKET: Final = "aws:s3/bucket:Bucket"


def _service(creation: Creation) -> str:
    """Give the last part of the service name (`s3`, `ecr.api`), or an empty string for somebody's own endpoint
    service."""
    for prefix in (f"com.amazonaws.{creation.region}.", f"aws.api.{creation.region}."):
        if str(creation.get("serviceName", "")).startswith(prefix):
            return str(creation.get("serviceName"))[len(prefix) :]
    return ""


def _service_there(creation: Creation) -> None:
    name, kind = str(creation.get("serviceName", "")), creation.get("vpcEndpointType", "Gateway")
    own = f".{creation.region}.vpce-svc-" in name or kind == "GatewayLoadBalancer"
    if not own and not _service(creation):
        raise AwsError("InvalidServiceName", f"The Vpc Endpoint Service '{name}' does not exist")
    if kind == "Gateway" and _service(creation) not in AWS_PREFIX_LISTS:
        raise AwsError(
            "InvalidParameter",
            f"Endpoint type (Gateway) does not match available service types ([Interface]) of {name}.",
        )


def _arguments_of_kind(creation: Creation) -> None:
    kind = creation.get("vpcEndpointType", "Gateway")
    misplaced = {
        "Gateway": ("subnetIds", "securityGroupIds", "privateDnsEnabled"),
        "Interface": ("routeTableIds",),
    }.get(kind, ())
    for name in misplaced:
        if creation.get(name):
            raise AwsError("InvalidParameter", f"The parameter {name} is not supported for an endpoint of type {kind}.")


def _one_subnet_a_zone(creation: Creation) -> None:
    zones: set[str] = set()
    for identifier in at(creation.inputs, "subnetIds"):
        subnet = creation.require(SUBNET, identifier)
        if subnet.outputs["vpcId"] != creation.get("vpcId"):
            raise AwsError(
                "InvalidParameter", f"The subnet ID {identifier} does not belong to the VPC {creation.get('vpcId')}"
            )
        zone = subnet.outputs["availabilityZone"]
        if zone in zones:
            raise AwsError(
                "DuplicateSubnetsInSameZone",
                f"Found another VPC endpoint subnet in the availability zone of {identifier}",
            )
        zones.add(zone)


def _groups_in_vpc(creation: Creation) -> None:
    for identifier in at(creation.inputs, "securityGroupIds"):
        if creation.require(GROUP, identifier).outputs["vpcId"] != creation.get("vpcId"):
            raise AwsError(
                "InvalidGroup.NotFound",
                f"The security group '{identifier}' does not exist in VPC '{creation.get('vpcId')}'",
            )


def _private_dns(creation: Creation) -> None:
    if not creation.get("privateDnsEnabled"):
        return
    vpc = creation.require(VPC, creation.get("vpcId"))
    if not (vpc.outputs.get("enableDnsSupport") and vpc.outputs.get("enableDnsHostnames")):
        raise AwsError(
            "InvalidParameter",
            f"Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true "
            f"for {vpc.id}",
        )
    for other in creation.others(ENDPOINT):
        same = other.outputs["vpcId"] == vpc.id and other.outputs.get("serviceName") == creation.get("serviceName")
        if same and other.outputs.get("privateDnsEnabled"):
            raise AwsError(
                "InvalidParameter",
                f"private-dns-enabled cannot be set because there is already a conflicting DNS domain for "
                f"{_service(creation)}.{creation.region}.amazonaws.com in the VPC {vpc.id}",
            )


def _free_tables(creation: Creation) -> None:
    prefix = AWS_PREFIX_LISTS.get(_service(creation), "")
    for identifier in at(creation.inputs, "routeTableIds"):
        if creation.require(TABLE, identifier).outputs["vpcId"] != creation.get("vpcId"):
            raise AwsError(
                "InvalidParameter", f"Route table {identifier} does not belong to VPC {creation.get('vpcId')}"
            )
        for other in creation.others(ENDPOINT):
            if other.outputs.get("serviceName") == creation.get("serviceName") and identifier in at(
                other.inputs, "routeTableIds"
            ):
                raise AwsError(
                    "RouteAlreadyExists",
                    f"route table {identifier} already has a route with destination-prefix-list-id {prefix}",
                )


def _endpoint(creation: Creation) -> Mapping[str, Any]:
    kind, service = creation.get("vpcEndpointType", "Gateway"), _service(creation)
    outputs: dict[str, Any] = {
        "state": "available",
        "ownerId": creation.session.account,
        "ipAddressType": creation.get("ipAddressType", "ipv4"),
        "policy": creation.get("policy") or (json.dumps(_FULL_ACCESS) if kind != "GatewayLoadBalancer" else ""),
        "serviceRegion": creation.get("serviceRegion", creation.region),
        "dnsEntries": [],
        "networkInterfaceIds": [],
        "cidrBlocks": [],
    }
    if kind == "Gateway":
        return {**outputs, "prefixListId": AWS_PREFIX_LISTS[service], "cidrBlocks": ["52.219.0.0/20"]}
    groups = creation.get("securityGroupIds") or [
        creation.require(VPC, creation.get("vpcId")).outputs["defaultSecurityGroupId"]
    ]
    if kind == "GatewayLoadBalancer":
        groups = []
    enis = [interface(creation, subnet, groups, Shape("vpc_endpoint")) for subnet in at(creation.inputs, "subnetIds")]
    names = [f"{creation.id}-{creation.hex(8, 'dns')}.{service or 'vpce-svc'}.{creation.region}.vpce.amazonaws.com"]
    if creation.get("privateDnsEnabled"):
        names.append(".".join([*reversed(service.split(".")), creation.region, "amazonaws.com"]))
    entries = [
        {"dnsName": name, "hostedZoneId": f"Z{creation.hex(13, name).upper()}"} for name in names if kind == "Interface"
    ]
    return {
        **outputs,
        "securityGroupIds": groups,
        "networkInterfaceIds": [eni.id for eni in enis],
        "dnsEntries": entries,
    }


def _endpoint_interfaces(creation: Creation) -> None:
    """Keep the groups of the endpoint's interfaces those of the endpoint."""
    for eni in creation.account.owned_by((ENDPOINT, creation.region, creation.id)):
        creation.change(eni, securityGroups=creation.outputs.get("securityGroupIds", []))


def _flow_log_shape(creation: Creation) -> None:
    subjects = [
        name
        for name in ("vpcId", "subnetId", "eniId", "transitGatewayId", "transitGatewayAttachmentId")
        if creation.get(name)
    ]
    if len(subjects) != 1:
        raise AwsError(
            "InvalidParameter",
            f"exactly one of vpcId, subnetId, eniId and the transit gateway must be given, there are {len(subjects)}",
        )
    to_logs = creation.get("logDestinationType", "cloud-watch-logs") == "cloud-watch-logs"
    if to_logs and not creation.get("iamRoleArn"):
        raise AwsError(
            "InvalidParameter", "DeliverLogsPermissionArn can't be empty when the destination is CloudWatch Logs"
        )
    if to_logs and not creation.get("logDestination"):
        raise AwsError("InvalidParameter", "LogDestination can't be empty")
    if not to_logs and creation.get("iamRoleArn"):
        raise AwsError("InvalidParameter", "DeliverLogsPermissionArn is not applicable for s3 delivery")
    destination = str(creation.get("logDestination", ""))
    if to_logs and destination:
        creation.require(LOG_GROUP, destination.removesuffix(":*"), ("arn",))
    elif destination.startswith("arn:aws:s3:::"):
        creation.require(BUCKET, destination.removeprefix("arn:aws:s3:::").partition("/")[0])


def _flow_log(creation: Creation) -> Mapping[str, Any]:
    return {"logFormat": creation.get("logFormat", _FLOW_FORMAT), "logDestination": creation.get("logDestination", "")}


TYPES: Final = (
    ResourceType(
        ENDPOINT,
        "EC2",
        "VPC Endpoint",
        random_id("vpce"),
        arn=_EC2_ARN + "vpc-endpoint/{id}",
        create="CreateVpcEndpoint",
        delete="DeleteVpcEndpoints",
        cloudformation="AWS::EC2::VPCEndpoint",
        references=(
            Reference("vpcId", VPC),
            Reference("subnetIds", SUBNET),
            Reference("securityGroupIds", GROUP),
            Reference("routeTableIds", TABLE, blocks=False),
        ),
        validate={
            "vpcEndpointType": one_of("Gateway", "Interface", "GatewayLoadBalancer", "Resource", "ServiceNetwork"),
            "policy": valid_policy(),
        },
        checks=(_service_there, _arguments_of_kind, _one_subnet_a_zone, _groups_in_vpc, _private_dns, _free_tables),
        computed=_endpoint,
        after_update=(_endpoint_interfaces,),
        not_found=Refusal("InvalidVpcEndpointId.NotFound", "The Vpc Endpoint Id '{value}' does not exist"),
    ),
    ResourceType(
        "aws:ec2/flowLog:FlowLog",
        "EC2",
        "Flow Log",
        random_id("fl"),
        arn=_EC2_ARN + "vpc-flow-log/{id}",
        create="CreateFlowLogs",
        references=(
            Reference("vpcId", VPC, blocks=False),
            Reference("subnetId", SUBNET, blocks=False),
            Reference("eniId", ENI, blocks=False),
            Reference(
                "iamRoleArn",
                ROLE,
                by=("arn",),
                blocks=False,
                unready=Refusal("InvalidParameter", "Unable to assume given IAM role", patience=PROPAGATION),
            ),
        ),
        unique=(
            Unique(
                ("logDestination",),
                Refusal(
                    "FlowLogAlreadyExists",
                    "There is an existing Flow Log with the same configuration and log destination.",
                ),
                optional=("vpcId", "subnetId", "eniId", "trafficType"),
            ),
        ),
        validate={"trafficType": one_of("ACCEPT", "REJECT", "ALL"), "maxAggregationInterval": one_of(60, 600)},
        checks=(_flow_log_shape,),
        computed=_flow_log,
        # https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html: a flow log cannot be changed after it was
        # made.
        replace=frozenset(
            {
                "vpcId",
                "subnetId",
                "eniId",
                "iamRoleArn",
                "logDestination",
                "logDestinationType",
                "logFormat",
                "trafficType",
                "maxAggregationInterval",
                "destinationOptions",
            }
        ),
    ),
)
