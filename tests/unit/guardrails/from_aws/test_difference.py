"""`guardrails reach diff`: exactly what a change opens and closes, and nothing else."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from guardrails.cli import app

SNAPSHOTS = Path(__file__).parent / "snapshots"
Edit = Callable[[dict[str, Any]], None]


@pytest.fixture
def changed(tmp_path: Path) -> Callable[[str, Edit], Path]:
    """Copy a known-answer network and change it."""

    def change(case: str, edit: Edit) -> Path:
        folder = tmp_path / "new"
        shutil.copytree(SNAPSHOTS / case / "aws", folder)
        answers = json.loads((folder / "network.json").read_text())
        edit(answers)
        (folder / "network.json").write_text(json.dumps(answers))
        return folder

    return change


def diff(old: str | Path, new: str | Path, *more: str) -> Result:
    return CliRunner().invoke(app, ["reach", "diff", str(old), str(new), *more])


def case(name: str) -> Path:
    return SNAPSHOTS / name / "aws"


def rule_of(answers: dict[str, Any], group: str, direction: str) -> dict[str, Any]:
    held = next(one for one in answers["SecurityGroups"] if one["GroupName"] == group)
    return held[direction][0]


@pytest.mark.parametrize("name", ["public-nat-gateway", "peering-is-not-transitive", "dangling-ids"])
def test_a_network_does_not_differ_from_itself(name: str) -> None:
    result = diff(case(name), case(name))

    assert (result.exit_code, result.stdout) == (0, "no difference in who can reach whom\n")


def test_a_wider_rule_opens_just_its_ports(changed: Callable[[str, Edit], Path]) -> None:
    def widen(answers: dict[str, Any]) -> None:
        rule_of(answers, "server-group", "IpPermissions").update(FromPort=443, ToPort=445)

    wider = changed("same-subnet-skips-nacl", widen)

    told = json.loads(diff(case("same-subnet-skips-nacl"), wider, "--json").stdout)

    assert [(one["from"], one["to"], one["certain"]) for one in told["opened"]] == [("client", "server", True)]
    assert [(flow["protocol"], flow["ports"]) for flow in told["opened"][0]["flows"]] == [("tcp", "444-445")]
    assert told["closed"] == []


def test_the_other_way_round_it_closes_them(changed: Callable[[str, Edit], Path]) -> None:
    def widen(answers: dict[str, Any]) -> None:
        rule_of(answers, "server-group", "IpPermissions").update(FromPort=443, ToPort=445)

    result = diff(changed("same-subnet-skips-nacl", widen), case("same-subnet-skips-nacl"))

    assert (result.exit_code, result.stdout) == (0, "-  client -> server  tcp 444-445\n")


def test_a_route_to_the_internet_is_news(changed: Callable[[str, Edit], Path]) -> None:
    def reroute(answers: dict[str, Any]) -> None:
        isolated = next(one for one in answers["RouteTables"] if one["Tags"][0]["Value"] == "isolated-table")
        gateway = answers["InternetGateways"][0]["InternetGatewayId"]
        route = {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": gateway, "Origin": "CreateRoute", "State": "active"}
        isolated["Routes"].append(route)

    result = diff(case("main-table-fallback"), changed("main-table-fallback", reroute), "--format", "markdown")

    assert result.exit_code == 1
    assert "### Newly reachable" in result.stdout
    assert "| `internet` | `hidden` | tcp 443 |  |" in result.stdout
    assert "No longer" not in result.stdout


def test_what_becomes_unknown_is_marked(changed: Callable[[str, Edit], Path]) -> None:
    def lose(answers: dict[str, Any]) -> None:
        answers["SecurityGroups"] = [one for one in answers["SecurityGroups"] if one["GroupName"] != "server-group"]

    told = json.loads(diff(case("same-subnet-skips-nacl"), changed("same-subnet-skips-nacl", lose), "--json").stdout)

    assert told["closed"]
    assert not any(one["certain"] for one in (*told["opened"], *told["closed"]))


def test_an_input_that_cannot_be_read() -> None:
    result = diff(case("public-nat-gateway"), "/nowhere/at/all")

    assert result.exit_code == 2
    assert result.stdout == ""


def test_what_is_taken_for_granted_is_listed_with_its_side() -> None:
    told = json.loads(diff(case("no-network-acl-file"), case("same-subnet-skips-nacl"), "--json").stdout)
    assert any(one.startswith("old: NetworkAcls") for one in told["assumptions"])
    comment = diff(case("no-network-acl-file"), case("no-network-acl-file"), "--format", "markdown")
    assert comment.exit_code == 0
    assert comment.stdout.startswith("**Reachability:** no difference.\n\nAssumed:\n\n- old: NetworkAcls")


def test_a_new_side_that_is_cut_off_is_never_the_all_clear() -> None:
    whole, cut = case("nacl-first-match-decides"), case("truncated-network-acls")
    assert diff(cut, cut).exit_code == 0
    assert diff(whole, cut).exit_code == 1
