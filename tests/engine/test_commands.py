"""The launcher's command line: as `make` calls it, with the system's Python, before anything is installed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tools.engine import __main__ as entry
from tools.engine import cli
from tools.engine.errors import LauncherError
from tools.engine.layout import Layout
from tools.engine.workspace import Workspace


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["make", "--no-print-directory", f"PYTHON={sys.executable} -S", *arguments]
    return subprocess.run(command, cwd=Layout().root, capture_output=True, text=True, check=False)


def test_the_launcher_needs_nothing_but_the_standard_library() -> None:
    # -S: without site-packages.
    shown = make("help")
    assert shown.returncode == 0, shown.stderr
    for command in cli.COMMANDS:
        assert f"    {command} " in shown.stdout


def test_every_command_of_the_launcher_is_a_target_of_make() -> None:
    targets = (Layout().root / "Makefile").read_text().split("COMMANDS := ")[1].splitlines()[0].split()
    assert set(targets) == set(cli.COMMANDS)


def test_a_stack_that_does_not_exist_is_an_error_that_names_those_that_do() -> None:
    answer = make("preview", "STACK=staging")
    assert answer.returncode != 0
    assert "there is no stack 'staging'" in answer.stderr
    assert "STACK=dev STACK=prod" in answer.stderr


def test_doctor_says_what_would_be_used_and_makes_nothing() -> None:
    answer = make("doctor")
    assert answer.returncode == 0, answer.stderr
    assert "stacks             dev, prod" in answer.stdout


def test_an_old_python_is_told_which_one_is_needed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert entry.main() == 2
    told = capsys.readouterr().err
    assert "Python 3.11 or newer is needed, this is 3.9" in told
    assert "remedy:" in told


def test_what_follows_the_dashes_is_passed_on_and_options_of_the_launcher_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[tuple[list[str], str]] = []
    monkeypatch.setitem(
        cli.COMMANDS, "test", (lambda _, options: seen.append((options.arguments, options.stack)) or 0, "")
    )
    assert cli.main(["test", "--stack", "prod", "--", "-k", "one and two", "--lf"]) == 0
    assert seen == [(["-k", "one and two", "--lf"], "prod")]


def test_a_failure_of_the_set_up_is_shown_with_its_remedy(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_layout: Layout, _options: object) -> int:
        raise LauncherError("no index", "plug it in", Path("/the/log"))

    monkeypatch.setitem(cli.COMMANDS, "setup", (fail, ""))
    assert cli.main(["setup"]) == cli.FAILED_SETUP
    assert "error: no index\nremedy: plug it in\nfull output: /the/log" in capsys.readouterr().err


def test_the_banner_says_that_nothing_is_real(open_stack) -> None:
    workspace: Workspace = open_stack("local", account=False)
    shown = cli.banner(workspace)
    assert "SIMULATED ACCOUNT" in shown
    assert "nothing reaches AWS" in shown
    assert "\x1b" not in shown, "no colour where there is no terminal"
