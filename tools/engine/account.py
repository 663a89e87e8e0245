"""The simulated account as a process: a resource provider for `aws` that the engine attaches to."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tools.engine.errors import LauncherError

STOP_SECONDS = 10


@contextmanager
def simulated_account(
    python: Path, state: Path, *, root: Path, env: Mapping[str, str], log: Path, faults: Path | None = None
) -> Iterator[int]:
    """Serve the account whose state lies in the folder `state`, while the block lasts; yields its TCP port on loopback.

    The process ends when its standard input closes, so it cannot outlive us, however we end. It has a session of its own:
    a Ctrl-C at the terminal reaches the engine, which still needs the account to finish what it began.
    Raises LauncherError when it does not start.
    """
    state.mkdir(parents=True, exist_ok=True)
    log.parent.mkdir(parents=True, exist_ok=True)
    argv = [str(python), "-u", "-m", "simulator", "serve", "--state-dir", str(state)]
    if faults is not None:
        argv += ["--faults", str(faults)]
    with log.open("wb") as errors:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            cwd=root,
            env=dict(env),
            start_new_session=True,
        )
        try:
            yield _port(process, log)
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
