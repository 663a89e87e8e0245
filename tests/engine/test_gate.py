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


def test_without_a_preview_a_group_for_everybody_is_never_made(
    open_stack: Callable[..., Workspace], layout: Layout
) -> None:
    opened = replace(open_stack("opened"), policy_pack=layout.root / "policy_pack")
    stopped = opened.up("--skip-preview")
    assert stopped.code != 0
    assert "No security group rule lets the internet in" in stopped.output, stopped.output
    assert "0.0.0.0/1 + 128.0.0.0/1" in stopped.output
    made = str(opened.account_contents())
    assert "ec2/vpc:Vpc" in made
    assert "SecurityGroup" not in made
