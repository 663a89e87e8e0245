"""`open_stack` copies a small program and gives its workspace in a folder of its own; `deployed` copies a stack of the
real program, which is deployed once for all tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from tools.engine.binary import Engine, ensure_engine
from tools.engine.cli import open_workspace
from tools.engine.layout import Layout
from tools.engine.locks import exclusive
from tools.engine.workspace import Workspace

HERE = Path(__file__).resolve().parent
OpenStack = Callable[..., Workspace]
Deployed = Callable[[str], Workspace]

DEPLOYMENTS = {"dev": ("dev", "--gated"), "prod": ("prod", "--gated"), "dev-of-another": ("dev",)}
"""Who deploys what, all at the same time: both stacks under the guard, and a second developer."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "engine" in item.fixturenames:  # type: ignore[attr-defined]
            item.add_marker(pytest.mark.engine)


@pytest.fixture(scope="session")
def layout() -> Layout:
    return Layout()


@pytest.fixture(scope="session")
def engine(layout: Layout) -> Engine:
    return ensure_engine(layout)


@pytest.fixture
def open_stack(tmp_path: Path, engine: Engine, layout: Layout) -> OpenStack:
    """A copy of tests/engine/programs/<name> with the given configuration on top of its own."""

    def open_it(name: str, *, pack: str | None = None, account: bool = True, **config: str) -> Workspace:
        program = tmp_path / "program"
        shutil.copytree(HERE / "programs" / name, program)
        stack_file = program / "Pulumi.dev.yaml"
        settings = yaml.safe_load(stack_file.read_text())
        settings["config"].update({f"{name}:{key}": value for key, value in config.items()})
        stack_file.write_text(yaml.safe_dump(settings))
        return Workspace(
            stack="dev",
            folder=tmp_path / "stack",
            engine=engine,
            program=program,
            layout=layout,
            policy_pack=HERE / "packs" / pack if pack else None,
            needs_account=account,
        )

    return open_it


@pytest.fixture(scope="session")
def deployments(tmp_path_factory: pytest.TempPathFactory, engine: Engine, layout: Layout) -> Path:
    """A folder with the DEPLOYMENTS, made once for all workers, all at the same time; nobody changes it."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "deployments"
    with exclusive(folder.with_name("deployments.lock"), "Another worker is deploying; waiting for it."):
        if not folder.exists():
            _deploy(folder.with_name("deploying"), layout)
            folder.with_name("deploying").rename(folder)
    return folder


def _deploy(folder: Path, layout: Layout) -> None:
    folder.mkdir()
    running: dict[str, subprocess.Popen[bytes]] = {}
    for name, arguments in DEPLOYMENTS.items():
        stack, *options = arguments
        argv = [sys.executable, "-m", "tests.engine.deploy", stack, str(folder / name), *options]
        with (folder / f"{name}.log").open("wb") as log:
            running[name] = subprocess.Popen(argv, cwd=layout.root, stdout=log, stderr=log)
    failed = [name for name, process in running.items() if process.wait() != 0]
    assert not failed, "\n".join((folder / f"{name}.log").read_text() for name in failed)


@pytest.fixture
def deployed(deployments: Path, tmp_path: Path, layout: Layout) -> Deployed:
    """A copy of one of the DEPLOYMENTS, account and state, for a test to do with as it likes."""

    def copy(name: str) -> Workspace:
        shutil.copytree(deployments / name, tmp_path / name)
        return replace(open_workspace(layout, DEPLOYMENTS[name][0], folder=tmp_path / name), checkpoints=False)

    return copy
