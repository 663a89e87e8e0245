"""The relay hosts: closed appliances from the vendor's image, each with two interfaces.

Nobody can install an agent on them: what they do is seen in flow logs and in EC2's own metrics.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.instances import METADATA, root_volume
from components.relay.plan import MANAGEMENT, SERVICE, HostPlan
from components.tags import Tags
from components.vocabulary import Zone


@dataclass(frozen=True, slots=True, kw_only=True)
class HostsArgs:
    """The hosts, and where they stand; a host pulls at its start, so it needs `ready`."""

    hosts: tuple[HostPlan, ...]
    subnet_ids: Mapping[str, pulumi.Output[str]]
    group_ids: Mapping[str, pulumi.Output[str]]
    key_arn: pulumi.Input[str]
    tags: Tags
    ready: Sequence[pulumi.Resource]


class Hosts(pulumi.ComponentResource):
    """Gives `instance_ids` by the hosts' names. The service interface is the first: it carries the logs."""

    instance_ids: Mapping[str, pulumi.Output[str]]

    def __init__(self, name: str, args: HostsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("secureroom:relay:Hosts", name, None, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        self.instance_ids = {host.wanted.name: self._host(host) for host in args.hosts}
        self.register_outputs({"instanceIds": dict(self.instance_ids)})

    def _interface(self, host: HostPlan, group: str) -> aws.ec2.NetworkInterface:
        side = group.removeprefix("relay-")
        return aws.ec2.NetworkInterface(
            f"{self._name}-{host.wanted.name}-{side}",
            subnet_id=self._args.subnet_ids[host.subnet],
            security_groups=[self._args.group_ids[group]],
            source_dest_check=True,
            description=f"The {side} interface of {host.wanted.name}",
            tags=self._args.tags.named(f"{host.wanted.name}-eni-{1 if group == SERVICE else 2}", Zone.RELAY),
            opts=self._child,
        )

    def _host(self, host: HostPlan) -> pulumi.Output[str]:
        args, wanted = self._args, host.wanted
        service, management = self._interface(host, SERVICE), self._interface(host, MANAGEMENT)
        instance = aws.ec2.Instance(
            f"{self._name}-{wanted.name}",
            ami=wanted.ami,
            instance_type=wanted.instance_type,
            primary_network_interface={"network_interface_id": service.id},
            get_password_data=False,
            ebs_optimized=True,
            monitoring=True,
            metadata_options=METADATA,
            root_block_device=root_volume(args.key_arn, args.tags.named(f"{wanted.name}-volume-1", Zone.RELAY)),
            tags=args.tags.named(f"{wanted.name}-instance-1", Zone.RELAY),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[*args.ready]),
        )
        aws.ec2.NetworkInterfaceAttachment(
            f"{self._name}-{wanted.name}-management",
            instance_id=instance.id,
            network_interface_id=management.id,
            device_index=1,
            opts=self._child,
        )
        return instance.id
