"""SSM003: sessions on any host, or through a host to any other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.documents import Document, Statement
from guardrails.facts.stack import Facts
from guardrails.rules.base import Finding, Rule, Scope, Severity
from guardrails.rules.conditions import restricting
from guardrails.rules.documents import IDENTITY_KINDS
from guardrails.rules.grants import grants_of, names_action, resources
from guardrails.rules.patterns import matches, tail
from guardrails.rules.statements import every_resource

_ACTION = "ssm:StartSession"
_REMOTE_HOST = "document/AWS-StartPortForwardingSessionToRemoteHost"
_HOSTS = (
    ("instance/i-0123456789abcdef0", "instance/i-0fedcba9876543210"),
    ("managed-instance/mi-0123456789abcdef0", "managed-instance/mi-0fedcba9876543210"),
    ("task/zq9/0123456789abcdef", "task/zq9/fedcba9876543210"),
)
"""Two hosts of each kind with little in common: a pattern that holds both names neither."""
_BY_TAG = re.compile(r"^(ssm:resourcetag/.+|aws:resourcetag/.+)$")


class StartSession(Rule):
    """Refuses ssm:StartSession on hosts that are not named, and with the document that forwards to other hosts."""

    id: ClassVar[str] = "SSM003"
    slug: ClassVar[str] = "sessions-limited"
    title: ClassVar[str] = "Sessions may be started on named or tagged hosts only, without forwarding to other hosts"
    rationale: ClassVar[str] = (
        "Whoever may start a session on any host may administer all of them. The remote-host document forwards a port "
        "of any address that the host reaches: through the bastion that is the whole network."
    )
    fix: ClassVar[str] = (
        "Name the instance ARNs or require ssm:resourceTag, list the session documents that may be used, and deny "
        "AWS-StartPortForwardingSessionToRemoteHost."
    )
    severity: ClassVar[Severity] = Severity.HIGH
    scope: ClassVar[Scope] = Scope.EARLY
    kinds: ClassVar[frozenset[str]] = IDENTITY_KINDS
    covers: ClassVar[tuple[int, ...]] = (108,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-restrict-access-quickstart.html",
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-specify-session-document.html",
    )
    avoid: ClassVar[str] = """
resources:
  policy:
    type: aws:iam:GroupPolicy
    properties:
      group: operators
      policy:
        fn::toJSON:
          Version: "2012-10-17"
          Statement:
            Effect: Allow
            Action: ["ssm:StartSession"]
            Resource: ["arn:aws:ec2:*:111122223333:instance/i-0a1b2c3d4e5f60718", "arn:aws:ssm:*::document/AWS-Start*"]
"""
    prefer: ClassVar[str] = """
resources:
  policy:
    type: aws:iam:GroupPolicy
    properties:
      group: operators
      policy:
        fn::toJSON:
          Version: "2012-10-17"
          Statement:
            - Effect: Allow
              Action: ["ssm:StartSession"]
              Resource: "arn:aws:ec2:ap-northeast-1:111122223333:instance/*"
              Condition: {StringEquals: {"ssm:resourceTag/Zone": bastion}}
            - Effect: Allow
              Action: ssm:StartSession
              Resource:
                - arn:aws:ssm:ap-northeast-1:111122223333:document/SSM-SessionManagerRunShell
                - arn:aws:ssm:ap-northeast-1::document/AWS-StartPortForwardingSession
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge every Allow of every identity policy."""
        for grant in grants_of(facts):
            statement = grant.statement
            pattern = names_action(statement, _ACTION)
            if not pattern or restricting(statement, _BY_TAG):
                continue
            what = f"{pattern} on {resources(statement)}"
            if any(_reaches(statement, *pair) for pair in _HOSTS):
                yield self.fail(grant.resource, grant.path, "starts sessions on any host", what)
            if _reaches(statement, _REMOTE_HOST) and not _denied(grant.document):
                why = "forwards ports through a host to any other (AWS-StartPortForwardingSessionToRemoteHost)"
                yield self.fail(grant.resource, grant.path, why, what)


def _reaches(statement: Statement, *targets: str) -> bool:
    """Tell whether one of a statement's resources holds all of these, in whatever account and region."""
    if statement.not_resources is not None or every_resource(statement):
        return True
    return any(all(matches(tail(item), target) for target in targets) for item in statement.resources or ())


def _denied(document: Document) -> bool:
    """Tell whether the same document denies the remote-host document to whoever holds it."""
    return any(
        item.effect == "Deny"
        and not item.conditions
        and any(matches(action, _ACTION) for action in item.actions or ())
        and _denies_remote(item)
        for item in document.statements
    )


def _denies_remote(statement: Statement) -> bool:
    if statement.not_resources is not None:
        return not any(matches(tail(item), _REMOTE_HOST) for item in statement.not_resources)
    return any(matches(tail(item), _REMOTE_HOST) for item in statement.resources or ())
