"""One VPC of the landing network, built from its plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.evidence.log_group import LogGroups
from components.inspection.inspection import Inspection, InspectionArgs
from components.landing.groups import Groups, GroupsArgs
from components.landing.matrix import acl_plans
from components.landing.plan import Service, VpcPlan
from components.landing.routes import Routes, RoutesArgs
from components.network.dns import Resolver, ResolverArgs
from components.network.endpoints import (
    GatewayEndpoint,
    GatewayEndpointArgs,
    InterfaceEndpoints,
    InterfaceEndpointsArgs,
)
from components.network.services import Perimeter
from components.network.subnets import Subnets, SubnetsArgs
from components.network.vpc import RecordedVpc, RecordedVpcArgs
from components.tags import Tags
from components.vocabulary import Zone


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitGateway:
    """The gateway that a VPC is attached to. The default-table flags can be set on a gateway of our own alone."""

    id: pulumi.Input[str]
    ours: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LandingVpcArgs:
    """The plan, and what every VPC stands on."""

    plan: VpcPlan
    tags: Tags
    logs: LogGroups
    flow_log_role_arn: pulumi.Input[str]
    perimeter: Perimeter
    region: str
    protect: bool
    transit: TransitGateway | None = None


class LandingVpc(pulumi.ComponentResource):
    """Gives `vpc_id`, `subnet_ids` by subnet key, `group_ids` by name, the ids of the gateway endpoints by service, the
    attachment and the VPN gateway if any.

    What needs AWS' APIs or the world at its start depends on `ready`.
    """

    vpc_id: pulumi.Output[str]
    subnet_ids: Mapping[str, pulumi.Output[str]]
    group_ids: Mapping[str, pulumi.Output[str]]
    gateway_ids: Mapping[Service, pulumi.Output[str]]
    attachment: aws.ec2transitgateway.VpcAttachment | None
    vpn_gateway: aws.ec2.VpnGateway | None
    ready: list[pulumi.Resource]

    def __init__(self, name: str, args: LandingVpcArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("secureroom:landing:LandingVpc", name, None, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        self._vpc = self._recorded()
        self.vpc_id = self._vpc.vpc_id
        self._subnets = self._make_subnets()
        self.subnet_ids = self._subnets.ids
        self.attachment = self._attach()
        self.vpn_gateway = self._make_vpn_gateway() if args.plan.vpn_gateway else None
        routes = self._route()
        self._watch_names()
        groups, endpoints = self._reach_aws()
        self.group_ids = groups.ids
        self.ready = [self._subnets, routes, groups, *endpoints]
        self.register_outputs({"vpcId": self.vpc_id})

    def _recorded(self) -> RecordedVpc:
        args = self._args
        wanted = RecordedVpcArgs(
            purpose=args.plan.purpose,
            cidr=args.plan.cidr,
            more=args.plan.more,
            tags=args.tags,
            flow_logs=args.logs,
            flow_log_role_arn=args.flow_log_role_arn,
            existing=args.plan.imports.vpc if args.plan.imports else None,
        )
        return RecordedVpc(f"{self._name}-vpc", wanted, self._child)

    def _make_subnets(self) -> Subnets:
        plan = self._args.plan
        args = SubnetsArgs(
            vpc_id=self.vpc_id,
            subnets=plan.subnets,
            acls=acl_plans(plan),
            tags=self._args.tags,
            blocks=self._vpc.blocks,
            imports=plan.imports,
        )
        return Subnets(f"{self._name}-subnets", args, self._child)

    def _attach(self) -> aws.ec2transitgateway.VpcAttachment | None:
        plan, transit = self._args.plan, self._args.transit
        if plan.attachment is None or transit is None:
            return None
        default = False if transit.ours else None
        return aws.ec2transitgateway.VpcAttachment(
            f"{self._name}-attachment",
            transit_gateway_id=transit.id,
            vpc_id=self.vpc_id,
            subnet_ids=self._subnets.of(Zone.TRANSIT),
            appliance_mode_support="enable" if plan.attachment.appliance_mode else "disable",
            dns_support="enable",
            ipv6_support="disable",
            transit_gateway_default_route_table_association=default,
            transit_gateway_default_route_table_propagation=default,
            tags=self._args.tags.named(f"{plan.purpose}-attachment-1", Zone.TRANSIT),
            opts=self._child,
        )

    def _make_vpn_gateway(self) -> aws.ec2.VpnGateway:
        return aws.ec2.VpnGateway(
            f"{self._name}-vpn-gateway",
            vpc_id=self.vpc_id,
            tags=self._args.tags.named(f"{self._args.plan.purpose}-vgw-1"),
            opts=self._child,
        )

    def _route(self) -> Routes:
        args = self._args
        wanted = RoutesArgs(
            plan=args.plan,
            vpc_id=self.vpc_id,
            subnets=self._subnets,
            inspection=self._inspect(),
            transit_gateway_id=args.transit.id if args.transit else None,
            vpn_gateway_id=self.vpn_gateway.id if self.vpn_gateway else None,
            after=[self.attachment] if self.attachment else [],
            tags=args.tags,
        )
        return Routes(f"{self._name}-routes", wanted, self._child)

    def _inspect(self) -> Mapping[str, pulumi.Output[str]]:
        args = self._args
        if args.plan.inspection is None:
            return {}
        wanted = InspectionArgs(
            plan=args.plan.inspection,
            tags=args.tags,
            logs=args.logs,
            vpc_id=self.vpc_id,
            subnet_ids=self._subnets.ids,
            protect=args.protect,
            scope=args.plan.purpose,
        )
        return Inspection(f"{self._name}-inspection", wanted, self._child).endpoint_ids

    def _watch_names(self) -> None:
        args, purpose = self._args, self._args.plan.purpose
        wanted = ResolverArgs(
            tags=args.tags,
            logs=args.logs,
            vpc_ids={purpose: self.vpc_id},
            names=args.plan.names,
            guarded=purpose,
            scope=purpose,
        )
        Resolver(f"{self._name}-resolver", wanted, self._child)

    def _reach_aws(self) -> tuple[Groups, list[pulumi.Resource]]:
        args, plan, found = self._args, self._args.plan, list[pulumi.Resource]()
        gateways = {service: self._gateway_endpoint(service, zones) for service, zones in plan.gateways}
        found.extend(gateways.values())
        self.gateway_ids = {service: gateway.id for service, gateway in gateways.items()}
        prefix_lists = {service: gateway.prefix_list_id for service, gateway in gateways.items()}
        groups = Groups(
            f"{self._name}-groups",
            GroupsArgs(plan=plan, vpc_id=self.vpc_id, prefix_list_ids=prefix_lists, tags=args.tags),
            self._child,
        )
        if plan.endpoints:
            interfaces = InterfaceEndpointsArgs(
                perimeter=args.perimeter,
                region=args.region,
                extra=(),
                needed=plan.endpoints,
                vpc_id=self.vpc_id,
                subnet_ids=self._subnets.of(Zone.ENDPOINT),
                group_id=groups.ids["endpoint"],
                tags=args.tags,
            )
            found.append(InterfaceEndpoints(f"{self._name}-endpoints", interfaces, self._child))
        return groups, found

    def _gateway_endpoint(self, service: Service, zones: tuple[Zone, ...]) -> GatewayEndpoint:
        args, plan = self._args, self._args.plan
        wanted = GatewayEndpointArgs(
            perimeter=args.perimeter,
            region=args.region,
            vpc_id=self.vpc_id,
            table_ids=[self._subnets.tables[subnet.key].id for zone in zones for subnet in plan.tier(zone)],
            tags=args.tags,
            service=service,
        )
        # S3's was the only one once: its name stays.
        ending = "" if service is Service.S3 else f"-{service}"
        return GatewayEndpoint(f"{self._name}-gateway-endpoint{ending}", wanted, self._child)
