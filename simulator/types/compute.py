"""Instances and their network interfaces (Amazon EC2 API reference)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from simulator.errors import AwsError
from simulator.interfaces import ENI, Shape, interface, private_address, public_address
from simulator.model import Reference, Refusal, ResourceType, Unique, at
from simulator.types.common import PROPAGATION, matching, random_id
from simulator.types.vpc import GROUP, SUBNET

if TYPE_CHECKING:
    from simulator.creation import Creation

_EC2_ARN: Final = "arn:{partition}:ec2:{region}:{account}:"
INSTANCE: Final = "aws:ec2/instance:Instance"
PROFILE: Final = "aws:iam/instanceProfile:InstanceProfile"
KEY: Final = "aws:kms/key:Key"


def _same_vpc(field: str) -> Any:
    def check(creation: Creation) -> None:
        subnet = creation.get("subnetId")
        if subnet is None:
            return
        vpc = creation.require(SUBNET, subnet).outputs["vpcId"]
        for identifier in at(creation.inputs, field):
            if creation.require(GROUP, identifier).outputs["vpcId"] != vpc:
                raise AwsError(
                    "InvalidParameter", f"Security group {identifier} and subnet {subnet} belong to different networks."
                )

    return check


def _placed(creation: Creation) -> None:
    attached = creation.get("networkInterfaces") or creation.get("primaryNetworkInterface")
    if creation.get("subnetId") is None and not attached:
        raise AwsError("MissingInput", "No subnets found for the default VPC. Please specify a subnet.")
    if creation.get("ami") is None and creation.get("launchTemplate") is None:
        raise AwsError("MissingParameter", "The request must contain the parameter ImageId")


def _eni(creation: Creation) -> Mapping[str, Any]:
    subnet = creation.require(SUBNET, creation.get("subnetId"))
    wanted = list(creation.get("privateIps") or creation.get("privateIpLists") or ())
    address = private_address(creation, subnet, wanted[0] if wanted else None)
    groups = creation.get("securityGroups")
    if groups is None:
        groups = [creation.require("aws:ec2/vpc:Vpc", subnet.outputs["vpcId"]).outputs["defaultSecurityGroupId"]]
    return {
        "privateIp": address,
        "privateIps": wanted or [address],
        "securityGroups": groups,
        "interfaceType": creation.get("interfaceType", "interface"),
        "macAddress": ":".join(["06", *(creation.hex(10, "mac")[i : i + 2] for i in range(0, 10, 2))]),
        "ownerId": creation.session.account,
        "privateDnsName": f"ip-{address.replace('.', '-')}.{creation.region}.compute.internal",
        "sourceDestCheck": creation.get("sourceDestCheck", True),
    }


def _primary(creation: Creation) -> str | None:
    for item in [creation.get("primaryNetworkInterface"), *creation.get("networkInterfaces", [])]:
        if item and item.get("deviceIndex", 0) == 0:
            return item["networkInterfaceId"]
    return None


def _instance(creation: Creation) -> Mapping[str, Any]:
    given, groups = _primary(creation), creation.get("vpcSecurityGroupIds")
    if given is not None:
        eni = creation.require(ENI, given)
        groups = eni.outputs["securityGroups"]
    else:
        subnet_id = creation.get("subnetId")
        vpc = creation.require(SUBNET, subnet_id).outputs["vpcId"]
        groups = groups or [creation.require("aws:ec2/vpc:Vpc", vpc).outputs["defaultSecurityGroupId"]]
        eni = interface(creation, subnet_id, groups, Shape(address=creation.get("privateIp")))
        creation.change(eni, sourceDestCheck=creation.get("sourceDestCheck", True))
    subnet = creation.require(SUBNET, eni.outputs["subnetId"])
    address = eni.outputs["privateIp"]
    public = (
        creation.get("associatePublicIpAddress", subnet.outputs.get("mapPublicIpOnLaunch", False)) and given is None
    )
    return {
        "primaryNetworkInterfaceId": eni.id,
        "privateIp": address,
        "privateDns": f"ip-{address.replace('.', '-')}.{creation.region}.compute.internal",
        "publicIp": public_address(creation) if public else "",
        "associatePublicIpAddress": bool(public),
        "subnetId": subnet.id,
        "vpcSecurityGroupIds": groups,
        "availabilityZone": subnet.outputs["availabilityZone"],
        "instanceState": "running",
        "tenancy": creation.get("tenancy", "default"),
        "rootBlockDevice": {
            "deviceName": "/dev/sda1",
            "volumeId": f"vol-0{creation.hex(16, 'root')}",
            **creation.get("rootBlockDevice", {}),
        },
        "metadataOptions": {
            "httpEndpoint": "enabled",
            "httpTokens": "optional",
            "httpPutResponseHopLimit": 1,
            **creation.get("metadataOptions", {}),
        },
    }


def _instance_interface(creation: Creation) -> None:
    """Keep the groups of the primary interface those of the instance."""
    for eni in creation.account.owned_by((INSTANCE, creation.region, creation.id)):
        groups = creation.outputs.get("vpcSecurityGroupIds", [])
        creation.change(eni, securityGroups=groups, sourceDestCheck=creation.get("sourceDestCheck", True))


def _free_slot(creation: Creation) -> None:
    """An interface is attached once, in the AZ of its instance, and each device index of an instance is used once."""
    instance = creation.require(INSTANCE, creation.get("instanceId"))
    eni = creation.require(ENI, creation.get("networkInterfaceId"))
    subnet = creation.require(SUBNET, eni.outputs["subnetId"])
    if subnet.outputs["availabilityZone"] != instance.outputs["availabilityZone"]:
        raise AwsError(
            "InvalidParameterCombination",
            "You may not attach a network interface to an instance if they are not in the same availability zone",
        )
    if instance.outputs.get("primaryNetworkInterfaceId") == eni.id:
        raise AwsError("InvalidParameterValue", f"Interface: [{eni.id}] in use.")
    if creation.get("deviceIndex") == 0:
        raise AwsError(
            "InvalidParameterValue", f"Instance '{instance.id}' already has an interface attached at device index '0'."
        )


def _terminable(creation: Creation) -> None:
    if creation.inputs.get("disableApiTermination"):
        raise AwsError(
            "OperationNotPermitted",
            f"The instance '{creation.id}' may not be terminated. Modify its 'disableApiTermination' instance "
            f"attribute and try again.",
        )


TYPES: Final = (
    ResourceType(
        ENI,
        "EC2",
        "Network Interface",
        random_id("eni"),
        arn=_EC2_ARN + "network-interface/{id}",
        references=(Reference("subnetId", SUBNET), Reference("securityGroups", GROUP)),
        checks=(_same_vpc("securityGroups"),),
        computed=_eni,
        not_found=Refusal("InvalidNetworkInterfaceID.NotFound", "The networkInterface ID '{value}' does not exist"),
        in_use=Refusal("InvalidParameterValue", "Network interface '{id}' is currently in use."),
        update=frozenset({"securityGroups", "sourceDestCheck", "description"}),
    ),
    ResourceType(
        "aws:ec2/networkInterfaceAttachment:NetworkInterfaceAttachment",
        "EC2",
        "Network Interface Attachment",
        random_id("eni-attach"),
        create="AttachNetworkInterface",
        delete="DetachNetworkInterface",
        references=(Reference("instanceId", INSTANCE, blocks=False), Reference("networkInterfaceId", ENI)),
        unique=(
            Unique(
                ("networkInterfaceId",), Refusal("InvalidParameterValue", "Interface: [{networkInterfaceId}] in use.")
            ),
            Unique(
                ("instanceId", "deviceIndex"),
                Refusal(
                    "InvalidParameterValue",
                    "Instance '{instanceId}' already has an interface attached at device index '{deviceIndex}'.",
                ),
            ),
        ),
        checks=(_free_slot,),
        computed=lambda c: {"attachmentId": c.id, "status": "attached"},
        replace=frozenset({"instanceId", "networkInterfaceId", "deviceIndex"}),
    ),
    ResourceType(
        INSTANCE,
        "EC2",
        "Instance",
        random_id("i"),
        arn=_EC2_ARN + "instance/{id}",
        create="RunInstances",
        delete="TerminateInstances",
        references=(
            Reference("subnetId", SUBNET),
            Reference("vpcSecurityGroupIds", GROUP),
            Reference(
                "iamInstanceProfile",
                PROFILE,
                by=("id", "name"),
                blocks=False,
                refusal=Refusal(
                    "InvalidParameterValue",
                    "Value ({value}) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance "
                    "Profile name",
                ),
                unready=Refusal(
                    "InvalidParameterValue",
                    "Value ({value}) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance "
                    "Profile name",
                    patience=PROPAGATION,
                ),
            ),
            Reference("networkInterfaces.networkInterfaceId", ENI),
            Reference("primaryNetworkInterface.networkInterfaceId", ENI),
            Reference("rootBlockDevice.kmsKeyId", KEY, by=("arn", "id"), foreign=("alias/aws/",), blocks=False),
        ),
        validate={
            "ami": matching(
                r"ami-([0-9a-f]{8}|[0-9a-f]{17})|resolve:ssm:.+", "an AMI id is ami- and 8 or 17 hexadecimal digits"
            )
        },
        checks=(_placed, _same_vpc("vpcSecurityGroupIds")),
        computed=_instance,
        after_update=(_instance_interface,),
        before_delete=(_terminable,),
        not_found=Refusal("InvalidInstanceID.NotFound", "The instance ID '{value}' does not exist"),
        # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceAttribute.html tells what may
        # change in place.
        update=frozenset(
            {
                "iamInstanceProfile",
                "instanceType",
                "disableApiTermination",
                "metadataOptions",
                "tags",
                "vpcSecurityGroupIds",
                "sourceDestCheck",
                "userData",
                "userDataBase64",
                "monitoring",
                "ebsOptimized",
            }
        ),
        replace=frozenset({"ami", "subnetId", "keyName", "privateIp", "availabilityZone", "associatePublicIpAddress"}),
    ),
)
