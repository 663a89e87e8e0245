"""RCH003: a connection that must work and cannot."""

from __future__ import annotations

from typing import ClassVar

from guardrails.rules.base import Severity
from guardrails.rules.reach.common import ReachRule


class Demanded(ReachRule):
    """Requires that every demanded flow can happen."""

    id: ClassVar[str] = "RCH003"
    slug: ClassVar[str] = "demanded-connection-works"
    title: ClassVar[str] = "Every demanded connection works"
    rationale: ClassVar[str] = (
        "A room that is closed too far is opened again in a hurry. What must work is said in the intent "
        "(`required`), and is proven before deployment like the rest, return path included."
    )
    fix: ClassVar[str] = (
        "Open what the witness names as the stop: the group, ACL, route or association; or drop `required` in the "
        "intent."
    )
    severity: ClassVar[Severity] = Severity.HIGH
    kind: ClassVar[str] = "demanded-connection"
    beside_network: ClassVar[frozenset[str] | None] = frozenset()
    covers: ClassVar[tuple[int, ...]] = (64, 67)
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
  - {name: database, from: desktop, to: server, protocol: tcp, ports: [5432], required: true}
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
