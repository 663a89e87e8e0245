"""IAM002: every action of a service."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.documents import Statement
from guardrails.facts.stack import Facts
from guardrails.rules.base import Finding, Rule, Scope, Severity
from guardrails.rules.documents import IDENTITY_KINDS
from guardrails.rules.grants import grants_of, resources
from guardrails.rules.patterns import every_resource_of, whole_service
from guardrails.rules.statements import action_patterns, every_resource


class ServiceWildcard(Rule):
    """Refuses `service:*` on every resource in identity policies."""

    id: ClassVar[str] = "IAM002"
    slug: ClassVar[str] = "no-service-wildcard"
    title: ClassVar[str] = "No policy allows every action of a service on every resource"
    rationale: ClassVar[str] = (
        "`ec2:*` holds CreateRoute and AuthorizeSecurityGroupIngress, `iam:*` holds everything. New actions of the "
        "service are allowed the day AWS adds them. Naming the account in the resource narrows nothing."
    )
    fix: ClassVar[str] = "List the actions, or narrow the resources to the ones that are meant."
    severity: ClassVar[Severity] = Severity.HIGH
    scope: ClassVar[Scope] = Scope.EARLY
    kinds: ClassVar[frozenset[str]] = IDENTITY_KINDS
    beside_network: ClassVar[frozenset[str] | None] = frozenset(
        {"iam.Policy", "iam.RolePolicy", "iam.UserPolicy", "iam.GroupPolicy"}
    )
    controls: ClassVar[tuple[str, ...]] = ("SH IAM.21",)
    covers: ClassVar[tuple[int, ...]] = (69,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-21",
    )
    avoid: ClassVar[str] = """
resources:
  policy:
    type: aws:iam:Policy
    properties:
      policy:
        fn::toJSON:
          Version: "2012-10-17"
          Statement: [{Effect: Allow, Action: "EC2:*", Resource: "*"}]
"""
    prefer: ClassVar[str] = """
resources:
  policy:
    type: aws:iam:Policy
    properties:
      policy:
        fn::toJSON:
          Version: "2012-10-17"
          Statement: [{Effect: Allow, Action: "ec2:Describe*", Resource: "*"}]
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge every Allow of every identity policy; a boundary gives nothing and may name whole services."""
        for grant in grants_of(facts):
            for action in action_patterns(grant.statement):
                if whole_service(action) and _on_everything(grant.statement, action.partition(":")[0]):
                    why = "allows every action of a service on every resource"
                    yield self.fail(grant.resource, grant.path, why, f"{action} on {resources(grant.statement)}")


def _on_everything(statement: Statement, service: str) -> bool:
    return every_resource(statement) or any(every_resource_of(item, service) for item in statement.resources or ())
