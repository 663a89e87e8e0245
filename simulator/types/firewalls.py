"""AWS Network Firewall (its API reference)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from simulator.errors import AwsError
from simulator.interfaces import Shape, interface, made_endpoint
from simulator.model import Reference, Refusal, ResourceType, Unique, at
from simulator.types.common import arn_id, between, one_of
from simulator.types.gateways import ENDPOINT
from simulator.types.vpc import SUBNET, VPC

if TYPE_CHECKING:
    from simulator.account import Object
    from simulator.creation import Creation

_ARN: Final = "arn:{partition}:network-firewall:{region}:{account}:"
FIREWALL: Final = "aws:networkfirewall/firewall:Firewall"
POLICY: Final = "aws:networkfirewall/firewallPolicy:FirewallPolicy"
RULES: Final = "aws:networkfirewall/ruleGroup:RuleGroup"
_GONE: Final = Refusal("ResourceNotFoundException", "Resource {value} was not found")
_TAKEN: Final = Refusal("InvalidRequestException", "A resource with the name {name} already exists")
_STRICT_ONLY: Final = ("aws:drop_strict", "aws:drop_established", "aws:alert_strict", "aws:alert_established")


def _order(creation: Creation) -> None:
    order = at(creation.inputs, "firewallPolicy.statefulEngineOptions.ruleOrder")
    actions = at(creation.inputs, "firewallPolicy.statefulDefaultActions")
    if order != ["STRICT_ORDER"] and any(action in _STRICT_ONLY for action in actions):
        raise AwsError("InvalidRequestException", "stateful default actions are valid with STRICT_ORDER only")
    for arn in at(creation.inputs, "firewallPolicy.statefulRuleGroupReferences.resourceArn"):
        group = creation.require(RULES, arn)
        stated = at(group.inputs, "ruleGroup.statefulRuleOptions.ruleOrder") or ["DEFAULT_ACTION_ORDER"]
        if stated != (order or ["DEFAULT_ACTION_ORDER"]):
            raise AwsError("InvalidRequestException", "rule groups and policy must have the same rule order")


def _subnets(creation: Creation) -> None:
    zones: set[str] = set()
    for identifier in at(creation.inputs, "subnetMappings.subnetId"):
        subnet = creation.require(SUBNET, identifier).outputs
        if subnet["vpcId"] != creation.get("vpcId"):
            raise AwsError("InvalidRequestException", f"subnet {identifier} is not in {creation.get('vpcId')}")
        if subnet["availabilityZone"] in zones:
            raise AwsError("InvalidRequestException", f"only one subnet per Availability Zone: {identifier}")
        zones.add(subnet["availabilityZone"])


def _firewall(creation: Creation) -> Mapping[str, Any]:
    there = _endpoints(creation)
    states: list[dict[str, Any]] = []
    for identifier in at(creation.inputs, "subnetMappings.subnetId"):
        subnet = creation.require(SUBNET, identifier)
        endpoint = there.pop(identifier, None) or _endpoint(creation, subnet)
        attachment = {"endpointId": endpoint, "subnetId": identifier}
        states.append({"availabilityZone": subnet.outputs["availabilityZone"], "attachments": [attachment]})
    for endpoint in there.values():
        creation.account.remove((ENDPOINT, creation.region, endpoint))
    # AWS gives the zones in no order that could be relied on.
    states.sort(key=lambda state: creation.hex(8, state["availabilityZone"]))
    return {"updateToken": creation.hex(32, "token"), "firewallStatuses": [{"syncStates": states}]}


def _endpoints(creation: Creation) -> dict[str, str]:
    """The endpoints that the firewall has already, by subnet."""
    attachments = at(creation.old.outputs if creation.old else {}, "firewallStatuses.syncStates.attachments")
    return {item["subnetId"]: item["endpointId"] for item in attachments}


def _endpoint(creation: Creation, subnet: Object) -> str:
    # The service's name is AWS's own and is seen only in the endpoint.
    service = f"com.amazonaws.vpce.{creation.region}.vpce-svc-0{creation.hex(16, 'service')}"
    endpoint = made_endpoint(creation, subnet, service)
    described = f"VPC Endpoint Interface {endpoint}"
    interface(creation, subnet.id, (), Shape("gateway_load_balancer_endpoint", described=described))
    return endpoint


def _subnets_may_change(creation: Creation) -> None:
    """The provider writes the protection before the subnets: what it is to be decides, not what it was."""
    if creation.old is None or not creation.get("subnetChangeProtection"):
        return
    before, after = (set(at(inputs, "subnetMappings.subnetId")) for inputs in (creation.old.inputs, creation.inputs))
    if before != after:
        raise AwsError(
            "InvalidOperationException", "unable to change subnets: the firewall has subnet change protection"
        )


def _deletable(creation: Creation) -> None:
    if creation.inputs.get("deleteProtection"):
        raise AwsError("InvalidOperationException", "unable to delete: the firewall has delete protection")


def _token(creation: Creation) -> Mapping[str, Any]:
    return {"updateToken": creation.hex(32, "token")}


TYPES: Final = (
    ResourceType(
        RULES,
        "Network Firewall",
        "Rule Group",
        arn_id(_ARN + "stateful-rulegroup/{name}"),
        arn=_ARN + "stateful-rulegroup/{name}",
        unique=(Unique(("name", "type"), _TAKEN),),
        validate={"type": one_of("STATEFUL", "STATELESS"), "capacity": between(1, 30000)},
        computed=_token,
        not_found=_GONE,
        in_use=Refusal("InvalidOperationException", "Unable to delete the object because it is still in use: {id}"),
        replace=frozenset({"name", "type", "capacity"}),
    ),
    ResourceType(
        POLICY,
        "Network Firewall",
        "Firewall Policy",
        arn_id(_ARN + "firewall-policy/{name}"),
        arn=_ARN + "firewall-policy/{name}",
        references=(Reference("firewallPolicy.statefulRuleGroupReferences.resourceArn", RULES),),
        unique=(Unique(("name",), _TAKEN),),
        checks=(_order,),
        computed=_token,
        not_found=_GONE,
        in_use=Refusal("InvalidOperationException", "Unable to delete the object because it is still in use: {id}"),
        replace=frozenset({"name"}),
    ),
    ResourceType(
        FIREWALL,
        "Network Firewall",
        "Firewall",
        arn_id(_ARN + "firewall/{name}"),
        arn=_ARN + "firewall/{name}",
        references=(
            Reference("firewallPolicyArn", POLICY),
            Reference("vpcId", VPC),
            Reference("subnetMappings.subnetId", SUBNET),
        ),
        unique=(Unique(("name",), _TAKEN),),
        checks=(_subnets, _subnets_may_change),
        computed=_firewall,
        before_delete=(_deletable,),
        not_found=_GONE,
        in_use=Refusal("InvalidOperationException", "Unable to delete the object because it is still in use: {id}"),
        renews={"firewallStatuses": frozenset({"subnetMappings"})},
        update=frozenset({"firewallPolicyArn", "deleteProtection", "description", "encryptionConfiguration"}),
        replace=frozenset({"name", "vpcId"}),
    ),
    ResourceType(
        "aws:networkfirewall/loggingConfiguration:LoggingConfiguration",
        "Network Firewall",
        "Logging Configuration",
        lambda c: c.get("firewallArn"),
        create="UpdateLoggingConfiguration",
        references=(Reference("firewallArn", FIREWALL, blocks=False),),
        unique=(Unique(("firewallArn",), Refusal("InvalidRequestException", "{firewallArn} has a configuration")),),
        replace=frozenset({"firewallArn"}),
    ),
)
