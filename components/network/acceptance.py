"""The production side of the peering, where its owner lets this program act there."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network

import pulumi
import pulumi_aws as aws

from components.network.plan import NetworkPlan
from components.settings.model import ProductionAccess
from components.tags import Tags
from components.vocabulary import Zone


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptanceArgs:
    """The request, and what its owner named: the route tables and the security groups that are to know the desktops."""

    plan: NetworkPlan
    access: ProductionAccess
    connection_id: pulumi.Input[str]
    tags: Tags


class Acceptance(pulumi.ComponentResource):
    """Accepts the peering, routes the desktops' subnets back, and lets them in on the declared ports.

    Made with the provider of production's account. Desktops are named by their ranges: a reference to their group
    would not hold across regions, and would tell production's owner less.
    """

    def __init__(self, name: str, args: AcceptanceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("secureroom:network:Acceptance", name, None, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        accepter = aws.ec2.VpcPeeringConnectionAccepter(
            f"{name}-accepter",
            vpc_peering_connection_id=args.connection_id,
            auto_accept=True,
            tags=args.tags.named("production-peering-2"),
            opts=self._child,
        )
        # Not the request's own id: routes and rules wait until the peering is accepted.
        self._routes(accepter.vpc_peering_connection_id)
        self._rules(accepter)
        self.register_outputs({})

    def _routes(self, connection_id: pulumi.Input[str]) -> None:
        for table in self._args.access.route_table_ids:
            for subnet in self._args.plan.tier(Zone.DESKTOP):
                aws.ec2.Route(
                    f"{self._name}-{table}-{_label(subnet.cidr)}",
                    route_table_id=table,
                    destination_cidr_block=str(subnet.cidr),
                    vpc_peering_connection_id=connection_id,
                    opts=self._child,
                )

    def _rules(self, accepter: pulumi.Resource) -> None:
        plan = self._args.plan
        for group in self._args.access.security_group_ids:
            for cidr in plan.cidrs(Zone.DESKTOP):
                for port in plan.production.settings.ports:
                    key = f"{self._name}-{group}-{_label(cidr)}-{port.protocol}-{port.port}"
                    aws.vpc.SecurityGroupIngressRule(
                        key,
                        security_group_id=group,
                        cidr_ipv4=str(cidr),
                        ip_protocol=port.protocol,
                        from_port=port.port,
                        to_port=port.port,
                        description=f"{port.description} from the secure room",
                        tags=self._args.tags.named(f"production-rule-{port.protocol}-{port.port}", Zone.PRODUCTION),
                        opts=pulumi.ResourceOptions(parent=self, depends_on=[accepter]),
                    )


def _label(cidr: IPv4Network) -> str:
    return str(cidr).replace(".", "-").replace("/", "-")
