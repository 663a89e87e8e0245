"""The security groups of a VPC of the landing network, one resource a rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network

import pulumi
import pulumi_aws as aws

from components.landing.matrix import GroupRule, group_rules
from components.landing.plan import GroupPlan, Party, RangeList, Service, VpcPlan
from components.network.ports import Direction
from components.tags import Tags


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupsArgs:
    """The VPC and its plan; `prefix_list_ids` by the services that a tier reaches through gateway endpoints."""

    plan: VpcPlan
    vpc_id: pulumi.Input[str]
    prefix_list_ids: Mapping[Service, pulumi.Input[str]]
    tags: Tags


class Groups(pulumi.ComponentResource):
    """Gives `ids` by the plan's group names."""

    ids: Mapping[str, pulumi.Output[str]]

    def __init__(self, name: str, args: GroupsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("secureroom:landing:Groups", name, None, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        self.ids = {group.name: self._group(group).id for group in args.plan.groups}
        rules = group_rules(args.plan)
        peers = {rule.peer.name: rule.peer for rule in rules if isinstance(rule.peer, RangeList)}
        self._lists = {listed.name: self._list(listed) for listed in peers.values()}
        self.rules = [self._rule(rule) for rule in rules]
        self.register_outputs({"groupIds": dict(self.ids)})

    def _group(self, group: GroupPlan) -> aws.ec2.SecurityGroup:
        args = self._args
        purpose = f"{args.plan.purpose}-{group.name}"
        return aws.ec2.SecurityGroup(
            f"{self._name}-{group.name}",
            name=f"{args.tags.prefix}-{purpose}",
            description=f"The {group.name} group of {args.tags.prefix}-{args.plan.purpose}",
            vpc_id=args.vpc_id,
            revoke_rules_on_delete=True,
            tags=args.tags.named(f"{purpose}-sg-1", group.zone),
            opts=self._child,
        )

    def _list(self, listed: RangeList) -> pulumi.Output[str]:
        args = self._args
        made = aws.ec2.ManagedPrefixList(
            f"{self._name}-{listed}",
            name=f"{args.tags.prefix}-{args.plan.purpose}-{listed.name}",
            address_family="IPv4",
            max_entries=listed.max_entries,
            entries=[{"cidr": str(cidr), "description": listed.name} for cidr in listed.cidrs],
            tags=args.tags.named(f"{args.plan.purpose}-prefix-list-{listed.name}"),
            opts=self._child,
        )
        return made.id

    def _named(self, peer: Party) -> pulumi.Input[str] | None:
        """The prefix list that stands for a peer, if any does."""
        if isinstance(peer, RangeList):
            return self._lists[peer.name]
        return self._args.prefix_list_ids[peer] if isinstance(peer, Service) else None

    def _rule(self, rule: GroupRule) -> pulumi.Resource:
        inward = rule.direction is Direction.INGRESS
        kind = aws.vpc.SecurityGroupIngressRule if inward else aws.vpc.SecurityGroupEgressRule
        peer = rule.peer
        group = self._args.plan.group(rule.group)
        return kind(
            f"{self._name}-{rule.key}",
            security_group_id=self.ids[rule.group],
            ip_protocol=rule.protocol,
            from_port=rule.low,
            to_port=rule.high,
            cidr_ipv4=str(peer) if isinstance(peer, IPv4Network) else None,
            prefix_list_id=self._named(peer),
            referenced_security_group_id=self.ids[peer] if type(peer) is str else None,
            description=rule.description,
            tags=self._args.tags.named(f"{rule.group}-rule-{rule.protocol}-{rule.low}", group.zone if group else None),
            opts=self._child,
        )
