"""The calls of IAM, KMS, Secrets Manager and Systems Manager."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from simulator.emulator import drift
from simulator.emulator.model import Emulated, Step, picked, plus_tags, several, step
from simulator.model import Values
from simulator.types import identity, keys, systems

if TYPE_CHECKING:
    from simulator.creation import Creation


def _before(creation: Creation, field: str) -> list[Any]:
    before: Values = creation.old.inputs if creation.old else {}
    return before.get(field) or []


def _unattached(creation: Creation) -> Iterator[Values]:
    kept: list[str] = creation.get("managedPolicyArns", [])
    for arn in _before(creation, "managedPolicyArns"):
        if arn not in kept:
            yield {"RoleName": creation.id, "PolicyArn": arn}


def _attached(creation: Creation) -> Iterator[Values]:
    had = _before(creation, "managedPolicyArns")
    for arn in creation.get("managedPolicyArns", []):
        if arn not in had:
            yield {"RoleName": creation.id, "PolicyArn": arn}


def _unwritten(creation: Creation) -> Iterator[Values]:
    kept = {item.get("name") for item in creation.get("inlinePolicies", [])}
    for item in _before(creation, "inlinePolicies"):
        if item.get("name") and item["name"] not in kept:
            yield {"RoleName": creation.id, "PolicyName": item["name"]}


def _written(creation: Creation) -> Iterator[Values]:
    for item in creation.get("inlinePolicies", []):
        if item.get("name") and item.get("policy") and item not in _before(creation, "inlinePolicies"):
            yield {"RoleName": creation.id, "PolicyName": item["name"], "PolicyDocument": item["policy"]}


def _role_profile(creation: Creation) -> Values | None:
    role = creation.get("role")
    return {"InstanceProfileName": creation.id, "RoleName": role} if role and creation.old is None else None


def _no_role_profile(creation: Creation) -> Values | None:
    return {"InstanceProfileName": creation.id, "RoleName": creation.get("role")} if creation.get("role") else None


def _rotation(creation: Creation) -> Values | None:
    return {"KeyId": creation.id} if creation.get("enableKeyRotation") else None


def _parameter(creation: Creation) -> Values:
    values = picked(Name="name", Type="type", Description="description", KeyId="keyId", Tier="tier")(creation)
    return values | {
        "Value": creation.get("value") or creation.get("insecureValue") or "-",
        "Overwrite": creation.old is not None,
    }


def _secret_value(creation: Creation) -> Values:
    return picked(SecretId="secretId", SecretString="secretString")(creation)


def _deleted_secret(creation: Creation) -> Values:
    days = creation.get("recoveryWindowInDays", 30)
    kept = {"RecoveryWindowInDays": int(days)} if days else {"ForceDeleteWithoutRecovery": True}
    return {"SecretId": creation.id, **kept}


ENTRIES: Final = (
    Emulated(
        identity.ROLE,
        "iam",
        plus_tags(
            step(
                "create_role",
                RoleName="name",
                AssumeRolePolicyDocument="assumeRolePolicy",
                Path="path",
                PermissionsBoundary="permissionsBoundary",
                Description="description",
                MaxSessionDuration="maxSessionDuration",
            )
        ),
        foreign=drift.role_policies,
        outputs={"uniqueId": "Role.RoleId"},
        then=(
            several("detach_role_policy", _unattached),
            several("attach_role_policy", _attached),
            several("delete_role_policy", _unwritten),
            several("put_role_policy", _written),
        ),
        update=(step("update_assume_role_policy", RoleName="@id", PolicyDocument="assumeRolePolicy"),),
        delete=(step("delete_role", RoleName="@id"),),
        alive=step("get_role", RoleName="@id"),
    ),
    Emulated(
        identity.INLINE,
        "iam",
        step("put_role_policy", RoleName="role", PolicyName="name", PolicyDocument="policy"),
        update=(step("put_role_policy", RoleName="role", PolicyName="name", PolicyDocument="policy"),),
        delete=(step("delete_role_policy", RoleName="role", PolicyName="name"),),
        alive=step("get_role_policy", RoleName="role", PolicyName="name"),
    ),
    Emulated(
        identity.ATTACHMENT,
        "iam",
        step("attach_role_policy", RoleName="role", PolicyArn="policyArn"),
        delete=(step("detach_role_policy", RoleName="role", PolicyArn="policyArn"),),
    ),
    Emulated(
        identity.POLICY,
        "iam",
        step("create_policy", PolicyName="name", PolicyDocument="policy", Path="path", Description="description"),
        outputs={"policyId": "Policy.PolicyId"},
        update=(
            Step(
                "create_policy_version",
                lambda c: {"PolicyArn": c.id, "PolicyDocument": c.get("policy"), "SetAsDefault": True},
            ),
        ),
        delete=(step("delete_policy", PolicyArn="@id"),),
        alive=step("get_policy", PolicyArn="@id"),
    ),
    Emulated(
        identity.PROFILE,
        "iam",
        step("create_instance_profile", InstanceProfileName="name", Path="path"),
        then=(Step("add_role_to_instance_profile", _role_profile),),
        delete=(
            Step("remove_role_from_instance_profile", _no_role_profile),
            step("delete_instance_profile", InstanceProfileName="@id"),
        ),
        alive=step("get_instance_profile", InstanceProfileName="@id"),
    ),
    Emulated(
        keys.KEY,
        "kms",
        step(
            "create_key",
            Policy="policy",
            Description="description",
            KeyUsage="keyUsage",
            KeySpec="customerMasterKeySpec",
            MultiRegion="multiRegion",
        ),
        "KeyMetadata.KeyId",
        then=(Step("enable_key_rotation", _rotation),),
        update=(
            Step("put_key_policy", lambda c: {"KeyId": c.id, "PolicyName": "default", "Policy": c.outputs["policy"]}),
        ),
        delete=(
            Step(
                "schedule_key_deletion",
                lambda c: {"KeyId": c.id, "PendingWindowInDays": c.get("deletionWindowInDays", 30)},
            ),
        ),
    ),
    Emulated(
        keys.ALIAS,
        "kms",
        step("create_alias", AliasName="name", TargetKeyId="targetKeyId"),
        update=(step("update_alias", AliasName="name", TargetKeyId="targetKeyId"),),
        delete=(step("delete_alias", AliasName="name"),),
    ),
    Emulated(
        keys.SECRET,
        "secretsmanager",
        step("create_secret", Name="name", Description="description", KmsKeyId="kmsKeyId"),
        "ARN",
        delete=(Step("delete_secret", _deleted_secret),),
        alive=step("describe_secret", SecretId="@id"),
    ),
    Emulated(
        "aws:secretsmanager/secretVersion:SecretVersion", "secretsmanager", Step("put_secret_value", _secret_value)
    ),
    Emulated(
        "aws:secretsmanager/secretPolicy:SecretPolicy",
        "secretsmanager",
        step("put_resource_policy", SecretId="secretArn", ResourcePolicy="policy"),
        update=(step("put_resource_policy", SecretId="secretArn", ResourcePolicy="policy"),),
        delete=(step("delete_resource_policy", SecretId="secretArn"),),
    ),
    Emulated(
        systems.PARAMETER,
        "ssm",
        Step("put_parameter", _parameter),
        update=(Step("put_parameter", _parameter),),
        delete=(step("delete_parameter", Name="@id"),),
        alive=step("get_parameter", Name="@id"),
    ),
    Emulated(
        systems.DOCUMENT,
        "ssm",
        step(
            "create_document",
            Content="content",
            Name="name",
            DocumentType="documentType",
            DocumentFormat="documentFormat",
        ),
        delete=(step("delete_document", Name="@id"),),
        alive=step("describe_document", Name="@id"),
    ),
)
