"""`guardrails check`, `rules` and `explain`: exit codes, what goes where, and the formats."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import Result
from typer.testing import CliRunner

from guardrails.cli import app
from guardrails.rules.catalogue import rule_types
from tests.policy.support.programs import Program
from tests.policy.support.stacks import Stack

GOOD = """
resources:
  tokyo:
    type: pulumi:providers:aws
    properties: {region: ap-northeast-1, allowedAccountIds: ["111122223333"]}
  desk:
    type: aws:workspaces:IpGroup
    properties: {rules: [{source: 198.51.100.0/28}]}
    options: {provider: "${tokyo}"}
"""
BAD = GOOD.replace("198.51.100.0/28", "0.0.0.0/0")
SECRET = "correct-horse-battery"

Run = Callable[..., Result]


@pytest.fixture
def run() -> Run:
    return lambda *arguments: CliRunner().invoke(app, [str(item) for item in arguments])


@pytest.fixture
def state(tmp_path: Path) -> Callable[[Any], Path]:
    def write(resources: Any) -> Path:
        path = tmp_path / "state.json"
        path.write_text(json.dumps({"version": 3, "deployment": {"resources": resources}}), encoding="utf-8")
        return path

    return write


def program(text: str) -> list[dict[str, Any]]:
    return Program(text).state(deployed=True)


def test_clean_state_exits_0(run: Run, state: Callable[[Any], Path]) -> None:
    result = run("check", "--state", state(program(GOOD)))
    assert result.exit_code == 0, result.stdout
    assert "PASSED" in result.stdout


def test_findings_exit_1_and_name_resource_path_value_and_fix(run: Run, state: Callable[[Any], Path]) -> None:
    result = run("check", "--state", state(program(BAD)))
    assert result.exit_code == 1
    for word in ("WSP003", "IpGroup::desk", "rules", "0.0.0.0/0", "Fix:", "BLOCKED"):
        assert word in result.stdout


@pytest.mark.parametrize("content", ["", "{", "[]", '{"deployment": {"resources": 3}}', '{"resources": [{}]}'])
def test_unreadable_state_exits_2_with_a_note_on_stderr(run: Run, tmp_path: Path, content: str) -> None:
    path = tmp_path / "state.json"
    path.write_text(content, encoding="utf-8")
    result = run("check", "--state", path)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert str(path) in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [("check",), ("check", "--state", "absent.json"), ("check", "--what"), ("explain", "XXX999"), ("what",)],
)
def test_wrong_usage_exits_2(run: Run, arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2


def test_faulty_intent_exits_2_and_lists_every_error(run: Run, state: Callable[[Any], Path], tmp_path: Path) -> None:
    intent = tmp_path / "intent.yaml"
    intent.write_text("version: 1\nzones: {a: {}}\ncolour: red\n", encoding="utf-8")
    result = run("check", "--state", state(program(GOOD)), "--intent", intent)
    assert result.exit_code == 2
    assert "zones.a" in result.stderr
    assert "colour" in result.stderr


def test_json_is_one_object(run: Run, state: Callable[[Any], Path]) -> None:
    body = json.loads(run("check", "--state", state(program(BAD)), "--json").stdout)
    assert body["blocked"] is True
    (finding,) = [item for item in body["findings"] if item["outcome"] == "fail"]
    assert (finding["rule"], finding["level"], finding["blocks"]) == ("WSP003", "mandatory", True)
    assert finding["resource"].endswith("IpGroup::desk")


def test_sarif_keeps_to_its_schema_and_fingerprints_are_stable(run: Run, state: Callable[[Any], Path]) -> None:
    path = state(program(BAD))
    first, second = (json.loads(run("check", "--state", path, "--format", "sarif").stdout) for _ in range(2))
    assert first == second
    (driver,) = [item["tool"]["driver"] for item in first["runs"]]
    assert len(driver["rules"]) == len(rule_types())
    (result,) = first["runs"][0]["results"]
    assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == "WSP003"
    assert result["level"] == "error"


def test_junit_has_a_case_for_every_rule(run: Run, state: Callable[[Any], Path]) -> None:
    root = ElementTree.fromstring(run("check", "--state", state(program(BAD)), "--format", "junit").stdout)
    cases = root.findall(".//testcase")
    assert len(cases) == len(rule_types())
    failed = [case.get("name", "").split("-")[0] for case in cases if case.find("failure") is not None]
    assert failed == ["WSP003"]


def test_a_report_goes_to_a_file_where_asked(run: Run, state: Callable[[Any], Path], tmp_path: Path) -> None:
    output = tmp_path / "report.sarif"
    result = run("check", "--state", state(program(BAD)), "--format", "sarif", "--output", output)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert json.loads(output.read_text())["version"] == "2.1.0"


@pytest.mark.parametrize("form", ["text", "json", "sarif", "junit"])
def test_no_format_shows_a_secret(run: Run, state: Callable[[Any], Path], form: str) -> None:
    text = f"""
resources:
  one: {{type: "aws:ec2:Instance", properties: {{ami: ami-1, keyName: {{"fn::secret": {SECRET}}}}}}}
  two: {{type: "aws:ec2:Instance", properties: {{ami: ami-1, userData: {SECRET}, keyName: k-{SECRET}}}}}
"""
    result = run("check", "--state", state(program(text)), "--format", form)
    assert result.exit_code == 1
    assert "CMP001" in result.stdout
    assert SECRET not in result.output


def test_our_own_stack_is_clean_by_its_own_intent(run: Run, state: Callable[[Any], Path]) -> None:
    result = run("check", "--state", state(Stack("prod", known=True).raw))
    assert result.exit_code == 0, result.stdout
    assert "not applicable" in result.stdout


def test_rules_are_listed(run: Run) -> None:
    listed = run("rules").stdout.splitlines()
    assert len(listed) == len(rule_types())
    assert [item["id"] for item in json.loads(run("rules", "--json").stdout)["rules"]] == [
        line.split()[0] for line in listed
    ]


@pytest.mark.parametrize("name", ["SEG001", "seg001", "no-world-ingress", "SEG001-no-world-ingress"])
def test_a_rule_is_explained_by_any_of_its_names(run: Run, name: str) -> None:
    result = run("explain", name)
    assert result.exit_code == 0
    for word in ("SEG001", "## Why", "## Avoid", "## Prefer", "https://"):
        assert word in result.stdout
