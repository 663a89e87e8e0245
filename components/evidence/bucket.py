"""A bucket that is closed to the public, encrypted, versioned, and governed by its policy alone."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.iam.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketArgs:
    """A bucket by its physical name; `protect` keeps it from deletion, also by the engine."""

    bucket: str
    policy: Policy
    key_arn: pulumi.Input[str]
    protect: bool
    tags: dict[str, str]
    object_lock: bool = False


@dataclass(frozen=True, slots=True)
class ClosedBucket:
    """The bucket's name; what writes to it depends on `ready`, what needs its versions on `versioned`."""

    bucket: pulumi.Output[str]
    ready: list[pulumi.Resource]
    versioned: pulumi.Resource


def closed_bucket(name: str, args: BucketArgs, parent: pulumi.Resource) -> ClosedBucket:
    """Make a bucket as children of a component; `name` is the resources' own."""
    child = pulumi.ResourceOptions(parent=parent)
    bucket = aws.s3.Bucket(
        name,
        bucket=args.bucket,
        object_lock_enabled=args.object_lock,
        force_destroy=not args.protect,
        tags=args.tags,
        opts=pulumi.ResourceOptions(parent=parent, protect=args.protect),
    )
    aws.s3.BucketOwnershipControls(
        f"{name}-ownership",
        bucket=bucket.bucket,
        rule={"object_ownership": "BucketOwnerEnforced"},
        opts=child,
    )
    closed = aws.s3.BucketPublicAccessBlock(
        f"{name}-access-block",
        bucket=bucket.bucket,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
        opts=child,
    )
    encrypted = aws.s3.BucketServerSideEncryptionConfiguration(
        f"{name}-encryption",
        bucket=bucket.bucket,
        rules=[
            {
                "apply_server_side_encryption_by_default": {
                    "sse_algorithm": "aws:kms",
                    "kms_master_key_id": args.key_arn,
                },
                "bucket_key_enabled": True,
            }
        ],
        opts=child,
    )
    versioned = aws.s3.BucketVersioning(
        f"{name}-versioning",
        bucket=bucket.bucket,
        versioning_configuration={"status": "Enabled"},
        opts=child,
    )
    policed = aws.s3.BucketPolicy(
        f"{name}-policy",
        bucket=bucket.bucket,
        policy=args.policy.json(),
        # AWS refuses a policy while the access block of the same bucket is being changed.
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[closed]),
    )
    return ClosedBucket(bucket.bucket, [encrypted, policed], versioned)
