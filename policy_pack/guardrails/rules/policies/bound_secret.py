"""RPL006: a secret of a protected zone that can be read from anywhere."""

from __future__ import annotations

from typing import ClassVar

from guardrails.facts.documents import Statement
from guardrails.facts.roles import Role
from guardrails.rules.base import Severity
from guardrails.rules.patterns import matches, wildcard
from guardrails.rules.protected_data import BoundDataRule, Keeping, Kept
from guardrails.rules.statements import PLACES, SPARED, denies_everybody_but

_READ = "secretsmanager:GetSecretValue"


class BoundSecret(BoundDataRule):
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
    keeping: ClassVar[Keeping] = Keeping(
        "secrets", "secretsmanager.Secret", "secretsmanager.SecretPolicy", "secretArn", Role.SECRET
    )
    bound_to: ClassVar[str] = "a place or to roles"
    loose: ClassVar[str] = "can be read from anywhere by whoever has the permission"
    covers: ClassVar[tuple[int, ...]] = (97,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_resource-policies.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html",
    )
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

    def binds(self, item: Kept) -> bool:
        """Tell whether one statement binds the secret."""
        return any(_binds(statement) for statement in item.statements)


def _binds(statement: Statement) -> bool:
    """Tell whether a statement denies reading to everybody who is neither in a named place nor a named caller."""
    if not denies_everybody_but(statement, PLACES, SPARED):
        return False
    if statement.not_actions is not None or statement.not_resources is not None:
        return False
    whole = any(wildcard(item) or ":secret:" in item for item in statement.resources or ())
    return whole and any(matches(pattern, _READ) for pattern in statement.actions or ())
