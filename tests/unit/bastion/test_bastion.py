"""The bastion: nobody connects to it but through Session Manager, and every session is encrypted, logged and ended."""

from __future__ import annotations

import json
from dataclasses import replace

import pulumi
import pytest

from components.bastion.bastion import Bastion, BastionArgs
from components.bastion.plan import BastionPlan, plan_bastion
from components.evidence.log_group import LogGroups
from components.iam.boundary import boundary_policy
from components.iam.place import Place
from components.settings import Settings
from components.tags import Tags
from tests.support.component import build
from tests.support.recorder import UNKNOWN, Recording


@pytest.fixture(scope="module")
def plan(settings: Settings, place: Place) -> BastionPlan:
    return plan_bastion(settings, place)


def made(plan: BastionPlan, settings: Settings, place: Place, stack: str) -> Recording:
    tags = Tags(settings.environment, settings.owner, settings.cost_center)

    def program(opts: pulumi.ResourceOptions) -> None:
        args = BastionArgs(
            place=place,
            tags=tags,
            plan=plan,
            subnet_id="subnet-1",
            group_id="sg-bastion",
            key_arn="arn:aws:kms:ap-northeast-1:111122223333:key/1",
            boundary_arn="arn:aws:iam::111122223333:policy/boundary",
            logs=LogGroups(place=place, tags=tags, key_arn="key", retention_days=30),
            ready=[],
        )
        Bastion("bastion", args, opts)

    return build(program, stack)


@pytest.fixture(scope="module")
def bastion(plan: BastionPlan, settings: Settings, place: Place, stack: str) -> Recording:
    return made(plan, settings, place, stack)


def test_the_host_has_no_key_pair_and_no_public_address(bastion: Recording) -> None:
    (host,) = bastion.of("aws:ec2/instance:Instance")
    assert "keyName" not in host.inputs
    assert host.inputs["associatePublicIpAddress"] is False
    assert host.inputs["getPasswordData"] is False
    assert host.inputs["vpcSecurityGroupIds"] == ["sg-bastion"]
    assert "userData" not in host.inputs


def test_the_host_asks_for_metadata_tokens_that_do_not_leave_it(bastion: Recording) -> None:
    (host,) = bastion.of("aws:ec2/instance:Instance")
    assert host.inputs["metadataOptions"]["httpTokens"] == "required"
    assert host.inputs["metadataOptions"]["httpPutResponseHopLimit"] == 1


def test_its_volume_is_encrypted_with_the_stacks_key_and_tagged(bastion: Recording) -> None:
    (host,) = bastion.of("aws:ec2/instance:Instance")
    assert host.inputs["rootBlockDevice"]["encrypted"] is True
    assert host.inputs["rootBlockDevice"]["kmsKeyId"].startswith("arn:aws:kms:")
    assert host.inputs["rootBlockDevice"]["tags"]["Zone"] == "bastion"


def test_the_host_starts_when_its_role_is_complete(bastion: Recording) -> None:
    (host,) = bastion.of("aws:ec2/instance:Instance")
    rights = bastion.of("aws:iam/rolePolicyAttachment:RolePolicyAttachment") + bastion.of(
        "aws:iam/rolePolicy:RolePolicy"
    )
    assert len(rights) == 2
    assert {item.urn for item in rights} <= set(host.depends_on)


def test_the_role_is_bounded(bastion: Recording) -> None:
    (role,) = bastion.of("aws:iam/role:Role")
    assert role.inputs["permissionsBoundary"].endswith("policy/boundary")


def test_a_newer_image_of_aws_does_not_replace_the_host(bastion: Recording) -> None:
    (host,) = bastion.of("aws:ec2/instance:Instance")
    assert host.ignore_changes == ("ami",)
    assert host.inputs["ami"] == "ami-0123456789abcdef0"


def test_a_pinned_image_is_used_and_its_change_is_a_change(
    plan: BastionPlan, settings: Settings, place: Place, stack: str
) -> None:
    pinned = made(replace(plan, ami="ami-0fedcba9876543210"), settings, place, stack)
    (host,) = pinned.of("aws:ec2/instance:Instance")
    assert host.inputs["ami"] == "ami-0fedcba9876543210"
    assert host.ignore_changes == ()
    assert pinned.calls == []


def test_sessions_are_encrypted_logged_twice_and_end(bastion: Recording, settings: Settings, place: Place) -> None:
    (document,) = bastion.of("aws:ssm/document:Document")
    assert document.inputs["name"] == "SSM-SessionManagerRunShell"
    assert document.inputs["documentType"] == "Session"
    content = json.loads(document.inputs["content"])
    assert content["sessionType"] == "Standard_Stream"
    inputs = content["inputs"]
    assert inputs["kmsKeyId"].endswith(place.key_alias)
    assert inputs["s3BucketName"] == place.log_bucket
    assert inputs["s3EncryptionEnabled"] is inputs["cloudWatchEncryptionEnabled"] is True
    (group,) = bastion.of("aws:cloudwatch/logGroup:LogGroup")
    assert inputs["cloudWatchLogGroupName"] == group.inputs["name"]
    assert inputs["idleSessionTimeout"] == str(settings.bastion.idle_minutes)
    assert inputs["maxSessionDuration"] == str(settings.bastion.max_session_minutes)
    assert inputs["runAsEnabled"] is False


def test_no_document_is_opaque_at_preview(bastion: Recording) -> None:
    for item in bastion.registrations:
        for key in ("policy", "assumeRolePolicy", "content"):
            assert UNKNOWN not in str(item.inputs.get(key, ""))


def test_the_hosts_own_rights_fit_into_the_boundary(plan: BastionPlan, place: Place) -> None:
    """An action that the boundary does not name would be granted in vain."""
    allowed = {a for s in boundary_policy(place).statements if s.effect == "Allow" for a in s.actions}
    wanted = {action for statement in plan.permissions.statements for action in statement.actions}
    assert wanted <= allowed


def test_nothing_but_lookups_and_the_named_key_is_granted_on_everything(plan: BastionPlan) -> None:
    for statement in plan.permissions.statements:
        if "*" in statement.resources:
            assert all(action.startswith("logs:Describe") for action in statement.actions)
        if any(action.startswith("kms:") for action in statement.actions):
            assert [condition.key for condition in statement.conditions] == ["kms:ResourceAliases"]
