"""Prints what the engine takes for each operation on each stack, with and without the guard.

Machines differ and are shared, so the ratios count: each is taken within one run, from the best of ROUNDS.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import guard
from tools.engine.cli import open_workspace, stack_names
from tools.engine.errors import LauncherError
from tools.engine.layout import Layout
from tools.engine.workspace import Result, Workspace

ROUNDS = 3


def seconds(operation: Callable[[], Result], rounds: int = 1) -> float:
    """The shortest of some runs. Raises LauncherError when one fails: a failed run measures nothing."""
    best = float("inf")
    for _ in range(rounds):
        start = time.monotonic()
        result = operation()
        best = min(best, time.monotonic() - start)
        if result.code != 0:
            raise LauncherError(f"a measured run failed\n{result.output}", "see its output")
    return best


def measure(workspace: Workspace) -> dict[str, float]:
    """Seconds for each operation on one stack, from an empty account to an empty account."""
    ungated = replace(workspace, policy_pack=None, policy_config=None)
    return {
        "preview without the guard": seconds(ungated.preview, ROUNDS),
        "preview": seconds(workspace.preview, ROUNDS),
        "up, previewed and gated": seconds(workspace.up),
        "preview without changes": seconds(workspace.preview, ROUNDS),
        "refresh": seconds(workspace.refresh),
        "destroy": seconds(workspace.destroy),
    }


ECHO_GOAL = 3.0
"""How many times as long as against a provider that only echoes an `up` in the simulated account may take."""


def against_echo(workspace: Workspace) -> tuple[float, float]:
    """Seconds for an ungated `up` of one stack: against a provider that only echoes, and in the simulated account."""
    ungated = replace(workspace, policy_pack=None, policy_config=None)
    echo = replace(ungated, folder=workspace.folder / "echo", instead="bench.echo")
    up = ("up", "--skip-preview")
    return (
        seconds(lambda: echo.capture(echo.operation_arguments(*up))),
        seconds(lambda: ungated.capture(ungated.operation_arguments(*up))),
    )


def account(stacks: Sequence[str]) -> int:
    """Print what the simulated account costs; 1 when it misses its goal."""
    missed = 0
    for stack in stacks:
        with TemporaryDirectory() as folder:
            echo, up = against_echo(open_workspace(Layout(), stack, folder=Path(folder) / "stack"))
        within = up <= ECHO_GOAL * echo
        missed += not within
        verdict = f"goal {ECHO_GOAL:g}: {'met' if within else 'MISSED'}"
        print(
            f"up of {stack}: echo {echo:.1f} s, simulated account {up:.1f} s, {up / echo:.2f} x ({verdict})", flush=True
        )
    return int(missed > 0)


def engine() -> int:
    """Print one table a stack."""
    layout = Layout()
    for stack in stack_names(layout.root):
        with TemporaryDirectory() as folder:
            measured = measure(open_workspace(layout, stack, folder=Path(folder) / "stack"))
        floor = measured["preview without the guard"]
        print(f"stack {stack}")
        for name, value in measured.items():
            print(f"  {name:28} {value:6.1f} s   {value / floor:5.2f} x preview without the guard")
    return 0


def main(arguments: Sequence[str]) -> int:
    """Measure the guard over generated stacks and the engine over our own, or only what the first argument names."""
    if arguments[:1] == ["engine"]:
        return engine()
    if arguments[:1] == ["account"]:
        return account(arguments[1:] or ["dev", "prod"])
    if arguments[:1] == ["guard"]:
        return guard.main(arguments[1:])
    return max(guard.main(arguments), engine(), account(["dev", "prod"]))


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except LauncherError as error:
        sys.exit(str(error))
