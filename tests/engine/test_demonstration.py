"""`make blocked`: the guard refuses the dangerous line, and only because of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.engine import cli
from tools.engine.binary import Engine
from tools.engine.demonstration import OPEN_DESKTOPS, Change, copy_program
from tools.engine.errors import LauncherError
from tools.engine.layout import Layout

HARMLESS = Change("nothing at all", "components/network/plan.py", "WORLD = IPv4Network", "WORLD  =  IPv4Network")


def test_the_dangerous_line_is_refused(engine: Engine, capfd: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["blocked"]) == 0
    shown = capfd.readouterr().out
    assert "SIMULATED ACCOUNT" in shown
    assert "Zone.DESKTOP: (RoutePlan(WORLD, Target.INTERNET_GATEWAY),)," in shown
    assert "RTE001-no-internet-route-from-protected-subnet" in shown
    assert "REFUSED, as it must be" in shown


def test_the_same_program_without_the_line_passes_and_the_command_fails(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "OPEN_DESKTOPS", HARMLESS)
    assert cli.main(["blocked"]) == 1
    assert "NOT REFUSED" in capfd.readouterr().out


def test_a_change_that_finds_nothing_to_change_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "plan.py").write_text("other = 1\n")
    with pytest.raises(LauncherError, match="exactly once"):
        Change("a change", "plan.py", "wanted = 1", "wanted = 2").apply(tmp_path)


def test_a_copy_of_the_program_is_complete_and_leaves_the_checkout_alone(layout: Layout, tmp_path: Path) -> None:
    before = (layout.root / OPEN_DESKTOPS.file).read_text()
    copy_program(layout, tmp_path / "copy")
    OPEN_DESKTOPS.apply(tmp_path / "copy")
    assert (layout.root / OPEN_DESKTOPS.file).read_text() == before
    assert {path.name for path in (tmp_path / "copy").glob("Pulumi.*")} == {
        path.name for path in layout.root.glob("Pulumi.*")
    }
