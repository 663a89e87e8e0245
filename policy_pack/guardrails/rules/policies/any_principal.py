"""RPL001: a resource policy for everybody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.documents import Statement
from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.facts.values import Maybe, Unknown
from guardrails.rules.base import Finding, ResourceRule, Scope, Severity
from guardrails.rules.documents import RESOURCE_POLICY_KINDS, repeated, resource_documents
from guardrails.rules.patterns import wildcard
from guardrails.rules.policies.common import PERMISSION, named_source
from guardrails.rules.statements import in_spite, public

_BUS = "cloudwatch.EventPermission"
_PUBLIC_BY_NATURE = frozenset({"apigateway.RestApi", "apigateway.RestApiPolicy"})
"""Interfaces whose callers authenticate to them, not to IAM: a policy for everybody is AWS's own default there."""


class AnyPrincipal(ResourceRule):
    """Judges what an Allow means: any form of everybody, and conditions that do not restrict."""

    id: ClassVar[str] = "RPL001"
    slug: ClassVar[str] = "no-public-resource-policy"
    title: ClassVar[str] = "No resource policy lets everybody in"
    rationale: ClassVar[str] = (
        '`"*"`, `{"AWS": "*"}` and Allow with NotPrincipal are the whole of AWS, every account. A negated condition, '
        "one with IfExists, a tag or user name that every account can give itself, or a range that holds the internet "
        "restricts nobody. A function with AuthType AWS_IAM is open to the users of all accounts."
    )
    fix: ClassVar[str] = (
        "Name the principals, or require aws:PrincipalOrgID, aws:PrincipalAccount, aws:SourceArn or aws:SourceVpce "
        "with a value without wildcards; a Deny for everybody else does as well."
    )
    severity: ClassVar[Severity] = Severity.CRITICAL
    scope: ClassVar[Scope] = Scope.EARLY
    kinds: ClassVar[frozenset[str]] = (RESOURCE_POLICY_KINDS | {PERMISSION, _BUS}) - _PUBLIC_BY_NATURE
    controls: ClassVar[tuple[str, ...]] = (
        "CKV_AWS_70", "CKV_AWS_168", "CKV_AWS_169", "CKV_AWS_32", "CKV_AWS_301", "CKV_AWS_33", "SH S3.2", "SH S3.3",
        "SH SQS.3", "SH SNS.4", "SH Lambda.1", "SH KMS.5",
    )  # fmt: skip
    covers: ClassVar[tuple[int, ...]] = (90, 93, 94, 99)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html",
    )
    avoid: ClassVar[str] = """
resources:
  policy:
    type: aws:sqs:QueuePolicy
    properties:
      queueUrl: jobs
      policy:
        fn::toJSON:
          Version: "2012-10-17"
          Statement:
            - Effect: Allow
              Principal: {AWS: ["*"]}
              Action: sqs:SendMessage
              Resource: "*"
              Condition: {StringNotEquals: {"aws:PrincipalAccount": "444455556666"}}
"""
    prefer: ClassVar[str] = """
resources:
  policy:
    type: aws:sqs:QueuePolicy
    properties:
      queueUrl: jobs
      policy:
        fn::toJSON:
          Version: "2012-10-17"
          Statement:
            - Effect: Allow
              Principal: "*"
              Action: sqs:SendMessage
              Resource: "*"
              Condition: {StringEquals: {"aws:PrincipalOrgID": o-abc123}}
            - {Effect: Deny, Principal: "*", Action: "sqs:*", Resource: "*",
               Condition: {Bool: {"aws:SecureTransport": "false"}}}
"""

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge one resource's policy, or one permission of a function or event bus."""
        if resource.kind in {PERMISSION, _BUS}:
            yield from self._permission(resource)
            return
        for path, document in resource_documents(resource):
            if isinstance(document, Unknown) or (resource.urn, document) in repeated(facts):
                continue  # FCL001 tells the one, the policy that states it the other
            for statement in document.allows:
                if public(statement, document):
                    where = f"{path}.Statement[{statement.index}]"
                    yield self.fail(resource, where, f"lets everybody in{in_spite(statement)}", _principal(statement))

    def _permission(self, resource: Resource) -> Iterator[Finding]:
        principal = resource.get("principal")
        if isinstance(principal, Unknown):
            yield self.unresolved(resource, "principal", principal, "who is let in cannot be told")
            return
        if not isinstance(principal, str) or not wildcard(principal):
            return
        bound = _of_organisation(resource) if resource.kind == _BUS else named_source(resource)
        if isinstance(bound, Unknown):
            yield self.unresolved(resource, "principal", bound, "whether everybody is let in cannot be told")
        elif not bound:
            yield self.fail(resource, "principal", "lets everybody in", principal)


def _of_organisation(permission: Resource) -> Maybe[bool]:
    """Tell whether a permission of an event bus is for one organisation: the only condition there is."""
    value = permission.get("condition.value")
    return value if isinstance(value, Unknown) else isinstance(value, str) and bool(value)


def _principal(statement: Statement) -> str:
    if statement.not_principals is not None:
        return "NotPrincipal"
    return ", ".join(value for _, value in statement.principals or ()) or "no principal"
