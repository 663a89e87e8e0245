"""The gateways of a VPC of the landing network and every route that its plan has, one resource each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.landing.plan import VpcPlan
from components.network.adoption import adopting
from components.network.plan import RoutePlan, SubnetPlan, Target
from components.network.subnets import Subnets
from components.tags import Tags
from components.vocabulary import Zone


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutesArgs:
    """Where routes can lead besides the gateways that are made here; `inspection` by AZ id."""

    plan: VpcPlan
    vpc_id: pulumi.Input[str]
    subnets: Subnets
    inspection: Mapping[str, pulumi.Output[str]]
    transit_gateway_id: pulumi.Input[str] | None
    vpn_gateway_id: pulumi.Input[str] | None
    after: Sequence[pulumi.Resource]
    """What must be there before a route to the transit gateway: the attachment."""
    tags: Tags


class Routes(pulumi.ComponentResource):
    """Makes an internet gateway and NAT gateways where there are subnets for them, then the routes."""

    routes: list[aws.ec2.Route]

    def __init__(self, name: str, args: RoutesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("secureroom:landing:Routes", name, None, opts)
        self._name, self._args = name, args
        self._gateway = self._internet_gateway() if args.plan.tier(Zone.PUBLIC) else None
        self._nats = {subnet.zone_id: self._nat(subnet) for subnet in args.plan.tier(Zone.PUBLIC)}
        self.routes = [self._route(subnet, route) for subnet in args.plan.subnets for route in subnet.routes]
        self.register_outputs({})

    def _internet_gateway(self) -> aws.ec2.InternetGateway:
        imports = self._args.plan.imports
        return aws.ec2.InternetGateway(
            f"{self._name}-gateway",
            vpc_id=self._args.vpc_id,
            tags=self._args.tags.named(f"{self._args.plan.purpose}-igw-1", Zone.PUBLIC),
            opts=adopting(pulumi.ResourceOptions(parent=self), imports.internet_gateway if imports else None),
        )

    def _nat(self, subnet: SubnetPlan) -> aws.ec2.NatGateway:
        args, name = self._args, f"{self._name}-nat-{subnet.number}"
        after = pulumi.ResourceOptions(parent=self, depends_on=[self._gateway] if self._gateway else [])
        address = aws.ec2.Eip(
            f"{name}-address",
            domain="vpc",
            tags=args.tags.named(f"{args.plan.purpose}-eip-{subnet.number}", Zone.PUBLIC),
            opts=after,
        )
        return aws.ec2.NatGateway(
            name,
            allocation_id=address.id,
            connectivity_type="public",
            subnet_id=args.subnets.ids[subnet.key],
            tags=args.tags.named(f"{args.plan.purpose}-nat-{subnet.number}", Zone.PUBLIC),
            opts=after,
        )

    def _route(self, subnet: SubnetPlan, route: RoutePlan) -> aws.ec2.Route:
        args, target, zone = self._args, route.target, route.zone_id or ""
        label = str(route.destination).replace(".", "-").replace("/", "-")
        gateways = {
            Target.INTERNET_GATEWAY: self._gateway.id if self._gateway else None,
            Target.VPN_GATEWAY: args.vpn_gateway_id,
        }
        transit = target is Target.TRANSIT_GATEWAY
        return aws.ec2.Route(
            f"{self._name}-{subnet.key}-{label}",
            route_table_id=args.subnets.tables[subnet.key].id,
            destination_cidr_block=str(route.destination),
            gateway_id=gateways.get(target),
            nat_gateway_id=self._nats[zone].id if target is Target.NAT_GATEWAY else None,
            vpc_endpoint_id=args.inspection[zone] if target is Target.INSPECTION else None,
            transit_gateway_id=args.transit_gateway_id if transit else None,
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=[*args.subnets.of_block(route.destination), *(args.after if transit else ())]
            ),
        )
