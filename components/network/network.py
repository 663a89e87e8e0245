"""The whole network of one stack, built from its plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network

import pulumi
import pulumi_aws as aws

from components.evidence.log_group import LogGroups
from components.inspection.inspection import Inspection, InspectionArgs
from components.network.acceptance import Acceptance, AcceptanceArgs
from components.network.acls import plan_acls
from components.network.dns import Resolver, ResolverArgs
from components.network.egress import Egress, EgressArgs
from components.network.endpoints import (
    GatewayEndpoint,
    GatewayEndpointArgs,
    InterfaceEndpoints,
    InterfaceEndpointsArgs,
)
from components.network.groups import Groups, GroupsArgs
from components.network.peering import Peering, PeeringArgs
from components.network.plan import NetworkPlan, SubnetPlan
from components.network.subnets import Subnets, SubnetsArgs
from components.network.vpc import RecordedVpc, RecordedVpcArgs
from components.tags import Tags
from components.vocabulary import Zone

S3_TIERS = (Zone.PROXY, Zone.BASTION)
"""Tiers that read or write S3: image layers, session logs and agent updates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkArgs:
    """The plan, and where flow logs go."""

    plan: NetworkPlan
    tags: Tags
    flow_logs: LogGroups
    flow_log_role_arn: pulumi.Input[str]
    protect: bool
    production_provider: pulumi.ProviderResource | None = None
    """Of the account that owns an existing production VPC, where it lets us act there."""


class Network(pulumi.ComponentResource):
    """Room and production VPCs and everything between their hosts.

    Gives `vpc_id`, the subnets by `subnet_ids(zone)`, the groups by `group_id(zone)`, and `peering_id`. What needs
    AWS' APIs or the world at its start depends on `ready`: subnets with their ACLs, routes, rules and endpoints.
    """

    vpc_id: pulumi.Output[str]
    production_vpc_id: pulumi.Input[str]
    peering_id: pulumi.Output[str]
    ready: list[pulumi.Resource]

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("secureroom:network:Network", name, None, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        plan, tags = args.plan, args.tags
        room = self._vpc("room", plan.room_cidr, *([plan.desktop_cidr] if plan.desktop_cidr else []))
        self.vpc_id = room.vpc_id
        self._room = self._subnets("room", room, plan.subnets)
        created = self._production()
        self.production_vpc_id = created[0].vpc_id if created else plan.production.settings.vpc_id or ""
        peering = Peering(
            f"{name}-peering",
            PeeringArgs(
                plan=plan,
                room_vpc_id=room.vpc_id,
                room=self._room,
                production_vpc_id=self.production_vpc_id,
                production=created[1] if created else None,
                tags=tags,
            ),
            self._child,
        )
        self.peering_id = peering.connection.id
        self._accept(peering)
        egress = Egress(
            f"{name}-egress",
            EgressArgs(
                vpc_id=room.vpc_id, plan=plan, subnets=self._room, inspection=self._inspect(room.vpc_id), tags=tags
            ),
            self._child,
        )
        self._watch_names({"room": room, **({"production": created[0]} if created else {})})
        self._block_public_access()
        self._groups, endpoints = self._reach_aws(room, peering, created[0] if created else None)
        self.ready = [self._room, egress, self._groups, *endpoints]
        self.register_outputs({"vpcId": self.vpc_id, "peeringId": self.peering_id})

    def subnet_ids(self, zone: Zone) -> list[pulumi.Output[str]]:
        """The ids of a room tier's subnets in AZ order."""
        return self._room.of(zone)

    def group_id(self, zone: Zone) -> pulumi.Output[str]:
        """The id of a zone's security group; KeyError for a zone that has none of ours."""
        return self._groups.ids[zone]

    def _accept(self, peering: Peering) -> None:
        access, provider = self._args.plan.production.settings.access, self._args.production_provider
        if access is None or provider is None:
            return
        Acceptance(
            f"{self._name}-acceptance",
            AcceptanceArgs(
                plan=self._args.plan,
                access=access,
                connection_id=peering.connection.id,
                tags=self._args.tags,
            ),
            pulumi.ResourceOptions(parent=self, providers={"aws": provider}),
        )

    def _inspect(self, vpc_id: pulumi.Input[str]) -> Mapping[str, pulumi.Output[str]]:
        plan = self._args.plan.inspection
        if plan is None:
            return {}
        args = InspectionArgs(
            plan=plan,
            tags=self._args.tags,
            logs=self._args.flow_logs,
            vpc_id=vpc_id,
            subnet_ids=self._room.ids,
            protect=self._args.protect,
        )
        return Inspection(f"{self._name}-inspection", args, self._child).endpoint_ids

    def _watch_names(self, vpcs: dict[str, RecordedVpc]) -> None:
        args = ResolverArgs(
            tags=self._args.tags,
            logs=self._args.flow_logs,
            vpc_ids={purpose: vpc.vpc_id for purpose, vpc in vpcs.items()},
            names=self._args.plan.names,
        )
        Resolver(f"{self._name}-resolver", args, self._child)

    def _block_public_access(self) -> None:
        """Opt-in, since it holds for every VPC of the account and region; deleting it opens them all again."""
        if self._args.plan.block_public_access is not None:
            aws.ec2.VpcBlockPublicAccessOptions(
                f"{self._name}-block-public-access",
                internet_gateway_block_mode=self._args.plan.block_public_access,
                opts=self._child,
            )

    def _vpc(self, purpose: str, cidr: IPv4Network, *more: IPv4Network) -> RecordedVpc:
        args = RecordedVpcArgs(
            purpose=purpose,
            cidr=cidr,
            more=more,
            tags=self._args.tags,
            flow_logs=self._args.flow_logs,
            flow_log_role_arn=self._args.flow_log_role_arn,
            zone=Zone.PRODUCTION if purpose == "production" else None,
            existing=self._args.plan.imports.vpc if self._args.plan.imports and purpose == "room" else None,
        )
        return RecordedVpc(f"{self._name}-{purpose}", args, self._child)

    def _subnets(self, purpose: str, vpc: RecordedVpc, plans: tuple[SubnetPlan, ...]) -> Subnets:
        tiers = {plan.zone for plan in plans}
        args = SubnetsArgs(
            vpc_id=vpc.vpc_id,
            subnets=plans,
            acls=tuple(acl for acl in plan_acls(self._args.plan) if acl.zone in tiers),
            tags=self._args.tags,
            blocks=vpc.blocks,
            imports=self._args.plan.imports if purpose == "room" else None,
        )
        return Subnets(f"{self._name}-{purpose}", args, self._child)

    def _production(self) -> tuple[RecordedVpc, Subnets] | None:
        plan = self._args.plan.production
        if not plan.created:
            return None
        vpc = self._vpc("production", plan.settings.cidr)
        return vpc, self._subnets("production", vpc, plan.subnets)

    def _reach_aws(
        self, room: RecordedVpc, peering: Peering, production: RecordedVpc | None
    ) -> tuple[Groups, list[pulumi.Resource]]:
        plan, tags = self._args.plan, self._args.tags
        gateway = GatewayEndpoint(
            f"{self._name}-gateway-endpoint",
            GatewayEndpointArgs(
                perimeter=plan.perimeter,
                region=plan.region,
                vpc_id=room.vpc_id,
                table_ids=[self._room.tables[subnet.key].id for tier in S3_TIERS for subnet in plan.tier(tier)],
                tags=tags,
            ),
            self._child,
        )
        groups = Groups(
            f"{self._name}-groups",
            GroupsArgs(
                plan=plan,
                room_vpc_id=room.vpc_id,
                production_vpc_id=production.vpc_id if production else None,
                s3_prefix_list_id=gateway.prefix_list_id,
                peering=peering.connection,
                tags=tags,
            ),
            self._child,
        )
        interfaces = InterfaceEndpoints(
            f"{self._name}-endpoints",
            InterfaceEndpointsArgs(
                perimeter=plan.perimeter,
                region=plan.region,
                extra=plan.extra_endpoints,
                vpc_id=room.vpc_id,
                subnet_ids=self._room.of(Zone.ENDPOINT),
                group_id=groups.ids[Zone.ENDPOINT],
                tags=tags,
            ),
            self._child,
        )
        return groups, [gateway, interfaces]
