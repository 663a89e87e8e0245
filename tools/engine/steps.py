"""Long set-up steps: their whole output goes to a log, their failure names the log and the remedy."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.engine.console import elapsed, note
from tools.engine.errors import LauncherError

TAIL_LINES = 15
STOP_SECONDS = 10


@dataclass(frozen=True)
class Step:
    """One long step: what it does and why, in words for the reader, and what to do when it fails."""

    label: str
    reason: str
    remedy: str
    log: Path


def _tail(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()[-TAIL_LINES:]
    return "\n".join(f"  | {line}" for line in lines)


def stop_group(process: subprocess.Popen[bytes]) -> None:
    """End a process that leads its own group, with everything it started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            break
        try:
            process.wait(timeout=STOP_SECONDS)
            break
        except subprocess.TimeoutExpired:
            continue
    process.wait()


def run_step(step: Step, argv: Sequence[str], *, env: Mapping[str, str], cwd: Path) -> None:
    """Run one step to its end.

    Raises LauncherError when the command is missing or fails. When interrupted it ends the command and its children.
    """
    note(f"{step.label}: {step.reason}")
    step.log.parent.mkdir(parents=True, exist_ok=True)
    with step.log.open("ab") as log, elapsed(step.label):
        log.write(f"$ {' '.join(argv)}\n".encode())
        log.flush()
        try:
            process = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=dict(env), cwd=cwd, start_new_session=True
            )
        except OSError as error:
            raise LauncherError(f"{step.label} could not start: {error}", step.remedy, step.log) from error
        try:
            code = process.wait()
        except BaseException:
            stop_group(process)
            raise
    if code != 0:
        raise LauncherError(f"{step.label} failed (exit {code})\n{_tail(step.log)}", step.remedy, step.log)
