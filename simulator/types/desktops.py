"""Directories and WorkSpaces (AWS Directory Service and Amazon WorkSpaces API references)."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from simulator import regions
from simulator.errors import AwsError
from simulator.interfaces import interface, made_group, open_controllers
from simulator.model import Reference, Refusal, ResourceType, Unique, at
from simulator.quotas import quota
from simulator.types.common import matching, one_of
from simulator.types.identity import ATTACHMENT, ROLE
from simulator.types.keys import key_reference
from simulator.types.observability import LOG_GROUP
from simulator.types.vpc import GROUP, SUBNET, VPC, blocks_of

if TYPE_CHECKING:
    from simulator.account import Object
    from simulator.creation import Creation

DIRECTORY: Final = "aws:directoryservice/directory:Directory"
REGISTRATION: Final = "aws:workspaces/directory:Directory"
IP_GROUP: Final = "aws:workspaces/ipGroup:IpGroup"
WORKSPACE: Final = "aws:workspaces/workspace:Workspace"
_ROLE: Final = "workspaces_DefaultRole"
_ROLE_POLICIES: Final = ("AmazonWorkSpacesServiceAccess", "AmazonWorkSpacesSelfServiceAccess")
# https://docs.aws.amazon.com/workspaces/latest/adminguide/azs-workspaces.html
_ZONES: Final = {
    "ap-northeast-1": ("apne1-az1", "apne1-az4"),
    "ap-southeast-2": ("apse2-az1", "apse2-az3"),
    "eu-central-1": ("euc1-az2", "euc1-az3"),
    "eu-west-1": ("euw1-az1", "euw1-az2", "euw1-az3"),
    "us-east-1": ("use1-az2", "use1-az4", "use1-az6"),
    "us-west-2": ("usw2-az1", "usw2-az2", "usw2-az3"),
}
# https://docs.aws.amazon.com/workspaces/latest/adminguide/workspaces-port-requirements.html (management interface)
_MANAGEMENT: Final = {"ap-northeast-1": "198.19.0.0/16"}


def _subnets(creation: Creation, path: str) -> list[Object]:
    return [creation.require(SUBNET, identifier) for identifier in at(creation.inputs, path)]


def _directory_place(creation: Creation) -> None:
    if creation.get("type") in ("SimpleAD", "MicrosoftAD") and creation.get("vpcSettings") is None:
        raise AwsError("ClientException", "VPC settings are required for this type of directory")
    subnets = _subnets(creation, "vpcSettings.subnetIds")
    if len(subnets) != 2 or len({subnet.outputs["availabilityZone"] for subnet in subnets}) != 2:
        raise AwsError(
            "InvalidParameterException",
            "Invalid subnet ID(s). They must correspond to two subnets in different Availability Zones.",
        )
    if {subnet.outputs["vpcId"] for subnet in subnets} != set(at(creation.inputs, "vpcSettings.vpcId")):
        raise AwsError("InvalidParameterException", "The subnets do not belong to the VPC of the directory.")


def _password(_path: str, value: Any) -> str | None:
    # https://docs.aws.amazon.com/directoryservice/latest/devguide/API_CreateMicrosoftAD.html: 8-64 characters,
    # three of four classes.
    text = str(value)
    kinds = {"lower" if c.islower() else "upper" if c.isupper() else "digit" if c.isdigit() else "other" for c in text}
    met = len(kinds)
    return None if 8 <= len(text) <= 64 and met >= 3 else "must be 8 to 64 characters of at least three of four classes"


def _directory(creation: Creation) -> Mapping[str, Any]:
    alias = creation.get("alias", creation.id)
    subnets = _subnets(creation, "vpcSettings.subnetIds")
    # AWS makes a group and two controllers' interfaces in the customer's VPC.
    described = f"AWS created security group for {creation.id} directory controllers"
    group = made_group(creation, f"{creation.id}_controllers", described, creation.get("vpcSettings")["vpcId"])
    open_controllers(creation, group, blocks_of(creation, creation.get("vpcSettings")["vpcId"]))
    addresses = [str(interface(creation, subnet.id, [group]).outputs["privateIp"]) for subnet in subnets]
    zones = [subnet.outputs["availabilityZone"] for subnet in subnets]
    return {
        "accessUrl": f"{alias}.awsapps.com",
        "alias": alias,
        "securityGroupId": group,
        "dnsIpAddresses": sorted(addresses),
        "shortName": creation.get("shortName", str(creation.get("name")).partition(".")[0]),
        "size": creation.get("size", "Small" if creation.get("type") == "SimpleAD" else "Large"),
        "desiredNumberOfDomainControllers": creation.get("desiredNumberOfDomainControllers", 2),
        "vpcSettings": {**creation.get("vpcSettings", {}), "availabilityZones": zones},
    }


def _deregistered(creation: Creation) -> None:
    for item in creation.others(REGISTRATION):
        if item.inputs.get("directoryId") == creation.id:
            raise AwsError(
                "ClientException",
                f"Cannot delete the directory {creation.id} because it still has authorized applications.",
                until=item.due if item.phase == "deleting" else 0,
            )


def _default_role(creation: Creation) -> None:
    # https://docs.aws.amazon.com/workspaces/latest/adminguide/workspaces-access-control.html#create-default-role
    role = creation.find(ROLE, _ROLE)
    attached = {
        o.inputs["policyArn"].rsplit("/", 1)[-1] for o in creation.others(ATTACHMENT) if o.inputs["role"] == _ROLE
    }
    attached |= {arn.rsplit("/", 1)[-1] for arn in at(role.outputs, "managedPolicyArns")} if role else set()
    if role is None or not set(_ROLE_POLICIES) <= attached:
        raise AwsError(
            "AccessDeniedException",
            "Access is denied to the requested resource: you must create the default role "
            f"{_ROLE} with the policies {' and '.join(_ROLE_POLICIES)} before you can register a directory.",
        )


def _registrable(creation: Creation) -> None:
    directory = creation.require(DIRECTORY, creation.get("directoryId"))
    subnets = _subnets(creation, "subnetIds")
    vpc = directory.outputs["vpcSettings"]["vpcId"]
    if any(subnet.outputs["vpcId"] != vpc for subnet in subnets):
        raise AwsError("InvalidParameterValuesException", "The subnets must belong to the VPC of the directory.")
    supported = _ZONES.get(creation.region)
    for subnet in subnets:
        if supported and subnet.outputs["availabilityZoneId"] not in supported:
            raise AwsError(
                "UnsupportedNetworkConfigurationException",
                f"The subnet {subnet.id} lies in an Availability Zone that WorkSpaces does not support "
                f"({subnet.outputs['availabilityZoneId']}).",
            )
    if subnets and len({subnet.outputs["availabilityZone"] for subnet in subnets}) != 2:
        raise AwsError("InvalidParameterValuesException", "Two subnets in different Availability Zones are required.")
    _management_range(creation, vpc)


def _management_range(creation: Creation, vpc_id: str) -> None:
    taken = _MANAGEMENT.get(creation.region)
    block = ipaddress.ip_network(creation.require(VPC, vpc_id).outputs["cidrBlock"])
    if taken and block.overlaps(ipaddress.ip_network(taken)):
        raise AwsError(
            "UnsupportedNetworkConfigurationException",
            f"The VPC's CIDR block {block} overlaps with the management network {taken}.",
        )


def _registration(creation: Creation) -> Mapping[str, Any]:
    directory = creation.require(DIRECTORY, creation.get("directoryId"))
    access = {
        "deviceTypeAndroid",
        "deviceTypeChromeos",
        "deviceTypeIos",
        "deviceTypeLinux",
        "deviceTypeOsx",
        "deviceTypeWeb",
        "deviceTypeWindows",
        "deviceTypeZeroclient",
    }
    # What AWS sets when nothing is said: https://docs.aws.amazon.com/workspaces/latest/api/API_SelfservicePermissions.html
    self_service = {
        "changeComputeType": False,
        "increaseVolumeSize": False,
        "rebuildWorkspace": False,
        "restartWorkspace": True,
        "switchRunningMode": False,
    }
    creation_properties = {
        "enableInternetAccess": False,
        "enableMaintenanceMode": False,
        "userEnabledAsLocalAdministrator": True,
        "defaultOu": "",
        "customSecurityGroupId": "",
    }
    vpc = directory.outputs["vpcSettings"]["vpcId"]
    group = made_group(creation, f"{directory.id}_workspacesMembers", "Amazon WorkSpaces Security Group", vpc)
    return {
        "alias": directory.outputs["alias"],
        "customerUserName": "Administrator",
        "directoryName": directory.outputs["name"],
        "directoryType": "MICROSOFT_AD" if directory.outputs["type"] == "MicrosoftAD" else "SIMPLE_AD",
        "dnsIpAddresses": directory.outputs["dnsIpAddresses"],
        "iamRoleId": f"arn:{regions.PARTITION}:iam::{creation.session.account}:role/{_ROLE}",
        "registrationCode": f"WS{creation.region.split('-')[0][:2]}+{creation.hex(6, 'code').upper()}",
        "workspaceSecurityGroupId": group,
        "ipGroupIds": creation.get("ipGroupIds", []),
        "subnetIds": creation.get("subnetIds") or directory.outputs["vpcSettings"]["subnetIds"],
        "tenancy": creation.get("tenancy", "SHARED"),
        "selfServicePermissions": {**self_service, **creation.get("selfServicePermissions", {})},
        "workspaceAccessProperties": {
            **dict.fromkeys(sorted(access), "ALLOW"),
            "deviceTypeWeb": "DENY",
            "deviceTypeLinux": "DENY",
            **creation.get("workspaceAccessProperties", {}),
        },
        "workspaceCreationProperties": {**creation_properties, **creation.get("workspaceCreationProperties", {})},
    }


def _ip_rules(creation: Creation) -> None:
    rules = creation.get("rules", [])
    limit = quota(creation.account, "rules-per-ip-group")
    if len(rules) > limit:
        raise AwsError(
            "ResourceLimitExceededException",
            f"The maximum number of rules per IP access control group is {limit}.",
        )


def _rule_source(_path: str, value: Any) -> str | None:
    try:
        ipaddress.IPv4Network(str(value))
    except ValueError:
        return f"{value!r} is no IPv4 address or CIDR block"
    return None


def _desktop(creation: Creation) -> None:
    if creation.find(REGISTRATION, creation.get("directoryId")) is None:
        raise AwsError(
            "ResourceNotFoundException",
            f"The directory {creation.get('directoryId')} is not registered with WorkSpaces.",
        )
    properties = creation.get("workspaceProperties", {})
    minutes, mode = properties.get("runningModeAutoStopTimeoutInMinutes"), properties.get("runningMode", "ALWAYS_ON")
    if minutes is not None and mode == "ALWAYS_ON":
        raise AwsError(
            "InvalidParameterValuesException", "The auto-stop time-out is valid only for the running mode AUTO_STOP."
        )
    if minutes is not None and (minutes % 60 or minutes <= 0):
        raise AwsError(
            "InvalidParameterValuesException", f"The auto-stop time-out {minutes} is not a multiple of 60 minutes."
        )
    encrypted = creation.get("rootVolumeEncryptionEnabled") or creation.get("userVolumeEncryptionEnabled")
    if creation.get("volumeEncryptionKey") and not encrypted:
        raise AwsError("InvalidParameterValuesException", "A volume encryption key needs an encrypted volume.")


def _desktop_interface(creation: Creation) -> Mapping[str, Any]:
    registration = creation.require(REGISTRATION, creation.get("directoryId")).outputs
    subnets = list(registration["subnetIds"])
    custom = registration["workspaceCreationProperties"].get("customSecurityGroupId")
    groups = [registration["workspaceSecurityGroupId"], *([custom] if custom else [])]
    subnet = subnets[int(creation.hex(4, "subnet"), 16) % len(subnets)]
    eni = interface(creation, subnet, groups)
    return {
        "ipAddress": eni.outputs["privateIp"],
        "computerName": f"EC2AMAZ-{creation.hex(7, 'computer').upper()}",
        "state": "AVAILABLE",
    }


_CREATING: Final = Refusal("ClientException", "The directory {value} is not in the stage Active.")
_RUNNING: Final = one_of("ALWAYS_ON", "AUTO_STOP", "MANUAL")

TYPES: Final = (
    ResourceType(
        DIRECTORY,
        "Directory Service",
        "Directory",
        lambda c: f"d-{c.hex(10)}",
        create="CreateMicrosoftAD",
        cloudformation="AWS::DirectoryService::MicrosoftAD",
        references=(Reference("vpcSettings.vpcId", VPC), Reference("vpcSettings.subnetIds", SUBNET)),
        defaults={"edition": None, "enableDirectoryDataAccess": None},
        validate={
            "password": _password,
            "type": one_of("SimpleAD", "MicrosoftAD", "ADConnector"),
            "edition": one_of("Enterprise", "Standard", "Hybrid"),
            "name": matching(r"([a-zA-Z0-9]+[\\.-])+([a-zA-Z0-9])+", "a fully qualified domain name"),
        },
        checks=(_directory_place,),
        computed=_directory,
        before_delete=(_deregistered,),
        not_found=Refusal("EntityDoesNotExistException", "Directory {value} does not exist"),
        in_use=Refusal(
            "ClientException", "Cannot delete the directory {id} because it still has authorized applications."
        ),
        replace=frozenset(
            {
                "name",
                "password",
                "type",
                "edition",
                "size",
                "shortName",
                "vpcSettings",
                "connectSettings",
                "alias",
                "description",
            }
        ),
        update=frozenset({"enableSso", "desiredNumberOfDomainControllers"}),
        autoname="-",
    ),
    ResourceType(
        "aws:directoryservice/logSubscription:LogSubscription",
        "Directory Service",
        "Log Subscription",
        lambda c: c.get("directoryId"),
        references=(
            Reference("directoryId", DIRECTORY, blocks=False, unready=_CREATING),
            Reference("logGroupName", LOG_GROUP, blocks=False),
        ),
        unique=(
            Unique(
                ("directoryId",),
                Refusal("EntityAlreadyExistsException", "A log subscription for {directoryId} already exists"),
            ),
        ),
        replace=frozenset({"directoryId", "logGroupName"}),
    ),
    ResourceType(
        REGISTRATION,
        "WorkSpaces",
        "Directory",
        lambda c: c.get("directoryId"),
        create="RegisterWorkspaceDirectory",
        delete="DeregisterWorkspaceDirectory",
        references=(
            Reference(
                "directoryId",
                DIRECTORY,
                refusal=Refusal("ResourceNotFoundException", "The directory {value} could not be found"),
                # Two minutes: terraform-provider-aws, internal/service/workspaces/directory.go.
                unready=Refusal(
                    "InvalidResourceStateException", "The directory {value} is not in the state ACTIVE.", patience=120
                ),
            ),
            Reference("subnetIds", SUBNET),
            Reference("ipGroupIds", IP_GROUP),
            Reference("workspaceCreationProperties.customSecurityGroupId", GROUP),
        ),
        checks=(_default_role, _registrable),
        computed=_registration,
        not_found=Refusal("ResourceNotFoundException", "The directory {value} is not registered with WorkSpaces."),
        in_use=Refusal("InvalidResourceStateException", "The directory {id} still has WorkSpaces."),
        replace=frozenset({"directoryId", "subnetIds", "workspaceType", "userIdentityType"}),
    ),
    ResourceType(
        IP_GROUP,
        "WorkSpaces",
        "IP Group",
        lambda c: f"wsipg-{c.hex(9)}",
        create="CreateIpGroup",
        validate={"rules.source": _rule_source},
        unique=(
            Unique(("name",), Refusal("ResourceAlreadyExistsException", "An IP group named {name} already exists")),
        ),
        checks=(_ip_rules,),
        not_found=Refusal("ResourceNotFoundException", "The IP group {value} does not exist"),
        in_use=Refusal("ResourceAssociatedException", "The IP group {id} is associated with a directory."),
        replace=frozenset({"name", "description"}),
    ),
    ResourceType(
        WORKSPACE,
        "WorkSpaces",
        "Workspace",
        lambda c: f"ws-{c.hex(9)}",
        create="CreateWorkspaces",
        delete="TerminateWorkspaces",
        references=(
            Reference(
                "directoryId",
                REGISTRATION,
                refusal=Refusal(
                    "ResourceNotFoundException", "The directory {value} is not registered with WorkSpaces."
                ),
                unready=Refusal("InvalidResourceStateException", "The directory {value} is not registered yet."),
            ),
            key_reference("volumeEncryptionKey"),
        ),
        unique=(
            Unique(
                ("directoryId", "userName"),
                Refusal(
                    "ResourceAlreadyExistsException", "The user {userName} already has a WorkSpace in {directoryId}"
                ),
            ),
        ),
        validate={
            "bundleId": matching(r"wsb-[0-9a-z]{8,63}", "a bundle id is wsb- and letters or digits"),
            "workspaceProperties.runningMode": _RUNNING,
            "userName": matching(r"[^\\/:*?\"<>|\[\];=,+@]{1,63}", "a user name of 1 to 63 characters"),
        },
        checks=(_desktop,),
        computed=_desktop_interface,
        not_found=Refusal("ResourceNotFoundException", "The WorkSpace {value} does not exist"),
        replace=frozenset(
            {
                "directoryId",
                "userName",
                "bundleId",
                "volumeEncryptionKey",
                "rootVolumeEncryptionEnabled",
                "userVolumeEncryptionEnabled",
            }
        ),
    ),
)
