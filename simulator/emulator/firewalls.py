"""Network Firewall's calls. moto has firewalls; their policies and rule groups are in the simulator's table alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from simulator.emulator.model import Amendment, Emulated, Step, picked, step, tag_list
from simulator.model import Values
from simulator.types import firewalls

if TYPE_CHECKING:
    from simulator.creation import Creation


def _firewall(creation: Creation) -> Values:
    values = picked(
        FirewallName="name", FirewallPolicyArn="firewallPolicyArn", VpcId="vpcId", Description="description"
    )(creation)
    for name, field in (
        ("DeleteProtection", "deleteProtection"),
        ("SubnetChangeProtection", "subnetChangeProtection"),
        ("FirewallPolicyChangeProtection", "firewallPolicyChangeProtection"),
    ):
        values[name] = bool(creation.get(field, False))
    subnets: list[Values] = creation.get("subnetMappings", [])
    values["SubnetMappings"] = [{"SubnetId": item["subnetId"]} for item in subnets]
    tags = tag_list(creation)
    return {**values, "Tags": tags} if tags else values


def _status(creation: Creation) -> Iterable[Amendment]:
    """Tell in which zone which endpoint is: moto answers without."""
    zones: dict[str, Values] = {}
    for status in creation.outputs.get("firewallStatuses", []):
        for state in status["syncStates"]:
            for item in state["attachments"]:
                attachment = {"SubnetId": item["subnetId"], "EndpointId": item["endpointId"], "Status": "READY"}
                zones[state["availabilityZone"]] = {"Attachment": attachment}
    status = {"Status": "READY", "ConfigurationSyncStateSummary": "IN_SYNC", "SyncStates": zones}
    values: dict[str, Any] = {"firewall_status": status, "firewall_policy_arn": creation.get("firewallPolicyArn")}
    yield Amendment("network-firewall", "firewalls", creation.id, values)


def _logging(creation: Creation) -> Values:
    given: Values = creation.get("loggingConfiguration", {})
    configurations: list[Values] = given.get("logDestinationConfigs", [])
    listed = [
        {
            "LogType": item["logType"],
            "LogDestinationType": item["logDestinationType"],
            "LogDestination": item["logDestination"],
        }
        for item in configurations
    ]
    configuration = {"LogDestinationConfigs": listed}
    return {"FirewallArn": creation.get("firewallArn"), "LoggingConfiguration": configuration}


ENTRIES: Final = (
    Emulated(
        firewalls.FIREWALL,
        "network-firewall",
        Step("create_firewall", _firewall),
        amend=_status,
        forget="firewalls",
        alive=step("describe_firewall", FirewallArn="@id"),
    ),
    Emulated(
        "aws:networkfirewall/loggingConfiguration:LoggingConfiguration",
        "network-firewall",
        Step("update_logging_configuration", _logging),
        update=(Step("update_logging_configuration", _logging),),
    ),
)
