"""SEG021: something that uses a default security group."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.network import Interface
from guardrails.facts.stack import Facts
from guardrails.facts.values import Ref, Unknown
from guardrails.rules.base import Finding, Rule, Severity

_BY_OMISSION = "default security group"
"""What the reader names an unknown group that can only be a VPC's default one."""


class DefaultGroupAttached(Rule):
    """Refuses interfaces in a VPC's default group, by name or because no group was named."""

    id: ClassVar[str] = "SEG021"
    slug: ClassVar[str] = "default-group-unused"
    title: ClassVar[str] = "Nothing uses the default security group of a VPC"
    rationale: ClassVar[str] = (
        "Instances, endpoints, load balancers and functions made without a group get the default one: with AWS's rules "
        "they talk to everything else that forgot its group; emptied, they talk to nobody."
    )
    fix: ClassVar[str] = "Give it a security group of its own."
    severity: ClassVar[Severity] = Severity.MEDIUM
    beside_network: ClassVar[frozenset[str] | None] = frozenset()
    covers: ClassVar[tuple[int, ...]] = (21,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html",
        "https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html",
    )
    avoid: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  subnet: {type: "aws:ec2:Subnet", properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.1.0/24}}
  logs:
    type: aws:ec2:VpcEndpoint
    properties:
      vpcId: ${vpc.id}
      vpcEndpointType: Interface
      serviceName: com.amazonaws.ap-northeast-1.logs
      subnetIds: ["${subnet.id}"]
"""
    prefer: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  subnet: {type: "aws:ec2:Subnet", properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.1.0/24}}
  group: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}"}}
  logs:
    type: aws:ec2:VpcEndpoint
    properties:
      vpcId: ${vpc.id}
      vpcEndpointType: Interface
      serviceName: com.amazonaws.ap-northeast-1.logs
      subnetIds: ["${subnet.id}"]
      securityGroupIds: ["${group.id}"]
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge the groups of every interface."""
        defaults = {group.key for group in facts.network.groups if group.default}
        for interface in facts.network.interfaces:
            if interface.filtered and interface.owner_kind != "nat-gateway":
                yield from self._interface(interface, defaults)

    def _interface(self, interface: Interface, defaults: set[str]) -> Iterator[Finding]:
        at = interface.blamed
        if isinstance(interface.groups, Unknown):
            yield self.unresolved(at, "", interface.groups, "which security groups it uses cannot be told")
            return
        for group in interface.groups:
            if isinstance(group, Ref):
                if group.key in defaults:
                    yield self.fail(at, "", "uses the default security group of its VPC")
            elif group.what == _BY_OMISSION:
                yield self.fail(at, "", "names no security group and so gets the default one")
            else:
                yield self.unresolved(at, "", group, "which security groups it uses cannot be told")
