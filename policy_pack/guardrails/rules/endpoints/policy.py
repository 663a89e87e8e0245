"""END001: an endpoint that lets everything through."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.documents import parse_document
from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, ResourceRule, Severity
from guardrails.rules.statements import anyone, perimeter

_WITHOUT_POLICY = ("GatewayLoadBalancer",)


class EndpointPolicy(ResourceRule):
    """Refuses endpoints with AWS's default policy, or one that lets anybody use it for any account."""

    id: ClassVar[str] = "END001"
    slug: ClassVar[str] = "endpoint-policy-is-a-perimeter"
    title: ClassVar[str] = "Every endpoint policy keeps to the account or organisation"
    rationale: ClassVar[str] = (
        "Without a policy an endpoint allows every principal every action on every resource: data can be carried out "
        "to somebody else's bucket with somebody else's credentials, past the egress proxy."
    )
    fix: ClassVar[str] = (
        "Give the endpoint a policy whose every Allow names resources that are yours, or is conditioned on "
        "aws:ResourceAccount, aws:ResourceOrgID, aws:PrincipalAccount or aws:PrincipalOrgID."
    )
    severity: ClassVar[Severity] = Severity.HIGH
    kinds: ClassVar[frozenset[str]] = frozenset({"ec2.VpcEndpoint"})
    covers: ClassVar[tuple[int, ...]] = (48, 49)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html",
    )
    avoid: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  logs:
    type: aws:ec2:VpcEndpoint
    properties:
      vpcId: ${vpc.id}
      serviceName: com.amazonaws.ap-northeast-1.logs
      vpcEndpointType: Interface
      privateDnsEnabled: true
"""
    prefer: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  logs:
    type: aws:ec2:VpcEndpoint
    properties:
      vpcId: ${vpc.id}
      serviceName: com.amazonaws.ap-northeast-1.logs
      vpcEndpointType: Interface
      privateDnsEnabled: true
      policy:
        fn::toJSON:
          Version: "2012-10-17"
          Statement:
            - Effect: Allow
              Principal: "*"
              Action: "*"
              Resource: "*"
              Condition:
                StringEquals: {"aws:PrincipalAccount": "111122223333", "aws:ResourceAccount": "111122223333"}
"""

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge one endpoint."""
        kind = resource.get("vpcEndpointType", "Gateway")
        if kind in _WITHOUT_POLICY:
            return
        value = resource.get("policy")
        if value is None or value == "":
            if not self._elsewhere(resource, facts):
                yield self.fail(resource, "policy", "has AWS's default policy: everybody may do everything through it")
            return
        document = parse_document(value, f"{resource.urn}.policy")
        if isinstance(document, Unknown):
            return  # FCL001 tells it
        for statement in document.allows:
            if anyone(statement) and not perimeter(statement):
                path = f"policy.Statement[{statement.index}]"
                yield self.fail(resource, path, "lets any principal reach any account's resources", statement.sid)

    def _elsewhere(self, resource: Resource, facts: Facts) -> bool:
        """Tell whether a resource of its own gives the endpoint its policy; that one is judged like any other."""
        return any(
            resource.urn in (item.edges or {}).get("vpcEndpointId", ()) for item in facts.of("ec2.VpcEndpointPolicy")
        )
