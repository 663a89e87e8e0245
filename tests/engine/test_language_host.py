"""The language host: what a program gets, how its failures are shown, how policy packs run, and how everything ends."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engine.processes import eventually, mentioning
from tools.engine.layout import Layout
from tools.engine.workspace import Workspace

OpenStack = Callable[..., Workspace]
Interrupt = Callable[[subprocess.Popen[bytes]], None]


def outputs(workspace: Workspace) -> dict[str, object]:
    stack = next(
        item for item in workspace.export()["deployment"]["resources"] if item["type"] == "pulumi:pulumi:Stack"
    )
    return stack["outputs"]


def test_a_program_runs_with_its_configuration_in_its_own_folder(open_stack: OpenStack, layout: Layout) -> None:
    workspace = open_stack("local", account=False, greeting="hello")
    result = workspace.up()
    assert result.code == 0, result.output
    assert "a line that the program prints" in result.stdout
    seen = outputs(workspace)
    assert seen["greeting"] == "hello"
    assert (seen["project"], seen["stack"]) == ("local", "dev")
    assert seen["folder"] == str(workspace.program)
    assert seen["arguments"] == [str(workspace.program)]
    assert seen["python"] == str(layout.venv)
    assert seen["path"][0] == str(workspace.program)  # type: ignore[index]
    assert not [entry for entry in seen["path"] if "tools/engine" in str(entry)]  # type: ignore[union-attr]


def test_deploy_preview_and_destroy_agree_on_what_there_is(open_stack: OpenStack) -> None:
    workspace = open_stack("local", account=False)
    assert workspace.preview_changes() == {"create": 2}
    assert workspace.up().code == 0
    assert workspace.preview_changes() == {"same": 2}
    assert workspace.refresh().code == 0
    assert workspace.destroy().code == 0
    assert workspace.export()["deployment"].get("resources", []) == []


def test_a_secret_reaches_the_program_and_stays_a_secret(open_stack: OpenStack) -> None:
    workspace = open_stack("local", account=False)
    preview = workspace.preview()
    assert preview.code == 0
    encrypted = workspace.capture(
        ["config", "set", "--secret", "word", "open-sesame", "--config-file", str(workspace.config_file)], account=False
    )
    assert encrypted.code == 0, encrypted.output
    secure = [line for line in workspace.config_file.read_text().splitlines() if "secure:" in line or "word" in line]
    with (workspace.program / "Pulumi.dev.yaml").open("a") as file:
        file.write("\n".join(secure) + "\n")
    result = workspace.up()
    assert result.code == 0, result.output
    assert "open-sesame" not in result.output
    assert "open-sesame" not in json.dumps(workspace.export())
    shown = workspace.capture(["stack", "output", "secret", "--show-secrets"], account=False)
    assert shown.stdout.strip() == "open-sesame"


def test_an_exception_is_shown_once_from_the_programs_own_frames_on(open_stack: OpenStack) -> None:
    result = open_stack("local", account=False, mode="raise").preview()
    assert result.code != 0
    diagnostics = result.output.partition("Diagnostics:")[2]
    assert diagnostics.count("ValueError: this program fails on purpose") == 1
    assert "in fail_here" in diagnostics
    assert "runpy" not in diagnostics
    assert "tools/engine" not in diagnostics


def test_a_run_error_is_shown_without_a_traceback(open_stack: OpenStack) -> None:
    result = open_stack("local", account=False, mode="run-error").preview()
    assert result.code != 0
    assert "a configuration that makes no sense" in result.output
    assert "Traceback" not in result.output


def test_an_exit_code_of_the_program_is_a_failure_that_names_it(open_stack: OpenStack) -> None:
    result = open_stack("local", account=False, mode="exit").preview()
    assert result.code != 0
    assert "the program exited with code 7" in result.output


def test_a_folder_without_a_main_program_is_named(open_stack: OpenStack) -> None:
    workspace = open_stack("local", account=False)
    (workspace.program / "__main__.py").unlink()
    result = workspace.preview()
    assert result.code != 0
    assert "has no __main__.py" in result.output


def test_a_virtual_environment_that_is_not_there_is_named(open_stack: OpenStack) -> None:
    workspace = open_stack("local", account=False)
    with (workspace.program / "Pulumi.yaml").open("w") as file:
        file.write("name: local\nruntime:\n  name: python\n  options:\n    virtualenv: nowhere\n")
    result = workspace.preview()
    assert result.code != 0
    assert "the virtual environment 'nowhere'" in result.output


def test_the_virtual_environment_of_the_project_file_is_used(open_stack: OpenStack, layout: Layout) -> None:
    workspace = open_stack("local", account=False)
    (workspace.program / "own").symlink_to(layout.venv)
    with (workspace.program / "Pulumi.yaml").open("w") as file:
        file.write("name: local\nruntime:\n  name: python\n  options:\n    virtualenv: own\n")
    assert workspace.up().code == 0
    assert outputs(workspace)["python"] == str(workspace.program / "own")


def test_a_policy_pack_runs_and_passes(open_stack: OpenStack) -> None:
    result = open_stack("local", account=False, pack="tags").preview()
    assert result.code == 0, result.output
    assert "tags@v0.0.1" in result.output


def test_a_policy_pack_refuses_a_resource_and_nothing_is_made(open_stack: OpenStack) -> None:
    workspace = open_stack("local", account=False, pack="tags", box="forbidden")
    result = workspace.up()
    assert result.code != 0
    assert "a resource is called forbidden" in result.output
    assert workspace.export()["deployment"].get("resources", []) == []


def test_a_policy_pack_that_crashes_at_start_stops_the_preview(open_stack: OpenStack, tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    pack.mkdir()
    (pack / "PulumiPolicy.yaml").write_text("runtime: python\nversion: 0.0.1\n")
    (pack / "__main__.py").write_text("raise SystemExit('this pack does not start')\n")
    workspace = open_stack("local", account=False)
    result = workspace.capture(workspace.operation_arguments("preview", "--policy-pack", str(pack)))
    assert result.code != 0
    assert "this pack does not start" in result.output


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_nothing_outlives_an_engine_that_is_stopped(open_stack: OpenStack, number: signal.Signals) -> None:
    workspace = open_stack("local", account=False, pack="tags", mode="wait")
    started = workspace.folder / "home" / "waiting"

    def stop_it(process: subprocess.Popen[bytes]) -> None:
        eventually(lambda: started.is_file() or process.poll() is not None, "the program waits")
        process.send_signal(number)

    result = workspace.capture(workspace.operation_arguments("preview"), watch=stop_it)
    assert result.code != 0
    marker = str(workspace.folder)
    eventually(lambda: not mentioning(marker), f"nothing runs any more: {mentioning(marker)}")
