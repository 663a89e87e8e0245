"""The bastion as frozen values: its role, its session preferences, its machine. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from components.iam.place import Place
from components.iam.policy import Condition, Policy, allow
from components.settings.model import Settings
from components.vocabulary import PARTITION

MANAGED_POLICIES: Final = (f"arn:{PARTITION}:iam::aws:policy/AmazonSSMManagedInstanceCore",)
SESSION_LOG: Final = "session"
SESSION_DOCUMENT: Final = "SSM-SessionManagerRunShell"
"""The name under which Session Manager looks for a region's preferences; AWS fixes it.

Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-default-session-document.html
"""
ROOT_VOLUME_GIB: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class BastionPlan:
    """The bastion's machine and its sessions; without `ami`, AWS' current image is looked up by `ami_parameter`."""

    ami: str | None
    ami_parameter: str
    instance_type: str
    session_preferences: str
    permissions: Policy


def plan_bastion(settings: Settings, place: Place) -> BastionPlan:
    """The bastion of one stack."""
    wanted = settings.bastion
    return BastionPlan(
        ami=wanted.ami,
        ami_parameter=wanted.ami_parameter,
        instance_type=wanted.instance_type,
        session_preferences=session_preferences(place, wanted.idle_minutes, wanted.max_session_minutes),
        permissions=instance_policy(place),
    )


def session_preferences(place: Place, idle_minutes: int, max_minutes: int) -> str:
    """The preferences of all sessions of the region: encrypted, logged twice, ended when idle. Times are in minutes.

    The key is named by the ARN of its alias, which is known before the key exists.
    Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-schema.html
    """
    inputs = {
        "s3BucketName": place.log_bucket,
        "s3KeyPrefix": SESSION_LOG,
        "s3EncryptionEnabled": True,
        "cloudWatchLogGroupName": place.log_group_name(SESSION_LOG),
        "cloudWatchEncryptionEnabled": True,
        "cloudWatchStreamingEnabled": True,
        "kmsKeyId": place.arn("kms", place.key_alias),
        "idleSessionTimeout": str(idle_minutes),
        "maxSessionDuration": str(max_minutes),
        "runAsEnabled": False,
        "runAsDefaultUser": "",
        "shellProfile": {"windows": "", "linux": ""},
    }
    document = {
        "schemaVersion": "1.0",
        "description": "Session preferences of the secure room",
        "sessionType": "Standard_Stream",
        "inputs": inputs,
    }
    return json.dumps(document, separators=(",", ":"))


def instance_policy(place: Place) -> Policy:
    """What the host needs beyond the agent's core: to write its session log, and the key that encrypts it.

    Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html
    """
    bucket = place.bucket(place.log_bucket)
    ours = Condition("ForAnyValue:StringEquals", "kms:ResourceAliases", (place.key_alias,))
    return Policy(
        (
            allow("WriteSessionLog", ("logs:CreateLogStream", "logs:PutLogEvents"), (place.log_streams(SESSION_LOG),)),
            allow("FindSessionLog", ("logs:DescribeLogGroups", "logs:DescribeLogStreams"), ("*",)),
            allow("StoreSessionLog", ("s3:PutObject",), (f"{bucket}/{SESSION_LOG}/*",)),
            allow("AskBucketEncryption", ("s3:GetEncryptionConfiguration",), (bucket,)),
            allow("SessionKey", ("kms:Decrypt", "kms:GenerateDataKey"), (place.any_key(),), when=(ours,)),
        )
    )
