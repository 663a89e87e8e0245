"""The room's security groups and their rules, one resource a rule, all from the port matrix."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network

import pulumi
import pulumi_aws as aws

from components.network.plan import NetworkPlan
from components.network.ports import GROUPED, Direction, Elsewhere, GroupRule, group_rules
from components.tags import Tags
from components.vocabulary import Zone


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupsArgs:
    """The VPCs that the groups are in, and what rules refer to.

    `production_vpc_id` is None where another team owns production. `peering` is what a reference across it waits for.
    """

    plan: NetworkPlan
    room_vpc_id: pulumi.Input[str]
    production_vpc_id: pulumi.Input[str] | None
    s3_prefix_list_id: pulumi.Input[str]
    peering: pulumi.Resource
    tags: Tags


class Groups(pulumi.ComponentResource):
    """Makes a group for every zone of ours; `ids` gives them by zone."""

    ids: Mapping[Zone, pulumi.Output[str]]
    rules: list[pulumi.Resource]

    def __init__(self, name: str, args: GroupsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("secureroom:network:Groups", name, None, opts)
        self._args = args
        zones = [zone for zone in GROUPED if zone is not Zone.PRODUCTION or args.production_vpc_id is not None]
        self.ids = {zone: self._group(name, zone).id for zone in zones}
        self.rules = [self._rule(f"{name}-{rule.key}", rule) for rule in group_rules(args.plan)]
        self.register_outputs({"groupIds": {zone.value: id_ for zone, id_ in self.ids.items()}})

    def _group(self, name: str, zone: Zone) -> aws.ec2.SecurityGroup:
        vpc_id = self._args.production_vpc_id if zone is Zone.PRODUCTION else self._args.room_vpc_id
        return aws.ec2.SecurityGroup(
            f"{name}-{zone}",
            name=f"{self._args.tags.prefix}-{zone}",
            description=f"The {zone} zone of {self._args.tags.prefix}",
            vpc_id=vpc_id,
            revoke_rules_on_delete=True,
            tags=self._args.tags.named(f"{zone}-sg-1", zone),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _rule(self, name: str, rule: GroupRule) -> pulumi.Resource:
        kind = (
            aws.vpc.SecurityGroupIngressRule if rule.direction is Direction.INGRESS else aws.vpc.SecurityGroupEgressRule
        )
        across = rule.group is Zone.PRODUCTION
        peer = rule.peer
        return kind(
            name,
            security_group_id=self.ids[rule.group],
            ip_protocol=rule.protocol,
            from_port=rule.from_port,
            to_port=rule.to_port,
            cidr_ipv4=str(peer) if isinstance(peer, IPv4Network) else None,
            referenced_security_group_id=self.ids[peer] if isinstance(peer, Zone) else None,
            prefix_list_id=self._args.s3_prefix_list_id if peer is Elsewhere.S3 else None,
            description=rule.description,
            tags=self._args.tags.named(rule.key),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[self._args.peering] if across else None),
        )
