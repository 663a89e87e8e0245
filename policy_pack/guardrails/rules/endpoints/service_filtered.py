"""END013: an endpoint service whose load balancer lets in whoever comes through it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.resource import Resource
from guardrails.facts.roles import Role
from guardrails.facts.stack import Facts
from guardrails.facts.values import Ref, Unknown
from guardrails.rules.base import Finding, Rule, Severity

_SERVICE, _BALANCER = "ec2.VpcEndpointService", "lb.LoadBalancer"
_BALANCERS, _GROUPS = "networkLoadBalancerArns", "securityGroups"
_ENFORCED = "enforceSecurityGroupInboundRulesOnPrivateLinkTraffic"


class ServiceFiltered(Rule):
    """Requires a group on the load balancer behind an endpoint service, and that its rules count there."""

    id: ClassVar[str] = "END013"
    slug: ClassVar[str] = "endpoint-service-is-filtered"
    title: ClassVar[str] = "The load balancer behind an endpoint service filters what comes through the service"
    rationale: ClassVar[str] = (
        "A network load balancer without a group lets in every host of every accepted caller on every listener, and so "
        "does one whose inbound rules are switched off for PrivateLink. Its groups see the callers' own addresses."
    )
    fix: ClassVar[str] = (
        "Give the load balancer a security group when it is made (AWS takes none later) whose inbound rules name the "
        "callers' ranges, and leave enforceSecurityGroupInboundRulesOnPrivateLinkTraffic on."
    )
    severity: ClassVar[Severity] = Severity.HIGH
    covers: ClassVar[tuple[int, ...]] = (52,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html",
    )
    avoid: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  subnet: {type: "aws:ec2:Subnet", properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.1.0/24}}
  group: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}"}}
  balancer:
    type: aws:lb:LoadBalancer
    properties:
      loadBalancerType: network
      internal: true
      subnets: ["${subnet.id}"]
      securityGroups: ["${group.id}"]
      enforceSecurityGroupInboundRulesOnPrivateLinkTraffic: "off"
  service:
    type: aws:ec2:VpcEndpointService
    properties: {acceptanceRequired: true, networkLoadBalancerArns: ["${balancer.arn}"]}
"""
    prefer: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  subnet: {type: "aws:ec2:Subnet", properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.1.0/24}}
  group: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}"}}
  balancer:
    type: aws:lb:LoadBalancer
    properties:
      loadBalancerType: network
      internal: true
      subnets: ["${subnet.id}"]
      securityGroups: ["${group.id}"]
  service:
    type: aws:ec2:VpcEndpointService
    properties: {acceptanceRequired: true, networkLoadBalancerArns: ["${balancer.arn}"]}
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge the load balancers behind every endpoint service."""
        balancers = {item.urn: item for item in facts.of(_BALANCER)}
        judged: set[str] = set()
        for service in facts.of(_SERVICE):
            named = facts.refs(service, _BALANCERS, Role.LOAD_BALANCER)
            for ref in (named,) if isinstance(named, Unknown) else named:
                if isinstance(ref, Unknown):
                    yield self.unresolved(service, _BALANCERS, ref, "which load balancer it leads to")
                elif (balancer := balancers.get(ref.key or "")) is None:
                    yield self.unresolved(service, _BALANCERS, _elsewhere(service, ref), "whether it is filtered")
                elif balancer.urn not in judged:
                    judged.add(balancer.urn)
                    yield from self._balancer(balancer)

    def _balancer(self, balancer: Resource) -> Iterator[Finding]:
        groups = balancer.get(_GROUPS)
        if isinstance(groups, Unknown) and not (balancer.edges or {}).get(_GROUPS):
            yield self.unresolved(balancer, _GROUPS, groups, "whether it has a group cannot be told")
        elif not groups:
            yield self.fail(balancer, _GROUPS, "has no security group: every host of an accepted caller comes in")
        enforced = balancer.get(_ENFORCED)
        if isinstance(enforced, Unknown):
            yield self.unresolved(balancer, _ENFORCED, enforced, "whether its groups count cannot be told")
        elif enforced not in (None, "", "on"):
            yield self.fail(balancer, _ENFORCED, "its groups do not count for what comes through the service", enforced)


def _elsewhere(service: Resource, ref: Ref) -> Unknown:
    return Unknown(f"{service.urn}.{_BALANCERS}", f"{ref.literal or 'the load balancer'} is not in the stack")
