"""BKT003: access control lists on a bucket."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.resource import Resource, Value
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, ResourceRule, Severity

_HARMLESS = frozenset({"private", "bucket-owner-full-control", "bucket-owner-read", ""})
_EVERYBODY = ("http://acs.amazonaws.com/groups/global/",)
"""The groups AllUsers and AuthenticatedUsers: the internet, and every AWS account there is."""

_ACLS = {"s3.Bucket": "acl", "s3.BucketAcl": "acl", "s3.BucketObjectv2": "acl", "s3.ObjectCopy": "acl"}
_GRANTS = {"s3.Bucket": "grants", "s3.BucketAcl": "accessControlPolicy.grants", "s3.ObjectCopy": "grants"}
_OWNER = "accessControlPolicy.owner.id"
_OWNERSHIP = "s3.BucketOwnershipControls"


class AccessLists(ResourceRule):
    """Refuses switching ACLs on again, and ACLs that give anything to others."""

    id: ClassVar[str] = "BKT003"
    slug: ClassVar[str] = "bucket-without-acls"
    title: ClassVar[str] = "No bucket uses access control lists"
    rationale: ClassVar[str] = (
        "ACLs are off on new buckets. With them on, every writer may share the object that it writes with anybody, and "
        "no policy shows it."
    )
    fix: ClassVar[str] = "Set objectOwnership BucketOwnerEnforced (AWS's default) and grant access by policies."
    severity: ClassVar[Severity] = Severity.HIGH
    kinds: ClassVar[frozenset[str]] = frozenset({*_ACLS, *_GRANTS, _OWNERSHIP})
    controls: ClassVar[tuple[str, ...]] = ("CKV2_AWS_65", "CKV_AWS_20", "CKV_AWS_57", "SH S3.12")
    covers: ClassVar[tuple[int, ...]] = (98,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html",
    )
    avoid: ClassVar[str] = """
resources:
  bucket: {type: "aws:s3:Bucket", properties: {bucket: room-logs}}
  ownership:
    type: aws:s3:BucketOwnershipControls
    properties: {bucket: "${bucket.id}", rule: {objectOwnership: ObjectWriter}}
"""
    prefer: ClassVar[str] = """
resources:
  bucket: {type: "aws:s3:Bucket", properties: {bucket: room-logs, acl: private}}
  ownership:
    type: aws:s3:BucketOwnershipControls
    properties: {bucket: "${bucket.id}", rule: {objectOwnership: BucketOwnerEnforced}}
"""

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge one resource."""
        if resource.kind == _OWNERSHIP:
            yield from self._ownership(resource)
            return
        path = _ACLS[resource.kind]
        acl = resource.get(path, "")
        if isinstance(acl, Unknown):
            yield self.unresolved(resource, path, acl, "to whom it gives access cannot be told")
        elif acl not in _HARMLESS:
            yield self.fail(resource, path, "gives access by an access control list", acl)
        yield from self._grants(resource)

    def _ownership(self, resource: Resource) -> Iterator[Finding]:
        path = "rule.objectOwnership"
        value = resource.get(path)
        if isinstance(value, Unknown):
            yield self.unresolved(resource, path, value, "whether access control lists are off")
        elif value != "BucketOwnerEnforced":
            yield self.fail(resource, path, "switches access control lists on", value)

    def _grants(self, resource: Resource) -> Iterator[Finding]:
        path = _GRANTS.get(resource.kind, "")
        grants = resource.items(path) if path else []
        if isinstance(grants, Unknown):
            yield self.unresolved(resource, path, grants, "to whom it gives access cannot be told")
            return
        owner = resource.get(_OWNER)
        for index, grant in enumerate(grants):
            where = f"{path}[{index}]"
            grantee = _grantee(grant)
            if isinstance(grantee, Unknown):
                yield self.unresolved(resource, where, grantee, "to whom it gives access cannot be told")
            elif isinstance(grantee, str) and grantee.lower().startswith(_EVERYBODY):
                yield self.fail(resource, where, "gives access to everybody", grantee)
            elif isinstance(owner, Unknown):
                yield self.unresolved(resource, _OWNER, owner, "whether it gives access to others than its owner")
            elif grantee is None or grantee != owner:
                why = "gives access to others than its owner by an access control list"
                yield self.fail(resource, where, why, grantee or "")


def _grantee(grant: Value) -> Value:
    """Give who gets something: the group's address, the user's canonical id, or the email address."""
    if not isinstance(grant, dict):
        return grant
    inner = grant.get("grantee")
    if isinstance(inner, Unknown):
        return inner
    holder = inner if isinstance(inner, dict) else grant
    return next((holder[key] for key in ("uri", "id", "emailAddress", "email") if holder.get(key)), None)
