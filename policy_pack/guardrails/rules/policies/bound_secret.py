"""RPL006: a secret of a protected zone that can be read from anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.documents import Statement
from guardrails.facts.roles import Role
from guardrails.facts.stack import Facts
from guardrails.rules.base import Finding, Rule, Severity
from guardrails.rules.patterns import matches, wildcard
from guardrails.rules.protected_data import Keeping, kept_data
from guardrails.rules.statements import PLACES, SPARED, denies_everybody_but

_READ = "secretsmanager:GetSecretValue"
_SECRETS = Keeping("secretsmanager.Secret", "secretsmanager.SecretPolicy", "secretArn", Role.SECRET)


class BoundSecret(Rule):
    """Requires a Deny for whoever is neither in its place nor one of its roles, on secrets of protected zones."""

    id: ClassVar[str] = "RPL006"
    slug: ClassVar[str] = "secret-bound-to-place-or-role"
    title: ClassVar[str] = "A secret of a protected zone is bound to its network or its roles"
    rationale: ClassVar[str] = (
        "Whoever holds a permission for secrets in the account reads every one of them, from anywhere. An Allow in the "
        "secret's own policy adds to that and takes nothing away; only a Deny does."
    )
    fix: ClassVar[str] = (
        "Add a Deny of secretsmanager:GetSecretValue for principal * with StringNotEquals on aws:SourceVpc or "
        "aws:SourceVpce and ArnNotLike on aws:PrincipalArn: the reader's role, the deployer's, rotation, and one for "
        "emergencies. Leave PutResourcePolicy out of it, so that nobody is locked out."
    )
    severity: ClassVar[Severity] = Severity.MEDIUM
    needs_intent: ClassVar[bool] = True
    covers: ClassVar[tuple[int, ...]] = (97,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_resource-policies.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html",
    )
    example_intent: ClassVar[str] = """
version: 1
zones:
  production: {tags: {Zone: production}, protected: true}
"""
    avoid: ClassVar[str] = """
resources:
  secret: {type: "aws:secretsmanager:Secret", properties: {name: room, tags: {Zone: production}}}
  policy:
    type: aws:secretsmanager:SecretPolicy
    properties:
      secretArn: ${secret.arn}
      policy:
        fn::toJSON:
          Version: "2012-10-17"
          Statement:
            - Effect: Allow
              Principal: {AWS: "arn:aws:iam::111122223333:role/reader"}
              Action: "secretsmanager:GetSecretValue"
              Resource: "*"
              Condition: {StringEquals: {"aws:SourceVpc": vpc-0a1b2c3d4e5f60718}}
"""
    prefer: ClassVar[str] = """
resources:
  secret: {type: "aws:secretsmanager:Secret", properties: {name: room, tags: {Zone: production}}}
  policy:
    type: aws:secretsmanager:SecretPolicy
    properties:
      secretArn: ${secret.arn}
      policy:
        fn::toJSON:
          Version: "2012-10-17"
          Statement:
            - Effect: Deny
              Principal: "*"
              Action: "secretsmanager:GetSecretValue"
              Resource: "*"
              Condition:
                StringNotEquals: {"aws:SourceVpc": vpc-0a1b2c3d4e5f60718}
                ArnNotLike: {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/reader"}
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge every secret with a protected zone's tags."""
        if facts.intent is None or not facts.intent.zones:
            yield self.not_applicable("no intent names zones: which secrets are protected is not known")
            return
        for item in kept_data(facts, facts.intent, _SECRETS):
            secret = item.resource
            if item.zone is not None:
                yield self.unresolved(secret, "tags", item.zone, "which zone it belongs to cannot be told")
            elif any(_binds(statement) for statement in item.statements):
                continue
            elif item.unread is not None:
                yield self.unresolved(secret, "", item.unread, "whether it is bound to a place or to roles")
            else:
                yield self.fail(secret, "", "can be read from anywhere by whoever has the permission")


def _binds(statement: Statement) -> bool:
    """Tell whether a statement denies reading to everybody who is neither in a named place nor a named caller."""
    if not denies_everybody_but(statement, PLACES, SPARED):
        return False
    if statement.not_actions is not None or statement.not_resources is not None:
        return False
    whole = any(wildcard(item) or ":secret:" in item for item in statement.resources or ())
    return whole and any(matches(pattern, _READ) for pattern in statement.actions or ())
