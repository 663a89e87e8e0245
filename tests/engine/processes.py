"""Looking at the processes of this machine through /proc, and waiting for a condition without guessing how long."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

PATIENCE_SECONDS = 60.0


def eventually(condition: Callable[[], bool], what: str) -> None:
    """Return as soon as the condition holds. Raises AssertionError after PATIENCE_SECONDS."""
    pause = threading.Event()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"did not happen within {PATIENCE_SECONDS} s: {what}"
        pause.wait(0.02)


def mentioning(text: str) -> list[str]:
    """The command lines of running processes that have `text` in them or in their environment."""
    found: list[str] = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
            environment = (folder / "environ").read_bytes()
        except OSError:
            continue
        if command and text.encode() in command + b"\0" + environment:
            found.append(command.replace(b"\0", b" ").decode(errors="replace").strip())
    return found
