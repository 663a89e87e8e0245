"""The set-up: done once, taken up again after an interruption, never twice at a time, and clear when it fails."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.engine.processes import eventually, mentioning
from tools.engine import packages
from tools.engine.errors import LauncherError
from tools.engine.layout import Layout
from tools.engine.locks import exclusive
from tools.engine.steps import Step, run_step


def step(log: Path) -> Step:
    return Step("Doing it", "because it must be done", "turn it off and on again", log)


class Recorder:
    """Stands in for the long steps: notes each command, makes what the real one would, can be told to stop at one."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.commands: list[str] = []
        self.stop_at: str | None = None

    def __call__(self, one: Step, argv: Sequence[str], **_: object) -> None:
        command = " ".join(argv[1:])
        self.commands.append(command)
        if self.stop_at is not None and self.stop_at in command:
            raise KeyboardInterrupt
        if "-m venv" in command:
            self.make_environment()

    def make_environment(self) -> None:
        folder = self.layout.venv / "bin"
        folder.mkdir(parents=True, exist_ok=True)
        self.layout.python.unlink(missing_ok=True)
        self.layout.python.symlink_to(sys.executable)
        (folder / "pip").write_text(f"#!{self.layout.python}\n")


@pytest.fixture
def checkout(tmp_path: Path) -> Layout:
    (tmp_path / "requirements-dev.txt").write_text("# pinned\n")
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    return Layout(tmp_path)


@pytest.fixture
def recorder(checkout: Layout, monkeypatch: pytest.MonkeyPatch) -> Recorder:
    record = Recorder(checkout)
    monkeypatch.setattr(packages, "run_step", record)
    return record


def test_packages_are_installed_by_hash_from_the_pinned_file(checkout: Layout, recorder: Recorder) -> None:
    packages.ensure_packages(checkout)
    made, pinned, project = recorder.commands
    assert "-m venv --clear" in made
    assert "--require-hashes -r requirements-dev.txt" in pinned
    assert "--no-deps" in project


def test_the_second_run_does_nothing(checkout: Layout, recorder: Recorder) -> None:
    packages.ensure_packages(checkout)
    recorder.commands.clear()
    packages.ensure_packages(checkout)
    assert recorder.commands == []


def test_a_changed_requirement_is_installed_into_the_same_environment(checkout: Layout, recorder: Recorder) -> None:
    packages.ensure_packages(checkout)
    recorder.commands.clear()
    (checkout.root / "requirements-dev.txt").write_text("# changed\n")
    packages.ensure_packages(checkout)
    pinned, project = recorder.commands
    assert "--require-hashes" in pinned
    assert "--no-deps" in project


def test_a_changed_project_is_installed_again_without_its_packages(checkout: Layout, recorder: Recorder) -> None:
    packages.ensure_packages(checkout)
    recorder.commands.clear()
    (checkout.root / "pyproject.toml").write_text("[project]\nname = 'other'\n")
    packages.ensure_packages(checkout)
    (only,) = recorder.commands
    assert "--no-deps" in only


def test_a_changed_setting_of_a_tool_changes_nothing(checkout: Layout, recorder: Recorder) -> None:
    packages.ensure_packages(checkout)
    recorder.commands.clear()
    (checkout.root / "pyproject.toml").write_text("[project]\n[tool.ruff]\nline-length = 100\n")
    packages.ensure_packages(checkout)
    assert recorder.commands == []


def test_a_usable_environment_is_never_emptied(checkout: Layout, recorder: Recorder) -> None:
    recorder.make_environment()
    packages.ensure_packages(checkout)
    assert not [command for command in recorder.commands if "-m venv" in command]


@pytest.mark.parametrize("where", ["-m venv", "--require-hashes", "--no-deps"])
def test_an_interrupted_installation_is_taken_up_again(checkout: Layout, recorder: Recorder, where: str) -> None:
    recorder.stop_at = where
    with pytest.raises(KeyboardInterrupt):
        packages.ensure_packages(checkout)
    assert not packages.is_complete(checkout)
    recorder.stop_at = None
    packages.ensure_packages(checkout)
    assert packages.is_complete(checkout)


def test_an_environment_from_another_folder_is_made_anew(checkout: Layout, recorder: Recorder) -> None:
    recorder.make_environment()
    (checkout.venv / "bin" / "pip").write_text("#!/somewhere/else/.venv/bin/python\n")
    packages.ensure_packages(checkout)
    assert "-m venv --clear" in recorder.commands[0]


def test_a_link_to_another_checkouts_environment_is_replaced_and_that_one_left_alone(
    checkout: Layout, recorder: Recorder, tmp_path: Path
) -> None:
    theirs = Layout(tmp_path / "theirs")
    Recorder(theirs).make_environment()
    (theirs.venv / "precious").write_text("")
    checkout.venv.symlink_to(theirs.venv)
    packages.ensure_packages(checkout)
    assert (theirs.venv / "precious").exists()
    assert not checkout.venv.is_symlink()
    assert packages.is_complete(checkout)


def test_an_environment_that_does_not_run_is_made_anew(checkout: Layout, recorder: Recorder) -> None:
    recorder.make_environment()
    checkout.python.unlink()
    checkout.python.write_text("#!/bin/sh\nexit 1\n")
    checkout.python.chmod(0o755)
    packages.ensure_packages(checkout)
    assert "-m venv --clear" in recorder.commands[0]


def test_a_failing_step_shows_its_last_lines_its_log_and_the_remedy(tmp_path: Path) -> None:
    log = tmp_path / "log" / "it.log"
    with pytest.raises(LauncherError) as caught:
        run_step(
            step(log), ["sh", "-c", "echo on the way; echo no space left >&2; exit 3"], env=os.environ, cwd=tmp_path
        )
    assert "no space left" in str(caught.value)
    assert "exit 3" in str(caught.value)
    assert "turn it off and on again" in str(caught.value)
    assert str(log) in str(caught.value)
    assert "on the way" in log.read_text()


def test_a_missing_command_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(LauncherError, match="could not start"):
        run_step(step(tmp_path / "it.log"), ["/nowhere/to/be/found"], env={}, cwd=tmp_path)


def test_an_interrupted_step_leaves_no_process_behind(tmp_path: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path\n"
        "from tools.engine.steps import Step, run_step\n"
        "here = sys.argv[1]\n"
        "command = ['sh', '-c', 'touch $0/started; sleep 600', here]\n"
        "run_step(Step('a', 'b', 'c', Path(here, 'log')), command, env=os.environ, cwd=Path(here))\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], cwd=Layout().root, stderr=subprocess.DEVNULL
    )
    eventually((tmp_path / "started").is_file, "the step runs")
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) != 0
    eventually(lambda: not mentioning(str(tmp_path)), "the step's process is gone")


def hold(path: Path, taken: threading.Event, release: threading.Event) -> None:
    with exclusive(path, ""):
        taken.set()
        release.wait(30)


def test_a_lock_is_held_by_one_process_and_the_other_says_that_it_waits(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    context = multiprocessing.get_context("spawn")
    taken, release = context.Event(), context.Event()
    path = tmp_path / "lock"
    holder = context.Process(target=hold, args=(path, taken, release))
    holder.start()
    assert taken.wait(30)
    threading.Timer(0.2, release.set).start()
    with exclusive(path, "somebody else has it"):
        assert release.is_set()
    holder.join(30)
    assert "somebody else has it" in capsys.readouterr().err


def test_a_killed_holder_gives_its_lock_back(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    taken, release = context.Event(), context.Event()
    path = tmp_path / "lock"
    holder = context.Process(target=hold, args=(path, taken, release))
    holder.start()
    assert taken.wait(30)
    holder.kill()
    holder.join(30)
    with exclusive(path, "waiting"):
        pass
