"""FCL007: a reference to something outside of the stack that nobody declared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.stack import Facts
from guardrails.facts.values import Ref
from guardrails.rules.base import Finding, Rule, Severity
from guardrails.rules.edges import Edge, edges

_SHOWN = 10
"""As many uses of each kind are named."""


class UndeclaredExternal(Rule):
    """Refuses literal ids that are not in the stack and not among the intent's externals."""

    id: ClassVar[str] = "FCL007"
    slug: ClassVar[str] = "external-declared"
    title: ClassVar[str] = "Every network object outside of the stack is declared"
    rationale: ClassVar[str] = (
        "What lies outside cannot be judged here: a literal group, table or VPC may be anybody's. A literal also has "
        "no dependency, so that an object of this stack named by its id looks like a stranger's."
    )
    fix: ClassVar[str] = (
        "Refer to the resource itself; what really lies outside is declared in the intent's `externals` with id, "
        "account and CIDRs."
    )
    severity: ClassVar[Severity] = Severity.HIGH
    exemptible: ClassVar[bool] = False
    beside_network: ClassVar[frozenset[str] | None] = frozenset()
    covers: ClassVar[tuple[int, ...]] = (7, 16)
    references: ClassVar[tuple[str, ...]] = ("https://www.pulumi.com/docs/iac/concepts/inputs-outputs/",)
    avoid: ClassVar[str] = """
resources:
  rule:
    type: aws:vpc:SecurityGroupIngressRule
    properties:
      securityGroupId: ${group.id}
      ipProtocol: tcp
      fromPort: 443
      toPort: 443
      referencedSecurityGroupId: sg-0123456789abcdef0
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  group: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}"}}
"""
    prefer: ClassVar[str] = """
resources:
  rule:
    type: aws:vpc:SecurityGroupIngressRule
    properties:
      securityGroupId: ${group.id}
      ipProtocol: tcp
      fromPort: 443
      toPort: 443
      referencedSecurityGroupId: sg-0fedcba9876543210
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  group: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}"}}
"""
    example_intent: ClassVar[str] = """
version: 1
externals:
  - {id: sg-0fedcba9876543210, kind: security group, account: "444455556666", reason: monitoring of the platform team}
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge every reference that leads out of the stack: once for each object, with all its uses."""
        declared = {item.id for item in facts.intent.externals} if facts.intent else set[str]()
        uses: dict[str, list[Edge]] = {}
        for edge in edges(facts.network):
            to = edge.to
            if isinstance(to, Ref) and to.key is None and to.literal not in declared:
                uses.setdefault(to.literal or "", []).append(edge)
        for literal, found in uses.items():
            found.sort(key=lambda edge: (edge.origin.subject, _path(edge)))
            first = found[0]
            why = f"{first.meaning} is named by an id that is not in the stack and not declared"
            yield self.fail(first.origin, _path(first), why, literal, _listed(found))


def _path(edge: Edge) -> str:
    return edge.origin.path or edge.field


def _listed(uses: list[Edge]) -> str:
    """Say where an object is used, by what it is there; empty for a single use, which the finding itself is."""
    places: dict[str, dict[str, None]] = {}
    for edge in uses:
        name = edge.origin.subject.rpartition("::")[2]
        places.setdefault(edge.meaning, {})[f"{name}.{_path(edge)}"] = None
    if sum(map(len, places.values())) == 1:
        return ""
    return "; ".join(f"{meaning}: {_some(list(names))}" for meaning, names in places.items())


def _some(names: list[str]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
