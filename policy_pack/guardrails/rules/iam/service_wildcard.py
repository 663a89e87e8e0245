"""IAM002: every action of a service."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, ResourceRule, Severity
from guardrails.rules.documents import IDENTITY_KINDS, identity_documents
from guardrails.rules.patterns import wildcard
from guardrails.rules.statements import action_patterns, every_resource

_SERVICE = re.compile(r"^[a-z0-9-]*[*?]*:\*+$|^[a-z0-9*?-]+:\*+$", re.IGNORECASE)


class ServiceWildcard(ResourceRule):
    """Refuses `service:*` on every resource in identity policies."""

    id: ClassVar[str] = "IAM002"
    slug: ClassVar[str] = "no-service-wildcard"
    title: ClassVar[str] = "No policy allows every action of a service on every resource"
    rationale: ClassVar[str] = (
        "`ec2:*` holds CreateRoute and AuthorizeSecurityGroupIngress, `iam:*` holds everything. New actions of the "
        "service are allowed the day AWS adds them."
    )
    fix: ClassVar[str] = "List the actions, or narrow the resources to the ones that are meant."
    severity: ClassVar[Severity] = Severity.HIGH
    kinds: ClassVar[frozenset[str]] = IDENTITY_KINDS
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

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge the documents of one resource."""
        for path, document in identity_documents(resource):
            if isinstance(document, Unknown):
                continue  # FCL001 tells it
            for statement in document.allows:
                if not every_resource(statement):
                    continue
                for action in action_patterns(statement):
                    if not wildcard(action) and action != "*:*" and _SERVICE.match(action):
                        where = f"{path}.Statement[{statement.index}]"
                        yield self.fail(resource, where, "allows every action of a service on every resource", action)
