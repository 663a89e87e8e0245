"""RCH001: a connection that nobody permitted."""

from __future__ import annotations

from typing import ClassVar

from guardrails.rules.base import Severity
from guardrails.rules.reach.common import ReachRule


class Forbidden(ReachRule):
    """Refuses every connection between zones, or to and from the internet, that no flow permits."""

    id: ClassVar[str] = "RCH001"
    slug: ClassVar[str] = "no-undeclared-connection"
    title: ClassVar[str] = "No connection can be opened that no flow permits"
    rationale: ClassVar[str] = (
        "Groups, ACLs, routes and gateways decide together: each may look right and the sum still open a way. The "
        "reach engine computes the sum, with ids still unknown, and shows one packet that gets through."
    )
    fix: ClassVar[str] = (
        "Close the way that the witness shows (group rule, route, association), or have the flow declared in the "
        "intent."
    )
    severity: ClassVar[Severity] = Severity.CRITICAL
    kind: ClassVar[str] = "forbidden-connection"
    beside_network: ClassVar[frozenset[str] | None] = frozenset()
    covers: ClassVar[tuple[int, ...]] = (58, 59, 60, 62, 63, 67)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html",
        "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html",
        "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html",
    )
    example_intent: ClassVar[str] = """
version: 1
zones:
  desktop: {cidrs: [10.0.1.0/24]}
  server: {cidrs: [10.0.2.0/24]}
flows:
  - {name: database, from: desktop, to: server, protocol: tcp, ports: [5432]}
"""
    avoid: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  desktops: {type: "aws:ec2:Subnet", properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.1.0/24}}
  servers: {type: "aws:ec2:Subnet", properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.2.0/24}}
  desk: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}"}}
  serve: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}"}}
  one: {type: "aws:ec2:Instance", properties: {subnetId: "${desktops.id}", vpcSecurityGroupIds: ["${desk.id}"]}}
  two: {type: "aws:ec2:Instance", properties: {subnetId: "${servers.id}", vpcSecurityGroupIds: ["${serve.id}"]}}
  out:
    type: aws:vpc:SecurityGroupEgressRule
    properties: {securityGroupId: "${desk.id}", ipProtocol: "-1", cidrIpv4: 10.0.0.0/16}
  in:
    type: aws:vpc:SecurityGroupIngressRule
    properties:
      securityGroupId: ${serve.id}
      ipProtocol: tcp
      fromPort: 5433
      toPort: 5433
      referencedSecurityGroupId: ${desk.id}
"""
    prefer: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  desktops: {type: "aws:ec2:Subnet", properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.1.0/24}}
  servers: {type: "aws:ec2:Subnet", properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.2.0/24}}
  desk: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}"}}
  serve: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}"}}
  one: {type: "aws:ec2:Instance", properties: {subnetId: "${desktops.id}", vpcSecurityGroupIds: ["${desk.id}"]}}
  two: {type: "aws:ec2:Instance", properties: {subnetId: "${servers.id}", vpcSecurityGroupIds: ["${serve.id}"]}}
  out:
    type: aws:vpc:SecurityGroupEgressRule
    properties: {securityGroupId: "${desk.id}", ipProtocol: "-1", cidrIpv4: 10.0.0.0/16}
  in:
    type: aws:vpc:SecurityGroupIngressRule
    properties:
      securityGroupId: ${serve.id}
      ipProtocol: tcp
      fromPort: 5432
      toPort: 5432
      referencedSecurityGroupId: ${desk.id}
"""
