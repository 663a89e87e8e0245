"""The example workflow: its commands are those of the guard, and it refuses what it cannot judge."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from guardrails.cli import app
from tests.policy.support.programs import Program
from tests.support.recorder import ROOT

WORKFLOW: dict[Any, Any] = yaml.safe_load((ROOT / "examples" / "ci" / "guard.yml").read_text(encoding="utf-8"))
JOB = WORKFLOW["jobs"]["preview"]
STEPS: list[dict[str, Any]] = JOB["steps"]
OPEN = 'resources: {host: {type: "aws:ec2:Instance", properties: {ami: ami-1, keyName: ops}}}'


def step(name: str) -> dict[str, Any]:
    return next(item for item in STEPS if item.get("name", "").startswith(name))


def commands(program: str) -> list[list[str]]:
    """The command lines that start a program, for the stack `dev`."""
    text = "\n".join(item["run"].replace("\\\n", " ") for item in STEPS if "run" in item)
    text = text.replace("${{ matrix.stack }}", "dev")
    lines = [shlex.split(line, comments=True) for line in text.splitlines() if program in line]
    return [line for line in lines if line and line[0].endswith(program)]


def test_every_command_of_the_guard_exists_with_its_options() -> None:
    group = typer.main.get_command(app)
    lines = commands("guardrails")
    assert lines
    for _, name, *arguments in lines:
        command = group.commands[name]
        options = {option for item in command.params for option in item.opts}
        assert {item for item in arguments if item.startswith("--")} <= options


def test_every_file_of_the_guard_exists() -> None:
    text = "\n".join(item.get("run", "") for item in STEPS)
    for stack in JOB["strategy"]["matrix"]["stack"]:
        named = set(re.findall(r"guard/([\w./-]+)", text.replace("${{ matrix.stack }}", stack)))
        files = {item for item in named if not item.startswith(".venv")}
        assert {"policy_pack", f"policy_pack/config/{stack}.json", "requirements.txt"} <= files
        assert [item for item in sorted(files) if not (ROOT / item).exists()] == []


def test_the_preview_is_the_gate() -> None:
    preview = step("Preview")
    assert "if" not in preview
    assert "continue-on-error" not in preview
    (line,) = [line for line in commands("pulumi") if line[1] == "preview"]
    assert {"--policy-pack", "--policy-pack-config", "--non-interactive"} <= set(line)


def test_a_fork_is_refused_not_skipped() -> None:
    assert "if" not in JOB
    assert STEPS[0]["run"].rstrip().endswith("exit 1")
    assert "head.repo.full_name != github.repository" in STEPS[0]["if"]


def test_it_has_the_rights_that_it_uses_and_no_other() -> None:
    assert WORKFLOW["permissions"] == {
        "actions": "read", "contents": "read", "id-token": "write", "security-events": "write",
    }  # fmt: skip
    assert WORKFLOW[True].keys() == {"pull_request", "push"}  # YAML reads `on` as true


def test_what_is_uploaded_is_what_was_written() -> None:
    upload = next(item for item in STEPS if "upload-sarif" in item.get("uses", ""))
    (line,) = commands("guardrails")
    assert upload["with"]["sarif_file"] == line[line.index("--output") + 1]
    assert line[line.index("--format") + 1] == "sarif"
    assert JOB["strategy"]["matrix"]["stack"]
    assert "matrix.stack" in upload["with"]["category"], "two uploads of one category would replace each other"


@pytest.mark.parametrize(("state", "passes"), [(OPEN, True), ("resources: {}", True), (None, False)])
def test_findings_are_shown_and_an_unreadable_state_fails(tmp_path: Path, state: str | None, passes: bool) -> None:
    """The step as GitHub runs it (`bash -e`), with a `pulumi` that exports a given state."""
    resources = [] if state is None else Program(state).state(deployed=True)
    exported = "no state" if state is None else json.dumps({"version": 3, "deployment": {"resources": resources}})
    (tmp_path / "exported.json").write_text(exported, encoding="utf-8")
    binaries = tmp_path / "guard" / ".venv" / "bin"
    binaries.mkdir(parents=True)
    (tmp_path / "guard" / "policy_pack").symlink_to(ROOT / "policy_pack")
    program(binaries / "guardrails", f'exec {shlex.quote(sys.executable)} -m guardrails "$@"')
    program(tmp_path / "pulumi", 'for last; do :; done; cp exported.json "$last"')
    script = step("Judge what is deployed")["run"].replace("${{ matrix.stack }}", "dev")
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT / "policy_pack")}
    done = subprocess.run(
        ["bash", "-e", "-c", script], check=False, cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert (done.returncode == 0) is passes, done.stderr
    assert (tmp_path / "guard.sarif").exists() is passes
    if state == OPEN:
        results = json.loads((tmp_path / "guard.sarif").read_text(encoding="utf-8"))["runs"][0]["results"]
        assert "CMP001" in {item["ruleId"] for item in results}


def program(path: Path, line: str) -> None:
    path.write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
    path.chmod(0o755)
