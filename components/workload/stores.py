"""What the workload keeps with AWS: a bucket bound to its endpoints, and a secret bound to its hosts or a role."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network

import pulumi
import pulumi_aws as aws

from components.evidence.bucket import BucketArgs, closed_bucket
from components.evidence.evidence import KEY_DELETION_DAYS
from components.iam.place import Place
from components.iam.policy import trust_plain
from components.iam.role import Role, RoleArgs
from components.settings.landing import DataBucket, WorkloadSecret
from components.tags import Tags
from components.vocabulary import Zone
from components.workload import policies
from components.workload.policies import Keepers


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundBucketArgs:
    """The bucket as wanted, who is never locked out, and the key that encrypts it."""

    wanted: DataBucket
    keepers: Keepers
    place: Place
    tags: Tags
    key_arn: pulumi.Input[str]
    protect: bool


class BoundBucket(pulumi.ComponentResource):
    """Gives the name of the `bucket`."""

    bucket: pulumi.Output[str]

    def __init__(self, name: str, args: BoundBucketArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("secureroom:workload:BoundBucket", name, None, opts)
        wanted = BucketArgs(
            bucket=policies.bucket_name(args.place),
            policy=policies.data_bucket_policy(args.place, args.wanted, args.keepers),
            key_arn=args.key_arn,
            protect=args.protect,
            tags=args.tags.named("workload-bucket-1", Zone.INSTANCE),
        )
        made = closed_bucket(f"{name}-data", wanted, self)
        aws.s3.BucketLifecycleConfiguration(
            f"{name}-data-lifecycle",
            bucket=made.bucket,
            rules=[
                {
                    "id": "tidy",
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "noncurrent_version_expiration": {"noncurrent_days": 30},
                    "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
                }
            ],
            opts=pulumi.ResourceOptions(parent=self, depends_on=[made.versioned]),
        )
        self.bucket = made.bucket
        self.register_outputs({"bucket": self.bucket})


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundSecretArgs:
    """The secret as wanted, who is never locked out, and the range of the hosts that may read it."""

    wanted: WorkloadSecret
    keepers: Keepers
    hosts: IPv4Network
    place: Place
    tags: Tags
    protect: bool


class BoundSecret(pulumi.ComponentResource):
    """Gives the secret's `arn`, without a value yet, and `profile`: the instance profile of the role that reads it."""

    arn: pulumi.Output[str]
    profile: pulumi.Output[str]

    def __init__(self, name: str, args: BoundSecretArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("secureroom:workload:BoundSecret", name, None, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        self._kept = pulumi.ResourceOptions(parent=self, protect=args.protect)
        self.profile = self._reader()
        self.arn = self._secret()
        self.register_outputs({"arn": self.arn, "profile": self.profile})

    def _secret(self) -> pulumi.Output[str]:
        name, args = self._name, self._args
        key = aws.kms.Key(
            f"{name}-key",
            description=f"The secret of {args.place.prefix}'s workload",
            policy=policies.secret_key_policy(args.place).json(),
            enable_key_rotation=True,
            deletion_window_in_days=KEY_DELETION_DAYS,
            tags=args.tags.named("workload-key-1", Zone.INSTANCE),
            opts=self._kept,
        )
        aws.kms.Alias(
            f"{name}-alias",
            name=policies.secret_key_alias(args.place),
            target_key_id=key.key_id,
            opts=self._child,
        )
        secret = aws.secretsmanager.Secret(
            f"{name}-secret",
            name=policies.secret_name(args.place),
            description="The workload's secret: its value is put by whoever rotates it",
            kms_key_id=key.arn,
            recovery_window_in_days=30 if args.protect else 0,
            tags=args.tags.named("workload-secret-1", Zone.INSTANCE),
            opts=self._kept,
        )
        aws.secretsmanager.SecretPolicy(
            f"{name}-policy",
            secret_arn=secret.arn,
            policy=policies.secret_policy(args.place, args.wanted, args.keepers, args.hosts).json(),
            block_public_policy=True,
            opts=self._child,
        )
        return secret.arn

    def _reader(self) -> pulumi.Output[str]:
        name, args = self._name, self._args
        boundary = aws.iam.Policy(
            f"{name}-boundary",
            name=f"{args.place.prefix}-{policies.READER}-boundary",
            description="The most that the workload's reader can do",
            policy=policies.reader_boundary(args.place).json(),
            tags=args.tags.named(f"{policies.READER}-policy-1", Zone.INSTANCE),
            opts=self._child,
        )
        role = Role(
            f"{name}-reader",
            RoleArgs(
                place=args.place,
                tags=args.tags,
                purpose=policies.READER,
                description="Lets an instance of the workload read its secret",
                trust=trust_plain("ec2.amazonaws.com"),
                boundary_arn=boundary.arn,
                inline={"secret": policies.reader_policy(args.place)},
            ),
            self._child,
        )
        profile = aws.iam.InstanceProfile(
            f"{name}-profile",
            name=args.place.role_name(policies.READER),
            role=role.role_name,
            tags=args.tags.named(f"{policies.READER}-profile-1", Zone.INSTANCE),
            # An instance that starts at once finds the role with its policies.
            opts=pulumi.ResourceOptions(parent=self, depends_on=role.attachments),
        )
        return profile.name
