"""Creates whose answer was lost: which object of the account is which, and never a guess."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.engine.errors import LauncherError
from tools.engine.mending import mend
from tools.engine.recovery import left_behind, plan_recovery, wanted_creates

VPC = "aws:ec2/vpc:Vpc"


def creating(urn: str, **inputs: object) -> dict[str, object]:
    return {"type": "creating", "resource": {"urn": urn, "type": VPC, "inputs": {"__defaults": [], **inputs}}}


def held(identifier: str, kind: str = VPC, **inputs: object) -> dict[str, object]:
    return {"type": kind, "id": identifier, "inputs": inputs}


def test_an_object_that_was_made_is_adopted() -> None:
    deployment = {"resources": [], "pending_operations": [creating("urn:a", cidrBlock="10.0.0.0/16")]}
    recovery = plan_recovery(deployment, [held("vpc-1", cidrBlock="10.0.0.0/16")])
    assert recovery.adopted == {"urn:a": "vpc-1"}
    settled = recovery.settle(deployment)
    assert [(item["urn"], item["id"]) for item in settled["resources"]] == [("urn:a", "vpc-1")]
    assert settled["pending_operations"] == []


def test_a_create_that_never_happened_is_forgotten() -> None:
    deployment = {"resources": [], "pending_operations": [creating("urn:a", cidrBlock="10.0.0.0/16")]}
    recovery = plan_recovery(deployment, [])
    assert recovery.dropped == ("urn:a",)
    assert recovery.settle(deployment) == {"resources": [], "pending_operations": []}


def test_operations_of_another_kind_are_left_to_the_refresh() -> None:
    deleting = {"type": "deleting", "resource": {"urn": "urn:z", "type": VPC, "id": "vpc-9"}}
    deployment = {"resources": [], "pending_operations": [deleting]}
    assert plan_recovery(deployment, []).settle(deployment)["pending_operations"] == [deleting]


def test_an_object_that_the_state_knows_is_never_adopted_a_second_time() -> None:
    deployment = {
        "resources": [{"type": VPC, "id": "vpc-1"}],
        "pending_operations": [creating("urn:b", cidrBlock="10.0.0.0/16")],
    }
    assert plan_recovery(deployment, [held("vpc-1", cidrBlock="10.0.0.0/16")]).dropped == ("urn:b",)


def test_objects_of_one_type_are_told_apart_by_what_they_were_asked_to_be() -> None:
    deployment = {
        "resources": [],
        "pending_operations": [creating("urn:a", cidrBlock="10.0.0.0/16"), creating("urn:b", cidrBlock="10.1.0.0/16")],
    }
    account = [held("vpc-2", cidrBlock="10.1.0.0/16"), held("vpc-1", cidrBlock="10.0.0.0/16")]
    assert plan_recovery(deployment, account).adopted == {"urn:a": "vpc-1", "urn:b": "vpc-2"}


def test_an_object_of_another_type_or_with_nothing_to_compare_is_no_match() -> None:
    deployment = {"resources": [], "pending_operations": [creating("urn:a", cidrBlock="10.0.0.0/16")]}
    account = [held("subnet-1", "aws:ec2/subnet:Subnet", cidrBlock="10.0.0.0/16"), held("vpc-9", instanceTenancy="x")]
    assert plan_recovery(deployment, account).adopted == {}


def test_marks_that_the_engine_puts_into_values_are_not_compared() -> None:
    resource = creating("urn:a", rules=[{"__defaults": ["x"], "id": "expire", "days": 90}])
    deployment = {"resources": [], "pending_operations": [resource]}
    assert plan_recovery(deployment, [held("a", rules=[{"id": "expire", "days": 90.0}])]).adopted == {"urn:a": "a"}
    assert plan_recovery(deployment, [held("a", rules=[{"id": "expire", "days": 91}])]).adopted == {}


def test_secrets_are_not_compared() -> None:
    secret = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:x"}
    deployment = {"resources": [], "pending_operations": [creating("urn:a", secretId="s", secretString=secret)]}
    account = [held("a", secretId="s", secretString="plain"), held("b", secretId="t")]
    assert plan_recovery(deployment, account).adopted == {"urn:a": "a"}


def test_two_objects_that_fit_are_an_error_that_names_both() -> None:
    deployment = {"resources": [], "pending_operations": [creating("urn:a", cidrBlock="10.0.0.0/16")]}
    account = [held("vpc-1", cidrBlock="10.0.0.0/16"), held("vpc-2", cidrBlock="10.0.0.0/16")]
    with pytest.raises(LauncherError, match="vpc-1, vpc-2"):
        plan_recovery(deployment, account)


def test_a_state_without_pending_creates_needs_nothing() -> None:
    recovery = plan_recovery({"resources": [], "pending_operations": None}, [held("vpc-1", cidrBlock="10.0.0.0/16")])
    assert (recovery.adopted, recovery.dropped) == ({}, ())


UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def planned(urn: str, operation: str = "create", **inputs: object) -> dict[str, object]:
    return {"op": operation, "newState": {"urn": urn, "type": VPC, "custom": True, "inputs": inputs}}


def test_what_a_preview_would_create_and_knows_all_of_may_be_what_was_left_behind() -> None:
    steps = [
        planned("urn:a", cidrBlock="10.0.0.0/16"),
        planned("urn:same", "same", cidrBlock="10.1.0.0/16"),
        planned("urn:later", tags={"Of": UNKNOWN}),
    ]
    wanted = wanted_creates(steps)
    assert [item["resource"]["urn"] for item in wanted] == ["urn:a"]
    deployment = {"resources": [], "pending_operations": wanted}
    assert plan_recovery(deployment, [held("vpc-1", cidrBlock="10.0.0.0/16")]).adopted == {"urn:a": "vpc-1"}


def test_generated_names_and_secrets_tell_nothing_of_which_object_is_which() -> None:
    step = planned("urn:a", __defaults=["name"], name="vpc-1a2b3c4", password="[secret]", cidrBlock="10.0.0.0/16")
    (wanted,) = wanted_creates([step])
    assert wanted["resource"]["inputs"] == {"__defaults": ["name"], "cidrBlock": "10.0.0.0/16"}


def test_left_behind_is_what_the_state_does_not_know() -> None:
    account = [held("vpc-1"), held("vpc-2")]
    assert left_behind({"resources": [{"type": VPC, "id": "vpc-1"}]}, account) == [held("vpc-2")]


def test_a_state_file_that_was_cut_off_is_mended_from_the_copy_before(tmp_path: Path) -> None:
    file = tmp_path / "dev.json"
    file.write_text('{"checkpoint": {')
    with pytest.raises(LauncherError, match="no copy"):
        mend(file)
    (tmp_path / "dev.json.bak").write_text('{"checkpoint": {}}')
    mend(file)
    assert file.read_text() == '{"checkpoint": {}}'
