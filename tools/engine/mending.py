"""Putting a stack right after a run that did not end well: a state file cut off, creates undecided, answers lost."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.engine.console import note
from tools.engine.errors import LauncherError
from tools.engine.recovery import Recovery, left_behind, plan_recovery, wanted_creates

if TYPE_CHECKING:
    from tools.engine.workspace import Workspace


def mend(checkpoint: Path) -> None:
    """Where a state file was cut off while it was written, put the engine's copy of the one before in its place.

    That copy notes the operation that was under way. Raises LauncherError when it cannot be read either.
    """
    if _is_whole(checkpoint):
        return
    before = checkpoint.with_name(checkpoint.name + ".bak")
    if not (before.is_file() and _is_whole(before)):
        raise LauncherError(f"{checkpoint} was cut off, and there is no copy of it", "run: make clean, then again")
    shutil.copyfile(before, checkpoint)
    note(f"The state file {checkpoint.name} was cut off while it was written: the copy before it is taken.")


def _is_whole(file: Path) -> bool:
    try:
        json.loads(file.read_text())
    except ValueError:
        return False
    return True


def recover(workspace: Workspace) -> Recovery | None:
    """Settle what a killed run left undecided; None where nothing was. Raises LauncherError."""
    if not workspace.exists():
        return None
    mend(workspace.checkpoint)
    checkpoint: dict[str, Any] = json.loads(workspace.checkpoint.read_text())["checkpoint"]
    latest: dict[str, Any] = checkpoint.get("latest") or {}
    if not latest.get("pending_operations"):
        return None
    exported = workspace.export()
    recovery = plan_recovery(exported["deployment"], _ready(workspace))
    note(
        f"The last run of stack {workspace.stack} was killed while it created something: "
        f"{len(recovery.adopted)} objects found in the account and adopted, {len(recovery.dropped)} never made."
    )
    _settle(workspace, exported, recovery.settle(exported["deployment"]))
    return recovery


def adopt(workspace: Workspace) -> Recovery | None:
    """Take up objects whose creation failed after it took effect; None where there are none. Raises LauncherError.

    Says which objects were left behind and how one adopts them in a real account. What no create of the program is for
    stays where it is.
    """
    if not workspace.exists():
        return None
    contents = _ready(workspace)
    latest: dict[str, Any] = json.loads(workspace.checkpoint.read_text())["checkpoint"].get("latest") or {}
    lost = left_behind(latest, contents)
    if not lost:
        return None
    exported = workspace.export()
    result = replace(workspace, policy_pack=None).preview("--json")
    try:
        wanted = wanted_creates(json.loads(result.stdout).get("steps") or ())
    except ValueError as error:
        raise LauncherError(f"the preview failed\n{result.output}", "see its output") from error
    deployment = {**exported["deployment"], "pending_operations": wanted}
    recovery = plan_recovery(deployment, contents)
    for item in lost:
        taken = item["id"] in recovery.adopted.values()
        note(
            f"In the account of stack {workspace.stack} and not in its state: {item['type']} {item['id']}; "
            + ("adopted" if taken else "no create of the program is for it")
            + f" (in a real account: pulumi import {item['type']} NAME {item['id']})."
        )
    if recovery.adopted:
        _settle(workspace, exported, recovery.settle(deployment))
    return recovery


def _ready(workspace: Workspace) -> list[dict[str, Any]]:
    """The account's contents once nothing in it is being made or deleted any more: what the last run did not wait for.

    In a real account the same waiting is done with `aws ... wait` or by looking.
    """
    contents = workspace.account_contents()
    passing = [item for item in contents if item["state"]]
    if not passing:
        return contents
    for item in passing:
        note(f"{item['type']} {item['id']} is {item['state']} in stack {workspace.stack}'s account; waiting for it.")
    workspace.settle_down()
    return workspace.account_contents()


def _settle(workspace: Workspace, exported: dict[str, Any], deployment: dict[str, Any]) -> None:
    """Take over a state that was put right, and let a refresh read what is not in it yet. Raises LauncherError."""
    settled = workspace.folder / "settled.json"
    settled.write_text(json.dumps({**exported, "deployment": deployment}))
    for arguments in (["stack", "import", "--file", str(settled)], workspace.operation_arguments("refresh")):
        result = workspace.capture(arguments)
        if result.code != 0:
            raise LauncherError(f"the state cannot be settled\n{result.output}", "run: make clean, then again")
    settled.unlink()
