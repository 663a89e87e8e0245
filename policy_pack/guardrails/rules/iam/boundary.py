"""IAM003: a role without a permissions boundary."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from guardrails.facts.resource import Resource
from guardrails.facts.roles import Role
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, Rule, Scope, Severity

_BOUNDARY = "permissionsBoundary"
_BOUNDS_NOTHING = re.compile(r"^arn:[^:]*:iam::aws:policy/(?:.*/)?AdministratorAccess[^/]*$")


@dataclass(frozen=True, slots=True)
class Options:
    """`without`: roles whose name AWS fixes and to which a boundary does not belong."""

    without: tuple[str, ...] = ("workspaces_DefaultRole",)


class Boundary(Rule):
    """Requires a permissions boundary on every role and user."""

    id: ClassVar[str] = "IAM003"
    slug: ClassVar[str] = "permissions-boundary"
    title: ClassVar[str] = "Every role and user has a permissions boundary"
    rationale: ClassVar[str] = (
        "A boundary caps what a role can do, whatever policies are attached to it later, by whomever. Without it one "
        "attached policy is enough to leave the room."
    )
    fix: ClassVar[str] = "Set permissionsBoundary to the stack's boundary policy."
    severity: ClassVar[Severity] = Severity.MEDIUM
    scope: ClassVar[Scope] = Scope.EARLY
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

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge every role and user."""
        for resource in facts.of(*sorted(self.kinds)):
            name, path = resource.get("name"), resource.get("path")
            linked = isinstance(path, str) and path.startswith("/aws-service-role/")
            if name not in self.options.without and not linked:
                yield from self._resource(resource, facts)

    def _resource(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        value = resource.get(_BOUNDARY)
        if value is None or value == "":
            yield self.fail(resource, _BOUNDARY, "has no permissions boundary", "omitted")
        elif isinstance(value, str) and _BOUNDS_NOTHING.match(value):
            yield self.fail(resource, _BOUNDARY, "has a boundary that bounds nothing", value)
        elif isinstance(value, Unknown):
            policy = facts.ref(resource, _BOUNDARY, Role.POLICY)
            if isinstance(policy, Unknown):
                yield self.unresolved(resource, _BOUNDARY, policy, "which policy bounds it cannot be told")
