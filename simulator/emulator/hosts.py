"""EC2's calls for what lies in subnets: interfaces, instances, endpoints; and for flow logs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from simulator.emulator.model import Emulated, Step, follow, listed, only, picked, step
from simulator.model import Values, at
from simulator.types import compute, endpoints

if TYPE_CHECKING:
    from simulator.creation import Creation


def _endpoint(creation: Creation) -> Values:
    values = picked(
        VpcId="vpcId",
        ServiceName="serviceName",
        VpcEndpointType="vpcEndpointType",
        PolicyDocument="policy",
        RouteTableIds="routeTableIds",
        SubnetIds="subnetIds",
        SecurityGroupIds="securityGroupIds",
    )(creation)
    if creation.get("vpcEndpointType") == "Interface":
        values["PrivateDnsEnabled"] = bool(creation.get("privateDnsEnabled", False))
    return values


def _flow_log(creation: Creation) -> Values:
    kinds = {"vpcId": "VPC", "subnetId": "Subnet", "eniId": "NetworkInterface"}
    field = next(name for name in kinds if creation.get(name))
    values = {"ResourceIds": [creation.get(field)], "ResourceType": kinds[field]}
    return values | picked(
        TrafficType="trafficType",
        LogDestinationType="logDestinationType",
        LogDestination="logDestination",
        DeliverLogsPermissionArn="iamRoleArn",
        LogFormat="logFormat",
        MaxAggregationInterval="maxAggregationInterval",
    )(creation)


def _interface(creation: Creation) -> Values:
    addresses: list[str] = creation.get("privateIps") or []
    values = picked(SubnetId="subnetId", Groups="securityGroups", Description="description")(creation)
    return values | ({"PrivateIpAddress": addresses[0]} if addresses else {})


def _instance(creation: Creation) -> Values:
    values = picked(ImageId="ami", InstanceType="instanceType", KeyName="keyName")(creation)
    attached = at(creation.inputs, "primaryNetworkInterface.networkInterfaceId") or at(
        creation.inputs, "networkInterfaces.networkInterfaceId"
    )
    if attached:
        values["NetworkInterfaces"] = [
            {"DeviceIndex": n, "NetworkInterfaceId": item} for n, item in enumerate(attached)
        ]
    else:
        values |= picked(SubnetId="subnetId", SecurityGroupIds="vpcSecurityGroupIds", PrivateIpAddress="privateIp")(
            creation
        )
    profile, metadata = creation.get("iamInstanceProfile"), creation.get("metadataOptions", {})
    if profile:
        values["IamInstanceProfile"] = {"Name": profile}
    options = {
        "HttpTokens": "httpTokens",
        "HttpPutResponseHopLimit": "httpPutResponseHopLimit",
        "HttpEndpoint": "httpEndpoint",
    }
    if metadata:
        values["MetadataOptions"] = {
            name: metadata[field] for name, field in options.items() if metadata.get(field) is not None
        }
    return values | {"MinCount": 1, "MaxCount": 1}


def _checked(creation: Creation) -> Values | None:
    """Switch the source/destination check off or on: a call that takes nothing else."""
    before = creation.old.outputs.get("sourceDestCheck", True) if creation.old else True
    wanted = bool(creation.get("sourceDestCheck", True))
    return {"NetworkInterfaceId": creation.id, "SourceDestCheck": {"Value": wanted}} if wanted != before else None


def _instance_checked(creation: Creation) -> Values | None:
    before = creation.old.outputs.get("sourceDestCheck", True) if creation.old else True
    wanted = bool(creation.get("sourceDestCheck", True))
    return {"InstanceId": creation.id, "SourceDestCheck": {"Value": wanted}} if wanted != before else None


def _instance_groups(creation: Creation) -> Values | None:
    groups: Any = creation.get("vpcSecurityGroupIds")
    return {"InstanceId": creation.id, "Groups": groups} if groups else None


def _changed_endpoint(creation: Creation) -> Values:
    """Give what an endpoint is to gain and to lose."""
    values: Values = {"VpcEndpointId": creation.id, **picked(PolicyDocument="policy")(creation)}
    lists = {"RouteTableIds": "routeTableIds", "SubnetIds": "subnetIds", "SecurityGroupIds": "securityGroupIds"}
    for name, field in lists.items():
        before: list[str] = creation.old.inputs.get(field) or [] if creation.old else []
        after: list[str] = creation.get(field, [])
        values[f"Add{name}"] = [item for item in after if item not in before]
        values[f"Remove{name}"] = [item for item in before if item not in after]
    return {name: value for name, value in values.items() if value}


def _attachment(creation: Creation) -> Values | None:
    world = creation.world
    if world is None:
        return None
    wanted = {"NetworkInterfaceIds": [creation.get("networkInterfaceId")]}
    found = world.call("ec2", creation.region, "describe_network_interfaces", wanted)
    attachment = follow(found, "NetworkInterfaces.0.Attachment.AttachmentId")
    return {"AttachmentId": attachment, "Force": True} if attachment else None


ENTRIES: Final = (
    Emulated(
        endpoints.ENDPOINT,
        "ec2",
        Step("create_vpc_endpoint", _endpoint),
        "VpcEndpoint.VpcEndpointId",
        tags="vpc-endpoint",
        interfaces="VpcEndpoint.NetworkInterfaceIds",
        update=(Step("modify_vpc_endpoint", _changed_endpoint),),
        delete=(listed("delete_vpc_endpoints", "VpcEndpointIds"),),
        alive=listed("describe_vpc_endpoints", "VpcEndpointIds"),
        alive_at="VpcEndpoints.0",
    ),
    Emulated(
        "aws:ec2/flowLog:FlowLog",
        "ec2",
        Step("create_flow_logs", _flow_log),
        "FlowLogIds.0",
        tags="vpc-flow-log",
        delete=(listed("delete_flow_logs", "FlowLogIds"),),
        alive=listed("describe_flow_logs", "FlowLogIds"),
        alive_at="FlowLogs.0",
    ),
    Emulated(
        compute.ENI,
        "ec2",
        Step("create_network_interface", _interface),
        "NetworkInterface.NetworkInterfaceId",
        {"privateIp": "NetworkInterface.PrivateIpAddress"},
        tags="network-interface",
        then=(Step("modify_network_interface_attribute", _checked),),
        update=(step("modify_network_interface_attribute", NetworkInterfaceId="@id", Groups="securityGroups"),),
        delete=only("delete_network_interface", "NetworkInterfaceId"),
        alive=listed("describe_network_interfaces", "NetworkInterfaceIds"),
    ),
    Emulated(
        "aws:ec2/networkInterfaceAttachment:NetworkInterfaceAttachment",
        "ec2",
        step(
            "attach_network_interface",
            InstanceId="instanceId",
            NetworkInterfaceId="networkInterfaceId",
            DeviceIndex="deviceIndex",
        ),
        "AttachmentId",
        delete=(Step("detach_network_interface", _attachment),),
    ),
    Emulated(
        compute.INSTANCE,
        "ec2",
        Step("run_instances", _instance),
        "Instances.0.InstanceId",
        tags="instance",
        interfaces="Instances.0.NetworkInterfaces.0.NetworkInterfaceId",
        then=(Step("modify_instance_attribute", _instance_checked),),
        update=(Step("modify_instance_attribute", _instance_groups),),
        delete=(listed("terminate_instances", "InstanceIds"),),
        alive=listed("describe_instances", "InstanceIds"),
        alive_at="Reservations.0",
    ),
)
