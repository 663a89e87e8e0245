"""VPC endpoints: how the tiers reach AWS without the internet, and nobody else's part of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.network.services import NEEDED, Perimeter, ServiceEndpoint, gateway_endpoint, interface_endpoints
from components.tags import Tags
from components.vocabulary import Zone


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayEndpointArgs:
    """The endpoint of S3, or of another `service`, and the route tables of the tiers that use it."""

    perimeter: Perimeter
    region: str
    vpc_id: pulumi.Input[str]
    table_ids: Sequence[pulumi.Input[str]]
    tags: Tags
    service: str = "s3"


class GatewayEndpoint(pulumi.ComponentResource):
    """A gateway endpoint by its `id`; `prefix_list_id` is how security groups name its service."""

    id: pulumi.Output[str]
    prefix_list_id: pulumi.Output[str]

    def __init__(self, name: str, args: GatewayEndpointArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("secureroom:network:GatewayEndpoint", name, None, opts)
        planned = gateway_endpoint(args.service, args.perimeter, args.region)
        endpoint = aws.ec2.VpcEndpoint(
            f"{name}-{planned.name}",
            vpc_id=args.vpc_id,
            service_name=f"com.amazonaws.{args.region}.{planned.service}",
            vpc_endpoint_type="Gateway",
            route_table_ids=list(args.table_ids),
            policy=planned.policy.json(),
            tags=args.tags.named(f"endpoint-{planned.name}-1", Zone.ENDPOINT),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.id = endpoint.id
        self.prefix_list_id = endpoint.prefix_list_id
        self.register_outputs({"prefixListId": self.prefix_list_id})


@dataclass(frozen=True, slots=True, kw_only=True)
class InterfaceEndpointsArgs:
    """Which interface endpoints, and where: `subnet_ids` are the endpoint tier's."""

    perimeter: Perimeter
    region: str
    extra: tuple[str, ...]
    vpc_id: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    group_id: pulumi.Input[str]
    tags: Tags
    needed: tuple[str, ...] = NEEDED
    """Services that come first; what the room's tiers need unless told otherwise."""


class InterfaceEndpoints(pulumi.ComponentResource):
    """Interface endpoints with private DNS, one group of their own, and a policy that holds the perimeter."""

    endpoints: list[aws.ec2.VpcEndpoint]

    def __init__(self, name: str, args: InterfaceEndpointsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("secureroom:network:InterfaceEndpoints", name, None, opts)
        planned = interface_endpoints(args.extra, args.perimeter, args.region, args.needed)
        self.endpoints = [self._endpoint(name, endpoint, args) for endpoint in planned]
        self.register_outputs({})

    def _endpoint(self, name: str, planned: ServiceEndpoint, args: InterfaceEndpointsArgs) -> aws.ec2.VpcEndpoint:
        return aws.ec2.VpcEndpoint(
            f"{name}-{planned.name}",
            vpc_id=args.vpc_id,
            service_name=f"com.amazonaws.{args.region}.{planned.service}",
            vpc_endpoint_type="Interface",
            private_dns_enabled=True,
            subnet_ids=list(args.subnet_ids),
            security_group_ids=[args.group_id],
            policy=planned.policy.json(),
            tags=args.tags.named(f"endpoint-{planned.name}-1", Zone.ENDPOINT),
            opts=pulumi.ResourceOptions(parent=self),
        )
