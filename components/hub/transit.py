"""A transit gateway of our own: nothing is associated or propagated by default, and spokes do not meet.

Source: https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-appliance-scenario.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network

import pulumi
import pulumi_aws as aws

from components.hub.plan import INSPECTION
from components.network.plan import WORLD
from components.tags import Tags
from components.vocabulary import Zone
from components.workload.plan import SPOKE


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitArgs:
    """The gateway's private autonomous system number."""

    tags: Tags
    asn: int


class Transit(pulumi.ComponentResource):
    """Gives the `gateway`; `join` puts attachments into its two tables.

    The spoke table leads to the hub alone, the inspection table knows every spoke: a spoke reaches no other.
    """

    gateway: aws.ec2transitgateway.TransitGateway

    def __init__(self, name: str, args: TransitArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("secureroom:hub:Transit", name, None, opts)
        self._name, self._tags = name, args.tags
        self._child = pulumi.ResourceOptions(parent=self)
        self.gateway = aws.ec2transitgateway.TransitGateway(
            f"{name}-gateway",
            description=f"The transit gateway of {args.tags.prefix}",
            amazon_side_asn=args.asn,
            auto_accept_shared_attachments="disable",
            default_route_table_association="disable",
            default_route_table_propagation="disable",
            dns_support="enable",
            vpn_ecmp_support="disable",
            tags=args.tags.named("hub-tgw-1", Zone.TRANSIT),
            opts=self._child,
        )
        self._tables = {purpose: self._table(purpose) for purpose in (SPOKE, INSPECTION)}
        self.register_outputs({"gatewayId": self.gateway.id})

    def _table(self, purpose: str) -> aws.ec2transitgateway.RouteTable:
        return aws.ec2transitgateway.RouteTable(
            f"{self._name}-{purpose}",
            transit_gateway_id=self.gateway.id,
            tags=self._tags.named(f"hub-{purpose}-table-1", Zone.TRANSIT),
            opts=self._child,
        )

    def join(
        self,
        hub: aws.ec2transitgateway.VpcAttachment | None,
        spokes: Mapping[str, aws.ec2transitgateway.VpcAttachment],
        dropped: tuple[IPv4Network, ...] = (),
    ) -> None:
        """Associate, propagate and route; `dropped` are ranges that no spoke may reach through the hub."""
        for purpose, attachment in spokes.items():
            self._associate(purpose, SPOKE, attachment)
            aws.ec2transitgateway.RouteTablePropagation(
                f"{self._name}-{purpose}-propagation",
                transit_gateway_attachment_id=attachment.id,
                transit_gateway_route_table_id=self._tables[INSPECTION].id,
                opts=self._child,
            )
        if hub is not None:
            self._associate("hub", INSPECTION, hub)
            aws.ec2transitgateway.Route(
                f"{self._name}-spoke-world",
                destination_cidr_block=str(WORLD),
                transit_gateway_attachment_id=hub.id,
                transit_gateway_route_table_id=self._tables[SPOKE].id,
                opts=self._child,
            )
        for cidr in dropped:
            label = str(cidr).replace(".", "-").replace("/", "-")
            aws.ec2transitgateway.Route(
                f"{self._name}-spoke-{label}",
                destination_cidr_block=str(cidr),
                blackhole=True,
                transit_gateway_route_table_id=self._tables[SPOKE].id,
                opts=self._child,
            )

    def _associate(self, purpose: str, table: str, attachment: aws.ec2transitgateway.VpcAttachment) -> None:
        aws.ec2transitgateway.RouteTableAssociation(
            f"{self._name}-{purpose}-association",
            transit_gateway_attachment_id=attachment.id,
            transit_gateway_route_table_id=self._tables[table].id,
            opts=self._child,
        )
