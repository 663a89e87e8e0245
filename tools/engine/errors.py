"""The one error that the launcher reports: what happened, what to do, where the full output is."""

from __future__ import annotations

from pathlib import Path


class LauncherError(Exception):
    """A failure that the reader can act on."""

    def __init__(self, message: str, remedy: str, log: Path | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.log = log

    def __str__(self) -> str:
        lines = [f"error: {self.message}", f"remedy: {self.remedy}"]
        if self.log is not None:
            lines.append(f"full output: {self.log}")
        return "\n".join(lines)
