"""RCH002: a way around what must be crossed."""

from __future__ import annotations

from typing import ClassVar

from guardrails.rules.base import Severity
from guardrails.rules.reach.common import ReachRule


class Waypoint(ReachRule):
    """Requires that permitted connections cross what their flow names."""

    id: ClassVar[str] = "RCH002"
    slug: ClassVar[str] = "waypoint-crossed"
    title: ClassVar[str] = "Every permitted connection crosses what its flow demands"
    rationale: ClassVar[str] = (
        "A flow that must go through a NAT gateway, the firewall of its zone or the proxy is only permitted that "
        "way: a path beside it is neither inspected nor logged."
    )
    fix: ClassVar[str] = (
        "Send the route that the witness shows to the waypoint, in both directions and in the same zone."
    )
    severity: ClassVar[Severity] = Severity.CRITICAL
    kind: ClassVar[str] = "missed-waypoint"
    beside_network: ClassVar[frozenset[str] | None] = frozenset()
    covers: ClassVar[tuple[int, ...]] = (54, 61, 67)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html",
        "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html",
        "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html",
    )
    example_intent: ClassVar[str] = """
version: 1
zones:
  proxy: {cidrs: [10.0.1.0/24]}
  public: {cidrs: [10.0.2.0/24], protected: false}
flows:
  - {name: out, from: proxy, to: internet, protocol: tcp, ports: [443], via: nat}
"""
    avoid: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  igw: {type: "aws:ec2:InternetGateway", properties: {vpcId: "${vpc.id}"}}
  proxies: {type: "aws:ec2:Subnet", properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.1.0/24}}
  public: {type: "aws:ec2:Subnet", properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.2.0/24}}
  group: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}"}}
  out:
    type: aws:vpc:SecurityGroupEgressRule
    properties: {securityGroupId: "${group.id}", ipProtocol: tcp, fromPort: 443, toPort: 443, cidrIpv4: 0.0.0.0/0}
  address: {type: "aws:ec2:Eip", properties: {domain: vpc}}
  nat: {type: "aws:ec2:NatGateway", properties: {subnetId: "${public.id}", allocationId: "${address.id}"}}
  table: {type: "aws:ec2:RouteTable", properties: {vpcId: "${vpc.id}"}}
  use: {type: "aws:ec2:RouteTableAssociation", properties: {routeTableId: "${table.id}", subnetId: "${public.id}"}}
  up:
    type: aws:ec2:Route
    properties: {routeTableId: "${table.id}", destinationCidrBlock: 0.0.0.0/0, gatewayId: "${igw.id}"}
  own: {type: "aws:ec2:RouteTable", properties: {vpcId: "${vpc.id}"}}
  its: {type: "aws:ec2:RouteTableAssociation", properties: {routeTableId: "${own.id}", subnetId: "${proxies.id}"}}
  proxy:
    type: aws:ec2:Instance
    properties:
      subnetId: ${proxies.id}
      vpcSecurityGroupIds: ["${group.id}"]
      associatePublicIpAddress: true
  leave:
    type: aws:ec2:Route
    properties: {routeTableId: "${own.id}", destinationCidrBlock: 0.0.0.0/0, gatewayId: "${igw.id}"}
"""
    prefer: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  igw: {type: "aws:ec2:InternetGateway", properties: {vpcId: "${vpc.id}"}}
  proxies: {type: "aws:ec2:Subnet", properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.1.0/24}}
  public: {type: "aws:ec2:Subnet", properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.2.0/24}}
  group: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}"}}
  out:
    type: aws:vpc:SecurityGroupEgressRule
    properties: {securityGroupId: "${group.id}", ipProtocol: tcp, fromPort: 443, toPort: 443, cidrIpv4: 0.0.0.0/0}
  address: {type: "aws:ec2:Eip", properties: {domain: vpc}}
  nat: {type: "aws:ec2:NatGateway", properties: {subnetId: "${public.id}", allocationId: "${address.id}"}}
  table: {type: "aws:ec2:RouteTable", properties: {vpcId: "${vpc.id}"}}
  use: {type: "aws:ec2:RouteTableAssociation", properties: {routeTableId: "${table.id}", subnetId: "${public.id}"}}
  up:
    type: aws:ec2:Route
    properties: {routeTableId: "${table.id}", destinationCidrBlock: 0.0.0.0/0, gatewayId: "${igw.id}"}
  own: {type: "aws:ec2:RouteTable", properties: {vpcId: "${vpc.id}"}}
  its: {type: "aws:ec2:RouteTableAssociation", properties: {routeTableId: "${own.id}", subnetId: "${proxies.id}"}}
  proxy:
    type: aws:ec2:Instance
    properties:
      subnetId: ${proxies.id}
      vpcSecurityGroupIds: ["${group.id}"]
      associatePublicIpAddress: false
  leave:
    type: aws:ec2:Route
    properties: {routeTableId: "${own.id}", destinationCidrBlock: 0.0.0.0/0, natGatewayId: "${nat.id}"}
"""
