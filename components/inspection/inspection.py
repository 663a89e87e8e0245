"""Inspection endpoints, one in each AZ, behind one interface: AWS Network Firewall or a vendor's load balancer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.evidence.log_group import LogGroups
from components.evidence.plan import delivery_policy
from components.inspection.dashboard import BLOCKED_NAMESPACE, Watched, dashboard_body
from components.inspection.plan import CAPACITY, InspectedZone, InspectionPlan
from components.tags import Tags
from components.vocabulary import Zone

BLOCKED = '{ $.event.alert.action = "blocked" }'
"""What the alert log says of a dropped connection: asking for a name that is not listed tests the detection.

Source: https://docs.aws.amazon.com/network-firewall/latest/developerguide/firewall-logging-contents.html
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionArgs:
    """The plan and where it is built; `subnet_ids` are keyed by the network plan's subnet keys."""

    plan: InspectionPlan
    tags: Tags
    logs: LogGroups
    vpc_id: pulumi.Input[str]
    subnet_ids: Mapping[str, pulumi.Output[str]]
    protect: bool
    scope: str = ""
    """Set for every network but the room's: part of the names that must be unique in the account."""

    @property
    def prefix(self) -> str:
        """The prefix of physical names."""
        return f"{self.tags.prefix}-{self.scope}" if self.scope else self.tags.prefix

    def log(self, kind: str) -> str:
        """The purpose of a log group."""
        return f"firewall/{self.scope}/{kind}" if self.scope else f"firewall/{kind}"


class Inspection(pulumi.ComponentResource):
    """Gives `endpoint_ids`, by AZ id: what routes of that AZ point to."""

    endpoint_ids: Mapping[str, pulumi.Output[str]]

    def __init__(self, name: str, args: InspectionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("secureroom:inspection:Inspection", name, None, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        engines = {"network_firewall": self._firewall, "gateway_load_balancer": self._vendor}
        self.endpoint_ids = engines[args.plan.engine]()
        if args.plan.dashboard:
            self._dashboard()
        self.register_outputs({"endpointIds": dict(self.endpoint_ids)})

    def _dashboard(self) -> None:
        args = self._args
        watched = Watched(
            region=args.logs.place.region,
            firewall=f"{args.prefix}-inspection",
            blocked=f"{args.prefix}-blocked",
            flow_log=args.logs.place.log_group_name(args.log("flow")),
        )
        aws.cloudwatch.Dashboard(
            f"{self._name}-dashboard",
            dashboard_name=f"{args.prefix}-inspection",
            dashboard_body=dashboard_body(args.plan, watched),
            opts=self._child,
        )

    # -- a vendor's appliances -----------------------------------------------------------------------------------------

    def _vendor(self) -> dict[str, pulumi.Output[str]]:
        return {zone.id: self._endpoint(number, zone).id for number, zone in enumerate(self._args.plan.zones, start=1)}

    def _endpoint(self, number: int, zone: InspectedZone) -> aws.ec2.VpcEndpoint:
        """Such an endpoint is strictly zonal: it has one subnet."""
        args = self._args
        return aws.ec2.VpcEndpoint(
            f"{self._name}-endpoint-{number}",
            vpc_id=args.vpc_id,
            service_name=args.plan.service_name,
            vpc_endpoint_type="GatewayLoadBalancer",
            subnet_ids=[args.subnet_ids[zone.subnet]],
            tags=args.tags.named(f"inspection-endpoint-{number}", Zone.INSPECTION),
            opts=self._child,
        )

    # -- AWS Network Firewall ------------------------------------------------------------------------------------------

    def _firewall(self) -> dict[str, pulumi.Output[str]]:
        name, args = self._name, self._args
        firewall = aws.networkfirewall.Firewall(
            f"{name}-firewall",
            name=f"{args.prefix}-inspection",
            firewall_policy_arn=self._policy().arn,
            vpc_id=args.vpc_id,
            subnet_mappings=[{"subnet_id": args.subnet_ids[zone.subnet]} for zone in args.plan.zones],
            delete_protection=args.protect,
            subnet_change_protection=args.protect and not args.plan.subnet_changes,
            encryption_configuration={"type": "CUSTOMER_KMS", "key_id": args.logs.key_arn},
            tags=args.tags.named("inspection-firewall-1", Zone.INSPECTION),
            opts=self._child,
        )
        self._log(firewall)
        return {zone.id: _endpoint_of(firewall, zone.name) for zone in args.plan.zones}

    def _policy(self) -> aws.networkfirewall.FirewallPolicy:
        name, args = self._name, self._args
        encryption = {"type": "CUSTOMER_KMS", "key_id": args.logs.key_arn}
        rules = aws.networkfirewall.RuleGroup(
            f"{name}-rules",
            name=f"{args.prefix}-allow-list",
            type="STATEFUL",
            capacity=CAPACITY,
            rule_group={
                "rule_variables": {
                    "ip_sets": [{"key": "HOME_NET", "ip_set": {"definitions": list(args.plan.home)}}],
                },
                "rules_source": {"rules_string": args.plan.rules},
                "stateful_rule_options": {"rule_order": "STRICT_ORDER"},
            },
            encryption_configuration=aws.networkfirewall.RuleGroupEncryptionConfigurationArgs(**encryption),
            tags=args.tags.named("inspection-rules-1"),
            opts=self._child,
        )
        return aws.networkfirewall.FirewallPolicy(
            f"{name}-policy",
            name=f"{args.prefix}-inspection",
            firewall_policy={
                "stateful_engine_options": {"rule_order": "STRICT_ORDER", "stream_exception_policy": "DROP"},
                "stateful_default_actions": ["aws:drop_established", "aws:alert_established"],
                "stateful_rule_group_references": [{"priority": 1, "resource_arn": rules.arn}],
                "stateless_default_actions": ["aws:forward_to_sfe"],
                "stateless_fragment_default_actions": ["aws:drop"],
            },
            encryption_configuration=aws.networkfirewall.FirewallPolicyEncryptionConfigurationArgs(**encryption),
            tags=args.tags.named("inspection-policy-1"),
            opts=self._child,
        )

    def _log(self, firewall: aws.networkfirewall.Firewall) -> None:
        name, args = self._name, self._args
        may_write = aws.cloudwatch.LogResourcePolicy(
            f"{name}-log-policy",
            policy_name=f"{args.prefix}-firewall",
            policy_document=delivery_policy(args.logs.place, args.log("*")).json(),
            opts=self._child,
        )
        kinds = {"ALERT": args.log("alert"), "FLOW": args.log("flow")}
        groups = {
            kind: args.logs.make(f"{name}-{kind.lower()}-log-group", purpose, self._child)
            for kind, purpose in kinds.items()
        }
        aws.cloudwatch.LogMetricFilter(
            f"{name}-blocked",
            name=f"{args.prefix}-blocked",
            log_group_name=groups["ALERT"].name,
            pattern=BLOCKED,
            metric_transformation={
                "name": f"{args.prefix}-blocked",
                "namespace": BLOCKED_NAMESPACE,
                "value": "1",
                "default_value": "0",
            },
            opts=self._child,
        )
        aws.networkfirewall.LoggingConfiguration(
            f"{name}-logging",
            firewall_arn=firewall.arn,
            logging_configuration={
                "log_destination_configs": [
                    {
                        "log_type": kind,
                        "log_destination_type": "CloudWatchLogs",
                        "log_destination": {"logGroup": group.name},
                    }
                    for kind, group in groups.items()
                ]
            },
            opts=pulumi.ResourceOptions(parent=self, depends_on=[may_write]),
        )


def _endpoint_of(firewall: aws.networkfirewall.Firewall, zone_name: str) -> pulumi.Output[str]:
    """The endpoint in an AZ: found by its name, since AWS returns the AZs in no order."""
    return firewall.firewall_statuses.apply(lambda statuses: find_endpoint(statuses, zone_name))


def find_endpoint(statuses: Sequence[aws.networkfirewall.outputs.FirewallFirewallStatus], zone_name: str) -> str:
    """The endpoint's id in what a firewall says about itself; LookupError where that AZ has none."""
    for status in statuses:
        for state in status.sync_states or ():
            attachments = [item.endpoint_id for item in state.attachments or () if item.endpoint_id]
            if state.availability_zone == zone_name and attachments:
                return attachments[0]
    raise LookupError(f"the firewall has no endpoint in {zone_name}")
