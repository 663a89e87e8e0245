"""Who may use the stack's key and its log bucket: policies from names that are known before anything exists."""

from __future__ import annotations

from components.iam.place import Place
from components.iam.policy import Condition, Policy, Principals, Statement, allow, deny, trust
from components.vocabulary import PARTITION

KEY_SERVICES = ("ec2", "ecr", "network-firewall", "s3", "secretsmanager", "ssm", "workspaces")
"""Services that use the key for what the stack stores in them."""

KEY_USE = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*")
KEY_ADMINISTRATION = (
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListAliases",
    "kms:ListGrants",
    "kms:ListKeyPolicies",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:RevokeGrant",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
)


def key_policy(place: Place) -> Policy:
    """The policy of the stack's key: administered by the account's policies, used only through services.

    Sources: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html,
    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html,
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    """
    account = Principals.account(place.account)
    ours = Condition("StringEquals", "kms:CallerAccount", (place.account,))
    via = Condition("StringEquals", "kms:ViaService", tuple(f"{s}.{place.region}.amazonaws.com" for s in KEY_SERVICES))
    return Policy(
        (
            allow("Administration", KEY_ADMINISTRATION, ("*",), principals=account),
            allow("UseThroughServices", KEY_USE, ("*",), principals=account, when=(ours, via)),
            allow(
                "GrantsToServices",
                ("kms:CreateGrant",),
                ("*",),
                principals=account,
                when=(ours, via, Condition("Bool", "kms:GrantIsForAWSResource", ("true",))),
            ),
            # Session Manager's agent and its users call the key themselves, always with this context.
            allow(
                "UseForSessions",
                ("kms:Decrypt", "kms:GenerateDataKey"),
                ("*",),
                principals=account,
                when=(ours, Condition("StringLike", "kms:EncryptionContext:aws:ssm:SessionId", ("?*",))),
            ),
            allow(
                "UseForLogs",
                ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"),
                ("*",),
                principals=Principals.services(f"logs.{place.region}.amazonaws.com"),
                when=(Condition("ArnLike", "kms:EncryptionContext:aws:logs:arn", (place.log_group("*"),)),),
            ),
        )
    )


def bucket_policy(place: Place) -> Policy:
    """The policy of the log bucket: TLS only, this account only, and no role of the stack deletes what it wrote."""
    bucket = place.bucket(place.log_bucket)
    everything = (bucket, f"{bucket}/*")
    workload = f"arn:{PARTITION}:iam::{place.account}:role/{place.prefix}-*"
    return Policy((*bucket_basics(place, everything), _no_deletion(everything, workload)))


def bucket_basics(place: Place, everything: tuple[str, ...]) -> tuple[Statement, ...]:
    """What every bucket's policy denies: requests without TLS, and other accounts' principals."""
    anyone = Principals.anyone()
    plain = Condition("Bool", "aws:SecureTransport", ("false",))
    elsewhere = (
        Condition("StringNotEquals", "aws:PrincipalAccount", (place.account,)),
        Condition("BoolIfExists", "aws:PrincipalIsAWSService", ("false",)),
    )
    return (
        deny("TlsOnly", ("s3:*",), everything, principals=anyone, when=(plain,)),
        deny("ThisAccountOnly", ("s3:*",), everything, principals=anyone, when=elsewhere),
    )


def _no_deletion(resources: tuple[str, ...], role: str) -> Statement:
    actions = (
        "s3:BypassGovernanceRetention",
        "s3:DeleteBucket",
        "s3:DeleteBucketPolicy",
        "s3:DeleteObject",
        "s3:DeleteObjectVersion",
        "s3:PutBucketPolicy",
        "s3:PutBucketVersioning",
        "s3:PutLifecycleConfiguration",
    )
    when = (Condition("ArnLike", "aws:PrincipalArn", (role,)),)
    return deny("KeptFromTheWorkload", actions, resources, principals=Principals.anyone(), when=when)


def flow_log_trust(place: Place) -> Policy:
    """Who may deliver flow logs: the service, for this account's flow logs.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
    """
    return trust("vpc-flow-logs.amazonaws.com", place.account, source_arn=place.arn("ec2", "vpc-flow-log/*"))


def flow_log_policy(place: Place) -> Policy:
    """What the flow log service writes: the stack's flow log groups and no other."""
    return Policy(
        (
            allow(
                "WriteFlowLogs",
                ("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"),
                (place.log_group("flow/*"), place.log_streams("flow/*")),
            ),
            allow("ListLogGroups", ("logs:DescribeLogGroups",), ("*",)),
        )
    )


def delivery_policy(place: Place, purpose: str) -> Policy:
    """Who may write logs that AWS delivers (DNS queries, firewall): the delivery service, for this account.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-CloudWatchLogs.html
    """
    return Policy(
        (
            allow(
                "DeliverLogs",
                ("logs:CreateLogStream", "logs:PutLogEvents"),
                (place.log_streams(purpose),),
                principals=Principals.services("delivery.logs.amazonaws.com"),
                when=(
                    Condition("StringEquals", "aws:SourceAccount", (place.account,)),
                    Condition("ArnLike", "aws:SourceArn", (place.arn("logs", "*"),)),
                ),
            ),
        )
    )
