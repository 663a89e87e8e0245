"""Where resources keep their policy documents."""

from __future__ import annotations

from collections.abc import Iterator

from guardrails.facts.documents import Document, parse_document
from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
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

_COMPLETES = {
    "s3.BucketPolicy": "bucket",
    "kms.KeyPolicy": "keyId",
    "secretsmanager.SecretPolicy": "secretArn",
    "sqs.QueuePolicy": "queueUrl",
    "sns.TopicPolicy": "arn",
    "opensearch.DomainPolicy": "domainName",
    "elasticsearch.DomainPolicy": "domainName",
    "iam.RolePolicy": "role",
}
"""Policies that are resources of their own, and the property that names what they are the policy of."""

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


def endpoint_documents(resource: Resource) -> Iterator[tuple[str, Maybe[Document]]]:
    """Give the endpoint policies of a resource with their paths."""
    yield from _documents(resource, ENDPOINT.get(resource.kind, ()))


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


def repeated(facts: Facts) -> frozenset[tuple[str, Document]]:
    """Give the documents that a resource only answers, because another resource of the stack states them.

    Once deployed, a bucket answers the policy that its BucketPolicy gave it: one policy, told where it is stated.
    """
    known: frozenset[tuple[str, Document]] | None = facts.memo.get(_REPEATED)
    if known is None:
        known = frozenset(
            (holder, document)
            for kind, prop in _COMPLETES.items()
            for policy in facts.of(kind)
            for holder in _holders(facts, policy, prop)
            for _, document in all_documents(policy)
            if isinstance(document, Document)
        )
        facts.memo[_REPEATED] = known
    return known


def _holders(facts: Facts, policy: Resource, prop: str) -> set[str]:
    literal = policy.get(prop)
    named = facts.lookup(literal).key if isinstance(literal, str) else None
    # A topic's policy has the topic's ARN as its own: it must not be taken for its holder.
    return {*(policy.edges or {}).get(prop, ()), *([named] if named else [])} - {policy.urn}


_REPEATED = "documents that are only answered"
