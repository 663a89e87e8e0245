"""The simulated account as a process: a resource provider for `aws` that the engine attaches to."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools.engine.errors import LauncherError
from tools.engine.layout import Layout

STOP_SECONDS = 10


@dataclass(frozen=True)
class Account:
    """A simulated account: the folder that holds its state, where it logs, and the faults to make (a JSON file)."""

    state: Path
    log: Path
    faults: Path | None = None


@contextmanager
def served(account: Account, layout: Layout, env: Mapping[str, str]) -> Generator[int]:
    """Serve the account while the block lasts; yields its TCP port on loopback.

    The process ends when its standard input closes, so it cannot outlive us, however we end. It has a session of its
    own: a Ctrl-C at the terminal reaches the engine, which still needs the account to finish what it began.
    Raises LauncherError when it does not start.
    """
    account.state.mkdir(parents=True, exist_ok=True)
    account.log.parent.mkdir(parents=True, exist_ok=True)
    argv = [str(layout.python), "-u", "-m", "simulator", "serve", "--state-dir", str(account.state)]
    if account.faults is not None:
        argv += ["--faults", str(account.faults)]
    with account.log.open("wb") as errors:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            cwd=layout.root,
            env=dict(env),
            start_new_session=True,
        )
        try:
            yield _port(process, account.log)
        finally:
            _stop(process)


def _port(process: subprocess.Popen[bytes], log: Path) -> int:
    """The first line that the process prints."""
    assert process.stdout is not None
    line = process.stdout.readline().decode(errors="replace").strip()
    if line.isdigit():
        return int(line)
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
    raise LauncherError(f"the simulated account did not start (it printed {line!r})\n{tail}", "see the log", log)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Let it end by itself, as its input closes; end it where it does not."""
    assert process.stdin is not None
    with contextlib.suppress(OSError):
        process.stdin.close()
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            process.wait(timeout=STOP_SECONDS)
            break
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, number)
    process.wait()
    if process.stdout is not None:
        process.stdout.close()
