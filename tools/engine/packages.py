"""The virtual environment: every requirement pinned by hash, the project itself on top, stamped when complete."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from tools.engine.environment import download_environment
from tools.engine.errors import LauncherError
from tools.engine.layout import Layout
from tools.engine.locks import exclusive
from tools.engine.steps import Step, run_step

REQUIREMENTS = "requirements-dev.txt"
STAMP = "secure-room.stamp"
INDEX_REMEDY = (
    "check that pip reaches a package index (pip config list; proxy; certificates), then run the same command again"
)


def fingerprint(layout: Layout) -> str:
    """What the environment is made of: the pinned requirements, the project file, this Python, this folder."""
    digest = hashlib.sha256()
    for name in (REQUIREMENTS, "pyproject.toml"):
        digest.update((layout.root / name).read_bytes())
    digest.update(f"{sys.version}\0{layout.root}".encode())
    return digest.hexdigest()


def is_complete(layout: Layout) -> bool:
    """Whether the environment was finished from exactly these inputs."""
    stamp = layout.venv / STAMP
    return layout.python.exists() and stamp.is_file() and stamp.read_text().strip() == fingerprint(layout)


def _is_usable(layout: Layout) -> bool:
    """Whether an environment that is already there runs, is this Python, and was made in this folder."""
    pip = layout.venv / "bin" / "pip"
    if not (layout.python.exists() and pip.exists()):
        return False
    if str(layout.venv) not in pip.read_text(errors="replace").splitlines()[0]:
        return False  # The folder was moved or copied: its scripts point elsewhere.
    probe = subprocess.run(
        [str(layout.python), "-c", "import sys, pip; print(sys.version)"], capture_output=True, text=True, check=False
    )
    return probe.returncode == 0 and probe.stdout.strip() == sys.version.strip()


def _create(layout: Layout) -> None:
    step = Step(
        "Making the virtual environment",
        "a Python of our own in .venv/, some seconds",
        "install the venv module of this Python (Debian and Ubuntu: apt-get install python3-venv)",
        layout.logs / "venv.log",
    )
    argv = [sys.executable, "-m", "venv", "--clear", str(layout.venv)]
    run_step(step, argv, env=download_environment(), cwd=layout.root)


def _install(layout: Layout) -> None:
    log = layout.logs / "packages.log"
    pip = [str(layout.python), "-m", "pip", "install", "--progress-bar", "off"]
    step = Step(
        "Installing the Python packages",
        f"{REQUIREMENTS}, each checked by hash; about 2 minutes, once",
        INDEX_REMEDY,
        log,
    )
    environment = download_environment()
    run_step(step, [*pip, "--require-hashes", "-r", REQUIREMENTS], env=environment, cwd=layout.root)
    step = Step("Installing the project", "gives .venv/bin/guardrails; some seconds", INDEX_REMEDY, log)
    leftovers = set(layout.root.glob("*.egg-info"))
    run_step(step, [*pip, "--no-deps", "--no-build-isolation", "-e", "."], env=environment, cwd=layout.root)
    for path in set(layout.root.glob("*.egg-info")) - leftovers:
        shutil.rmtree(path)  # A by-product of the build; the environment keeps its own record of the project.


def ensure_packages(layout: Layout) -> None:
    """Make the virtual environment, or do nothing where it is complete.

    An interrupted run is taken up again: the stamp is written last. Raises LauncherError.
    """
    if is_complete(layout):
        return
    with exclusive(layout.private / "packages.lock", "Another run is installing the packages; waiting for it."):
        if is_complete(layout):
            return
        stamp = layout.venv / STAMP
        stamp.unlink(missing_ok=True)
        if not _is_usable(layout):
            _create(layout)
        _install(layout)
        if not layout.python.exists():
            raise LauncherError(f"{layout.python} is missing after the set-up", "run: make clean, then try again")
        write_whole(stamp, fingerprint(layout))


def write_whole(path: Path, text: str) -> None:
    """Write a small file so that a reader sees the old content or the new, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    fresh.write_text(text)
    fresh.replace(path)
