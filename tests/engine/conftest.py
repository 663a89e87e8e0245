"""One fixture style: `open_stack` copies a small program and gives its workspace in a folder of its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tools.engine.binary import Engine, ensure_engine
from tools.engine.layout import Layout
from tools.engine.workspace import Workspace

HERE = Path(__file__).resolve().parent
OpenStack = Callable[..., Workspace]


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
