"""Where resources keep their policy documents."""

from __future__ import annotations

from collections.abc import Iterator

from guardrails.facts.documents import Document, parse_document
from guardrails.facts.resource import Resource
from guardrails.facts.values import Maybe, Unknown

IDENTITY = {
    "iam.Policy": ("policy",),
    "iam.RolePolicy": ("policy",),
    "iam.UserPolicy": ("policy",),
    "iam.GroupPolicy": ("policy",),
    "iam.Role": ("inlinePolicies[].policy",),
    "ssoadmin.PermissionSetInlinePolicy": ("inlinePolicy",),
}
"""Identity policies."""

RESOURCE_POLICIES = {
    "kms.Key": ("policy",),
    "kms.KeyPolicy": ("policy",),
    "kms.ExternalKey": ("policy",),
    "kms.ReplicaKey": ("policy",),
    "s3.Bucket": ("policy",),
    "s3.BucketPolicy": ("policy",),
    "s3.AccessPoint": ("policy",),
    "secretsmanager.Secret": ("policy",),
    "secretsmanager.SecretPolicy": ("policy",),
    "sqs.Queue": ("policy",),
    "sqs.QueuePolicy": ("policy",),
    "sns.Topic": ("policy",),
    "sns.TopicPolicy": ("policy",),
    "ecr.RepositoryPolicy": ("policy",),
    "ecr.RegistryPolicy": ("policy",),
    "cloudwatch.EventBusPolicy": ("policy",),
    "cloudwatch.LogResourcePolicy": ("policyDocument",),
    "efs.FileSystemPolicy": ("policy",),
    "opensearch.Domain": ("accessPolicies",),
    "opensearch.DomainPolicy": ("accessPolicies",),
    "backup.VaultPolicy": ("policy",),
    "glacier.Vault": ("accessPolicy",),
    "apigateway.RestApi": ("policy",),
    "apigateway.RestApiPolicy": ("policy",),
    "codeartifact.DomainPermissionsPolicy": ("policyDocument",),
    "dynamodb.ResourcePolicy": ("policy",),
    "ses.IdentityPolicy": ("policy",),
    "vpclattice.AuthPolicy": ("policy",),
    "vpclattice.ResourcePolicy": ("policy",),
    "networkfirewall.ResourcePolicy": ("policy",),
}
"""Policies of resources: they name principals."""

TRUST = {"iam.Role": ("assumeRolePolicy",)}
ENDPOINT = {"ec2.VpcEndpoint": ("policy",), "ec2.VpcEndpointPolicy": ("policy",)}

IDENTITY_KINDS = frozenset(IDENTITY)
RESOURCE_POLICY_KINDS = frozenset(RESOURCE_POLICIES)
DOCUMENT_KINDS = IDENTITY_KINDS | RESOURCE_POLICY_KINDS | frozenset(TRUST) | frozenset(ENDPOINT)


def identity_documents(resource: Resource) -> Iterator[tuple[str, Maybe[Document]]]:
    """Give the identity policies of a resource with their paths."""
    yield from _documents(resource, IDENTITY.get(resource.kind, ()))


def resource_documents(resource: Resource) -> Iterator[tuple[str, Maybe[Document]]]:
    """Give the resource policies of a resource with their paths."""
    yield from _documents(resource, RESOURCE_POLICIES.get(resource.kind, ()))


def trust_documents(resource: Resource) -> Iterator[tuple[str, Maybe[Document]]]:
    """Give the trust policies of a resource with their paths."""
    yield from _documents(resource, TRUST.get(resource.kind, ()))


def all_documents(resource: Resource) -> Iterator[tuple[str, Maybe[Document]]]:
    """Give every policy document of a resource with its path."""
    for table in (IDENTITY, RESOURCE_POLICIES, TRUST, ENDPOINT):
        yield from _documents(resource, table.get(resource.kind, ()))


def _documents(resource: Resource, paths: tuple[str, ...]) -> Iterator[tuple[str, Maybe[Document]]]:
    for path in paths:
        if "[]." in path:
            yield from _listed(resource, *path.split("[].", 1))
            continue
        value = resource.get(path)
        if value is not None and value != "":
            yield path, parse_document(value, f"{resource.urn}.{path}")


def _listed(resource: Resource, path: str, prop: str) -> Iterator[tuple[str, Maybe[Document]]]:
    items = resource.items(path)
    if isinstance(items, Unknown):
        yield path, items
        return
    for index, item in enumerate(items):
        where = f"{path}[{index}].{prop}"
        value = item.get(prop) if isinstance(item, dict) else item
        if value is not None and value != "":
            yield where, parse_document(value, f"{resource.urn}.{where}")
