"""RPL002: a resource policy for an account that nobody declared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import ClassVar

from guardrails.facts.documents import Document, Statement
from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.facts.values import Maybe, Unknown
from guardrails.rules.base import Finding, ResourceRule, Scope, Severity
from guardrails.rules.conditions import POSITIVE
from guardrails.rules.documents import (
    ENDPOINT,
    RESOURCE_POLICY_KINDS,
    endpoint_documents,
    repeated,
    resource_documents,
    trust_documents,
)
from guardrails.rules.policies.common import PERMISSION, declared_accounts, elsewhere
from guardrails.rules.statements import anyone

_ACCOUNT = re.compile(r"^(?:arn:[^:]*:[^:]*:[^:]*:)?(\d{12})(?::.*)?$")
_OF_CALLERS = re.compile(r"^(aws:(principal|source)(account|arn)|aws:sourceowner|kms:calleraccount)$")
_OF_PLACES = re.compile(r"^(aws:(principal|resource)(account|arn)|s3:resourceaccount)$")
"""What an endpoint's policy says of who may come through it, and to whose resources."""

_ORGANIZATION = re.compile(r"(?:^|[/:])(o-[a-z0-9]{10,32})(?=$|/)")
_OF_ORGANIZATIONS = re.compile(r"^aws:(principal|source|resource)org(id|paths)$")
_SHARED_WITH_ORGANIZATION = {
    PERMISSION: ("principalOrgId",),
    "lambda.LayerVersionPermission": ("organizationId",),
    "cloudwatch.EventPermission": ("condition.value",),
    "ec2.AmiLaunchPermission": ("organizationArn", "organizationalUnitArn"),
    "ram.PrincipalAssociation": ("principal",),
    "ram.ResourceShareAssociationsExclusive": ("principals",),
}
"""Where resources other than policies name organisations, or units of one."""
_BUCKETS = frozenset({"s3.Bucket", "s3.BucketPolicy"})
_OF_LOAD_BALANCING = frozenset(
    {
        "009996457667", "027434742980", "033677994240", "054676820928", "076674570225", "098369216593",
        "114774131450", "127311923021", "156460612806", "383597477331", "507241528517", "582318560864",
        "600734575887", "635631232127", "652711504416", "718504428378", "754344448648", "783225319266",
        "797873946194", "897822967062", "985666609251",
    }
)  # fmt: skip
"""AWS's own accounts that write load balancers' logs in the older Regions (ELB user guide, "Enable access logs")."""

_SHARED_WITH = {
    PERMISSION: ("principal", "sourceAccount", "sourceArn"),
    "lambda.LayerVersionPermission": ("principal",),
    "cloudwatch.EventPermission": ("principal",),
    "auditmanager.OrganizationAdminAccountRegistration": ("adminAccountId",),
    "detective.OrganizationAdminAccount": ("accountId",),
    "ec2.AmiLaunchPermission": ("accountId",),
    "ec2.SnapshotCreateVolumePermission": ("accountId",),
    "ec2.VpcEndpointService": ("allowedPrincipals",),
    "ec2.VpcEndpointServiceAllowedPrinciple": ("principalArn",),
    "ec2.VpcIpamOrganizationAdminAccount": ("delegatedAdminAccountId",),
    "fms.AdminAccount": ("accountId",),
    "guardduty.OrganizationAdminAccount": ("adminAccountId",),
    "inspector2.DelegatedAdminAccount": ("accountId",),
    "kms.Grant": ("granteePrincipal", "retiringPrincipal"),
    "lakeformation.Permissions": ("principal",),
    "macie2.OrganizationAdminAccount": ("adminAccountId",),
    "opensearch.AuthorizeVpcEndpointAccess": ("account",),
    "organizations.DelegatedAdministrator": ("accountId",),
    "ram.PrincipalAssociation": ("principal",),
    "ram.ResourceShareAssociationsExclusive": ("principals",),
    **dict.fromkeys(
        ("rds.Snapshot", "rds.SnapshotCopy", "rds.ClusterSnapshot", "rds.ClusterSnapshotCopy"), ("sharedAccounts",)
    ),
    "redshift.DataShareAuthorization": ("consumerIdentifier",),
    "redshift.EndpointAuthorization": ("account",),
    "s3control.AccessGrant": ("grantee.granteeIdentifier",),
    "securityhub.OrganizationAdminAccount": ("adminAccountId",),
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
        "Take it out, or declare it in the intent (`accounts`, `organizations`, or an external with `account`)."
    )
    severity: ClassVar[Severity] = Severity.HIGH
    scope: ClassVar[Scope] = Scope.EARLY
    kinds: ClassVar[frozenset[str]] = RESOURCE_POLICY_KINDS | {"iam.Role", *_SHARED_WITH, *ENDPOINT}
    needs_intent: ClassVar[bool] = True
    controls: ClassVar[tuple[str, ...]] = ("SH S3.6",)
    covers: ClassVar[tuple[int, ...]] = (96,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-6",
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html",
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
        declared = declared_accounts(facts.intent)
        for path, document in _documents(resource):
            if isinstance(document, Unknown) or (resource.urn, document) in repeated(facts):
                continue  # FCL001 tells the one, the policy that states it the other
            for statement in document.allows:
                where = f"{path}.Statement[{statement.index}]"
                known = declared | (_OF_LOAD_BALANCING if _only_writes(resource, statement) else frozenset[str]())
                yield from self._foreign(
                    resource,
                    where,
                    _accounts(statement, _OF_PLACES if resource.kind in ENDPOINT else _OF_CALLERS) - known,
                )
                if any(kind.lower() == "canonicaluser" for kind, _ in statement.principals or ()):
                    yield self.unresolved(resource, where, "a canonical user id does not tell the account")
        for path in _SHARED_WITH.get(resource.kind, ()):
            yield from self._shared(resource, path, declared)
        if facts.intent and facts.intent.organizations:
            for where, named in _organizations(resource, facts):
                yield from self._foreign(resource, where, named - {*facts.intent.organizations}, "organisation")

    def _shared(self, resource: Resource, path: str, declared: set[str]) -> Iterator[Finding]:
        listed = resource.items(path)
        for item in [listed] if isinstance(listed, Unknown) else listed:
            if isinstance(item, Unknown):
                if not elsewhere(resource, path.split(".", maxsplit=1)[0]):
                    yield self.unresolved(resource, path, item, "which account it is shared with cannot be told")
            else:
                found = (_ACCOUNT.match(part.strip()) for part in str(item).split(","))
                yield from self._foreign(resource, path, {match.group(1) for match in found if match} - declared)

    def _foreign(self, resource: Resource, where: str, strangers: set[str], what: str = "account") -> Iterator[Finding]:
        if strangers:
            why = f"lets in another {what}, which the intent does not name"
            yield self.fail(resource, where, why, ", ".join(sorted(strangers)))


def _documents(resource: Resource) -> Iterator[tuple[str, Maybe[Document]]]:
    for give in (resource_documents, trust_documents, endpoint_documents):
        yield from give(resource)


def _organizations(resource: Resource, facts: Facts) -> Iterator[tuple[str, set[str]]]:
    """Give the organisations whose accounts a resource lets in as a whole, and where it says so."""
    for path, document in _documents(resource):
        if isinstance(document, Unknown) or (resource.urn, document) in repeated(facts):
            continue
        for statement in filter(anyone, document.allows):
            conditions = [item for item in statement.conditions if _OF_ORGANIZATIONS.match(item.key)]
            values = (value for item in conditions if item.operator in POSITIVE for value in item.values)
            yield f"{path}.Statement[{statement.index}]", _named(values)
    for path in _SHARED_WITH_ORGANIZATION.get(resource.kind, ()):
        listed = resource.items(path)
        yield path, _named(map(str, listed if isinstance(listed, list) else ()))


def _named(texts: Iterable[str]) -> set[str]:
    return {match.group(1) for text in texts for match in _ORGANIZATION.finditer(text)}


def _only_writes(resource: Resource, statement: Statement) -> bool:
    """Tell whether a bucket's statement does no more than let objects be written."""
    return resource.kind in _BUCKETS and {item.lower() for item in statement.actions or ()} == {"s3:putobject"}


def _accounts(statement: Statement, keys: re.Pattern[str]) -> set[str]:
    """Give the accounts of the principals that a statement names.

    Where it names none, or a service that acts for whoever asks it, its conditions name them.
    """
    named = [value for kind, value in statement.principals or () if kind.upper() in {"AWS", "FEDERATED"}]
    if anyone(statement) or any(kind.lower() == "service" for kind, _ in statement.principals or ()):
        conditions = [item for item in statement.conditions if keys.match(item.key)]
        named += [value for item in conditions if item.operator in POSITIVE for value in item.values]
    return {match.group(1) for match in map(_ACCOUNT.match, named) if match}
