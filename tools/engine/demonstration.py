"""Shows the guard at work: a copy of the program with one dangerous line, previewed, and refused."""

from __future__ import annotations

import difflib
import shutil
from dataclasses import dataclass
from pathlib import Path

from tools.engine.errors import LauncherError
from tools.engine.layout import Layout

PROGRAM = ("__main__.py", "Pulumi.yaml", "components", "images", "functions")
"""What the program consists of, besides its stack files. The policy pack is not copied: the real one judges."""


@dataclass(frozen=True)
class Change:
    """One edit of one file: the text that must be there, and what takes its place."""

    title: str
    file: str
    old: str
    new: str

    def apply(self, program: Path) -> str:
        """Make the change in a copy of the program; the difference, as unified diff lines.

        Raises LauncherError where the program no longer has the old text exactly once: a demonstration that changes
        nothing would prove nothing.
        """
        path = program / self.file
        before = path.read_text()
        if before.count(self.old) != 1:
            raise LauncherError(
                f"{self.file} does not have this text exactly once: {self.old}",
                "bring tools/engine/demonstration.py up to date with the program",
            )
        after = before.replace(self.old, self.new)
        path.write_text(after)
        lines = difflib.unified_diff(before.splitlines(), after.splitlines(), self.file, self.file, lineterm="", n=1)
        return "\n".join(lines)


OPEN_DESKTOPS = Change(
    title="the desktops get a default route to the internet gateway",
    file="components/network/plan.py",
    old="tuple(RoutePlan(cidr, Target.PEERING) for cidr in settings.declared_production),\n        Zone.PROXY:",
    new="(RoutePlan(WORLD, Target.INTERNET_GATEWAY),),\n        Zone.PROXY:",
)


def copy_program(layout: Layout, target: Path) -> None:
    """A fresh copy of the program in `target`, which runs in the same virtual environment."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    stacks = (path.name for path in layout.root.glob("Pulumi.*.yaml"))
    for name in (*PROGRAM, *stacks):
        source = layout.root / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.is_file():
            shutil.copy2(source, target / name)
    (target / layout.venv.name).symlink_to(layout.venv)
