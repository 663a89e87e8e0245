"""The peering between the room and production, and the routes to what is declared, on our side or on both."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.network.plan import NetworkPlan, SubnetPlan, Target
from components.network.subnets import Subnets
from components.tags import Tags


@dataclass(frozen=True, slots=True, kw_only=True)
class PeeringArgs:
    """The two sides; `production` is None where another team owns that VPC."""

    plan: NetworkPlan
    room_vpc_id: pulumi.Input[str]
    room: Subnets
    production_vpc_id: pulumi.Input[str]
    production: Subnets | None
    tags: Tags


class Peering(pulumi.ComponentResource):
    """Requests the peering, and accepts it where production is ours.

    Where it is another team's, `connection` stays pending until that team accepts it; our routes drop what they
    match until then (https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-routing.html).
    """

    connection: aws.ec2.VpcPeeringConnection

    def __init__(self, name: str, args: PeeringArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("secureroom:network:Peering", name, None, opts)
        self._child = pulumi.ResourceOptions(parent=self)
        other = args.plan.production.settings
        region = other.region if other.region != args.plan.region else None
        self.connection = aws.ec2.VpcPeeringConnection(
            f"{name}-connection",
            vpc_id=args.room_vpc_id,
            peer_vpc_id=args.production_vpc_id,
            peer_owner_id=other.owner_id,
            peer_region=region,
            auto_accept=True if args.plan.production.created else None,
            tags=args.tags.named("production-peering-1"),
            opts=self._child,
        )
        self._routes(name, args.plan.subnets, args.room)
        if args.production is not None:
            self._routes(name, args.plan.production.subnets, args.production)
        self.register_outputs({"connectionId": self.connection.id})

    def _routes(self, name: str, plans: tuple[SubnetPlan, ...], subnets: Subnets) -> None:
        for plan in plans:
            for route in plan.routes:
                if route.target is Target.PEERING:
                    suffix = str(route.destination).replace(".", "-").replace("/", "-")
                    aws.ec2.Route(
                        f"{name}-{plan.key}-{suffix}",
                        route_table_id=subnets.tables[plan.key].id,
                        destination_cidr_block=str(route.destination),
                        vpc_peering_connection_id=self.connection.id,
                        opts=self._child,
                    )
