"""RPL001: a resource policy for everybody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.documents import Statement
from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, ResourceRule, Severity
from guardrails.rules.documents import RESOURCE_POLICY_KINDS, resource_documents
from guardrails.rules.statements import anyone, restricts_who, wildcard

_PERMISSION = "lambda.Permission"
_PUBLIC_BY_NATURE = frozenset({"apigateway.RestApi", "apigateway.RestApiPolicy"})
"""Interfaces whose callers authenticate to them, not to IAM: a policy for everybody is AWS's own default there."""


class AnyPrincipal(ResourceRule):
    """Judges what an Allow means: any form of everybody, and conditions that do not restrict."""

    id: ClassVar[str] = "RPL001"
    slug: ClassVar[str] = "no-public-resource-policy"
    title: ClassVar[str] = "No resource policy lets everybody in"
    rationale: ClassVar[str] = (
        '`"*"`, `{"AWS": "*"}` and Allow with NotPrincipal are the whole of AWS, every account. A negated condition, '
        "one with IfExists, or a range that holds the internet restricts nobody."
    )
    fix: ClassVar[str] = (
        "Name the principals, or require aws:PrincipalOrgID, aws:PrincipalAccount, aws:SourceArn or aws:SourceVpce."
    )
    severity: ClassVar[Severity] = Severity.CRITICAL
    kinds: ClassVar[frozenset[str]] = (RESOURCE_POLICY_KINDS | {_PERMISSION}) - _PUBLIC_BY_NATURE
    controls: ClassVar[tuple[str, ...]] = (
        "CKV_AWS_70", "CKV_AWS_168", "CKV_AWS_169", "CKV_AWS_32", "CKV_AWS_301", "CKV_AWS_33", "SH S3.2", "SH S3.3",
        "SH SQS.3", "SH SNS.4", "SH Lambda.1", "SH KMS.5",
    )  # fmt: skip
    covers: ClassVar[tuple[int, ...]] = (90, 93, 94, 99)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
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
        """Judge one resource's policy, or one permission of a function."""
        if resource.kind == _PERMISSION:
            yield from self._permission(resource)
            return
        for path, document in resource_documents(resource):
            if isinstance(document, Unknown):
                continue  # FCL001 tells it
            for statement in document.allows:
                if anyone(statement) and not restricts_who(statement):
                    where = f"{path}.Statement[{statement.index}]"
                    yield self.fail(resource, where, "lets everybody in", _principal(statement))

    def _permission(self, resource: Resource) -> Iterator[Finding]:
        principal = resource.get("principal")
        if isinstance(principal, Unknown):
            yield self.unresolved(resource, "principal", principal, "who may invoke the function cannot be told")
            return
        limits = [resource.get(path) for path in ("principalOrgId", "sourceArn", "sourceAccount")]
        signed = resource.get("functionUrlAuthType") == "AWS_IAM"
        if isinstance(principal, str) and wildcard(principal) and not any(limits) and not signed:
            yield self.fail(resource, "principal", "lets everybody invoke the function", principal)


def _principal(statement: Statement) -> str:
    return "NotPrincipal" if statement.not_principals is not None else "*"
