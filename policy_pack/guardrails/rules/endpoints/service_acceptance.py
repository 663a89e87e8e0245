"""END012: an endpoint service that lets everybody connect."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, ResourceRule, Severity
from guardrails.rules.statements import wildcard

_SERVICE = "ec2.VpcEndpointService"
_PRINCIPALS = {_SERVICE: "allowedPrincipals", "ec2.VpcEndpointServiceAllowedPrinciple": "principalArn"}


class ServiceAcceptance(ResourceRule):
    """Requires acceptance of each connection and named principals."""

    id: ClassVar[str] = "END012"
    slug: ClassVar[str] = "endpoint-service-accepts-by-hand"
    title: ClassVar[str] = "An endpoint service accepts each connection by hand, from named principals"
    rationale: ClassVar[str] = (
        "An endpoint service opens a way into the VPC for whoever may connect to it. With `*` as principal and no "
        "acceptance that is every AWS account."
    )
    fix: ClassVar[str] = "Set acceptanceRequired to true and list the principals' ARNs."
    severity: ClassVar[Severity] = Severity.HIGH
    kinds: ClassVar[frozenset[str]] = frozenset(_PRINCIPALS)
    controls: ClassVar[tuple[str, ...]] = ("CKV_AWS_123",)
    covers: ClassVar[tuple[int, ...]] = (52,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/vpc/latest/privatelink/configure-endpoint-service.html",
    )
    avoid: ClassVar[str] = """
resources:
  service:
    type: aws:ec2:VpcEndpointService
    properties:
      acceptanceRequired: false
      allowedPrincipals: ["arn:aws:iam::111122223333:root"]
      networkLoadBalancerArns: ["arn:aws:elasticloadbalancing:ap-northeast-1:111122223333:loadbalancer/net/app/1"]
"""
    prefer: ClassVar[str] = """
resources:
  service:
    type: aws:ec2:VpcEndpointService
    properties:
      acceptanceRequired: true
      allowedPrincipals: ["arn:aws:iam::111122223333:root"]
      networkLoadBalancerArns: ["arn:aws:elasticloadbalancing:ap-northeast-1:111122223333:loadbalancer/net/app/1"]
"""

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge one endpoint service, or one principal that is let in."""
        if resource.kind == _SERVICE:
            required = resource.flag("acceptanceRequired", default=False)
            if isinstance(required, Unknown):
                yield self.unresolved(resource, "acceptanceRequired", required)
            elif not required:
                yield self.fail(resource, "acceptanceRequired", "accepts every connection by itself")
        path = _PRINCIPALS[resource.kind]
        principals = resource.items(path)
        for principal in [principals] if isinstance(principals, Unknown) else principals:
            if isinstance(principal, Unknown):
                yield self.unresolved(resource, path, principal, "who may connect cannot be told")
            elif isinstance(principal, str) and wildcard(principal):
                yield self.fail(resource, path, "lets every AWS account ask for a connection", principal)
