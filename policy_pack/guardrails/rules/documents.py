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
    "iot.Policy": ("policy",),
}
"""Identity policies."""

_BY_PROPERTY = {
    "policy": (
        "acmpca.Policy", "apigateway.DomainName", "apigateway.RestApi", "apigateway.RestApiPolicy",
        "backup.VaultPolicy", "bedrock.AgentcoreResourcePolicy", "cloudwatch.EventBusPolicy",
        "codebuild.ResourcePolicy", "dsql.ClusterPolicy", "dynamodb.ResourcePolicy", "ecr.RegistryPolicy",
        "ecr.RepositoryPolicy", "ecrpublic.RepositoryPolicy", "efs.FileSystemPolicy", "glacier.VaultLock",
        "glue.ResourcePolicy", "kinesis.ResourcePolicy", "kms.ExternalKey", "kms.Key", "kms.KeyPolicy",
        "kms.ReplicaExternalKey", "kms.ReplicaKey", "lambda.ResourcePolicy", "mediastore.ContainerPolicy",
        "msk.ClusterPolicy", "networkfirewall.ResourcePolicy", "oam.SinkPolicy", "opensearchingest.ResourcePolicy",
        "pinpoint.Smsvoicev2ResourcePolicy", "redshift.ResourcePolicy", "redshiftserverless.ResourcePolicy",
        "s3.AccessPoint", "s3.Bucket", "s3.BucketPolicy", "s3.FilesFileSystemPolicy",
        "s3.VectorsVectorBucketPolicy", "s3control.AccessGrantsInstanceResourcePolicy",
        "s3control.AccessPointPolicy", "s3control.BucketPolicy", "s3control.ObjectLambdaAccessPointPolicy",
        "schemas.RegistryPolicy", "secretsmanager.Secret", "secretsmanager.SecretPolicy", "ses.IdentityPolicy",
        "sesv2.EmailIdentityPolicy", "sns.Topic", "sns.TopicPolicy", "sqs.Queue", "sqs.QueuePolicy",
        "vpclattice.AuthPolicy", "vpclattice.ResourcePolicy",
    ),
    "policyDocument": (
        "amp.ResourcePolicy", "cloudwatch.LogResourcePolicy", "codeartifact.DomainPermissions",
        "codeartifact.RepositoryPermissionsPolicy", "xray.ResourcePolicy",
    ),
    "accessPolicies": (
        "elasticsearch.Domain", "elasticsearch.DomainPolicy", "opensearch.Domain", "opensearch.DomainPolicy",
    ),
    "accessPolicy": (
        "cloudsearch.DomainServiceAccessPolicy", "cloudwatch.LogDestinationPolicy", "glacier.Vault",
    ),
    "resourcePolicy": (
        "s3tables.TableBucketPolicy", "s3tables.TablePolicy", "sagemaker.ModelPackageGroupPolicy",
    ),
    "repositoryPolicy": (
        "ecr.RepositoryCreationTemplate",
    ),
    "details.policy": (
        "s3control.MultiRegionAccessPointPolicy",
    ),
}  # fmt: skip
RESOURCE_POLICIES = {kind: (path,) for path, kinds in _BY_PROPERTY.items() for kind in kinds}
"""Policies of resources: they name principals."""

TRUST = {"iam.Role": ("assumeRolePolicy",)}
ENDPOINT = {"ec2.VpcEndpoint": ("policy",), "ec2.VpcEndpointPolicy": ("policy",)}

OTHER_LANGUAGES = frozenset(
    {
        # No policies of who may do what: lifecycle, data protection, log and network settings.
        "ecr.LifecyclePolicy", "sns.DataProtectionPolicy", "cloudwatch.LogAccountPolicy",
        "cloudwatch.LogDataProtectionPolicy", "cloudwatch.LogIndexPolicy", "cfg.OrganizationCustomPolicyRule",
        "networkmanager.CoreNetworkPolicyAttachment", "opensearch.ServerlessLifecyclePolicy",
        "opensearch.ServerlessSecurityPolicy", "resiliencehub.ResiliencyPolicy", "ses.ReceiptFilter",
        "iot.PolicyAttachment",
        # Grammars of their own: Cedar, and OpenSearch Serverless.
        "verifiedaccess.Endpoint", "verifiedaccess.Group", "opensearch.ServerlessAccessPolicy",
        # Session policies: they only take away from what a role gives.
        "transfer.Access", "transfer.User", "eks.PodIdentityAssociation",
    }
)  # fmt: skip
"""Kinds with a property named like a policy document that is none, or that gives nothing."""

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
