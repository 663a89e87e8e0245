"""The stack's key, its log bucket, and the role that delivers flow logs."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.evidence.bucket import BucketArgs, ClosedBucket, closed_bucket
from components.evidence.plan import bucket_policy, flow_log_policy, flow_log_trust, key_policy
from components.iam.place import Place
from components.iam.role import Role, RoleArgs
from components.tags import Tags

KEY_DELETION_DAYS = 30
"""How long a deleted key can still be had back: AWS' longest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceArgs:
    """What evidence is made from. `retention_days` is the bucket's; `protect` keeps the key and the bucket."""

    place: Place
    tags: Tags
    boundary_arn: pulumi.Input[str]
    retention_days: int
    protect: bool


class Evidence(pulumi.ComponentResource):
    """Gives `key_arn`, the name of the log bucket, and the flow logs' role.

    What writes to the bucket depends on `log_bucket_ready`: from then on it is closed and encrypts.
    """

    key_arn: pulumi.Output[str]
    log_bucket: pulumi.Output[str]
    log_bucket_ready: list[pulumi.Resource]
    flow_log_role_arn: pulumi.Output[str]
    flow_log_role: Role

    def __init__(self, name: str, args: EvidenceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("secureroom:evidence:Evidence", name, None, opts)
        self._kept = pulumi.ResourceOptions(parent=self, protect=args.protect)
        self._child = pulumi.ResourceOptions(parent=self)
        self.key_arn = self._key(name, args).arn
        self.log_bucket = self._bucket(name, args)
        self.flow_log_role = Role(
            f"{name}-flow-log",
            RoleArgs(
                place=args.place,
                tags=args.tags,
                purpose="flow-log",
                description="Delivers the VPCs' flow logs",
                trust=flow_log_trust(args.place),
                boundary_arn=args.boundary_arn,
                inline={"write-flow-logs": flow_log_policy(args.place)},
            ),
            self._child,
        )
        self.flow_log_role_arn = self.flow_log_role.arn
        self.register_outputs({"keyArn": self.key_arn, "logBucket": self.log_bucket})

    def _key(self, name: str, args: EvidenceArgs) -> aws.kms.Key:
        key = aws.kms.Key(
            f"{name}-key",
            description=f"Everything that {args.place.prefix} stores",
            policy=key_policy(args.place).json(),
            enable_key_rotation=True,
            deletion_window_in_days=KEY_DELETION_DAYS,
            tags=args.tags.named("evidence-key-1"),
            opts=self._kept,
        )
        aws.kms.Alias(f"{name}-alias", name=args.place.key_alias, target_key_id=key.key_id, opts=self._child)
        return key

    def _bucket(self, name: str, args: EvidenceArgs) -> pulumi.Output[str]:
        wanted = BucketArgs(
            bucket=args.place.log_bucket,
            policy=bucket_policy(args.place),
            key_arn=self.key_arn,
            protect=args.protect,
            tags=args.tags.named("evidence-bucket-1"),
            object_lock=args.protect,
        )
        made = closed_bucket(f"{name}-log-bucket", wanted, self)
        self._retain(name, args, made)
        self.log_bucket_ready = made.ready
        return made.bucket

    def _retain(self, name: str, args: EvidenceArgs, made: ClosedBucket) -> None:
        after_versioning = pulumi.ResourceOptions(parent=self, depends_on=[made.versioned])
        aws.s3.BucketLifecycleConfiguration(
            f"{name}-log-bucket-lifecycle",
            bucket=made.bucket,
            rules=[
                {
                    "id": "expire",
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "expiration": {"days": args.retention_days},
                    "noncurrent_version_expiration": {"noncurrent_days": 30},
                    "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
                }
            ],
            opts=after_versioning,
        )
        if args.protect:
            aws.s3.BucketObjectLockConfiguration(
                f"{name}-log-bucket-lock",
                bucket=made.bucket,
                rule={"default_retention": {"mode": "GOVERNANCE", "days": args.retention_days}},
                opts=after_versioning,
            )
