"""The permissions boundary: the most that any role of the stack can ever do, whatever is attached to it."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.iam.place import Place
from components.iam.policy import Condition, Policy, allow, deny
from components.tags import Tags
from components.vocabulary import PROJECT

PURPOSE = "boundary"

_SSM_AGENT = (
    "ec2messages:AcknowledgeMessage",
    "ec2messages:DeleteMessage",
    "ec2messages:FailMessage",
    "ec2messages:GetEndpoint",
    "ec2messages:GetMessages",
    "ec2messages:SendReply",
    "ssm:DescribeAssociation",
    "ssm:DescribeDocument",
    "ssm:GetDeployablePatchSnapshotForInstance",
    "ssm:GetDocument",
    "ssm:GetManifest",
    "ssm:GetParameter",
    "ssm:GetParameters",
    "ssm:ListAssociations",
    "ssm:ListInstanceAssociations",
    "ssm:PutComplianceItems",
    "ssm:PutConfigurePackageResult",
    "ssm:PutInventory",
    "ssm:UpdateAssociationStatus",
    "ssm:UpdateInstanceAssociationStatus",
    "ssm:UpdateInstanceInformation",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
)
"""What the managed policy AmazonSSMManagedInstanceCore holds.

Source: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonSSMManagedInstanceCore.html
"""

_LOG_WRITER = (
    "logs:CreateLogStream",
    "logs:DescribeLogStreams",
    "logs:PutLogEvents",
)
_IMAGE_READER = (
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
)
_KEY_USER = ("kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey")
_BUCKET_WRITER = ("s3:GetEncryptionConfiguration", "s3:PutObject")


def boundary_policy(place: Place) -> Policy:
    """The boundary of every role of the stack."""
    here = (Condition("StringEquals", "aws:RequestedRegion", (place.region,)),)
    own = (Condition("StringEquals", "aws:ResourceAccount", (place.account,)),)
    return Policy(
        (
            allow("ManagedHosts", _SSM_AGENT, ("*",), when=here),
            allow("OwnLogs", _LOG_WRITER, (place.log_group("*"), place.log_streams("*"))),
            allow("ListLogGroups", ("logs:DescribeLogGroups",), ("*",), when=here),
            allow("ImageToken", ("ecr:GetAuthorizationToken",), ("*",), when=here),
            allow("OwnImages", _IMAGE_READER, (place.arn("ecr", f"repository/{PROJECT}-*"),)),
            allow("OwnKey", _KEY_USER, (place.any_key(),), when=own),
            allow(
                "OwnLogBucket",
                _BUCKET_WRITER,
                (place.bucket(place.log_bucket), f"{place.bucket(place.log_bucket)}/*"),
                when=own,
            ),
            deny("NoIdentityChange", ("iam:*", "organizations:*", "account:*"), ("*",)),
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundaryArgs:
    """What the boundary is made from."""

    place: Place
    tags: Tags


class Boundary(pulumi.ComponentResource):
    """The boundary as a managed policy; `arn` is what roles name as theirs."""

    arn: pulumi.Output[str]

    def __init__(self, name: str, args: BoundaryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("secureroom:iam:Boundary", name, None, opts)
        physical = f"{args.place.prefix}-{PURPOSE}"
        policy = aws.iam.Policy(
            f"{name}-policy",
            name=physical,
            description="The most that a role of the secure room can do",
            policy=boundary_policy(args.place).json(),
            tags=args.tags.named("boundary-policy-1"),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.arn = policy.arn
        self.register_outputs({"arn": self.arn})
