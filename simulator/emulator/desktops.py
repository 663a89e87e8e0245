"""The calls of Directory Service and WorkSpaces. moto has no IP groups: they are in the simulator's table alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from simulator.emulator.model import Amendment, Emulated, Step, picked, step, tag_list
from simulator.model import Values
from simulator.types import desktops

if TYPE_CHECKING:
    from simulator.creation import Creation


_ACCESS: Final = {
    "DeviceTypeWindows": "deviceTypeWindows",
    "DeviceTypeOsx": "deviceTypeOsx",
    "DeviceTypeWeb": "deviceTypeWeb",
    "DeviceTypeIos": "deviceTypeIos",
    "DeviceTypeAndroid": "deviceTypeAndroid",
    "DeviceTypeChromeOs": "deviceTypeChromeos",
    "DeviceTypeZeroClient": "deviceTypeZeroclient",
    "DeviceTypeLinux": "deviceTypeLinux",
}
_CREATION: Final = {
    "EnableInternetAccess": "enableInternetAccess",
    "DefaultOu": "defaultOu",
    "CustomSecurityGroupId": "customSecurityGroupId",
    "UserEnabledAsLocalAdministrator": "userEnabledAsLocalAdministrator",
    "EnableMaintenanceMode": "enableMaintenanceMode",
}
_SELF_SERVICE: Final = {
    "RestartWorkspace": "restartWorkspace",
    "IncreaseVolumeSize": "increaseVolumeSize",
    "ChangeComputeType": "changeComputeType",
    "SwitchRunningMode": "switchRunningMode",
    "RebuildWorkspace": "rebuildWorkspace",
}
_PROPERTIES: Final = {
    "RunningMode": "runningMode",
    "RunningModeAutoStopTimeoutInMinutes": "runningModeAutoStopTimeoutInMinutes",
    "RootVolumeSizeGib": "rootVolumeSizeGib",
    "UserVolumeSizeGib": "userVolumeSizeGib",
    "ComputeTypeName": "computeTypeName",
}


def _renamed(given: Values, names: Mapping[str, str]) -> Values:
    return {name: given[field] for name, field in names.items() if given.get(field) is not None}


def _tagged(values: Values, creation: Creation) -> Values:
    tags = tag_list(creation)
    return {**values, "Tags": tags} if tags else values


def _directory(creation: Creation) -> Step:
    """Give the call that makes a directory of the type asked for."""
    kind = creation.get("type", "SimpleAD")
    place: Values = creation.get("vpcSettings") or creation.get("connectSettings") or {}
    values = picked(Name="name", ShortName="shortName", Password="password", Description="description")(creation)  # noqa: S106 - the name of an input
    where: Values = {"VpcId": place.get("vpcId"), "SubnetIds": place.get("subnetIds")}
    if kind == "MicrosoftAD":
        given = {**values, "VpcSettings": where, **picked(Edition="edition")(creation)}
        return Step("create_microsoft_ad", lambda c: _tagged(given, c))
    if kind == "ADConnector":
        where |= {"CustomerDnsIps": place.get("customerDnsIps"), "CustomerUserName": place.get("customerUsername")}
        connected = {**values, "ConnectSettings": where, "Size": creation.get("size", "Small")}
        return Step("connect_directory", lambda c: _tagged(connected, c))
    simple = {**values, "VpcSettings": where, "Size": creation.get("size", "Small")}
    return Step("create_directory", lambda c: _tagged(simple, c))


def _controllers(creation: Creation) -> list[str]:
    """Give the interfaces that moto made for a directory: those that its description names."""
    world = creation.world
    wanted = {"Filters": [{"Name": "description", "Values": [f"AWS created network interface for {creation.id}"]}]}
    found: Any = world.call("ec2", creation.region, "describe_network_interfaces", wanted) if world else {}
    return [item["NetworkInterfaceId"] for item in found.get("NetworkInterfaces", ())]


def _amend_directory(creation: Creation) -> Iterable[Amendment]:
    made = creation.outputs
    number = made.get("desiredNumberOfDomainControllers", 2)
    values = {"dns_ip_addrs": made["dnsIpAddresses"], "desired_number_of_domain_controllers": number}
    yield Amendment("ds", "directories", creation.id, {**values, "short_name": made["shortName"]})


def _register(creation: Creation) -> Values:
    values = picked(DirectoryId="directoryId", SubnetIds="subnetIds", Tenancy="tenancy")(creation)
    return _tagged({**values, "EnableSelfService": False}, creation)


def _amend_registration(creation: Creation) -> Iterable[Amendment]:
    made = creation.outputs
    service = {
        name: "ENABLED" if on else "DISABLED"
        for name, on in _renamed(made["selfServicePermissions"], _SELF_SERVICE).items()
    }
    values = {
        "registration_code": made["registrationCode"],
        "ip_group_ids": made["ipGroupIds"],
        "workspace_access_properties": _renamed(made["workspaceAccessProperties"], _ACCESS),
        "workspace_creation_properties": _renamed(made["workspaceCreationProperties"], _CREATION),
        "self_service_permissions": service,
        "dns_ip_addresses": made["dnsIpAddresses"],
    }
    yield Amendment("workspaces", "workspace_directories", creation.id, values)


def _workspace(creation: Creation) -> Values:
    values = picked(
        DirectoryId="directoryId",
        UserName="userName",
        BundleId="bundleId",
        VolumeEncryptionKey="volumeEncryptionKey",
        UserVolumeEncryptionEnabled="userVolumeEncryptionEnabled",
        RootVolumeEncryptionEnabled="rootVolumeEncryptionEnabled",
    )(creation)
    properties = _renamed(creation.get("workspaceProperties", {}), _PROPERTIES)
    if properties:
        values["WorkspaceProperties"] = properties
    return {"Workspaces": [_tagged(values, creation)]}


def _amend_workspace(creation: Creation) -> Iterable[Amendment]:
    given = _renamed(creation.get("workspaceProperties", {}), _PROPERTIES)
    values = {"computer_name": creation.outputs["computerName"]}
    yield Amendment(
        "workspaces", "workspaces", creation.id, {**values, **({"workspace_properties": given} if given else {})}
    )


ENTRIES: Final = (
    Emulated(
        desktops.DIRECTORY,
        "ds",
        Step("create_microsoft_ad", lambda _c: None),
        "DirectoryId",
        chosen=_directory,
        claimed=_controllers,
        amend=_amend_directory,
        delete=(step("delete_directory", DirectoryId="@id"),),
        alive=Step("describe_directories", lambda c: {"DirectoryIds": [c.id]}),
        alive_at="DirectoryDescriptions.0",
    ),
    Emulated(
        "aws:directoryservice/logSubscription:LogSubscription",
        "ds",
        step("create_log_subscription", DirectoryId="directoryId", LogGroupName="logGroupName"),
        delete=(step("delete_log_subscription", DirectoryId="directoryId"),),
        alive=step("list_log_subscriptions", DirectoryId="directoryId"),
        alive_at="LogSubscriptions.0",
    ),
    Emulated(
        desktops.REGISTRATION,
        "workspaces",
        Step("register_workspace_directory", _register),
        amend=_amend_registration,
        delete=(step("deregister_workspace_directory", DirectoryId="directoryId"),),
        alive=Step("describe_workspace_directories", lambda c: {"DirectoryIds": [c.id]}),
        alive_at="Directories.0",
    ),
    Emulated(
        desktops.WORKSPACE,
        "workspaces",
        Step("create_workspaces", _workspace),
        "PendingRequests.0.WorkspaceId",
        amend=_amend_workspace,
        forget="workspaces",
        alive=Step("describe_workspaces", lambda c: {"WorkspaceIds": [c.id]}),
        alive_at="Workspaces.0",
    ),
)
