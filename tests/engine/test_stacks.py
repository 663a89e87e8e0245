"""Both stacks of the program through the real engine: deployed under the guard, kept, deleted, interrupted, failing."""

from __future__ import annotations

import json
import signal
import subprocess
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.conftest import DEPLOYMENTS, Deployed
from tests.engine.processes import eventually, mentioning
from tools.engine.binary import Engine
from tools.engine.cli import open_workspace
from tools.engine.layout import Layout
from tools.engine.workspace import Workspace

STACKS = ("dev", "prod")
OpenRoom = Callable[[str], Workspace]


@pytest.fixture
def open_room(tmp_path: Path, engine: Engine, layout: Layout) -> OpenRoom:
    """The program of this checkout, its guard included, in an account of the test's own."""
    return lambda stack: open_workspace(layout, stack, folder=tmp_path / "stack")


def ungated(workspace: Workspace) -> Workspace:
    """Without the guard, which other tests watch: interruptions and faults concern the engine and the program."""
    return replace(workspace, policy_pack=None, policy_config=None)


def in_account(workspace: Workspace) -> Counter[tuple[str, str]]:
    return Counter((item["type"], item["id"]) for item in workspace.account_contents())


def in_state(workspace: Workspace) -> Counter[tuple[str, str]]:
    resources = workspace.export()["deployment"].get("resources", [])
    return Counter((item["type"], item["id"]) for item in resources if item["type"].startswith("aws:"))


def recorded(workspace: Workspace) -> int:
    """How many resources the engine has recorded so far, read while it runs; 0 while the file is being written."""
    file = workspace.backend / ".pulumi" / "stacks" / workspace.project / f"{workspace.stack}.json"
    try:
        return len(json.loads(file.read_text())["checkpoint"]["latest"]["resources"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0


@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_is_deployed_under_the_guard_stays_the_same_and_is_deleted(deployed: Deployed, stack: str) -> None:
    room = deployed(stack)
    assert room.policy_pack is not None
    assert in_account(room) == in_state(room)
    assert in_account(room).total() > 100
    assert set(room.preview_changes()) == {"same"}
    refresh = room.refresh("--expect-no-changes")
    assert refresh.code == 0, refresh.output
    destroy = room.destroy()
    assert destroy.code == 0, destroy.output
    assert in_account(room) == Counter()
    assert in_state(room) == Counter()
    # What AWS keeps for a while: the key, and production's secret with the directory's password.
    left = [item["type"] for item in room.awaiting_deletion()]
    assert left == ["aws:kms/key:Key", *(["aws:secretsmanager/secret:Secret"] if stack == "prod" else [])]


def test_stacks_and_developers_deploy_at_the_same_time_without_meeting(deployed: Deployed) -> None:
    """Three engines deployed at once, in folders of their own: each account holds what its own state knows."""
    mine, production, another = (deployed(name) for name in DEPLOYMENTS)
    assert {name: room.account_number() for name, room in (("mine", mine), ("production", production))} == {
        "mine": "111122223333",
        "production": "444455556666",
    }
    for room in (mine, production, another):
        assert in_account(room) == in_state(room)
        assert in_account(room).total() > 100
    # Ids follow from the account's number and the names, so two developers' accounts are alike, and yet two.
    assert in_account(another) == in_account(mine)
    assert not {held for held in in_account(mine) if held[1].startswith("vpc-")} & in_account(production).keys()


@pytest.mark.parametrize(("stack", "number"), [("dev", signal.SIGKILL), ("prod", signal.SIGINT)])
def test_a_deployment_interrupted_halfway_is_finished_by_the_next(
    open_room: OpenRoom, stack: str, number: signal.Signals
) -> None:
    room = ungated(open_room(stack))

    def interrupt(process: subprocess.Popen[bytes]) -> None:
        eventually(lambda: recorded(room) > 100 or process.poll() is not None, "half of the stack is recorded")
        process.send_signal(number)

    interrupted = room.capture(room.operation_arguments("up", "--skip-preview"), watch=interrupt)
    assert interrupted.code != 0, interrupted.output
    eventually(lambda: not mentioning(str(room.folder)), "nothing of the interrupted run is left running")
    room = replace(room, checkpoints=False)
    second = room.up("--skip-preview")
    assert second.code == 0, second.output
    assert set(room.preview_changes()) == {"same"}
    assert in_account(room) == in_state(room)
    assert room.destroy().code == 0
    assert in_account(room) == Counter()
