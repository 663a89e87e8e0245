"""The calls of the other services that moto has: IAM, KMS, S3, logs, secrets, parameters, containers, directories."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from simulator.emulator import drift
from simulator.emulator.model import Emulated, Step, picked, step, tag_list
from simulator.model import Values
from simulator.types import containers, identity, keys, observability, storage, systems

if TYPE_CHECKING:
    from simulator.creation import Creation


def _plus_tags(parameters: Step, key: str = "Tags") -> Step:
    """Add the object's tags to a call, where it has any."""

    def tagged(creation: Creation) -> Values | None:
        values, tags = parameters.parameters(creation), tag_list(creation)
        return {**values, key: tags} if values is not None and tags else values

    return Step(parameters.operation, tagged, parameters.service)


def _role_profile(creation: Creation) -> Values | None:
    role = creation.get("role")
    return {"InstanceProfileName": creation.id, "RoleName": role} if role and creation.old is None else None


def _no_role_profile(creation: Creation) -> Values | None:
    return {"InstanceProfileName": creation.id, "RoleName": creation.get("role")} if creation.get("role") else None


def _rotation(creation: Creation) -> Values | None:
    return {"KeyId": creation.id} if creation.get("enableKeyRotation") else None


def _bucket(creation: Creation) -> Values:
    values: Values = {"Bucket": creation.get("bucket")}
    if creation.get("objectLockEnabled"):
        values["ObjectLockEnabledForBucket"] = True
    place = (
        {} if creation.region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": creation.region}}
    )
    return values | place


def _versioning(creation: Creation) -> Values:
    status = creation.get("versioningConfiguration", {}).get("status", "Suspended")
    return {
        "Bucket": creation.get("bucket"),
        "VersioningConfiguration": {"Status": status if status != "Disabled" else "Suspended"},
    }


def _access_block(creation: Creation) -> Values:
    names = {
        "BlockPublicAcls": "blockPublicAcls",
        "IgnorePublicAcls": "ignorePublicAcls",
        "BlockPublicPolicy": "blockPublicPolicy",
        "RestrictPublicBuckets": "restrictPublicBuckets",
    }
    return {
        "Bucket": creation.get("bucket"),
        "PublicAccessBlockConfiguration": {name: bool(creation.get(field, False)) for name, field in names.items()},
    }


def _encryption(creation: Creation) -> Values:
    rules: list[Values] = []
    for rule in creation.get("rules", []):
        given = rule.get("applyServerSideEncryptionByDefault", {})
        default = {"SSEAlgorithm": given.get("sseAlgorithm", "AES256")}
        default |= {"KMSMasterKeyID": given["kmsMasterKeyId"]} if given.get("kmsMasterKeyId") else {}
        rules.append(
            {
                "ApplyServerSideEncryptionByDefault": default,
                "BucketKeyEnabled": bool(rule.get("bucketKeyEnabled", False)),
            }
        )
    return {"Bucket": creation.get("bucket"), "ServerSideEncryptionConfiguration": {"Rules": rules}}


def _ownership(creation: Creation) -> Values:
    rule = {"ObjectOwnership": creation.get("rule", {}).get("objectOwnership")}
    return {"Bucket": creation.get("bucket"), "OwnershipControls": {"Rules": [rule]}}


def _of_bucket(operation: str) -> tuple[Step, ...]:
    return (step(operation, Bucket="bucket"),)


def _retention(creation: Creation) -> Values | None:
    days = creation.get("retentionInDays", 0)
    return {"logGroupName": creation.id, "retentionInDays": days} if days else None


def _parameter(creation: Creation) -> Values:
    values = picked(Name="name", Type="type", Description="description", KeyId="keyId", Tier="tier")(creation)
    return values | {
        "Value": creation.get("value") or creation.get("insecureValue") or "-",
        "Overwrite": creation.old is not None,
    }


def _secret_value(creation: Creation) -> Values:
    return picked(SecretId="secretId", SecretString="secretString")(creation)


def _task(creation: Creation) -> Values:
    values = picked(
        family="family",
        networkMode="networkMode",
        cpu="cpu",
        memory="memory",
        executionRoleArn="executionRoleArn",
        taskRoleArn="taskRoleArn",
        requiresCompatibilities="requiresCompatibilities",
    )(creation)
    return values | {"containerDefinitions": json.loads(creation.get("containerDefinitions"))}


def _cluster(creation: Creation) -> Values:
    settings = [{"name": item["name"], "value": item["value"]} for item in creation.get("settings", [])]
    return {"clusterName": creation.get("name"), **({"settings": settings} if settings else {})}


ENTRIES: Final = (
    Emulated(
        identity.ROLE,
        "iam",
        _plus_tags(
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
        delete=(Step("delete_secret", lambda c: {"SecretId": c.id, "ForceDeleteWithoutRecovery": True}),),
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
        storage.BUCKET,
        "s3",
        Step("create_bucket", _bucket),
        delete=_of_bucket("delete_bucket"),
        alive=step("head_bucket", Bucket="bucket"),
    ),
    Emulated(
        storage.VERSIONING,
        "s3",
        Step("put_bucket_versioning", _versioning),
        update=(Step("put_bucket_versioning", _versioning),),
    ),
    Emulated(
        storage.ACCESS_BLOCK,
        "s3",
        Step("put_public_access_block", _access_block),
        update=(Step("put_public_access_block", _access_block),),
        delete=_of_bucket("delete_public_access_block"),
    ),
    Emulated(
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        "s3",
        Step("put_bucket_encryption", _encryption),
        update=(Step("put_bucket_encryption", _encryption),),
        delete=_of_bucket("delete_bucket_encryption"),
    ),
    Emulated(
        "aws:s3/bucketPolicy:BucketPolicy",
        "s3",
        step("put_bucket_policy", Bucket="bucket", Policy="policy"),
        update=(step("put_bucket_policy", Bucket="bucket", Policy="policy"),),
        delete=_of_bucket("delete_bucket_policy"),
        alive=step("get_bucket_policy", Bucket="bucket"),
    ),
    Emulated(
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        "s3",
        Step("put_bucket_ownership_controls", _ownership),
        delete=_of_bucket("delete_bucket_ownership_controls"),
    ),
    Emulated(
        observability.LOG_GROUP,
        "logs",
        step("create_log_group", logGroupName="name", kmsKeyId="kmsKeyId"),
        then=(Step("put_retention_policy", _retention),),
        delete=(step("delete_log_group", logGroupName="@id"),),
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
    Emulated(
        containers.REPOSITORY,
        "ecr",
        step("create_repository", repositoryName="name", imageTagMutability="imageTagMutability"),
        delete=(Step("delete_repository", lambda c: {"repositoryName": c.id, "force": True}),),
        alive=Step("describe_repositories", lambda c: {"repositoryNames": [c.id]}),
    ),
    Emulated(
        containers.CLUSTER,
        "ecs",
        Step("create_cluster", _cluster),
        delete=(Step("delete_cluster", lambda c: {"cluster": c.get("name")}),),
    ),
    Emulated(
        containers.TASK,
        "ecs",
        Step("register_task_definition", _task),
        outputs={"arn": "taskDefinition.taskDefinitionArn", "revision": "taskDefinition.revision"},
        delete=(Step("deregister_task_definition", lambda c: {"taskDefinition": c.outputs["arn"]}),),
    ),
)
