"""The programs that the host runs for the engine, each in a session of its own and never outliving the host."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

GRACE_SECONDS = 3.0


class Children:
    """A register of running child processes. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._closed = False

    @contextmanager
    def start(
        self, argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], piped: bool = False
    ) -> Generator[subprocess.Popen[bytes]]:
        """Run a command while the block lasts; afterwards it has ended, by itself or because it was stopped.

        Its standard input is a pipe that stays open as long as the host lives: see `lifeline`. Its output is the
        host's own, or `piped` to the caller.
        """
        output = subprocess.PIPE if piped else None
        with self._lock:
            if self._closed:
                raise RuntimeError("the language host is shutting down")
            process = subprocess.Popen(
                argv,
                cwd=cwd,
                env=dict(env),
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
            self._running.add(process)
        try:
            yield process
        finally:
            stop(process)
            with self._lock:
                self._running.discard(process)

    def close(self) -> None:
        """Stop everything and start nothing more."""
        with self._lock:
            self._closed = True
            running = tuple(self._running)
        for process in running:
            stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a process and whatever it started; a process that has ended already is left alone."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is not None:
            break
        try:
            os.killpg(process.pid, number)
            process.wait(timeout=GRACE_SECONDS)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            stream.close()
