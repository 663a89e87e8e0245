"""KMS003: a policy that decrypts with every key."""

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

_ACTIONS = ("kms:Decrypt", "kms:ReEncryptFrom")
_STRANGE_KEYS = ("key/0f9e8d7c-6b5a-4948-8372-61504f3e2d1c", "key/mrk-0f9e8d7c6b5a4948837261504f3e2d1c")
"""Keys that nobody has, of one region and of several: only a pattern that names none holds them."""
_NARROWS = re.compile(
    r"^(kms:viaservice|kms:resourcealiases|kms:requestalias|kms:encryptioncontext(:.+|keys)"
    r"|aws:resourcetag/.+|aws:calledvia(first|last)?)$"
)


class DecryptEverything(Rule):
    """Refuses identity policies that decrypt with all keys of an account."""

    id: ClassVar[str] = "KMS003"
    slug: ClassVar[str] = "no-decrypt-with-every-key"
    title: ClassVar[str] = "No policy decrypts with every key"
    rationale: ClassVar[str] = (
        "Encryption separates tenants and duties only as long as nobody's policy names all keys: `key/*` grants the "
        "keys that other teams make tomorrow."
    )
    fix: ClassVar[str] = "Name the key's ARN, or narrow by kms:ViaService, kms:ResourceAliases or a resource tag."
    severity: ClassVar[Severity] = Severity.HIGH
    scope: ClassVar[Scope] = Scope.EARLY
    kinds: ClassVar[frozenset[str]] = IDENTITY_KINDS
    controls: ClassVar[tuple[str, ...]] = ("SH KMS.1", "SH KMS.2")
    covers: ClassVar[tuple[int, ...]] = (101,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/securityhub/latest/userguide/kms-controls.html#kms-1",
        "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html",
    )
    avoid: ClassVar[str] = """
resources:
  policy:
    type: aws:iam:Policy
    properties:
      policy:
        fn::toJSON:
          Version: "2012-10-17"
          Statement: {Effect: Allow, Action: ["kms:De*"], Resource: "arn:aws:kms:*:111122223333:key/*"}
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
              Action: ["kms:Decrypt"]
              Resource: arn:aws:kms:ap-northeast-1:111122223333:key/0d1c2b3a-0000-4000-8000-000000000000
            - {Effect: Allow, Action: "kms:Describe*", Resource: "*"}
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge every Allow of every identity policy."""
        for grant in grants_of(facts):
            pattern = names_action(grant.statement, *_ACTIONS)
            if pattern and _all_keys(grant.statement) and not restricting(grant.statement, _NARROWS):
                why = "decrypts with every key of the account"
                yield self.fail(grant.resource, grant.path, why, f"{pattern} on {resources(grant.statement)}")


def _all_keys(statement: Statement) -> bool:
    listed = [item for item in statement.resources or () if matches(f"{item}::".split(":")[2], "kms")]
    return every_resource(statement) or any(matches(tail(item), key) for item in listed for key in _STRANGE_KEYS)
