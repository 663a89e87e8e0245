"""END002: an endpoint that nobody finds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.network import EndpointKind
from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.facts.values import Maybe, Origin, Unknown
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
    beside_network: ClassVar[frozenset[str] | None] = frozenset()
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

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge what resources state, or the endpoints of an account."""
        yield from super().check(facts)
        for endpoint in facts.network.endpoints if facts.seen is not None else ():
            if endpoint.kind is EndpointKind.INTERFACE and _of_aws(endpoint.service):
                yield from self._endpoint(endpoint.origin, "", endpoint.private_dns, endpoint.service)

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge one endpoint."""
        kind, service = resource.get("vpcEndpointType", "Gateway"), resource.get("serviceName", "")
        if kind in {"Gateway", "GatewayLoadBalancer"}:
            return
        if isinstance(kind, Unknown) or not _of_aws(service):
            return  # FCL012 tells an unknown one
        enabled = resource.flag("privateDnsEnabled", default=False)
        yield from self._endpoint(resource, "privateDnsEnabled", enabled, service)

    def _endpoint(self, at: Resource | Origin, path: str, enabled: Maybe[bool], service: object) -> Iterator[Finding]:
        if isinstance(enabled, Unknown):
            yield self.unresolved(at, path, enabled)
        elif not enabled:
            yield self.fail(at, path, f"leaves the name of {service} pointing at the internet")


def _of_aws(service: object) -> bool:
    """Tell a service of AWS from a partner's endpoint service, which decides about its names itself."""
    name = service if isinstance(service, str) else ""
    return name.startswith(("com.amazonaws.", "aws.")) and "com.amazonaws.vpce." not in name
