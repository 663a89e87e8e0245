"""Which VPC endpoints the tiers need, and what their policies let through."""

from __future__ import annotations

from dataclasses import dataclass

from components.iam.policy import Condition, Policy, Principals, Statement, allow
from components.vocabulary import PARTITION

NEEDED: tuple[str, ...] = ("ssm", "ssmmessages", "ec2messages", "kms", "logs", "ecr.api", "ecr.dkr")
"""Interface endpoints without which Session Manager or Fargate do not work in a VPC without internet.

Sources: https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html,
https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
"""

ACTION_PREFIX: dict[str, str] = {
    "ssm": "ssm",
    "ssmmessages": "ssmmessages",
    "ec2messages": "ec2messages",
    "kms": "kms",
    "logs": "logs",
    "ecr.api": "ecr",
    "ecr.dkr": "ecr",
    "ds": "ds",
    "workspaces": "workspaces",
    "sts": "sts",
    "secretsmanager": "secretsmanager",
    "monitoring": "cloudwatch",
}
"""The IAM prefix of the actions that go through an endpoint."""


@dataclass(frozen=True, slots=True)
class Perimeter:
    """Whose principals may pass an endpoint, and whose resources they may reach.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html
    """

    account: str
    organization: str | None = None

    @property
    def principal(self) -> Condition:
        """Callers from within."""
        if self.organization is None:
            return Condition("StringEquals", "aws:PrincipalAccount", (self.account,))
        return Condition("StringEquals", "aws:PrincipalOrgID", (self.organization,))

    @property
    def resource(self) -> Condition:
        """Resources from within."""
        if self.organization is None:
            return Condition("StringEquals", "aws:ResourceAccount", (self.account,))
        return Condition("StringEquals", "aws:ResourceOrgID", (self.organization,))


@dataclass(frozen=True, slots=True)
class ServiceEndpoint:
    """One endpoint: `service` is the last part of the name that AWS gives it."""

    service: str
    name: str
    policy: Policy


def aws_owned_buckets(region: str) -> dict[str, str]:
    """Buckets that AWS owns and that Systems Manager, Windows hosts and Fargate read, by what they are for.

    Sources: https://docs.aws.amazon.com/systems-manager/latest/userguide/ssm-agent-minimum-s3-permissions.html,
    https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
    """
    return {
        "SsmAgent": f"amazon-ssm-{region}",
        "SsmPackages": f"amazon-ssm-packages-{region}",
        "SsmDocuments": f"aws-ssm-{region}",
        "SsmAttachments": f"aws-ssm-document-attachments-{region}",
        "WindowsDownloads": f"aws-windows-downloads-{region}",
        "Birdwatcher": f"{region}-birdwatcher-prod",
        "PatchBaseline": f"patch-baseline-snapshot-{region}",
        "EcrLayers": f"prod-{region}-starport-layer-bucket",
    }


def interface_endpoints(
    extra: tuple[str, ...], perimeter: Perimeter, region: str, needed: tuple[str, ...] = NEEDED
) -> tuple[ServiceEndpoint, ...]:
    """The interface endpoints in a fixed order: the needed ones, then those that were asked for."""
    services = (*needed, *(service for service in extra if service not in needed))
    return tuple(
        ServiceEndpoint(service, service.replace(".", "-"), _interface_policy(service, perimeter, region))
        for service in services
    )


def s3_endpoint(perimeter: Perimeter, region: str) -> ServiceEndpoint:
    """The S3 gateway endpoint: the buckets within the perimeter, and reading from AWS' own ones that are named."""
    buckets = aws_owned_buckets(region).values()
    statements = (
        _own("WithinPerimeter", ("s3:*",), perimeter),
        allow(
            "AwsOwnedBuckets",
            ("s3:GetObject",),
            tuple(f"arn:{PARTITION}:s3:::{bucket}/*" for bucket in buckets),
            principals=Principals.anyone(),
        ),
    )
    return ServiceEndpoint("s3", "s3", Policy(statements))


def gateway_endpoint(service: str, perimeter: Perimeter, region: str) -> ServiceEndpoint:
    """A gateway endpoint: `s3`, or `dynamodb` with the tables within the perimeter alone."""
    if service == "s3":
        return s3_endpoint(perimeter, region)
    return ServiceEndpoint(service, service, Policy((_own("WithinPerimeter", (f"{service}:*",), perimeter),)))


def _interface_policy(service: str, perimeter: Perimeter, region: str) -> Policy:
    own = _own("WithinPerimeter", (f"{ACTION_PREFIX[service]}:*",), perimeter)
    if service != "ssm":
        return Policy((own,))
    documents = allow(
        "AwsOwnedDocuments",
        ("ssm:GetDocument", "ssm:DescribeDocument", "ssm:DescribeDocumentParameters"),
        (f"arn:{PARTITION}:ssm:{region}::document/AWS-*", f"arn:{PARTITION}:ssm:{region}::document/Amazon*"),
        principals=Principals.anyone(),
        when=(perimeter.principal,),
    )
    return Policy((own, documents))


def _own(sid: str, actions: tuple[str, ...], perimeter: Perimeter) -> Statement:
    """Only callers from within the perimeter, and only on what lies within it."""
    within = (perimeter.principal, perimeter.resource)
    return allow(sid, actions, ("*",), principals=Principals.anyone(), when=within)
