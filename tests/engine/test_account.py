"""The engine with the simulated account, on a small network: the whole life of a stack, interruptions and faults."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.engine.processes import mentioning
from tools.engine.recovery import left_behind
from tools.engine.workspace import Workspace

OpenStack = Callable[..., Workspace]
RESOURCES = 7  # five of AWS, the provider and the stack
AWS_RESOURCES = 5


def kinds(workspace: Workspace) -> Counter[str]:
    return Counter(item["type"] for item in workspace.account_contents())


def deployed(workspace: Workspace) -> list[dict[str, object]]:
    return [
        item for item in workspace.export()["deployment"].get("resources", []) if str(item["type"]).startswith("aws:")
    ]


@pytest.fixture
def network(open_stack: OpenStack) -> Workspace:
    return open_stack("network")


def test_the_life_of_a_stack(network: Workspace) -> None:
    assert network.preview_changes() == {"create": RESOURCES}
    assert kinds(network) == {}, "a preview makes nothing"
    up = network.up()
    assert up.code == 0, up.output
    assert kinds(network).total() == AWS_RESOURCES
    assert network.preview_changes() == {"same": RESOURCES}
    assert network.refresh("--expect-no-changes").code == 0
    destroy = network.destroy()
    assert destroy.code == 0, destroy.output
    assert kinds(network) == {}
    assert deployed(network) == []


def test_a_run_leaves_neither_the_account_nor_the_engine_running(network: Workspace) -> None:
    assert network.preview().code == 0
    assert mentioning(str(network.folder)) == []


def test_the_checkout_is_not_written_to(bare: Workspace) -> None:
    before = {path: path.read_bytes() for path in bare.program.rglob("*") if path.is_file()}
    assert bare.up("--skip-preview").code == 0
    after = {path: path.read_bytes() for path in bare.program.rglob("*") if path.is_file()}
    assert {path: after[path] for path in after if "__pycache__" not in path.parts} == before


def test_protected_resources_go_too(open_stack: OpenStack) -> None:
    network = replace(open_stack("network", protect="true"), apis=False)
    assert network.up("--skip-preview").code == 0
    assert [item["type"] for item in deployed(network) if item.get("protect")] == ["aws:ec2/vpc:Vpc"]
    assert network.destroy().code == 0
    assert kinds(network) == {}


@pytest.fixture
def bare(network: Workspace) -> Workspace:
    """Without AWS's APIs behind the account: what the engine does after a failure is the same, and faster."""
    return replace(network, apis=False)


def with_faults(workspace: Workspace, **plan: object) -> Workspace:
    workspace.folder.mkdir(parents=True, exist_ok=True)
    path = workspace.folder / "faults.json"
    path.write_text(json.dumps(plan))
    return replace(workspace, faults=path)


def test_an_answer_lost_after_the_create_took_effect_is_made_good_by_the_next_run(
    bare: Workspace, capfd: pytest.CaptureFixture[str]
) -> None:
    fault = {"on": "create", "at": 3, "kind": "timeout", "after_effect": True}
    failed = with_faults(bare, faults=[fault]).up("--skip-preview")
    assert failed.code != 0
    (lost,) = left_behind(bare.export()["deployment"], bare.account_contents())
    second = bare.up("--skip-preview")
    assert second.code == 0, second.output
    told = capfd.readouterr().err
    assert f"pulumi import {lost['type']} NAME {lost['id']}" in told
    assert kinds(bare).total() == AWS_RESOURCES
    assert bare.preview_changes() == {"same": RESOURCES}


def test_a_state_file_cut_off_while_it_was_written_is_taken_from_the_copy_before(bare: Workspace) -> None:
    assert bare.up("--skip-preview").code == 0
    file = bare.backend / ".pulumi" / "stacks" / bare.project / "dev.json"
    file.write_bytes(file.read_bytes()[:200])
    second = bare.up("--skip-preview")
    assert second.code == 0, second.output
    assert kinds(bare).total() == AWS_RESOURCES
    assert bare.preview_changes() == {"same": RESOURCES}


def test_two_stacks_run_at_once_without_meeting(bare: Workspace) -> None:
    other = replace(bare, folder=bare.folder.with_name("other"))
    running: list[str] = []

    def run_the_other(process: subprocess.Popen[bytes]) -> None:
        running.append(str(process.pid))
        assert other.up("--skip-preview").code == 0

    assert bare.capture(bare.operation_arguments("up", "--skip-preview"), watch=run_the_other).code == 0
    assert kinds(bare).total() == kinds(other).total() == AWS_RESOURCES
    assert other.destroy().code == 0
    assert kinds(bare).total() == AWS_RESOURCES
