"""The virtual environment: every requirement pinned by hash, the project itself on top, stamped when complete."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import cast

from tools.engine.environment import download_environment
from tools.engine.layout import Layout
from tools.engine.locks import exclusive
from tools.engine.steps import Step, run_step

REQUIREMENTS = "requirements-dev.txt"
STAMP = "secure-room.stamp"
INDEX_REMEDY = (
    "check that pip reaches a package index (pip config list; proxy; certificates), then run the same command again"
)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def fingerprints(layout: Layout) -> dict[str, str]:
    """What the environment is made of, in two parts: the packages, and the project installed on top of them.

    The parts of pyproject.toml that only configure tools do not matter here.
    """
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    pinned = (layout.root / REQUIREMENTS).read_text()
    project = tomllib.loads((layout.root / "pyproject.toml").read_text())
    installed = {key: project.get(key) for key in ("build-system", "project")}
    installed["setuptools"] = project.get("tool", {}).get("setuptools")
    packages = _digest(python, str(layout.root), pinned)
    return {"packages": packages, "project": _digest(packages, json.dumps(installed, sort_keys=True))}


def _stamped(layout: Layout) -> dict[str, str]:
    """What a finished set-up wrote down; empty where none finished or the environment does not exist."""
    stamp = layout.venv / STAMP
    if not (layout.python.exists() and stamp.is_file()):
        return {}
    if layout.venv.is_symlink():
        return {}  # Another checkout's, with that one's project installed.
    try:
        read = cast("object", json.loads(stamp.read_text()))
    except ValueError:
        return {}
    return cast("dict[str, str]", read) if isinstance(read, dict) else {}


def is_complete(layout: Layout) -> bool:
    """Whether the environment was finished from exactly these inputs."""
    return _stamped(layout) == fingerprints(layout)


def why_unusable(layout: Layout) -> str | None:
    """Why an environment that is already there has to be made anew; None where it can be kept."""
    pip = layout.venv / "bin" / "pip"
    if layout.venv.is_symlink():
        return "it is a link to another one"
    if not (layout.python.exists() and pip.exists()):
        return "there is none yet" if not layout.venv.exists() else "it has no Python or no pip"
    if str(layout.venv) not in pip.read_text(errors="replace").splitlines()[0]:
        return "the folder was moved or copied, and its scripts point elsewhere"
    probe = subprocess.run(
        [str(layout.python), "-c", "import sys, pip; print(*sys.version_info[:2], sep='.')"],
        capture_output=True,
        text=True,
        check=False,
        env=download_environment(),
    )
    wanted = f"{sys.version_info.major}.{sys.version_info.minor}"
    if probe.returncode != 0:
        return f"its Python does not run: {probe.stderr.strip()[-300:]}"
    if probe.stdout.strip() != wanted:
        return f"it has Python {probe.stdout.strip()}, and this is {wanted}"
    return None


def _create(layout: Layout, why: str) -> None:
    step = Step(
        "Making the virtual environment",
        f"a Python of our own in .venv/, some seconds ({why})",
        "install the venv module of this Python (Debian and Ubuntu: apt-get install python3-venv)",
        layout.logs / "venv.log",
    )
    if layout.venv.is_symlink():
        layout.venv.unlink()  # Clearing it would empty the folder of somebody else that it leads to.
    argv = [sys.executable, "-m", "venv", "--clear", str(layout.venv)]
    run_step(step, argv, env=download_environment(), cwd=layout.root)


def _pip(layout: Layout, label: str, reason: str, *arguments: str) -> None:
    argv = [str(layout.python), "-m", "pip", "install", "--progress-bar", "off", *arguments]
    step = Step(label, reason, INDEX_REMEDY, layout.logs / "packages.log")
    run_step(step, argv, env=download_environment(), cwd=layout.root)


def _install_project(layout: Layout) -> None:
    """Editable, and without the by-product that the build leaves in the checkout."""
    before = set(layout.root.glob("*.egg-info"))
    editable = ("--no-deps", "--no-build-isolation", "-e", ".")
    _pip(layout, "Installing the project", "gives .venv/bin/guardrails; some seconds", *editable)
    for path in set(layout.root.glob("*.egg-info")) - before:
        shutil.rmtree(path)


def ensure_packages(layout: Layout) -> None:
    """Make the virtual environment, or do nothing where it is complete.

    An interrupted run is taken up again: what is finished is stamped last. Raises LauncherError.
    """
    if is_complete(layout):
        return
    with exclusive(layout.private / "packages.lock", "Another run is installing the packages; waiting for it."):
        wanted, done = fingerprints(layout), _stamped(layout)
        if done == wanted:
            return
        stamp = layout.venv / STAMP
        stamp.unlink(missing_ok=True)
        if done.get("packages") != wanted["packages"]:
            why = why_unusable(layout)
            if why is not None:
                _create(layout, why)
            reason = f"{REQUIREMENTS}, each checked by hash; about 2 minutes, once"
            _pip(layout, "Installing the Python packages", reason, "--require-hashes", "-r", REQUIREMENTS)
        _install_project(layout)
        write_whole(stamp, json.dumps(wanted))


def write_whole(path: Path, text: str) -> None:
    """Write a small file so that a reader sees the old content or the new, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    fresh.write_text(text)
    fresh.replace(path)
