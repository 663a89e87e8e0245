"""A service of the workload's for other accounts, through AWS PrivateLink.

Connections are opened from their side alone, each endpoint is accepted by hand, and the load balancer's group judges
the callers' own addresses, which the endpoint passes on to it.
Sources: https://docs.aws.amazon.com/vpc/latest/privatelink/create-endpoint-service.html,
https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.settings.landing import Provider
from components.tags import Tags
from components.vocabulary import Zone


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceProviderArgs:
    """The service as wanted, and where its load balancer stands: one subnet an AZ, in a group of its own."""

    wanted: Provider
    vpc_id: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    group_id: pulumi.Input[str]
    tags: Tags
    protect: bool


class ServiceProvider(pulumi.ComponentResource):
    """Gives `service_name`, by which others ask for a connection, and the `target_group_arn` to register with."""

    service_name: pulumi.Output[str]
    target_group_arn: pulumi.Output[str]

    def __init__(self, name: str, args: ServiceProviderArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("secureroom:workload:ServiceProvider", name, None, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        balancer = self._balancer()
        self.target_group_arn = self._targets(balancer)
        service = aws.ec2.VpcEndpointService(
            f"{name}-service",
            acceptance_required=True,
            allowed_principals=list(args.wanted.principals),
            network_load_balancer_arns=[balancer.arn],
            supported_ip_address_types=["ipv4"],
            tags=args.tags.named("workload-endpoint-service-1", Zone.SERVICE),
            opts=self._child,
        )
        self.service_name = service.service_name
        self.register_outputs({"serviceName": self.service_name, "targetGroupArn": self.target_group_arn})

    def _balancer(self) -> aws.lb.LoadBalancer:
        args = self._args
        return aws.lb.LoadBalancer(
            f"{self._name}-balancer",
            name=f"{args.tags.prefix}-workload",
            load_balancer_type="network",
            internal=True,
            ip_address_type="ipv4",
            subnets=list(args.subnet_ids),
            security_groups=[args.group_id],
            enforce_security_group_inbound_rules_on_private_link_traffic="on",
            enable_cross_zone_load_balancing=True,
            enable_deletion_protection=args.protect,
            tags=args.tags.named("workload-balancer-1", Zone.SERVICE),
            opts=self._child,
        )

    def _targets(self, balancer: aws.lb.LoadBalancer) -> pulumi.Output[str]:
        name, args = self._name, self._args
        port = args.wanted.port
        group = aws.lb.TargetGroup(
            f"{name}-targets",
            # The port cannot be changed, so that another one is another group beside this one: with its own name.
            name=f"{args.tags.prefix}-workload-{port}",
            port=port,
            protocol="TCP",
            target_type="ip",
            vpc_id=args.vpc_id,
            preserve_client_ip="false",
            health_check={"enabled": True, "protocol": "TCP", "port": "traffic-port"},
            tags=args.tags.named("workload-targets-1", Zone.SERVICE),
            opts=self._child,
        )
        aws.lb.Listener(
            f"{name}-listener",
            load_balancer_arn=balancer.arn,
            port=port,
            protocol="TCP",
            default_actions=[{"type": "forward", "target_group_arn": group.arn}],
            tags=args.tags.named("workload-listener-1", Zone.SERVICE),
            opts=self._child,
        )
        for target in args.wanted.targets:
            aws.lb.TargetGroupAttachment(
                f"{name}-target-{str(target).replace('.', '-')}",
                target_group_arn=group.arn,
                target_id=str(target),
                port=port,
                opts=self._child,
            )
        return group.arn
