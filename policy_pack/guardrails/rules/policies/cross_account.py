"""RPL002: a resource policy for an account that nobody declared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from guardrails.facts.documents import Statement
from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, ResourceRule, Severity
from guardrails.rules.documents import RESOURCE_POLICY_KINDS, resource_documents, trust_documents

if TYPE_CHECKING:
    from guardrails.facts.intent import Intent

_ACCOUNT = re.compile(r"^(?:arn:[^:]*:(?:iam|sts)::)?(\d{12})(?::.*)?$")


class CrossAccount(ResourceRule):
    """Refuses Allows in resource and trust policies to accounts that the intent does not name."""

    id: ClassVar[str] = "RPL002"
    slug: ClassVar[str] = "no-undeclared-account"
    title: ClassVar[str] = "Policies name declared accounts only"
    rationale: ClassVar[str] = (
        "Another account in a policy decides for itself which of its principals come in. Which accounts those are is "
        "the platform team's decision, not the program's."
    )
    fix: ClassVar[str] = (
        "Take the account out, or declare it in the intent (`accounts`, or an external with `account`)."
    )
    severity: ClassVar[Severity] = Severity.HIGH
    kinds: ClassVar[frozenset[str]] = RESOURCE_POLICY_KINDS | {"iam.Role"}
    needs_intent: ClassVar[bool] = True
    controls: ClassVar[tuple[str, ...]] = ("SH S3.6",)
    covers: ClassVar[tuple[int, ...]] = (96,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-6",
    )
    example_intent: ClassVar[str] = """
version: 1
accounts: ["111122223333"]
zones:
  desktop: {tags: {Zone: desktop}, protected: true}
"""
    avoid: ClassVar[str] = """
resources:
  policy:
    type: aws:s3:BucketPolicy
    properties:
      bucket: room-logs
      policy:
        fn::toJSON:
          Version: "2012-10-17"
          Statement:
            - {Effect: Allow, Principal: {AWS: ["111122223333", "999988887777"]}, Action: "s3:GetObject",
               Resource: "arn:aws:s3:::room-logs/*"}
"""
    prefer: ClassVar[str] = """
resources:
  policy:
    type: aws:s3:BucketPolicy
    properties:
      bucket: room-logs
      policy:
        fn::toJSON:
          Version: "2012-10-17"
          Statement:
            - {Effect: Allow, Principal: {AWS: "arn:aws:iam::111122223333:role/app"}, Action: "s3:GetObject",
               Resource: "arn:aws:s3:::room-logs/*"}
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge every policy, where the intent names the accounts."""
        if facts.intent is None or not facts.intent.accounts:
            yield self.not_applicable("no intent names accounts: which ones are foreign is not known")
            return
        yield from super().check(facts)

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge the policies of one resource."""
        declared = _declared(facts.intent)
        for path, document in (*resource_documents(resource), *trust_documents(resource)):
            if isinstance(document, Unknown):
                continue  # FCL001 tells it
            for statement in document.allows:
                for account in sorted(_accounts(statement) - declared):
                    where = f"{path}.Statement[{statement.index}]"
                    yield self.fail(
                        resource, where, f"lets in account {account}, which the intent does not name", account
                    )


def _declared(intent: Intent | None) -> set[str]:
    return {*intent.accounts, *(item.account for item in intent.externals)} if intent else set()


def _accounts(statement: Statement) -> set[str]:
    """Give the accounts of the principals that a statement names."""
    matches = [_ACCOUNT.match(value) for kind, value in statement.principals or () if kind.upper() == "AWS"]
    return {match.group(1) for match in matches if match}
