"""A simulated fault at single creates, one after the other, and whether the next deployment makes it good.

`make faults` tries every create of a stack (`ARGS="--every 10"`: every tenth; `--kind throttling`, `--after-effect`:
how it fails). Each try begins with an empty account. Where the answer was lost, the next run first adopts what was left
behind, as `make up` does.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

from tools.engine.errors import LauncherError
from tools.engine.workspace import Workspace

FAULT = re.compile(r"simulated fault at create (\d+) \(([^)]+)\)")
KINDS = ("internal", "throttling", "timeout", "denied", "kill")
UP = ("up", "--skip-preview")


@dataclass(frozen=True)
class Manner:
    """How a create fails: in whose words (or the account's process is killed), and whether it took effect."""

    kind: str = "internal"
    after_effect: bool = False

    def __str__(self) -> str:
        return f"{self.kind}, {'answer lost' if self.after_effect else 'nothing done'}"


@dataclass(frozen=True)
class Try:
    """One create that failed, and what the run after it led to."""

    create: int
    token: str
    failed: bool
    finished: bool
    same: bool

    @property
    def converged(self) -> bool:
        """Whether the first run failed as it was told to, and the second led to what a run without faults leads to."""
        return self.failed and self.finished and self.same

    def row(self) -> str:
        """One line of the table."""
        outcome = "converged" if self.converged else "DIVERGED"
        return f"{self.create:6}  {self.token:60} {outcome}"


def held(workspace: Workspace) -> Counter[str]:
    """What is in the account, by type."""
    return Counter(item["type"] for item in workspace.account_contents())


def reference(workspace: Workspace) -> Counter[str]:
    """What a deployment without faults leads to. Raises LauncherError when even that fails."""
    workspace.forget()
    result = workspace.capture(workspace.operation_arguments(*UP))
    if result.code != 0:
        raise LauncherError(f"the deployment fails without any fault\n{result.output}", "see its output")
    return held(workspace)


def attempt(workspace: Workspace, create: int, manner: Manner, wanted: Counter[str]) -> Try:
    """Deploy with a fault at one create, deploy again without, and compare. Starts from an empty account."""
    workspace.forget()
    workspace.folder.mkdir(parents=True, exist_ok=True)
    plan = workspace.folder / "faults.json"
    fault = {"on": "create", "at": create, "kind": manner.kind, "after_effect": manner.after_effect}
    plan.write_text(json.dumps({"faults": [fault]}))
    faulty = replace(workspace, faults=plan)
    first = faulty.capture(faulty.operation_arguments(*UP))
    named = FAULT.search(first.output)
    killed = manner.kind == "kill"
    second = workspace.up("--skip-preview")
    return Try(
        create=create,
        token=named.group(2) if named else "(the account died)" if killed else "(the fault did not happen)",
        failed=first.code != 0 and (killed or (named is not None and int(named.group(1)) == create)),
        finished=second.code == 0,
        same=held(workspace) == wanted,
    )


def sweep(workspace: Workspace, every: int, manner: Manner, report: Callable[[str], None]) -> bool:
    """Try every n-th create of the stack and report a table; whether all of them converged."""
    wanted = reference(workspace)
    creates = range(1, wanted.total() + 1, every)
    report(f"{wanted.total()} creates in stack {workspace.stack}; trying {len(creates)} ({manner})")
    tries: list[Try] = []
    for create in creates:
        tries.append(attempt(workspace, create, manner, wanted))
        report(tries[-1].row())
    good = sum(one.converged for one in tries)
    report(f"{good} of {len(tries)} converged")
    return good == len(tries)
