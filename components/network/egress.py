"""The one way out: an internet gateway that only NAT gateways meet, and the proxy's routes to them."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

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
    tags: Tags


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
            opts=self._child,
        )
        nats = {
            subnet.zone_id: self._nat(f"{name}-nat-{subnet.number}", subnet, args, gateway)
            for subnet in args.plan.tier(Zone.PUBLIC)
        }
        self.routes = [
            self._route(f"{name}-{subnet.key}", args.subnets.tables[subnet.key], route, gateway, nats)
            for subnet in args.plan.subnets
            for route in subnet.routes
            if route.target in (Target.INTERNET_GATEWAY, Target.NAT_GATEWAY)
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
        self,
        name: str,
        table: aws.ec2.RouteTable,
        route: RoutePlan,
        gateway: aws.ec2.InternetGateway,
        nats: dict[str, aws.ec2.NatGateway],
    ) -> aws.ec2.Route:
        to_nat = route.target is Target.NAT_GATEWAY
        return aws.ec2.Route(
            f"{name}-{'nat' if to_nat else 'gateway'}",
            route_table_id=table.id,
            destination_cidr_block=str(route.destination),
            nat_gateway_id=nats[route.zone_id or ""].id if to_nat else None,
            gateway_id=None if to_nat else gateway.id,
            opts=self._child,
        )
