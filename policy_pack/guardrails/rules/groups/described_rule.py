"""SEG027: a group rule without a description."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from guardrails.facts.network import GroupRule
from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.facts.values import Origin, Unknown
from guardrails.rules.base import Finding, Level, Severity
from guardrails.rules.group_rules import RuleOnGroupRules


class DescribedRule(RuleOnGroupRules):
    """Tells of rules that do not say what they are for."""

    id: ClassVar[str] = "SEG027"
    slug: ClassVar[str] = "rule-described"
    title: ClassVar[str] = "Every security group rule says what it is for"
    rationale: ClassVar[str] = "Nobody removes a rule whose purpose is not known, so groups only ever grow."
    fix: ClassVar[str] = "Give the rule a description."
    severity: ClassVar[Severity] = Severity.LOW
    enforcement: ClassVar[Mapping[str, Level]] = {"prod": Level.ADVISORY, "dev": Level.ADVISORY}
    controls: ClassVar[tuple[str, ...]] = ("CKV_AWS_23",)
    covers: ClassVar[tuple[int, ...]] = (27,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
    )
    avoid: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  group:
    type: aws:ec2:SecurityGroup
    properties:
      vpcId: ${vpc.id}
      description: The web tier
      ingress: [{protocol: tcp, fromPort: 443, toPort: 443, cidrBlocks: [10.0.8.0/24], description: " "}]
"""
    prefer: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  group:
    type: aws:ec2:SecurityGroup
    properties:
      vpcId: ${vpc.id}
      ingress: [{protocol: tcp, fromPort: 443, toPort: 443, cidrBlocks: [10.0.8.0/24], description: Office to web}]
"""

    def judge_rules(self, at: Resource | Origin, rules: list[GroupRule], facts: Facts) -> Iterator[Finding]:
        """Judge the rules that are stated in one place."""
        told: set[str] = set()
        for rule in rules:
            where = rule.origin.path.rpartition(".")[0]
            if where in told:
                continue
            told.add(where)
            path = f"{where}.description" if where else "description"
            if isinstance(rule.description, Unknown):
                yield self.unresolved(at, path, rule.description, "whether it is described")
            elif not rule.description.strip():
                yield self.fail(at, path, "does not say what it is for")
