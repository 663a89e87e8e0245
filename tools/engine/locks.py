"""Locks between parallel runs: advisory locks on files, released by the system when their holder dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from tools.engine.console import note


@contextmanager
def exclusive(path: Path, busy: str) -> Generator[int]:
    """Hold the lock at `path`; where another process has it, say `busy` once and wait.

    Yields the descriptor: a child that is given it (`pass_fds`) keeps the lock as long as it runs, though we be killed.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # Not inheritable by itself (PEP 446): a child keeps the lock only where it is meant to.
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            note(busy)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)
