"""END001: an endpoint that lets everything through."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from guardrails.facts.documents import Document, parse_document
from guardrails.facts.network import Endpoint, EndpointKind
from guardrails.facts.resource import Resource
from guardrails.facts.roles import Role
from guardrails.facts.stack import Facts
from guardrails.facts.values import Origin, Unknown
from guardrails.rules.base import Finding, Rule, Scope, Severity
from guardrails.rules.companions import companions
from guardrails.rules.statements import anyone, perimeter

_ENDPOINT, _SEPARATE = "ec2.VpcEndpoint", "ec2.VpcEndpointPolicy"
_WITHOUT_POLICY = ("GatewayLoadBalancer", "Resource", "ServiceNetwork")
"""Kinds of endpoint that take no policy (EC2 API reference, CreateVpcEndpoint, PolicyDocument)."""
_ABSENT = (None, "")
_DEFAULT = "has AWS's default policy: everybody may do everything through it"


@dataclass(frozen=True, slots=True)
class Options:
    """`without_policy`: services of AWS, by the end of their names, that take no endpoint policy but AWS's own."""

    without_policy: tuple[str, ...] = ("email-smtp", "transfer.server")


class EndpointPolicy(Rule):
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
        "aws:ResourceAccount, aws:ResourceOrgID, aws:PrincipalAccount or aws:PrincipalOrgID. A service of somebody "
        "else takes no policy: declare it by its name in the intent's `externals`."
    )
    severity: ClassVar[Severity] = Severity.HIGH
    scope: ClassVar[Scope] = Scope.EARLY
    options_type: ClassVar[type[Options]] = Options
    kinds: ClassVar[frozenset[str]] = frozenset({_ENDPOINT, _SEPARATE})
    beside_network: ClassVar[frozenset[str] | None] = frozenset()
    covers: ClassVar[tuple[int, ...]] = (48, 49)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html",
        "https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html",
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

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge every policy, and every endpoint that has none once the whole stack is seen."""
        separate = companions(facts, (_SEPARATE,), "vpcEndpointId", Role.ENDPOINT)
        for item in facts.of(_SEPARATE):
            yield from self._policy(item)
        for item in facts.of(_ENDPOINT):
            if item.get("vpcEndpointType", "Gateway") in _WITHOUT_POLICY or self._takes_none(item.get("serviceName")):
                continue
            if _of_somebody(item.get("serviceName")) or _made_here(item, facts):
                yield from self._service(item, item.get("serviceName"), facts)
                continue
            own = item.get("policy")
            if separate.of(item.urn) and (own in _ABSENT or _as_aws_made_it(item)):
                continue  # AWS's default, as the endpoint was made with it, until the separate policy replaced it
            if own not in _ABSENT:
                yield from self._policy(item)
            elif not facts.partial and separate.loose is not None:
                yield self.unresolved(item, "policy", separate.loose, "whether a separate policy is for it")
            elif not facts.partial:
                yield self.fail(item, "policy", _DEFAULT)
        for endpoint in facts.network.endpoints if facts.seen is not None else ():
            if endpoint.kind not in {EndpointKind.GATEWAY, EndpointKind.INTERFACE} or self._takes_none(
                endpoint.service
            ):
                continue
            if _of_somebody(endpoint.service):
                yield from self._service(endpoint.origin, endpoint.service, facts)
            else:
                yield from self._answered(endpoint)

    def _takes_none(self, service: object) -> bool:
        name = service if isinstance(service, str) else ""
        return name.startswith("com.amazonaws.") and any(
            name.endswith(f".{one}") for one in self.options.without_policy
        )

    def _service(self, at: Resource | Origin, service: object, facts: Facts) -> Iterator[Finding]:
        """Judge an endpoint of a service that is not AWS's: it takes no policy, so that whose it is must be known."""
        own = isinstance(at, Resource) and _made_here(at, facts)
        declared = facts.intent is not None and any(one.id == service for one in facts.intent.externals)
        if not own and not declared and not facts.partial:
            path = "serviceName" if isinstance(at, Resource) else ""
            yield self.fail(at, path, "leads to a service of somebody else that is not declared", str(service))

    def _answered(self, endpoint: Endpoint) -> Iterator[Finding]:
        """Judge the policy that an account shows."""
        if endpoint.policy is None:
            yield self.fail(endpoint.origin, "", _DEFAULT)
        elif isinstance(endpoint.policy, Unknown):
            yield self.unresolved(endpoint.origin, "", endpoint.policy, "the policy document cannot be read")
        elif isinstance(endpoint.policy, Document):
            yield from self._document(endpoint.origin, endpoint.policy)

    def _policy(self, item: Resource) -> Iterator[Finding]:
        document = parse_document(item.get("policy"), f"{item.urn}.policy")
        if item.get("policy") in _ABSENT:
            yield self.fail(item, "policy", _DEFAULT)
        elif isinstance(document, Document):  # FCL001 tells one that cannot be read
            yield from self._document(item, document)

    def _document(self, at: Resource | Origin, document: Document) -> Iterator[Finding]:
        for statement in document.allows:
            if anyone(statement) and not perimeter(statement):
                path = f"policy.Statement[{statement.index}]"
                yield self.fail(at, path, "lets any principal reach any account's resources", statement.sid)


def _of_somebody(service: object) -> bool:
    """Tell an endpoint service, whose owner AWS does not name, from a service of AWS itself."""
    return isinstance(service, str) and ".vpce-svc-" in service


def _made_here(endpoint: Resource, facts: Facts) -> bool:
    """Tell whether the stack itself makes the service that an endpoint leads to."""
    services = facts.of("ec2.VpcEndpointService")
    named, edges = endpoint.get("serviceName"), (endpoint.edges or {}).get("serviceName", ())
    return any(one.urn in edges or (isinstance(named, str) and one.get("serviceName") == named) for one in services)


def _as_aws_made_it(endpoint: Resource) -> bool:
    """Tell whether an endpoint has the policy that AWS gives where none is: everybody, everything, everywhere."""
    document = parse_document(endpoint.get("policy"), "")
    if isinstance(document, Unknown) or len(document.statements) != 1:
        return False
    (only,) = document.statements
    return only.allows and anyone(only) and only.actions == ("*",) and only.resources == ("*",) and not only.conditions
