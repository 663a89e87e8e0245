"""RPL002: a resource policy for an account that nobody declared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from guardrails.facts.documents import Statement
from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, ResourceRule, Scope, Severity
from guardrails.rules.conditions import POSITIVE
from guardrails.rules.documents import RESOURCE_POLICY_KINDS, repeated, resource_documents, trust_documents
from guardrails.rules.policies.common import PERMISSION, elsewhere
from guardrails.rules.statements import anyone

if TYPE_CHECKING:
    from guardrails.facts.intent import Intent

_ACCOUNT = re.compile(r"^(?:arn:[^:]*:[^:]*:[^:]*:)?(\d{12})(?::.*)?$")
_OF_CALLERS = re.compile(r"^(aws:(principal|source)(account|arn)|aws:sourceowner|kms:calleraccount)$")

_SHARED_WITH = {
    PERMISSION: ("principal", "sourceAccount", "sourceArn"),
    "lambda.LayerVersionPermission": ("principal",),
    "cloudwatch.EventPermission": ("principal",),
    "ec2.AmiLaunchPermission": ("accountId",),
    "ec2.SnapshotCreateVolumePermission": ("accountId",),
    "ec2.VpcEndpointService": ("allowedPrincipals",),
    "ec2.VpcEndpointServiceAllowedPrinciple": ("principalArn",),
    "kms.Grant": ("granteePrincipal", "retiringPrincipal"),
    "lakeformation.Permissions": ("principal",),
    "opensearch.AuthorizeVpcEndpointAccess": ("account",),
    "ram.PrincipalAssociation": ("principal",),
    "ram.ResourceShareAssociationsExclusive": ("principals",),
    **dict.fromkeys(
        ("rds.Snapshot", "rds.SnapshotCopy", "rds.ClusterSnapshot", "rds.ClusterSnapshotCopy"), ("sharedAccounts",)
    ),
    "redshift.DataShareAuthorization": ("consumerIdentifier",),
    "redshift.EndpointAuthorization": ("account",),
    "signer.SigningProfilePermission": ("principal",),
    "ssm.Document": ("permissions.accountIds",),
}
"""Where resources other than policies name accounts."""


class CrossAccount(ResourceRule):
    """Refuses Allows, grants and shares to accounts that the intent does not name."""

    id: ClassVar[str] = "RPL002"
    slug: ClassVar[str] = "no-undeclared-account"
    title: ClassVar[str] = "Policies, grants and shares name declared accounts only"
    rationale: ClassVar[str] = (
        "Another account that is let in, by a principal, a condition, a grant or a share, decides for itself which of "
        "its own come in. Which accounts those are is the platform team's decision, not the program's."
    )
    fix: ClassVar[str] = (
        "Take the account out, or declare it in the intent (`accounts`, or an external with `account`)."
    )
    severity: ClassVar[Severity] = Severity.HIGH
    scope: ClassVar[Scope] = Scope.EARLY
    kinds: ClassVar[frozenset[str]] = RESOURCE_POLICY_KINDS | {"iam.Role", *_SHARED_WITH}
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
        """Judge the policies of one resource, and whom else it is shared with."""
        declared = _declared(facts.intent)
        for path, document in (*resource_documents(resource), *trust_documents(resource)):
            if isinstance(document, Unknown) or (resource.urn, document) in repeated(facts):
                continue  # FCL001 tells the one, the policy that states it the other
            for statement in document.allows:
                where = f"{path}.Statement[{statement.index}]"
                yield from self._foreign(resource, where, _accounts(statement) - declared)
                if any(kind.lower() == "canonicaluser" for kind, _ in statement.principals or ()):
                    yield self.unresolved(resource, where, "a canonical user id does not tell the account")
        for path in _SHARED_WITH.get(resource.kind, ()):
            yield from self._shared(resource, path, declared)

    def _shared(self, resource: Resource, path: str, declared: set[str]) -> Iterator[Finding]:
        listed = resource.items(path)
        for item in [listed] if isinstance(listed, Unknown) else listed:
            if isinstance(item, Unknown):
                if not elsewhere(resource, path.split(".", maxsplit=1)[0]):
                    yield self.unresolved(resource, path, item, "which account it is shared with cannot be told")
            else:
                found = (_ACCOUNT.match(part.strip()) for part in str(item).split(","))
                yield from self._foreign(resource, path, {match.group(1) for match in found if match} - declared)

    def _foreign(self, resource: Resource, where: str, accounts: set[str]) -> Iterator[Finding]:
        if accounts:
            yield self.fail(
                resource, where, "lets in another account, which the intent does not name", ", ".join(sorted(accounts))
            )


def _declared(intent: Intent | None) -> set[str]:
    return {*intent.accounts, *(item.account for item in intent.externals)} if intent else set()


def _accounts(statement: Statement) -> set[str]:
    """Give the accounts of the principals that a statement names.

    Where it names none, or a service that acts for whoever asks it, its conditions name them.
    """
    named = [value for kind, value in statement.principals or () if kind.upper() == "AWS"]
    if anyone(statement) or any(kind.lower() == "service" for kind, _ in statement.principals or ()):
        conditions = [item for item in statement.conditions if _OF_CALLERS.match(item.key)]
        named += [value for item in conditions if item.operator in POSITIVE for value in item.values]
    return {match.group(1) for match in map(_ACCOUNT.match, named) if match}
