"""Subnets, each with its own route table, and a network ACL for every tier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

import pulumi
import pulumi_aws as aws

from components.network.acls import AclEntry, AclPlan
from components.network.adoption import adopting
from components.network.plan import SubnetPlan
from components.network.ports import Direction
from components.settings.imports import Imports
from components.tags import Tags
from components.vocabulary import Zone


@dataclass(frozen=True, slots=True, kw_only=True)
class SubnetsArgs:
    """The subnets of one VPC and the ACLs of their tiers."""

    vpc_id: pulumi.Input[str]
    subnets: tuple[SubnetPlan, ...]
    acls: tuple[AclPlan, ...]
    tags: Tags
    blocks: Sequence[pulumi.Resource] = ()
    """Further blocks of the VPC that subnets may lie in."""
    imports: Imports | None = None


class Subnets(pulumi.ComponentResource):
    """Makes subnets without public addresses; `ids` and `tables` are keyed by the plan's subnet keys.

    Routes are made by whoever owns their targets, one resource each: the tables here hold the local route only.
    """

    ids: Mapping[str, pulumi.Output[str]]
    tables: Mapping[str, aws.ec2.RouteTable]
    _plans: tuple[SubnetPlan, ...]

    def __init__(self, name: str, args: SubnetsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("secureroom:network:Subnets", name, None, opts)
        self._name, self._tags, self._vpc_id, self._plans = name, args.tags, args.vpc_id, args.subnets
        self._imports = args.imports
        self._child = pulumi.ResourceOptions(parent=self)
        self._in_blocks = pulumi.ResourceOptions(parent=self, depends_on=[*args.blocks])
        acls = {acl.zone: self._acl(acl) for acl in args.acls}
        subnets = {plan.key: self._subnet(plan) for plan in args.subnets}
        self._by_block = {plan.cidr: subnets[plan.key] for plan in args.subnets}
        self.tables = {plan.key: self._table(plan, subnets[plan.key]) for plan in args.subnets}
        for plan in args.subnets:
            aws.ec2.NetworkAclAssociation(
                f"{name}-{plan.key}-acl",
                network_acl_id=acls[plan.zone].id,
                subnet_id=subnets[plan.key].id,
                opts=self._child,
            )
        self.ids = {key: subnet.id for key, subnet in subnets.items()}
        self.register_outputs({"subnetIds": dict(self.ids)})

    def of(self, zone: Zone) -> list[pulumi.Output[str]]:
        """The ids of a tier's subnets in AZ order."""
        return [self.ids[plan.key] for plan in self._plans if plan.zone is zone]

    def of_block(self, destination: IPv4Network) -> list[pulumi.Resource]:
        """The subnet whose block a route's destination is, if one is: AWS takes such a route once the subnet is there.

        Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html
        """
        subnet = self._by_block.get(destination)
        return [] if subnet is None else [subnet]

    def _subnet(self, plan: SubnetPlan) -> aws.ec2.Subnet:
        return aws.ec2.Subnet(
            f"{self._name}-{plan.key}",
            vpc_id=self._vpc_id,
            cidr_block=str(plan.cidr),
            availability_zone_id=plan.zone_id,
            map_public_ip_on_launch=False,
            assign_ipv6_address_on_creation=False,
            tags=self._tags.named(f"{plan.zone}-subnet-{plan.number}", plan.zone),
            opts=adopting(self._in_blocks, self._imports.subnets.get(plan.key) if self._imports else None),
        )

    def _table(self, plan: SubnetPlan, subnet: aws.ec2.Subnet) -> aws.ec2.RouteTable:
        table = aws.ec2.RouteTable(
            f"{self._name}-{plan.key}-table",
            vpc_id=self._vpc_id,
            tags=self._tags.named(f"{plan.zone}-table-{plan.number}", plan.zone),
            opts=adopting(self._child, self._imports.route_tables.get(plan.key) if self._imports else None),
        )
        aws.ec2.RouteTableAssociation(
            f"{self._name}-{plan.key}-table", route_table_id=table.id, subnet_id=subnet.id, opts=self._child
        )
        return table

    def _acl(self, acl: AclPlan) -> aws.ec2.NetworkAcl:
        made = aws.ec2.NetworkAcl(
            f"{self._name}-{acl.zone}-acl",
            vpc_id=self._vpc_id,
            tags=self._tags.named(f"{acl.zone}-acl-1", acl.zone),
            opts=self._child,
        )
        for entry in acl.entries:
            self._entry(f"{self._name}-{acl.zone}-acl-{entry.key}", made, entry)
        return made

    def _entry(self, name: str, acl: aws.ec2.NetworkAcl, entry: AclEntry) -> None:
        low, high = entry.ports or (0, 0)
        aws.ec2.NetworkAclRule(
            name,
            network_acl_id=acl.id,
            egress=entry.direction is Direction.EGRESS,
            rule_number=entry.number,
            rule_action="allow" if entry.allow else "deny",
            protocol=entry.protocol,
            cidr_block=str(entry.cidr),
            from_port=low,
            to_port=high,
            # A number is taken until its entry is gone.
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
