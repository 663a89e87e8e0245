"""Roles, policies and instance profiles (IAM API reference). IAM is one for all regions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from simulator.documents import valid_policy
from simulator.errors import AwsError
from simulator.model import Compute, Reference, Refusal, ResourceType, Unique, at
from simulator.quotas import quota
from simulator.shapes import is_map
from simulator.types.common import AWS_MANAGED, arn_id, between, joined, matching, named

if TYPE_CHECKING:
    from simulator.creation import Creation

ROLE: Final = "aws:iam/role:Role"
POLICY: Final = "aws:iam/policy:Policy"
ATTACHMENT: Final = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
INLINE: Final = "aws:iam/rolePolicy:RolePolicy"
PROFILE: Final = "aws:iam/instanceProfile:InstanceProfile"
_MADE: Final = "2026-01-01T00:00:00Z"
_ROLE_NAME: Final = matching(r"[\w+=,.@-]{1,64}", "1 to 64 letters, digits or +=,.@-_")
_POLICY_NAME: Final = matching(r"[\w+=,.@-]{1,128}", "1 to 128 letters, digits or +=,.@-_")
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
_INLINE_SIZE: Final = 10240


@cache
def _aws_managed() -> frozenset[str]:
    """Give the ARNs of AWS's own policies, from the list that moto carries."""
    listed: Mapping[str, Mapping[str, Any]] = json.loads(
        import_module("moto.iam.aws_managed_policies").aws_managed_policies_data
    )
    return frozenset(f"{AWS_MANAGED[0]}policy{policy['Path']}{name}" for name, policy in listed.items())


def _known_managed(*fields: str) -> Any:
    def check(creation: Creation) -> None:
        for name in fields:
            for arn in at(creation.inputs, name):
                if arn.startswith(AWS_MANAGED) and arn not in _aws_managed():
                    raise AwsError("NoSuchEntity", f"Policy {arn} does not exist or is not attachable.", 404)

    return check


def _attachments(creation: Creation) -> None:
    mine = creation.siblings("role")
    limit = quota(creation.account, "policies-per-role")
    if len(mine) >= limit:
        raise AwsError("LimitExceeded", f"Cannot exceed quota for PoliciesPerRole: {limit}", 409)


def _inline_size(creation: Creation) -> None:
    mine = [o.inputs["policy"] for o in creation.siblings("role")]
    if sum(len("".join(text.split())) for text in [*mine, creation.get("policy")]) > _INLINE_SIZE:
        raise AwsError(
            "LimitExceeded",
            f"Maximum policy size of {_INLINE_SIZE} bytes exceeded for role {creation.get('role')}",
            409,
        )


def _trusted(creation: Creation) -> None:
    """Refuse a trust policy that names a role of this account that does not exist, as IAM does."""
    own = f"arn:aws:iam::{creation.session.account}:role/"
    for statement in at(json.loads(creation.get("assumeRolePolicy")), "Statement"):
        principals = statement.get("Principal", {})
        for arn in at(principals, "AWS") if is_map(principals) else []:
            if str(arn).startswith(own) and creation.find(ROLE, arn, ("arn",)) is None and not _is_self(creation, arn):
                raise AwsError("MalformedPolicyDocument", f'Invalid principal in policy: "AWS":"{arn}"')


def _is_self(creation: Creation, arn: str) -> bool:
    return creation.old is not None and creation.old.outputs.get("arn") == arn


def _entity(prefix: str) -> Compute:
    def compute(creation: Creation) -> Mapping[str, Any]:
        unique = f"{prefix}{creation.hex(17, 'unique').upper()}"
        return {"createDate": _MADE, "uniqueId": unique, "path": creation.get("path", "/")}

    return compute


def _policy(creation: Creation) -> Mapping[str, Any]:
    return {
        "policyId": f"ANPA{creation.hex(17, 'unique').upper()}",
        "attachmentCount": 0,
        "path": creation.get("path", "/"),
    }


def _path_arn(kind: str) -> str:
    return "arn:{partition}:iam::{account}:" + kind + "{path}{name}"


_ROLE_REF: Final = Reference("role", ROLE, by=("id", "name"))
_BOUNDARY: Final = Reference("permissionsBoundary", POLICY, by=("arn",), foreign=AWS_MANAGED)
_EXISTS: Final = "EntityAlreadyExists"

TYPES: Final = (
    ResourceType(
        ROLE,
        "IAM",
        "Role",
        named(),
        arn=_path_arn("role"),
        is_global=True,
        defaults={"path": "/", "maxSessionDuration": 3600},
        references=(_BOUNDARY, Reference("managedPolicyArns", POLICY, by=("arn",), foreign=AWS_MANAGED)),
        unique=(Unique(("name",), Refusal(_EXISTS, "Role with name {name} already exists.", 409)),),
        validate={
            "name": _ROLE_NAME,
            "assumeRolePolicy": valid_policy(2048, principal=True),
            "maxSessionDuration": between(3600, 43200),
            "inlinePolicies.policy": valid_policy(identity=True),
        },
        checks=(_known_managed("managedPolicyArns", "permissionsBoundary"), _trusted),
        computed=_entity("AROA"),
        not_found=Refusal("NoSuchEntity", "The role with name {value} cannot be found.", 404),
        in_use=Refusal("DeleteConflict", "Cannot delete entity, must detach all policies first.", 409),
        replace=frozenset({"name", "namePrefix", "path"}),
    ),
    ResourceType(
        INLINE,
        "IAM",
        "Role Policy",
        joined("role", "name", by=":"),
        create="PutRolePolicy",
        delete="DeleteRolePolicy",
        is_global=True,
        references=(_ROLE_REF,),
        validate={"policy": valid_policy(_INLINE_SIZE, identity=True), "name": _POLICY_NAME},
        checks=(_inline_size,),
        replace=frozenset({"role", "name"}),
    ),
    ResourceType(
        ATTACHMENT,
        "IAM",
        "Role Policy Attachment",
        joined("role", "policyArn"),
        create="AttachRolePolicy",
        delete="DetachRolePolicy",
        is_global=True,
        references=(
            _ROLE_REF,
            Reference(
                "policyArn",
                POLICY,
                by=("arn",),
                foreign=AWS_MANAGED,
                refusal=Refusal("NoSuchEntity", "Policy {value} does not exist or is not attachable.", 404),
            ),
        ),
        checks=(_known_managed("policyArn"), _attachments),
        replace=frozenset({"role", "policyArn"}),
    ),
    ResourceType(
        POLICY,
        "IAM",
        "Policy",
        arn_id(_path_arn("policy")),
        arn=_path_arn("policy"),
        cloudformation="AWS::IAM::ManagedPolicy",
        is_global=True,
        defaults={"path": "/"},
        unique=(
            Unique(
                ("name",),
                Refusal(_EXISTS, "A policy called {name} already exists. Duplicate names are not allowed.", 409),
            ),
        ),
        validate={"policy": valid_policy(6144, identity=True), "name": _POLICY_NAME},
        computed=_policy,
        not_found=Refusal("NoSuchEntity", "Policy {value} does not exist or is not attachable.", 404),
        in_use=Refusal("DeleteConflict", "Cannot delete a policy attached to entities.", 409),
        replace=frozenset({"name", "path", "description"}),
    ),
    ResourceType(
        PROFILE,
        "IAM",
        "Instance Profile",
        named(),
        arn=_path_arn("instance-profile"),
        is_global=True,
        defaults={"path": "/"},
        references=(_ROLE_REF,),
        unique=(Unique(("name",), Refusal(_EXISTS, "Instance Profile {name} already exists.", 409)),),
        computed=_entity("AIPA"),
        not_found=Refusal("NoSuchEntity", "Instance Profile {value} cannot be found.", 404),
        in_use=Refusal("DeleteConflict", "Cannot delete entity, must remove roles from instance profile first.", 409),
        replace=frozenset({"name", "namePrefix", "path"}),
    ),
)
