"""Networks of every kind through the command line, each written from the page of AWS's documentation that it names."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from guardrails.cli import app
from tests.unit.guardrails.reach_cases.questions import CASES, asked

for path in sorted(Path(__file__).parent.glob("cases_*.py")):
    importlib.import_module(f"tests.unit.guardrails.reach_cases.{path.stem}")


def questions() -> list[Any]:
    return [
        pytest.param(name, question, id=f"{name}: {question}")
        for name, one in CASES.items()
        for question in one.questions
    ]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {}


@pytest.mark.parametrize(("name", "question"), questions())
def test_answer(name: str, question: str, folders: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> None:
    if name not in folders:
        folders[name] = CASES[name].write(tmp_path_factory.mktemp(name))
    line, expected = asked(question)

    result = CliRunner().invoke(app, ["reach", "--snapshot", str(folders[name]), *line, "--json"])

    assert result.exit_code == 0, result.stderr
    told = json.loads(result.stdout)
    assert told["reachable"] is expected, told
    assert bool(told["unknowns"]) == (expected is None)
    assert (told["blocked_by"] is not None) == (expected is False)
    assert bool(told["path"]) or expected is not True


@pytest.mark.parametrize(
    ("name", "question", "kind"),
    [
        ("no-acl-file", "i-app > i-db = yes", "NetworkAcls"),
        ("no-route-table-file", "i-app > internet = no", "RouteTables"),
        ("no-vpc-file", "i-app > i-db = yes", "Vpcs"),
        ("no-internet-gateway-file", "i-web > internet = yes", "InternetGateways"),
        ("virtual-private-gateway-whose-connections-nobody-listed", "i-app > 192.168.1.1 = yes", "VpnConnections"),
        ("instances-alone-without-interfaces", "i-app > 10.0.2.200 = no", "NetworkInterfaces"),
    ],
)
def test_what_an_answer_assumes_is_listed(name: str, question: str, kind: str, tmp_path: Path) -> None:
    line, expected = asked(question)

    result = CliRunner().invoke(app, ["reach", "--snapshot", str(CASES[name].write(tmp_path)), *line, "--json"])

    told = json.loads(result.stdout)
    assert told["reachable"] is expected
    assert any(text.startswith(f"{kind}: ") for text in told["assumptions"]), told["assumptions"]
