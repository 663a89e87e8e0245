"""Ctrl-C, and worse, at the launcher: the engine is told once, everything ends, and the stack is never used twice."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.engine.processes import eventually, mentioning
from tools.engine.binary import Engine
from tools.engine.layout import Layout
from tools.engine.workspace import INTERRUPTED, Workspace

OpenStack = Callable[..., Workspace]
LAUNCH = Path(__file__).with_name("launch_local.py")


@contextmanager
def launched(workspace: Workspace, waiting: str) -> Iterator[subprocess.Popen[str]]:
    """The launcher with the engine under it, once the program has reached the file `waiting`."""
    workspace.folder.mkdir(parents=True, exist_ok=True)
    process = subprocess.Popen(
        [sys.executable, str(LAUNCH), str(workspace.program), str(workspace.folder), "up"],
        cwd=Layout().root,
        env={**os.environ, "PYTHONPATH": str(Layout().root)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        eventually(
            lambda: (workspace.folder / "home" / waiting).is_file() or process.poll() is not None, "the program waits"
        )
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def is_locked(workspace: Workspace) -> bool:
    with (workspace.folder / "lock").open("r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def engines(workspace: Workspace) -> list[int]:
    """The engine's process ids, by its command line."""
    argv = ["pgrep", "-f", f"pulumi .*{workspace.config_file}"]
    found = subprocess.run(argv, capture_output=True, text=True, check=False)
    return [int(line) for line in found.stdout.split()]


def test_ctrl_c_at_the_terminal_reaches_the_engine_once_and_ends_everything(open_stack: OpenStack) -> None:
    network = open_stack("network", halt="true")
    with launched(network, "halfway") as process:
        # As a terminal does: every process of the foreground group gets the signal.
        os.killpg(process.pid, signal.SIGINT)
        output, _ = process.communicate(timeout=120)
    assert process.returncode not in {0, -signal.SIGINT}
    assert "Traceback" not in output
    eventually(lambda: not mentioning(str(network.folder)), "nothing is left running")
    assert not network.export()["deployment"].get("pending_operations")
    assert not is_locked(network)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_ending_the_launcher_ends_the_engine_cleanly(open_stack: OpenStack, number: signal.Signals) -> None:
    local = open_stack("local", account=False, mode="wait")
    with launched(local, "waiting") as process:
        process.send_signal(number)
        process.communicate(timeout=120)
    assert process.returncode != 0
    eventually(lambda: not mentioning(str(local.folder)), "nothing is left running")


def test_a_killed_launcher_leaves_no_account_and_the_stack_locked_until_the_engine_ends(open_stack: OpenStack) -> None:
    network = open_stack("network", halt="true")
    with launched(network, "halfway") as process:
        process.kill()
        process.wait()
        eventually(
            lambda: not [line for line in mentioning(str(network.folder)) if "simulator serve" in line],
            "the account has ended",
        )
        (engine,) = engines(network)
        assert is_locked(network)
        os.kill(engine, signal.SIGINT)
    eventually(lambda: not mentioning(str(network.folder)), "nothing is left running")
    # A child of the engine that names no folder may hold it for a moment longer.
    eventually(lambda: not is_locked(network), "the stack is free")


ENGINE = """#!{python}
import os, signal, sys
if "destroy" not in sys.argv:
    sys.exit()
signal.signal(signal.SIGINT, lambda *_: (print("Destroying... deleted"), sys.stdout.flush(), os._exit(0)))
os.kill(os.getppid(), signal.{name})
while True:
    signal.pause()
"""


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_an_engine_that_takes_an_interrupted_run_for_a_success_is_not_believed(tmp_path: Path, name: str) -> None:
    """Pulumi 3.250.0 does so where the interrupt falls between two deletions of `destroy`: it ends with 0."""
    program, engine = tmp_path / "program", tmp_path / "pulumi"
    program.mkdir()
    (program / "Pulumi.yaml").write_text("name: interrupted\nruntime: python\n")
    (program / "Pulumi.dev.yaml").write_text("config: {}\n")
    engine.write_text(ENGINE.format(python=sys.executable, name=name))
    engine.chmod(0o755)
    believer = Engine(engine, "v3", official=True, language_host=engine)
    stack = Workspace("dev", tmp_path / "stack", believer, program, needs_account=False)
    ended = stack.capture(stack.operation_arguments("destroy"))
    assert "deleted" in ended.stdout
    assert ended.code == INTERRUPTED
