"""IAM003: a role without a permissions boundary."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.rules.base import Finding, ResourceRule, Severity


@dataclass(frozen=True, slots=True)
class Options:
    """`without`: roles whose name AWS fixes and to which a boundary does not belong."""

    without: tuple[str, ...] = ("workspaces_DefaultRole",)


class Boundary(ResourceRule):
    """Requires a permissions boundary on every role and user."""

    id: ClassVar[str] = "IAM003"
    slug: ClassVar[str] = "permissions-boundary"
    title: ClassVar[str] = "Every role has a permissions boundary"
    rationale: ClassVar[str] = (
        "A boundary caps what a role can do, whatever policies are attached to it later, by whomever. Without it one "
        "attached policy is enough to leave the room."
    )
    fix: ClassVar[str] = "Set permissionsBoundary to the stack's boundary policy."
    severity: ClassVar[Severity] = Severity.MEDIUM
    kinds: ClassVar[frozenset[str]] = frozenset({"iam.Role", "iam.User"})
    covers: ClassVar[tuple[int, ...]] = (87,)
    options_type: ClassVar[type[Options]] = Options
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html",
        "https://docs.aws.amazon.com/workspaces/latest/adminguide/workspaces-access-control.html",
    )
    avoid: ClassVar[str] = """
resources:
  role:
    type: aws:iam:Role
    properties: {assumeRolePolicy: "{}"}
"""
    prefer: ClassVar[str] = """
resources:
  role:
    type: aws:iam:Role
    properties: {assumeRolePolicy: "{}", permissionsBoundary: "arn:aws:iam::111122223333:policy/boundary"}
"""

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge one role or user."""
        name = resource.get("name")
        path = resource.get("path")
        if name in self.options.without or (isinstance(path, str) and path.startswith("/aws-service-role/")):
            return
        value = resource.get("permissionsBoundary")
        if value is None or value == "":
            yield self.fail(resource, "permissionsBoundary", "has no permissions boundary")
        elif isinstance(value, str) and value.startswith("arn:aws:iam::aws:policy/AdministratorAccess"):
            yield self.fail(resource, "permissionsBoundary", "has a boundary that bounds nothing", value)
