"""The whole program: what every resource of both stacks has, whatever it is."""

from __future__ import annotations

import inspect
import json
import re
from collections import Counter
from typing import Any

import pulumi
import pulumi_aws
import pytest

from tests.support.recorder import UNKNOWN, Recording, Registration, record, stack_config

TAGS = {"Name", "Project", "Environment", "Owner", "CostCenter", "ManagedBy"}
DOCUMENTS = ("policy", "assumeRolePolicy", "policyDocument", "content", "containerDefinitions")
SECRET_KEY = "4dabf18193072939515e22adb298388d"  # the key that marks a secret's envelope on the wire


def custom(recording: Recording) -> list[Registration]:
    return [item for item in recording.registrations if item.type.startswith("aws:")]


def taggable(type_: str) -> bool:
    """Whether the class of that resource takes tags."""
    module, name = type_.split(":")[1].split("/", maxsplit=1)[0], type_.rsplit(":", maxsplit=1)[-1]
    class_ = getattr(getattr(pulumi_aws, module), name)
    return "tags" in inspect.signature(class_._internal_init).parameters


def test_every_resource_has_its_own_urn(recording: Recording) -> None:
    assert [urn for urn, times in Counter(item.urn for item in recording.registrations).items() if times > 1] == []


def test_every_resource_has_the_explicit_provider(recording: Recording) -> None:
    (provider,) = recording.of("pulumi:providers:aws")
    assert {item.provider.rsplit("::", 1)[0] for item in custom(recording)} == {provider.urn}


def test_the_provider_is_bound_to_account_and_region(recording: Recording, stack: str) -> None:
    (provider,) = recording.of("pulumi:providers:aws")
    account = stack_config(stack)["secure-room:account"]
    assert json.loads(provider.inputs["allowedAccountIds"]) == [account["id"]]
    assert provider.inputs["region"] == account["region"]
    roles = json.loads(provider.inputs.get("assumeRoles", "[]"))
    assert [role["roleArn"] for role in roles] == ([account["role_arn"]] if "role_arn" in account else [])


def test_default_providers_are_off(stack: str) -> None:
    assert stack_config(stack)["pulumi:disable-default-providers"] == ["*"]


def test_every_resource_is_a_component_s_child_and_named_after_it(recording: Recording) -> None:
    by_urn = recording.by_urn()
    for item in custom(recording):
        parent = by_urn[item.parent]
        assert parent.type.startswith("secureroom:")
        assert item.name.startswith(f"{parent.name}-")


def test_every_taggable_resource_is_tagged(recording: Recording, stack: str) -> None:
    for item in custom(recording):
        if taggable(item.type):
            tags = item.inputs.get("tags", {})
            assert set(tags) >= TAGS, item.name
            assert (tags["Project"], tags["Environment"]) == ("secure-room", stack)
            assert re.fullmatch(r"[a-z][a-z0-9.-]*-[a-z0-9./-]+", tags["Name"]), tags["Name"]


def test_what_has_a_place_carries_its_zone(recording: Recording) -> None:
    zones = {"desktop", "directory", "proxy", "public", "endpoint", "bastion", "inspection", "production"}
    for type_ in (
        "ec2/subnet:Subnet",
        "ec2/routeTable:RouteTable",
        "ec2/networkAcl:NetworkAcl",
        "ec2/securityGroup:SecurityGroup",
    ):
        found = recording.of(f"aws:{type_}")
        assert found
        assert {item.inputs["tags"]["Zone"] for item in found} <= zones


def test_documents_are_readable_at_preview(preview: Recording) -> None:
    documents = [(item.name, item.inputs[key]) for item in custom(preview) for key in DOCUMENTS if key in item.inputs]
    assert len(documents) > 10
    for name, document in documents:
        assert UNKNOWN not in document, name
        assert json.loads(document), name


def test_only_what_aws_decides_is_unknown_at_preview(preview: Recording, deployed: Recording) -> None:
    after = deployed.by_urn()
    assert set(preview.by_urn()) == set(after)
    for item in preview.registrations:
        known = {key: value for key, value in item.inputs.items() if UNKNOWN not in json.dumps(value)}
        assert {key: after[item.urn].inputs[key] for key in known if key in after[item.urn].inputs} == known, item.name


def test_an_unknown_input_names_where_it_comes_from(preview: Recording) -> None:
    looked_up = {("aws:ec2/instance:Instance", "ami")}
    for item in custom(preview):
        for key, value in item.inputs.items():
            if UNKNOWN in json.dumps(value) and (item.type, key) not in looked_up:
                assert item.property_dependencies.get(key), f"{item.name}.{key}"


def test_what_cannot_be_had_back_is_protected_in_production(recording: Recording, stack: str) -> None:
    kept = ("aws:directoryservice/directory:Directory", "aws:kms/key:Key", "aws:s3/bucket:Bucket")
    for type_ in kept:
        found = recording.of(type_)
        assert found
        assert {item.protect for item in found} == {stack == "prod"}


def test_passwords_are_secrets_on_the_wire(recording: Recording) -> None:
    def secret(value: Any) -> bool:
        return isinstance(value, dict) and SECRET_KEY in value

    (directory,) = recording.of("aws:directoryservice/directory:Directory")
    (version,) = recording.of("aws:secretsmanager/secretVersion:SecretVersion")
    assert secret(directory.inputs["password"])
    assert secret(version.inputs["secretString"])
    (keys,) = [call for token, call in recording.calls if token.endswith("getRandomPassword")]
    assert keys["passwordLength"] >= 16


def test_exports_what_an_operator_needs(recording: Recording) -> None:
    needed = {"registration_code", "proxy_address", "proxy_repository_url", "bastion_id", "session_command"}
    assert needed <= set(recording.exports)


def test_a_stack_without_an_image_says_so_and_starts_no_task() -> None:
    dev = record("dev")
    assert not dev.of("aws:ecs/service:Service")
    assert any(severity == "WARNING" and "no image" in text for severity, text in dev.logs)
    assert record("prod").of("aws:ecs/service:Service")


def test_a_wrong_configuration_registers_nothing_and_says_all() -> None:
    config = stack_config("dev")
    config["secure-room:protect"] = "perhaps"
    config["secure-room:network"]["room_cidr"] = "10.20.0.0/23"
    config["secure-room:netwrok"] = {}
    recording = Recording("dev")
    with pytest.raises(pulumi.RunError) as caught:
        record("dev", config=config, into=recording)
    for key in ("protect = perhaps", "network.room_cidr = 10.20.0.0/23", "netwrok = {}"):
        assert key in str(caught.value)
    assert recording.registrations == []
