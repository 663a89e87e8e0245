"""What the reader sees: notes, errors, and long steps with the time they take."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import TextIO

QUIET_TICK_SECONDS = 30.0


def is_colourful(stream: TextIO | None = None) -> bool:
    """Whether colour is welcome: a terminal, and NO_COLOR unset (https://no-color.org)."""
    target = stream or sys.stdout
    if target is None or not target.isatty():
        return False
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def paint(text: str, code: str, stream: TextIO | None = None) -> str:
    """The text in an ANSI style, or as it is where colour is not welcome."""
    return f"\x1b[{code}m{text}\x1b[0m" if is_colourful(stream) else text


def note(text: str) -> None:
    """A line about what the launcher does, on stderr: stdout belongs to the engine."""
    print(text, file=sys.stderr, flush=True)


def clock(seconds: float) -> str:
    """Minutes and seconds, as 4:07."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


@contextmanager
def elapsed(label: str) -> Generator[None]:
    """Show that a long step is alive: a running clock on a terminal, a line every half minute elsewhere."""
    start = time.monotonic()
    done = threading.Event()
    live = sys.stderr.isatty()

    def tick() -> None:
        while not done.wait(1.0 if live else QUIET_TICK_SECONDS):
            passed = clock(time.monotonic() - start)
            if live:
                sys.stderr.write(f"\r  {label} … {passed} ")
                sys.stderr.flush()
            else:
                note(f"  {label} … {passed}")

    ticker = threading.Thread(target=tick, daemon=True)
    ticker.start()
    outcome = "stopped"
    try:
        yield
        outcome = "done"
    finally:
        done.set()
        ticker.join()
        if live:
            sys.stderr.write("\r\x1b[K")
        note(f"  {label}: {outcome} in {clock(time.monotonic() - start)}")
