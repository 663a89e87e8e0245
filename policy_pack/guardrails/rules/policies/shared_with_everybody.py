"""RPL004: a copy, a layer or a function's address for everybody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.resource import Resource, Value
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, ResourceRule, Severity

_EVERYBODY: dict[str, tuple[str, str, str]] = {
    "lambda.FunctionUrl": ("authorizationType", "NONE", "answers whoever calls its address"),
    "lambda.LayerVersionPermission": ("principal", "*", "gives the layer to every account"),
    "ec2.AmiLaunchPermission": ("group", "all", "lets every account start, and so read, the image"),
    **dict.fromkeys(
        ("rds.Snapshot", "rds.SnapshotCopy", "rds.ClusterSnapshot", "rds.ClusterSnapshotCopy"),
        ("sharedAccounts", "all", "lets every account restore, and so read, the snapshot"),
    ),
    "ec2.ImageBlockPublicAccess": ("state", "unblocked", "lets every image of the account be shared with everybody"),
    "ebs.SnapshotBlockPublicAccess": ("state", "unblocked", "lets every snapshot be shared with everybody"),
    "codebuild.Project": ("projectVisibility", "PUBLIC_READ", "shows builds and logs to everybody"),
    "cognito.IdentityPool": ("allowUnauthenticatedIdentities", "true", "gives AWS credentials to whoever asks"),
}
"""Property, the value in it that stands for everybody, and what that does."""
_BY_NATURE = {"ecrpublic.Repository": "is a registry from which everybody may pull"}


class SharedWithEverybody(ResourceRule):
    """Refuses the values that stand for every account, or for every caller of the internet."""

    id: ClassVar[str] = "RPL004"
    slug: ClassVar[str] = "nothing-shared-with-everybody"
    title: ClassVar[str] = "No image, snapshot, layer, identity or function address is for everybody"
    rationale: ClassVar[str] = (
        "Sharing needs no policy document: one word makes a snapshot every account's to copy. For a function URL "
        "without authorization the provider adds the public permission by itself, and no resource shows it."
    )
    fix: ClassVar[str] = (
        "Name the accounts (organizationId for a layer); set authorizationType AWS_IAM on a function URL."
    )
    severity: ClassVar[Severity] = Severity.CRITICAL
    kinds: ClassVar[frozenset[str]] = frozenset({*_EVERYBODY, *_BY_NATURE})
    controls: ClassVar[tuple[str, ...]] = ("CKV_AWS_258", "CKV_AWS_366", "SH Cognito.2", "SH RDS.1")
    covers: ClassVar[tuple[int, ...]] = (93, 94)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html",
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ShareSnapshot.html",
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/sharingamis-intro.html",
        "https://docs.aws.amazon.com/cognito/latest/developerguide/identity-pools.html",
        "https://github.com/hashicorp/terraform-provider-aws/blob/main/website/docs/r/lambda_function_url.html.markdown",
    )
    avoid: ClassVar[str] = """
resources:
  address: {type: "aws:lambda:FunctionUrl", properties: {functionName: respond, authorizationType: NONE}}
  copy: {type: "aws:rds:Snapshot", properties: {dbInstanceIdentifier: shop, sharedAccounts: ["111122223333", all]}}
"""
    prefer: ClassVar[str] = """
resources:
  address: {type: "aws:lambda:FunctionUrl", properties: {functionName: respond, authorizationType: AWS_IAM}}
  copy: {type: "aws:rds:Snapshot", properties: {dbInstanceIdentifier: shop, sharedAccounts: ["111122223333"]}}
  layer:
    type: aws:lambda:LayerVersionPermission
    properties: {layerName: tools, principal: "*", organizationId: o-abc123, action: "lambda:GetLayerVersion"}
"""

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge one resource."""
        if resource.kind in _BY_NATURE:
            yield self.fail(resource, "", _BY_NATURE[resource.kind])
            return
        path, everybody, why = _EVERYBODY[resource.kind]
        listed = resource.items(path)
        for item in [listed] if isinstance(listed, Unknown) else listed:
            if isinstance(item, Unknown):
                yield self.unresolved(resource, path, item, "whether it is for everybody")
            elif _same(item, everybody) and resource.get("organizationId") in {None, ""}:
                yield self.fail(resource, path, why, everybody)


def _same(value: Value, everybody: str) -> bool:
    """Compare a value with the word for everybody, which may be a switch."""
    return str(value).lower() == everybody if isinstance(value, bool) else value == everybody
