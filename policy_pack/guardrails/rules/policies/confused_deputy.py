"""RPL003: a service that may be used by anybody to come in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.documents import Statement
from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, ResourceRule, Scope, Severity
from guardrails.rules.conditions import restricting
from guardrails.rules.documents import repeated, resource_documents
from guardrails.rules.policies.common import PERMISSION, elsewhere, named_source

_POLICIES = frozenset(
    {"s3.BucketPolicy", "s3.Bucket", "sqs.QueuePolicy", "sqs.Queue", "sns.TopicPolicy", "sns.Topic",
     "secretsmanager.SecretPolicy", "secretsmanager.Secret", "ecr.RepositoryPolicy", "lambda.ResourcePolicy",
     "kms.Key", "kms.KeyPolicy", "kms.ReplicaKey", "kms.ExternalKey", "kms.ReplicaExternalKey"}
)  # fmt: skip
_SOURCE = re.compile(
    r"^(aws:source(account|arn|owner|orgid|orgpaths)|aws:principalorgid|kms:calleraccount|kms:encryptioncontext:.+"
    r"|aws:sourcevpce?)$"
)
"""With a key, the encryption context names what is encrypted: a log group, a trail (KMS developer guide)."""
_ONE_CALLER = re.compile(
    r"^(logdelivery\.elasticloadbalancing|(ec2|lambda|ecs-tasks|codebuild|cloudformation|pods\.eks)\.)", re.IGNORECASE
)
"""Services that act with a role of the account itself, and the one whose own documentation gives no condition."""

_NAME = re.compile(r"\.(amazonaws\.com(\.cn)?|amazon\.com)$")
"""A service's name; Alexa's is of the second form."""


class ConfusedDeputy(ResourceRule):
    """Requires a source account, ARN or organisation wherever a service is let in."""

    id: ClassVar[str] = "RPL003"
    slug: ClassVar[str] = "no-confused-deputy"
    title: ClassVar[str] = "A service that is let in is bound to a source"
    rationale: ClassVar[str] = (
        "A service acts for whoever asks it. A bucket that lets the log delivery service write takes other customers' "
        "logs as well, a function that lets S3 invoke it runs for anybody's bucket."
    )
    fix: ClassVar[str] = "Add aws:SourceAccount or aws:SourceArn (lambda.Permission: sourceArn, sourceAccount)."
    severity: ClassVar[Severity] = Severity.MEDIUM
    scope: ClassVar[Scope] = Scope.EARLY
    kinds: ClassVar[frozenset[str]] = _POLICIES | {PERMISSION}
    controls: ClassVar[tuple[str, ...]] = ("TV AWS-0067", "CKV_AWS_364")
    covers: ClassVar[tuple[int, ...]] = (84,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html",
    )
    avoid: ClassVar[str] = """
resources:
  invoke:
    type: aws:lambda:Permission
    properties: {action: "lambda:InvokeFunction", function: respond, principal: s3.amazonaws.com}
"""
    prefer: ClassVar[str] = """
resources:
  invoke:
    type: aws:lambda:Permission
    properties:
      {action: "lambda:InvokeFunction", function: respond, principal: s3.amazonaws.com, sourceAccount: "111122223333"}
"""

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge one policy or permission."""
        if resource.kind == PERMISSION:
            yield from self._permission(resource)
            return
        for path, document in resource_documents(resource):
            if isinstance(document, Unknown) or (resource.urn, document) in repeated(facts):
                continue  # FCL001 tells the one, the policy that states it the other
            for statement in document.allows:
                services = _services(statement)
                if services and not restricting(statement, _SOURCE):
                    where = f"{path}.Statement[{statement.index}]"
                    why = "lets a service in for whoever asks it: no source account or ARN"
                    yield self.fail(resource, where, why, ", ".join(services))

    def _permission(self, resource: Resource) -> Iterator[Finding]:
        principal = resource.get("principal")
        if isinstance(principal, Unknown):
            if not elsewhere(resource, "principal"):
                yield self.unresolved(resource, "principal", principal, "who may invoke the function cannot be told")
            return
        if not isinstance(principal, str) or not _NAME.search(principal):
            return
        bound = named_source(resource)
        if isinstance(bound, Unknown):
            yield self.unresolved(resource, "sourceArn", bound, "for whom the service may invoke the function")
        elif not bound:
            why = "lets a service invoke the function for whoever asks it"
            yield self.fail(resource, "sourceArn", why, principal)


def _services(statement: Statement) -> list[str]:
    return [
        value
        for kind, value in statement.principals or ()
        if kind.lower() == "service" and not _ONE_CALLER.match(value)
    ]
