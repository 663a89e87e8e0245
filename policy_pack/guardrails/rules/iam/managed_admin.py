"""IAM011: AWS's administrator policies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from guardrails.facts.resource import Resource
from guardrails.facts.roles import Role
from guardrails.facts.stack import Facts
from guardrails.facts.values import Ref, Unknown
from guardrails.rules.base import Finding, Rule, Scope, Severity

_PATHS = {
    "iam.RolePolicyAttachment": "policyArn",
    "iam.UserPolicyAttachment": "policyArn",
    "iam.GroupPolicyAttachment": "policyArn",
    "iam.PolicyAttachment": "policyArn",
    "iam.Role": "managedPolicyArns",
    "iam.RolePolicyAttachmentsExclusive": "policyArns",
    "iam.UserPolicyAttachmentsExclusive": "policyArns",
    "iam.GroupPolicyAttachmentsExclusive": "policyArns",
    "ssoadmin.ManagedPolicyAttachment": "managedPolicyArn",
    "budgets.BudgetAction": "definition.iamActionDefinition.policyArn",
}
_MANAGED = re.compile(r"^arn:[^:]*:iam::aws:policy/(?:[^/]+/)*([^/]+)$")


@dataclass(frozen=True, slots=True)
class Options:
    """`policies`: names of AWS managed policies that nobody gets."""

    policies: tuple[str, ...] = (
        "AdministratorAccess", "PowerUserAccess", "IAMFullAccess", "AdministratorAccess-Amplify",
        "AdministratorAccess-AWSElasticBeanstalk", "SystemAdministrator", "NetworkAdministrator",
    )  # fmt: skip


class ManagedAdmin(Rule):
    """Refuses attaching AWS managed policies that hold administration as a whole."""

    id: ClassVar[str] = "IAM011"
    slug: ClassVar[str] = "no-managed-administrator-policy"
    title: ClassVar[str] = "Nobody has one of AWS's administrator policies"
    rationale: ClassVar[str] = (
        "A document is not needed to give everything away: the ARN of AdministratorAccess does, and AWS adds to its "
        "policies over time."
    )
    fix: ClassVar[str] = "Attach a policy with the actions that are needed."
    severity: ClassVar[Severity] = Severity.CRITICAL
    scope: ClassVar[Scope] = Scope.EARLY
    kinds: ClassVar[frozenset[str]] = frozenset(_PATHS)
    beside_network: ClassVar[frozenset[str] | None] = frozenset(
        {"iam.RolePolicyAttachment", "iam.UserPolicyAttachment", "iam.GroupPolicyAttachment"}
    )
    controls: ClassVar[tuple[str, ...]] = ("CKV_AWS_274", "CIS 1.16")
    covers: ClassVar[tuple[int, ...]] = (79,)
    options_type: ClassVar[type[Options]] = Options
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AdministratorAccess.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_job-functions.html",
    )
    avoid: ClassVar[str] = """
resources:
  attach:
    type: aws:iam:RolePolicyAttachment
    properties: {role: deployer, policyArn: "arn:aws-cn:iam::aws:policy/job-function/SystemAdministrator"}
"""
    prefer: ClassVar[str] = """
resources:
  attach:
    type: aws:iam:RolePolicyAttachment
    properties: {role: host, policyArn: "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"}
  own:
    type: aws:iam:RolePolicyAttachment
    properties: {role: host, policyArn: "arn:aws:iam::111122223333:policy/AdministratorAccess"}
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge everything that attaches a policy."""
        for resource in facts.of(*sorted(_PATHS)):
            yield from self._resource(resource, facts)

    def _resource(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        path = _PATHS[resource.kind]
        named = facts.refs(resource, path, Role.POLICY)
        for policy in (named,) if isinstance(named, Unknown) else named:
            match = _MANAGED.match(policy.literal) if isinstance(policy, Ref) and policy.literal else None
            if isinstance(policy, Unknown):
                yield self.unresolved(resource, path, policy, "which policy it gives cannot be told")
            elif match and match.group(1) in self.options.policies and not _only_answered(resource, policy, facts):
                yield self.fail(resource, path, "gives one of AWS's administrator policies", policy.literal)


def _only_answered(role: Resource, policy: Ref, facts: Facts) -> bool:
    """Tell whether a role only answers a policy that an attachment of the stack gives it, which is told there."""
    return role.kind == "iam.Role" and any(
        item.get("policyArn") == policy.literal and (role.urn in (item.edges or {}).get("role", ()))
        for item in facts.of("iam.RolePolicyAttachment")
    )
