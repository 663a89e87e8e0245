"""FCL002: an edge of the network that cannot be resolved."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.stack import Facts
from guardrails.facts.values import Origin, Unknown
from guardrails.rules.base import Finding, Rule, Severity
from guardrails.rules.edges import edges


class UnresolvedEdge(Rule):
    """Says where the graph of the network has an open end, or rests on a default because a kind of object is absent."""

    id: ClassVar[str] = "FCL002"
    slug: ClassVar[str] = "network-edge-resolved"
    title: ClassVar[str] = "Every edge of the network can be resolved before deployment"
    rationale: ClassVar[str] = (
        "Ids are unknown at a preview; what a property refers to is known by its dependencies. Where those do not tell "
        "it (one property with several candidates, a value from another program), routes and groups cannot be judged. "
        "Of an account, what rests on a default of AWS because nobody asked for the objects is no proof either."
    )
    fix: ClassVar[str] = (
        "Pass the id of one resource straight to the property: one rule, one route, one association per resource. "
        "Declare what lies outside of the stack in the intent's `externals`. Of an account, add the answers that are "
        "absent from the snapshot."
    )
    severity: ClassVar[Severity] = Severity.HIGH
    exemptible: ClassVar[bool] = False
    beside_network: ClassVar[frozenset[str] | None] = frozenset()
    covers: ClassVar[tuple[int, ...]] = (2,)
    references: ClassVar[tuple[str, ...]] = ("https://www.pulumi.com/docs/iac/concepts/inputs-outputs/",)
    avoid: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  one: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}"}}
  rule:
    type: aws:vpc:SecurityGroupIngressRule
    properties:
      securityGroupId: ${one.id}
      ipProtocol: tcp
      fromPort: 443
      toPort: 443
      referencedSecurityGroupId: {"fn::unknown": true}
"""
    prefer: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  one: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}"}}
  two: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}"}}
  rule:
    type: aws:vpc:SecurityGroupIngressRule
    properties:
      securityGroupId: ${one.id}
      ipProtocol: tcp
      fromPort: 443
      toPort: 443
      referencedSecurityGroupId: ${two.id}
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Name every open end of the network's facts."""
        network = facts.network
        for gap in network.gaps:
            subject, path = _split(gap, facts)
            yield self.unresolved(Origin(subject, path), path, gap)
        for line in network.assumptions:
            kind, _, text = line.partition(": ")
            yield self.unresolved(Origin("", kind), kind, f"{text} (the kind is absent from what was read)")
        for edge in edges(network):
            if isinstance(edge.to, Unknown):
                subject, path = _split(edge.to, facts)
                at = edge.origin if subject != edge.origin.subject else Origin(subject, path)
                yield self.unresolved(at, at.path or path, edge.to, edge.meaning)


def _split(gap: Unknown, facts: Facts) -> tuple[str, str]:
    """Take the name of an input apart into the resource's URN and the property."""
    urn, mark, path = gap.what.rpartition("::")
    name, _, prop = path.partition(".")
    subject = f"{urn}{mark}{name}"
    if subject in facts.by_urn:
        return subject, _bracketed(prop)
    # A name with dots in it: the longest URN that the text starts with.
    found = max((one for one in facts.by_urn if gap.what.startswith(f"{one}.")), key=len, default="")
    return (found, _bracketed(gap.what[len(found) + 1 :])) if found else ("", gap.what)


def _bracketed(path: str) -> str:
    """Write positions in lists as everywhere else: `routes[0].gatewayId`."""
    return re.sub(r"\.(\d+)(?=\.|$)", r"[\1]", path)
