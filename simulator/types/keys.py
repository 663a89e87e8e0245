"""KMS keys and aliases, secrets (AWS KMS and Secrets Manager API references)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from simulator.documents import valid_policy
from simulator.errors import AwsError
from simulator.model import Reference, Refusal, ResourceType, Unique, at
from simulator.shapes import is_map
from simulator.types.common import PROPAGATION, between, matching

if TYPE_CHECKING:
    from simulator.creation import Creation

KEY: Final = "aws:kms/key:Key"
ALIAS: Final = "aws:kms/alias:Alias"
SECRET: Final = "aws:secretsmanager/secret:Secret"  # noqa: S105 - a type token
KEY_NAMES: Final = ("id", "arn")
AWS_KEYS: Final = ("alias/aws/",)
_SECRET_ARN: Final = "arn:{partition}:secretsmanager:{region}:{account}:secret:{name}-"  # noqa: S105 - an ARN


def key_reference(path: str) -> Reference:
    """Give a reference to a key by id or ARN, as services take it; keys may be deleted (scheduled) while in use."""
    refusal = Refusal("NotFoundException", "Key '{value}' does not exist", 400)
    return Reference(path, KEY, by=KEY_NAMES, foreign=AWS_KEYS, blocks=False, refusal=refusal)


def _uuid(creation: Creation) -> str:
    digits = creation.hex(32, "key")
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def _default_policy(creation: Creation) -> str:
    # https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    root = f"arn:aws:iam::{creation.session.account}:root"
    statement = {
        "Sid": "Enable IAM User Permissions",
        "Effect": "Allow",
        "Principal": {"AWS": root},
        "Action": "kms:*",
        "Resource": "*",
    }
    return json.dumps({"Version": "2012-10-17", "Id": "key-default-1", "Statement": [statement]})


def _no_lockout(creation: Creation) -> None:
    """Refuse a key policy under which the caller could not change it again, as KMS does unless told otherwise.

    https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html (BypassPolicyLockoutSafetyCheck)
    """
    text = creation.get("policy")
    if text is None or creation.get("bypassPolicyLockoutSafetyCheck"):
        return
    account = creation.session.account
    for statement in at(json.loads(text), "Statement"):
        principal = statement.get("Principal", {})
        named = ["*"] if principal == "*" else at(principal, "AWS")
        keeps = any(action in ("*", "kms:*", "kms:PutKeyPolicy", "kms:Put*") for action in at(statement, "Action"))
        known = any(name in ("*", account) or str(name).startswith(f"arn:aws:iam::{account}:") for name in named)
        if statement.get("Effect") == "Allow" and keeps and known:
            return
    raise AwsError(
        "MalformedPolicyDocumentException",
        "The new key policy will not allow you to update the key policy in the future.",
    )


_NO_PRINCIPAL: Final = Refusal(
    "MalformedPolicyDocumentException",
    "Policy contains a statement with one or more invalid principals.",
    patience=PROPAGATION,
)


def _principals_exist(creation: Creation) -> None:
    text, account = creation.get("policy"), creation.session.account
    for statement in at(json.loads(text), "Statement") if text else []:
        principal = statement.get("Principal", {})
        for name in at(principal, "AWS") if is_map(principal) else []:
            if str(name).startswith(f"arn:aws:iam::{account}:role/"):
                role = creation.find("aws:iam/role:Role", name, ("arn",))
                if role is None or role.phase:
                    creation.refuse(_NO_PRINCIPAL, due=role.due if role else 0)


def _key(creation: Creation) -> Mapping[str, Any]:
    rotation = 365 if creation.get("enableKeyRotation") else 0
    return {
        "keyId": creation.id,
        "policy": creation.get("policy") or _default_policy(creation),
        "rotationPeriodInDays": creation.get("rotationPeriodInDays", rotation),
    }


def _alias(creation: Creation) -> Mapping[str, Any]:
    key = creation.find(KEY, creation.get("targetKeyId"), KEY_NAMES)
    return {"targetKeyArn": key.outputs["arn"] if key else "", "targetKeyId": key.id if key else ""}


def _secret_arn(creation: Creation) -> str:
    return creation.arn(_SECRET_ARN) + creation.hex(6, "suffix")


def _version(creation: Creation) -> Mapping[str, Any]:
    return {
        "arn": creation.get("secretId"),
        "secretArn": creation.get("secretId"),
        "versionId": _uuid(creation),
        "versionStages": creation.get("versionStages", ["AWSCURRENT"]),
    }


def _public_policy(creation: Creation) -> None:
    if not creation.get("blockPublicPolicy"):
        return
    for statement in at(json.loads(creation.get("policy")), "Statement"):
        principal = statement.get("Principal", {})
        wide = principal == "*" or (is_map(principal) and "*" in at(principal, "AWS"))
        if statement.get("Effect") == "Allow" and wide and not statement.get("Condition"):
            raise AwsError("PublicPolicyException", "The resource policy allows broad access to the secret.")


_POLICY: Final = valid_policy(32768, principal=True)
_SECRET_REF: Final = Refusal("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")

TYPES: Final = (
    ResourceType(
        KEY,
        "KMS",
        "Key",
        _uuid,
        arn="arn:{partition}:kms:{region}:{account}:key/{id}",
        delete="ScheduleKeyDeletion",
        validate={"policy": _POLICY, "deletionWindowInDays": between(7, 30), "rotationPeriodInDays": between(90, 2560)},
        checks=(_principals_exist, _no_lockout),
        computed=_key,
        not_found=Refusal("NotFoundException", "Key '{value}' does not exist"),
        replace=frozenset({"customerMasterKeySpec", "keyUsage", "multiRegion", "customKeyStoreId"}),
        autoname="-",
    ),
    ResourceType(
        ALIAS,
        "KMS",
        "Alias",
        lambda c: c.get("name"),
        arn="arn:{partition}:kms:{region}:{account}:{name}",
        references=(Reference("targetKeyId", KEY, by=KEY_NAMES, blocks=False),),
        unique=(Unique(("name",), Refusal("AlreadyExistsException", "An alias with the name {name} already exists")),),
        validate={
            "name": matching(
                r"alias/(?!aws/)[a-zA-Z0-9/_-]{1,250}",
                'begins with "alias/", not "alias/aws/", then letters, digits, /_-',
            )
        },
        computed=_alias,
        not_found=Refusal("NotFoundException", "Alias {value} is not found."),
        replace=frozenset({"name"}),
        update=frozenset({"targetKeyId"}),
    ),
    ResourceType(
        SECRET,
        "Secrets Manager",
        "Secret",
        _secret_arn,
        cloudformation="AWS::SecretsManager::Secret",
        references=(key_reference("kmsKeyId"),),
        unique=(
            Unique(
                ("name",),
                Refusal("ResourceExistsException", "The operation failed because the secret {name} already exists."),
                leaving=Refusal(
                    "InvalidRequestException",
                    "You can't create this secret because a secret with this name is already scheduled for deletion.",
                ),
            ),
        ),
        validate={
            "name": matching(r"[A-Za-z0-9/_+=.@-]{1,512}", "letters, digits and /_+=.@-"),
            "policy": valid_policy(20480, principal=True),
            "recoveryWindowInDays": lambda _path, value: (
                None if value == 0 or 7 <= value <= 30 else f"must be 0 between 7 and 30, got {value}"
            ),
        },
        computed=lambda c: {"arn": c.id, "policy": c.get("policy", "")},
        not_found=_SECRET_REF,
        replace=frozenset({"name"}),
    ),
    ResourceType(
        "aws:secretsmanager/secretVersion:SecretVersion",
        "Secrets Manager",
        "Secret Version",
        lambda c: f"{c.get('secretId')}|{_uuid(c)}",
        create="PutSecretValue",
        references=(Reference("secretId", SECRET, by=("id", "name"), blocks=False),),
        computed=_version,
        replace=frozenset({"secretId", "secretBinary", "secretString"}),
    ),
    ResourceType(
        "aws:secretsmanager/secretPolicy:SecretPolicy",
        "Secrets Manager",
        "Secret Policy",
        lambda c: c.get("secretArn"),
        create="PutResourcePolicy",
        delete="DeleteResourcePolicy",
        references=(Reference("secretArn", SECRET, by=("id",), blocks=False),),
        validate={"policy": valid_policy(20480, principal=True)},
        checks=(_public_policy,),
        replace=frozenset({"secretArn"}),
    ),
)
