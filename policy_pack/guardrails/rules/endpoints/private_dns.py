"""END002: an endpoint that nobody finds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, ResourceRule, Severity


class PrivateDns(ResourceRule):
    """Requires private DNS on interface endpoints of AWS services."""

    id: ClassVar[str] = "END002"
    slug: ClassVar[str] = "endpoint-private-dns"
    title: ClassVar[str] = "Interface endpoints of AWS services have private DNS"
    rationale: ClassVar[str] = (
        "Without it the service's usual name still resolves to public addresses: clients go out, or fail, and the "
        "endpoint with its policy is never used."
    )
    fix: ClassVar[str] = "Set privateDnsEnabled to true (the provider's default is false)."
    severity: ClassVar[Severity] = Severity.MEDIUM
    kinds: ClassVar[frozenset[str]] = frozenset({"ec2.VpcEndpoint"})
    covers: ClassVar[tuple[int, ...]] = (51,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html",
    )
    avoid: ClassVar[str] = """
resources:
  logs:
    type: aws:ec2:VpcEndpoint
    properties: {vpcId: vpc-1, serviceName: com.amazonaws.ap-northeast-1.logs, vpcEndpointType: Interface}
"""
    prefer: ClassVar[str] = """
resources:
  logs:
    type: aws:ec2:VpcEndpoint
    properties:
      vpcId: vpc-1
      serviceName: com.amazonaws.ap-northeast-1.logs
      vpcEndpointType: Interface
      privateDnsEnabled: true
"""

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge one endpoint."""
        kind, service = resource.get("vpcEndpointType", "Gateway"), resource.get("serviceName", "")
        if kind in {"Gateway", "GatewayLoadBalancer"}:
            return
        if isinstance(kind, Unknown) or isinstance(service, Unknown):
            return  # FCL012 tells it
        if "com.amazonaws.vpce." in str(service) or not str(service).startswith(("com.amazonaws.", "aws.")):
            return
        enabled = resource.flag("privateDnsEnabled", default=False)
        if isinstance(enabled, Unknown):
            yield self.unresolved(resource, "privateDnsEnabled", enabled)
        elif not enabled:
            yield self.fail(
                resource, "privateDnsEnabled", "leaves the service's name pointing at the internet", service
            )
