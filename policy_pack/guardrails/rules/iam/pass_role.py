"""IAM010: passing any role to any service."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.documents import Statement
from guardrails.facts.stack import Facts
from guardrails.rules.base import Finding, Rule, Scope, Severity
from guardrails.rules.conditions import restricting
from guardrails.rules.documents import IDENTITY_KINDS
from guardrails.rules.grants import grants_of, names_action, resources
from guardrails.rules.patterns import matches, tail
from guardrails.rules.statements import every_resource

_ANY_ROLE = "role/zq9"
"""A role that nobody has: only a pattern that names none holds it."""
_SERVICE = re.compile(r"^iam:passedtoservice$")
_TARGET = re.compile(r"^(iam|aws):resourcetag/.+$")
"""A tag narrows the roles; iam:AssociatedResourceArn only says to what any role may be passed."""


class PassRole(Rule):
    """Refuses iam:PassRole on roles that are not named, and on a family of roles for any service."""

    id: ClassVar[str] = "IAM010"
    slug: ClassVar[str] = "pass-role-scoped"
    title: ClassVar[str] = "iam:PassRole names the roles, and the service where it names a family of them"
    rationale: ClassVar[str] = (
        "Who may pass any role to a new instance or function has every role of the account, the administrators' "
        "included. That is the commonest way to escalate."
    )
    fix: ClassVar[str] = "List the role ARNs as Resource and add StringEquals iam:PassedToService with the service."
    severity: ClassVar[Severity] = Severity.HIGH
    scope: ClassVar[Scope] = Scope.EARLY
    kinds: ClassVar[frozenset[str]] = IDENTITY_KINDS
    beside_network: ClassVar[frozenset[str] | None] = frozenset(
        {"iam.Policy", "iam.RolePolicy", "iam.UserPolicy", "iam.GroupPolicy"}
    )
    controls: ClassVar[tuple[str, ...]] = ("TV AWS-0342",)
    covers: ClassVar[tuple[int, ...]] = (78,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html",
    )
    avoid: ClassVar[str] = """
resources:
  policy:
    type: aws:iam:RolePolicy
    properties:
      role: deployer
      policy:
        fn::toJSON:
          Version: "2012-10-17"
          Statement:
            Effect: Allow
            Action: "IAM:Pass*"
            Resource: ["arn:aws:iam::111122223333:role/*"]
            Condition: {StringLike: {"iam:PassedToService": "*.amazonaws.com"}}
"""
    prefer: ClassVar[str] = """
resources:
  policy:
    type: aws:iam:RolePolicy
    properties:
      role: deployer
      policy:
        fn::toJSON:
          Version: "2012-10-17"
          Statement:
            - {Effect: Allow, Action: "iam:PassRole", Resource: "arn:aws:iam::111122223333:role/room-proxy"}
            - Effect: Allow
              Action: "iam:PassRole"
              Resource: "arn:aws:iam::111122223333:role/room-*"
              Condition: {StringEquals: {"iam:PassedToService": ecs-tasks.amazonaws.com}}
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge every Allow of every identity policy."""
        for grant in grants_of(facts):
            statement = grant.statement
            if not names_action(statement, "iam:PassRole") or restricting(statement, _TARGET):
                continue
            if every_resource(statement) or any(matches(tail(item), _ANY_ROLE) for item in _roles(statement)):
                yield self.fail(grant.resource, grant.path, "passes any role of the account", resources(statement))
            elif _family(statement) and not restricting(statement, _SERVICE):
                why = "passes a family of roles to any service"
                yield self.fail(grant.resource, grant.path, why, resources(statement))


def _roles(statement: Statement) -> list[str]:
    """Give the ARN patterns of a statement that may hold a role."""
    return [item for item in statement.resources or () if matches(f"{item}::".split(":")[2], "iam")]


def _family(statement: Statement) -> bool:
    return any(set("*?") & set(tail(item)) for item in _roles(statement))
