"""`guardrails reach`: one JSON object on stdout, notes on stderr, exit 0 for an answer, 2 for what is no question."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from guardrails.cli import app

SNAPSHOTS = Path(__file__).parent / "snapshots"
NAT = SNAPSHOTS / "public-nat-gateway" / "aws"
CUT = SNAPSHOTS / "truncated-network-acls" / "aws"


def ask(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["reach", *map(str, arguments)])


def answer(*arguments: str | Path) -> dict[str, Any]:
    result = ask(*arguments, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


class TestJson:
    def test_yes(self) -> None:
        told = answer("--snapshot", NAT, "--from", "worker", "--to", "internet", "--port", "443")

        assert told["reachable"] is True
        assert told["blocked_by"] is None
        assert told["unknowns"] == []
        assert told["path"][0]["kind"] == "instance"
        assert "nat-gateway" in {hop["kind"] for hop in told["path"]}
        assert all({"node", "kind", "table", "rule"} <= set(hop) for hop in told["path"])
        assert all(flow["protocol"] == "tcp" and flow["ports"] == "443" for flow in told["flows"])

    def test_no(self) -> None:
        told = answer("--snapshot", NAT, "--from", "worker", "--to", "internet", "--port", "80")

        assert told["reachable"] is False
        assert told["flows"] == []
        assert told["blocked_by"]["kind"] == "security-group"

    def test_unknown_names_the_input(self) -> None:
        told = answer("--snapshot", CUT, "--from", "x", "--to", "y", "--port", "443")

        assert told["reachable"] is None
        assert told["unknowns"]

    def test_notes_go_to_stderr(self) -> None:
        result = ask("--snapshot", CUT, "--from", "x", "--to", "y", "--json")

        assert "describe-network-acls.json" in result.stderr
        json.loads(result.stdout)

    def test_a_range_of_ports(self) -> None:
        told = answer("--snapshot", NAT, "--from", "worker", "--to", "internet", "--port", "400-500")

        assert {flow["ports"] for flow in told["flows"]} == {"443"}

    @pytest.mark.parametrize(("protocol", "reachable"), [("tcp", True), ("6", True), ("any", True), ("0", False)])
    def test_protocols(self, protocol: str, reachable: bool) -> None:
        told = answer("--snapshot", NAT, "--from", "worker", "--to", "internet", "--protocol", protocol)

        assert told["reachable"] is reachable


class TestText:
    def test_the_path_is_drawn_hop_by_hop(self) -> None:
        result = ask("--snapshot", NAT, "--from", "worker", "--to", "internet", "--port", "443")

        assert result.exit_code == 0
        assert result.stdout.startswith("yes: worker -> internet\n")
        for part in ("path:", "way back:", "nat-gateway", "0.0.0.0/0 to nat-", "flows that work:"):
            assert part in result.stdout

    def test_what_blocks_is_told(self) -> None:
        result = ask("--snapshot", NAT, "--from", "internet", "--to", "worker", "--port", "443")

        assert result.stdout.startswith("no: internet -> worker\n")
        assert "blocked at:" in result.stdout

    def test_what_is_not_known_is_told(self) -> None:
        result = ask("--snapshot", CUT, "--from", "x", "--to", "y")

        assert result.stdout.startswith("unknown: x -> y\n")
        assert "not known:" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--snapshot", NAT, "--from", "worker"), "needs --from WHERE and --to WHERE"),
        (("--from", "a", "--to", "b"), "exactly one source"),
        (("--snapshot", NAT, "--live", "--from", "a", "--to", "b"), "exactly one source"),
        (("--snapshot", NAT, "--region", "eu-west-1", "--from", "a", "--to", "b"), "belong to --live"),
        (("--snapshot", NAT / "nowhere", "--from", "a", "--to", "b"), "No such file"),
        (("--snapshot", NAT.parent / "questions.yaml", "--from", "a", "--to", "b"), "no answer of AWS"),
        (("--state", NAT, "--from", "a", "--to", "b"), "is a folder"),
        (("--state", NAT / "network.json", "--from", "a", "--to", "b"), "network.json"),
        (("--snapshot", NAT, "--from", "worker", "--to", "nobody"), "nobody"),
        (("--snapshot", NAT, "--from", "worker", "--to", "internet", "--protocol", "no"), "no protocol"),
        (("--snapshot", NAT, "--from", "worker", "--to", "internet", "--port", "70000"), "--port"),
        (("--snapshot", NAT, "--from", "worker", "--to", "internet", "--port", "9-1"), "--port"),
        (("--snapshot", NAT, "--from", "worker", "--to", "internet", "--source-port", "x"), "--source-port"),
        (("--snapshot", NAT, "--from", "a", "--to", "b", "--protocol", "icmp", "--port", "1"), "has no ports"),
        (("--snapshot", NAT, "--from", "a", "--to", "b", "--protocol", "sctp", "--port", "1"), "has no ports"),
        (("--snapshot", NAT, "--from", "a", "--to", "b", "--protocol", "0", "--port", "1"), "has no ports"),
        (("--snapshot", NAT, "--from", "worker", "--to", "internet", "--protocol", "256"), "no protocol"),
        (("--snapshot", NAT, "--from", "worker", "--to", "a.b.eu-west-1.rds.amazonaws.com"), "rds.amazonaws.com"),
        (("--snapshot", NAT, "--from", "worker", "--to", "10.0.0.0/99"), "10.0.0.0/99"),
        (("--snapshot", NAT, "--from", "worker", "--to", ""), "needs --from WHERE and --to WHERE"),
        (("--snapshot", NAT, "--from", "a", "--to", "b", "--intent", NAT / "nowhere.yaml"), "nowhere.yaml"),
    ],
)
def test_a_question_that_is_none(arguments: tuple[str | Path, ...], message: str) -> None:
    result = ask(*arguments)

    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stdout == ""


def test_an_ambiguous_name_lists_what_it_may_mean(tmp_path: Path) -> None:
    network = json.loads((NAT / "network.json").read_text())
    for reservation in network["Reservations"]:
        for instance in reservation["Instances"]:
            instance["Tags"] = [{"Key": "Name", "Value": "twin"}]
    (tmp_path / "network.json").write_text(json.dumps(network))

    result = ask("--snapshot", tmp_path, "--from", "twin", "--to", "internet")

    assert result.exit_code == 2
    assert result.stderr.count("\n  i-") == 2


def test_zones_of_an_intent_are_places(tmp_path: Path) -> None:
    intent = tmp_path / "intent.yaml"
    intent.write_text("version: 1\nzones:\n  workers:\n    cidrs: [10.0.1.0/24]\n")

    told = answer("--snapshot", NAT, "--from", "workers", "--to", "internet", "--port", "443", "--intent", intent)

    assert told["reachable"] is True
