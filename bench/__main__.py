"""Prints what the engine takes for each operation on each stack, with and without the guard.

Machines differ and are shared, so the ratios count: each is taken within one run, from the best of ROUNDS.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import guard
from tools.engine.cli import open_workspace
from tools.engine.errors import LauncherError
from tools.engine.layout import Layout
from tools.engine.workspace import Result, Workspace

ROUNDS = 3
STACKS = ("dev", "prod")
"""What is measured unless stacks are named; the examples can be."""
USAGE = """usage: bench [account|engine [STACK ...] | guard [--rounds N] [SIZE ...]]

Without words: all three, over both stacks; some minutes.
account   an up in the simulated account, to one against a provider that only echoes
engine    every operation of the engine, with and without the guard
guard     the guard over generated stacks of SIZE resources, against its goals; 1 where one is missed"""


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


def measures(workspace: Workspace) -> Iterator[tuple[str, float]]:
    """Seconds for each operation on one stack as soon as it is known, from an empty account to an empty account."""
    ungated = replace(workspace, policy_pack=None, policy_config=None)
    yield "preview without the guard", seconds(ungated.preview, ROUNDS)
    yield "preview", seconds(workspace.preview, ROUNDS)
    yield "up, previewed and gated", seconds(workspace.up)
    yield "preview without changes", seconds(workspace.preview, ROUNDS)
    yield "refresh", seconds(workspace.refresh)
    yield "destroy", seconds(workspace.destroy)


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


def engine(stacks: Sequence[str]) -> int:
    """Print a line for each operation on each stack, as soon as it is known."""
    layout = Layout()
    for stack in stacks:
        print(f"stack {stack}", flush=True)
        with TemporaryDirectory() as folder:
            floor = 0.0
            for name, value in measures(open_workspace(layout, stack, folder=Path(folder) / "stack")):
                floor = floor or value
                print(f"  {name:28} {value:6.1f} s   {value / floor:5.2f} x preview without the guard", flush=True)
    return 0


def each(part: Callable[[Sequence[str]], int], stacks: Sequence[str]) -> int:
    """Measure stack by stack: one whose run fails is named, and the others are measured all the same."""
    worst = 0
    for stack in stacks:
        try:
            worst = max(worst, part([stack]))
        except LauncherError as error:
            print(f"stack {stack} was not measured: {error}", flush=True)
            worst = 1
    return worst


def main(arguments: Sequence[str]) -> int:
    """Measure the guard over generated stacks and the engine over our own, or only what the first argument names."""
    if arguments and arguments[0] in {"-h", "--help"}:
        print(USAGE)
        return 0
    parts: dict[str, Callable[[Sequence[str]], int]] = {"engine": engine, "account": account}
    if arguments[:1] == ["guard"]:
        return guard.main(arguments[1:])
    if arguments and arguments[0] in parts:
        return each(parts[arguments[0]], arguments[1:] or STACKS)
    # The guard's part takes longest, so it comes last: a run that is cut short has printed the others.
    return max(each(account, STACKS), each(engine, STACKS), guard.main(arguments))


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except LauncherError as error:
        sys.exit(str(error))
