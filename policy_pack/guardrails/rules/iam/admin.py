"""IAM001: a policy that allows everything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, ResourceRule, Severity
from guardrails.rules.documents import IDENTITY_KINDS, identity_documents
from guardrails.rules.patterns import every_action
from guardrails.rules.statements import action_patterns, every_resource


class Admin(ResourceRule):
    """Refuses identity policies that allow every action on every resource."""

    id: ClassVar[str] = "IAM001"
    slug: ClassVar[str] = "no-administrator-policy"
    title: ClassVar[str] = "No policy allows every action on every resource"
    rationale: ClassVar[str] = (
        "Whoever holds such a policy can take the room apart: change routes, read secrets, delete the evidence. "
        "`NotAction` with Allow is the same but for what it lists."
    )
    fix: ClassVar[str] = (
        "List the actions that are needed, on the resources they are needed for; a boundary, too, names the services "
        "that it lets pass."
    )
    severity: ClassVar[Severity] = Severity.CRITICAL
    kinds: ClassVar[frozenset[str]] = IDENTITY_KINDS
    beside_network: ClassVar[frozenset[str] | None] = frozenset(
        {"iam.Policy", "iam.RolePolicy", "iam.UserPolicy", "iam.GroupPolicy"}
    )
    controls: ClassVar[tuple[str, ...]] = ("CKV_AWS_1", "CKV_AWS_62", "CKV_AWS_63", "SH IAM.1")
    covers: ClassVar[tuple[int, ...]] = (68, 82)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html",
    )
    avoid: ClassVar[str] = """
resources:
  policy:
    type: aws:iam:Policy
    properties:
      policy:
        fn::toJSON:
          Version: "2012-10-17"
          Statement: {Effect: Allow, NotAction: "iam:*", Resource: ["*"]}
"""
    prefer: ClassVar[str] = """
resources:
  policy:
    type: aws:iam:Policy
    properties:
      policy:
        fn::toJSON:
          Version: "2012-10-17"
          Statement:
            - Effect: Allow
              Action: ["logs:CreateLogStream", "logs:PutLogEvents"]
              Resource: "arn:aws:logs:ap-northeast-1:111122223333:log-group:/room/*"
"""

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge the documents of one resource."""
        for path, document in identity_documents(resource):
            if isinstance(document, Unknown):
                continue  # FCL001 tells it
            for statement in document.allows:
                everything = any(map(every_action, action_patterns(statement)))
                if everything and every_resource(statement):
                    where = f"{path}.Statement[{statement.index}]"
                    value = "NotAction" if statement.not_actions is not None else "Action *"
                    yield self.fail(resource, where, "allows every action on every resource", value)
