"""Ending with one's parent: a pipe that nobody writes to tells, by closing, that the other side is gone.

Unlike signals and process groups this survives SIGKILL of the parent and needs nothing of one operating system.
"""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Callable


def on_close(descriptor: int, gone: Callable[[], None]) -> None:
    """Call `gone`, in a thread of its own, when the pipe behind `descriptor` closes. Anything but a pipe is ignored."""
    if not stat.S_ISFIFO(os.fstat(descriptor).st_mode):
        return

    def wait() -> None:
        while os.read(descriptor, 4096):
            continue
        gone()

    threading.Thread(target=wait, daemon=True, name="lifeline").start()
