"""CMP002: instances with a public address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, ResourceRule, Severity

_PATHS: dict[str, tuple[str, bool]] = {
    "ec2.Instance": ("associatePublicIpAddress", False),
    "ec2.SpotInstanceRequest": ("associatePublicIpAddress", False),
    "ec2.LaunchConfiguration": ("associatePublicIpAddress", False),
    "ec2.Subnet": ("mapPublicIpOnLaunch", False),
    "ec2.DefaultSubnet": ("mapPublicIpOnLaunch", True),
    "drs.ReplicationConfigurationTemplate": ("createPublicIp", False),
    **dict.fromkeys(
        ("rds.Instance", "rds.Cluster", "rds.ClusterInstance", "rds.ShardGroup", "redshift.Cluster",
         "redshiftserverless.Workgroup", "dms.ReplicationInstance", "mq.Broker", "neptune.ClusterInstance",
         "docdb.ClusterInstance", "m2.Environment", "timestreaminfluxdb.DbCluster", "timestreaminfluxdb.DbInstance",
         "lightsail.Database"),
        ("publiclyAccessible", False),
    ),
}  # fmt: skip
"""The switch of each kind, and the provider's value where it is left out."""
_INTERFACES = {"ec2.LaunchTemplate": "networkInterfaces", "ec2.SpotFleetRequest": "launchSpecifications"}
"""Lists of hosts or interfaces, each with a switch of its own."""
_GIVEN = {"ec2.Eip": ("instance", "networkInterface"), "ec2.EipAssociation": ("instanceId", "networkInterfaceId")}
"""Where an address is given to a host; a NAT gateway and a load balancer take theirs by allocation id."""


class PublicAddress(ResourceRule):
    """Refuses public addresses on instances, managed ones too, in launch templates and subnets, and Elastic IPs."""

    id: ClassVar[str] = "CMP002"
    slug: ClassVar[str] = "no-public-address-on-instances"
    title: ClassVar[str] = "No instance gets a public address, and no subnet gives one"
    rationale: ClassVar[str] = (
        "An internet gateway serves only what has a public address: without one nothing in the room can be reached "
        "from outside, whatever the groups say."
    )
    fix: ClassVar[str] = (
        "Leave associatePublicIpAddress, mapPublicIpOnLaunch and publiclyAccessible off, and leave Elastic IPs to NAT "
        "gateways and load balancers."
    )
    severity: ClassVar[Severity] = Severity.HIGH
    kinds: ClassVar[frozenset[str]] = frozenset({*_PATHS, *_GIVEN, *_INTERFACES})
    controls: ClassVar[tuple[str, ...]] = (
        "CKV_AWS_88", "CKV_AWS_130", "CKV_AWS_17", "SH EC2.9", "SH EC2.15", "SH EC2.25", "SH RDS.2", "SH Redshift.1",
        "SH DMS.1",
    )  # fmt: skip
    covers: ClassVar[tuple[int, ...]] = (39, 40)
    references: ClassVar[tuple[str, ...]] = ("https://docs.aws.amazon.com/vpc/latest/userguide/vpc-ip-addressing.html",)
    avoid: ClassVar[str] = """
resources:
  host:
    type: aws:ec2:Instance
    properties: {ami: ami-1, instanceType: t3.medium, associatePublicIpAddress: true}
"""
    prefer: ClassVar[str] = """
resources:
  host:
    type: aws:ec2:Instance
    properties: {ami: ami-1, instanceType: t3.medium, associatePublicIpAddress: false}
"""

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge one resource."""
        for path in _GIVEN.get(resource.kind, ()):
            host = resource.get(path)
            if host is not None and host != "":
                yield self.fail(resource, path, "gives a host a public address", host)
        for path, default in _switches(resource):
            public = resource.flag(path, default=default)
            if isinstance(public, Unknown):
                yield self.unresolved(resource, _shown(path), public)
            elif public:
                value = "omitted" if resource.get(path) is None else public
                yield self.fail(resource, _shown(path), "gives or has public addresses", value)


def _switches(resource: Resource) -> list[tuple[str, bool]]:
    if resource.kind in _PATHS:
        return [_PATHS[resource.kind]]
    path = _INTERFACES.get(resource.kind, "")
    listed = resource.items(path) if path else []
    if isinstance(listed, Unknown):
        return [(path, False)]
    return [(f"{path}.{index}.associatePublicIpAddress", False) for index in range(len(listed))]


def _shown(path: str) -> str:
    return re.sub(r"\.(\d+)", r"[\1]", path)
