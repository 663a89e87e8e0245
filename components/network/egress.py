"""The one way out: an internet gateway that only NAT gateways meet, and the proxy's routes to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.network.adoption import adopting
from components.network.plan import NetworkPlan, RoutePlan, SubnetPlan, Target
from components.network.subnets import Subnets
from components.tags import Tags
from components.vocabulary import Zone


@dataclass(frozen=True, slots=True, kw_only=True)
class EgressArgs:
    """The room's VPC, its plan and its subnets."""

    vpc_id: pulumi.Input[str]
    plan: NetworkPlan
    subnets: Subnets
    inspection: Mapping[str, pulumi.Output[str]]
    """Inspection endpoints by AZ id; empty without inspection."""
    tags: Tags


_SUFFIXES = {Target.INTERNET_GATEWAY: "gateway", Target.NAT_GATEWAY: "nat", Target.INSPECTION: "inspection"}


@dataclass(frozen=True, slots=True)
class _Targets:
    """What routes can lead to; NAT gateways and inspection endpoints by AZ id."""

    gateway: aws.ec2.InternetGateway
    nats: Mapping[str, aws.ec2.NatGateway]
    inspection: Mapping[str, pulumi.Output[str]]


class Egress(pulumi.ComponentResource):
    """Makes the internet gateway, a NAT gateway in each public subnet, and the routes that lead to them."""

    routes: list[aws.ec2.Route]

    def __init__(self, name: str, args: EgressArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("secureroom:network:Egress", name, None, opts)
        self._child = pulumi.ResourceOptions(parent=self)
        gateway = aws.ec2.InternetGateway(
            f"{name}-gateway",
            vpc_id=args.vpc_id,
            tags=args.tags.named("public-igw-1", Zone.PUBLIC),
            opts=adopting(self._child, args.plan.imports.internet_gateway if args.plan.imports else None),
        )
        nats = {
            subnet.zone_id: self._nat(f"{name}-nat-{subnet.number}", subnet, args, gateway)
            for subnet in args.plan.tier(Zone.PUBLIC)
        }
        targets = _Targets(gateway, nats, args.inspection)
        self.routes = [
            self._route(f"{name}-{subnet.key}", subnet, route, args.subnets, targets)
            for subnet in args.plan.subnets
            for route in subnet.routes
            if route.target is not Target.PEERING
        ]
        self.register_outputs({})

    def _nat(
        self, name: str, subnet: SubnetPlan, args: EgressArgs, gateway: aws.ec2.InternetGateway
    ) -> aws.ec2.NatGateway:
        address = aws.ec2.Eip(
            f"{name}-address",
            domain="vpc",
            tags=args.tags.named(f"public-eip-{subnet.number}", Zone.PUBLIC),
            # An address can be given to the VPC's gateways only after the internet gateway is attached.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[gateway]),
        )
        return aws.ec2.NatGateway(
            name,
            allocation_id=address.id,
            connectivity_type="public",
            subnet_id=args.subnets.ids[subnet.key],
            tags=args.tags.named(f"public-nat-{subnet.number}", Zone.PUBLIC),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[gateway]),
        )

    def _route(
        self, name: str, subnet: SubnetPlan, route: RoutePlan, subnets: Subnets, targets: _Targets
    ) -> aws.ec2.Route:
        zone = route.zone_id or ""
        return aws.ec2.Route(
            f"{name}-{_SUFFIXES[route.target]}",
            route_table_id=subnets.tables[subnet.key].id,
            destination_cidr_block=str(route.destination),
            gateway_id=targets.gateway.id if route.target is Target.INTERNET_GATEWAY else None,
            nat_gateway_id=targets.nats[zone].id if route.target is Target.NAT_GATEWAY else None,
            vpc_endpoint_id=targets.inspection[zone] if route.target is Target.INSPECTION else None,
            opts=pulumi.ResourceOptions(parent=self, depends_on=subnets.of_block(route.destination)),
        )
