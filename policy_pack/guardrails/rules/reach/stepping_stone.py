"""RCH004: a place that is reached by taking over hosts."""

from __future__ import annotations

from typing import ClassVar

from guardrails.rules.base import Severity
from guardrails.rules.reach.common import ReachRule


class SteppingStone(ReachRule):
    """Refuses ways into protected zones over hosts that a caller could take over."""

    id: ClassVar[str] = "RCH004"
    slug: ClassVar[str] = "no-stepping-stone"
    title: ClassVar[str] = "No protected zone is reached by taking over hosts of another"
    rationale: ClassVar[str] = (
        "Two permitted connections make a third one for whoever takes over the host between them. A zone that is "
        "meant to pass connections on is declared a relay."
    )
    fix: ClassVar[str] = (
        "Cut one of the two connections, permit the whole way as a flow of its own, or declare the middle zone a relay."
    )
    severity: ClassVar[Severity] = Severity.HIGH
    kind: ClassVar[str] = "stepping-stone"
    beside_network: ClassVar[frozenset[str] | None] = frozenset()
    covers: ClassVar[tuple[int, ...]] = (66,)
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
  store: {cidrs: [10.0.3.0/24]}
flows:
  - {name: database, from: desktop, to: server, protocol: tcp, ports: [5432]}
  - {name: backup, from: server, to: store, protocol: tcp, ports: [445]}
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
  stores: {type: "aws:ec2:Subnet", properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.3.0/24}}
  store: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}"}}
  three: {type: "aws:ec2:Instance", properties: {subnetId: "${stores.id}", vpcSecurityGroupIds: ["${store.id}"]}}
  out:
    type: aws:vpc:SecurityGroupEgressRule
    properties: {securityGroupId: "${desk.id}", ipProtocol: "-1", cidrIpv4: 10.0.0.0/16}
  on:
    type: aws:vpc:SecurityGroupEgressRule
    properties: {securityGroupId: "${serve.id}", ipProtocol: "-1", cidrIpv4: 10.0.0.0/16}
  in:
    type: aws:vpc:SecurityGroupIngressRule
    properties:
      securityGroupId: ${serve.id}
      ipProtocol: tcp
      fromPort: 5432
      toPort: 5432
      referencedSecurityGroupId: ${desk.id}
  further:
    type: aws:vpc:SecurityGroupIngressRule
    properties:
      securityGroupId: ${store.id}
      ipProtocol: tcp
      fromPort: 445
      toPort: 445
      referencedSecurityGroupId: ${serve.id}
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
  stores: {type: "aws:ec2:Subnet", properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.3.0/24}}
  store: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}"}}
  three: {type: "aws:ec2:Instance", properties: {subnetId: "${stores.id}", vpcSecurityGroupIds: ["${store.id}"]}}
  out:
    type: aws:vpc:SecurityGroupEgressRule
    properties: {securityGroupId: "${desk.id}", ipProtocol: "-1", cidrIpv4: 10.0.0.0/16}
  on:
    type: aws:vpc:SecurityGroupEgressRule
    properties: {securityGroupId: "${serve.id}", ipProtocol: "-1", cidrIpv4: 10.0.0.0/16}
  in:
    type: aws:vpc:SecurityGroupIngressRule
    properties:
      securityGroupId: ${serve.id}
      ipProtocol: tcp
      fromPort: 5432
      toPort: 5432
      referencedSecurityGroupId: ${desk.id}
"""
