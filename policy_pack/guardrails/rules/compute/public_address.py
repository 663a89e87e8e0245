"""CMP002: instances with a public address."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, ResourceRule, Severity

_PATHS = {
    "ec2.Instance": "associatePublicIpAddress",
    "ec2.SpotInstanceRequest": "associatePublicIpAddress",
    "ec2.LaunchConfiguration": "associatePublicIpAddress",
    "ec2.Subnet": "mapPublicIpOnLaunch",
}


class PublicAddress(ResourceRule):
    """Refuses public addresses on instances, in launch templates and as a subnet's default."""

    id: ClassVar[str] = "CMP002"
    slug: ClassVar[str] = "no-public-address-on-instances"
    title: ClassVar[str] = "No instance gets a public address, and no subnet gives one"
    rationale: ClassVar[str] = (
        "An internet gateway serves only what has a public address: without one nothing in the room can be reached "
        "from outside, whatever the groups say."
    )
    fix: ClassVar[str] = "Leave associatePublicIpAddress and mapPublicIpOnLaunch off; only NAT gateways are public."
    severity: ClassVar[Severity] = Severity.HIGH
    kinds: ClassVar[frozenset[str]] = frozenset({*_PATHS, "ec2.LaunchTemplate"})
    controls: ClassVar[tuple[str, ...]] = ("CKV_AWS_88", "CKV_AWS_130", "SH EC2.9", "SH EC2.15", "SH EC2.25")
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
        for path in _paths(resource):
            public = resource.flag(path, default=False)
            if isinstance(public, Unknown):
                yield self.unresolved(resource, path, public)
            elif public:
                yield self.fail(resource, path, "gives instances public addresses", resource.get(path))


def _paths(resource: Resource) -> list[str]:
    if resource.kind in _PATHS:
        return [_PATHS[resource.kind]]
    listed = resource.items("networkInterfaces")
    if isinstance(listed, Unknown):
        return ["networkInterfaces"]
    return [f"networkInterfaces.{index}.associatePublicIpAddress" for index in range(len(listed))]
