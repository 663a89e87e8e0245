"""Where everything that the launcher makes lies: two ignored folders, `.venv/` and `.secure-room/`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Layout:
    """The folders of one checkout. Nothing here touches the disk."""

    root: Path = ROOT

    @property
    def venv(self) -> Path:
        """The virtual environment that the program, the guard and the simulated account run in."""
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        """The interpreter of the virtual environment."""
        return self.venv / "bin" / "python"

    @property
    def private(self) -> Path:
        """Everything else that is made here."""
        return self.root / ".secure-room"

    @property
    def engine(self) -> Path:
        """The engine that was built here, if one was."""
        return self.private / "engine"

    @property
    def logs(self) -> Path:
        """The full output of the long set-up steps."""
        return self.private / "log"

    @property
    def home(self) -> Path:
        """The HOME of the tools that must not see the reader's own."""
        return self.private / "home"

    @property
    def stacks(self) -> Path:
        """One folder a stack: its simulated account, its Pulumi backend, its configuration as used."""
        return self.private / "stacks"
