"""FCL006: a kind of resource that no rule understands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from guardrails.facts.from_pulumi.modelled import HARMLESS, HIDING, KNOWN, RELEVANT
from guardrails.facts.from_pulumi.placement import placed_by
from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.rules.base import Finding, ResourceRule, Severity

_OTHER_PROVIDERS = (
    "aws-native:", "awscc:", "awsx:", "aws-apigateway:", "eks:",
    # These run whatever they are given, the AWS CLI included.
    "command:", "pulumi-python:dynamic", "pulumi-nodejs:dynamic",
)  # fmt: skip


_ENDPOINT, _ENDPOINT_TYPE = "ec2.VpcEndpoint", "vpcEndpointType"
_LATTICE = ("Resource", "ServiceNetwork")
"""Endpoints that lead to resources and service networks which other accounts may share."""


@dataclass(frozen=True, slots=True)
class Options:
    """`accepted`: kinds (`vpclattice.Service`) that somebody has looked at and takes for harmless."""

    accepted: tuple[str, ...] = ()


class UnmodelledType(ResourceRule):
    """Says which resources could open a way that the facts do not show."""

    id: ClassVar[str] = "FCL006"
    slug: ClassVar[str] = "kind-understood"
    title: ClassVar[str] = "Every network, identity and key resource is of a kind that the guard understands"
    rationale: ClassVar[str] = (
        "A VPN endpoint, a Lattice service, a service that puts hosts into a subnet, a CloudFormation stack or a "
        "resource of another AWS provider can connect networks or give rights that no rule here looks at; a stack "
        "with one would pass for lack of knowledge."
    )
    fix: ClassVar[str] = (
        "Use a kind that the guard understands, have it modelled, or accept the kind by name in the rule's option "
        "`accepted` after looking at what it does."
    )
    severity: ClassVar[Severity] = Severity.HIGH
    exemptible: ClassVar[bool] = False
    covers: ClassVar[tuple[int, ...]] = (6, 57)
    options_type: ClassVar[type[Options]] = Options
    references: ClassVar[tuple[str, ...]] = ("https://github.com/pulumi/pulumi-aws",)
    avoid: ClassVar[str] = """
resources:
  door: {type: "aws:ec2clientvpn:Endpoint", properties: {clientCidrBlock: 10.9.0.0/22}}
"""
    prefer: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.9.0.0/22}}
"""

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge the kind of one resource."""
        if resource.type.startswith(_OTHER_PROVIDERS) and resource.custom:
            if resource.type not in self.options.accepted:
                yield self.unresolved(resource, "", f"kind {resource.type} is of a provider that is not modelled")
            return
        if not resource.type.startswith("aws:") or resource.kind in self.options.accepted:
            return
        if resource.kind.split(".")[0] in RELEVANT:
            if resource.kind not in KNOWN and resource.kind not in HARMLESS:
                why = f"kind {resource.kind} is not modelled: what it allows is not known"
                yield self.unresolved(resource, "", why)
            elif resource.kind == _ENDPOINT and resource.get(_ENDPOINT_TYPE) in _LATTICE:
                why = "where an endpoint of VPC Lattice leads is not modelled"
                yield self.unresolved(resource, _ENDPOINT_TYPE, why)
            return
        if resource.kind in HIDING:
            yield self.unresolved(resource, "", f"what AWS makes behind kind {resource.kind} is not known")
            return
        path = placed_by(resource)
        if path:
            why = f"kind {resource.kind} is not modelled: what it opens in the network it is put into is not known"
            yield self.unresolved(resource, path, why)
