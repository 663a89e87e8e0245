"""The guard at the engine's gate: what it refuses is refused before anything is made, with and without a preview."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tools.engine.layout import Layout
from tools.engine.workspace import Workspace

TITLE = "Every resource is made by an explicit provider"


@pytest.fixture
def careless(open_stack: Callable[..., Workspace], layout: Layout) -> Workspace:
    """A program without a provider of its own, under the real pack."""
    return replace(open_stack("careless"), policy_pack=layout.root / "policy_pack")


def test_a_default_provider_is_told_once_for_all_of_its_resources(careless: Workspace) -> None:
    shown = careless.preview()
    assert shown.code != 0
    assert shown.output.count(TITLE) == 1, shown.output
    assert "default_" in shown.output


def test_without_a_preview_it_is_refused_before_anything_is_made(careless: Workspace) -> None:
    stopped = careless.up("--skip-preview")
    assert stopped.code != 0
    assert TITLE in stopped.output, stopped.output
    assert careless.account_contents() == []
