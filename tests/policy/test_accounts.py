"""An account shows less than a program: what it shows is judged, and of every other rule is said that it was not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from guardrails.cli import app
from guardrails.config import configure
from guardrails.facts.from_pulumi.read import View
from guardrails.facts.stack import Facts
from guardrails.findings.report import judge
from guardrails.findings.run import run_rules
from guardrails.findings.text import render
from guardrails.rules.base import Outcome, Rule
from guardrails.rules.catalogue import rule_types
from tests.policy.support.programs import Program, intent_of

WITH_EXAMPLES = [rule for rule in rule_types() if rule.avoid]
SAID = {Outcome.FAIL, Outcome.UNRESOLVED}


def account(rule: type[Rule], text: str) -> Facts:
    """The network that a program makes once it is deployed, as an account would show it, without the program."""
    program = Program(text).facts(deployed=True, view=View.OUTPUTS, intent=rule.example_intent)
    seen = rule.beside_network or frozenset()
    return Facts(program.of(*seen), intent=intent_of(rule.example_intent), network=program.network, seen=seen)


def found(rule: type[Rule], text: str) -> list[Outcome]:
    return [item.outcome for item in run_rules([rule()], account(rule, text)) if item.outcome in SAID]


@pytest.mark.parametrize("rule", WITH_EXAMPLES, ids=lambda rule: rule.id)
def test_a_rule_says_what_it_needs_beside_the_network(rule: type[Rule]) -> None:
    assert bool(found(rule, rule.avoid)) == (rule.beside_network is not None)
    assert found(rule, rule.prefer) == []


@pytest.mark.parametrize("rule", rule_types(), ids=lambda rule: rule.id)
def test_every_rule_judges_an_account_or_says_why_not(rule: type[Rule]) -> None:
    rules = configure({}).judgement
    facts = Facts((), network=Program(rule.prefer or "resources: {}").facts(deployed=True, view=View.OUTPUTS).network)
    report = judge(rules, facts, facts)
    silent = {entry.rule.id: entry.finding.why for entry in report.of(Outcome.NOT_APPLICABLE)}
    judged = rule.beside_network == frozenset() and not rule.needs_intent
    assert (rule.id not in silent) == judged, silent.get(rule.id)


SNAPSHOT = {
    "Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16", "OwnerId": "111122223333"}],
    "SecurityGroups": [
        {
            "GroupId": "sg-1",
            "GroupName": "web",
            "VpcId": "vpc-1",
            "IpPermissions": [
                {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
            ],
            "IpPermissionsEgress": [],
        }
    ],
}


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    folder = tmp_path / "snapshot"
    folder.mkdir()
    for key, value in SNAPSHOT.items():
        (folder / f"{key}.json").write_text(json.dumps({key: value}), encoding="utf-8")
    return folder


def run(*arguments: Any) -> Any:
    return CliRunner().invoke(app, [str(item) for item in arguments])


def test_a_snapshots_open_group_is_told_once(snapshot: Path) -> None:
    result = run("check", "--snapshot", snapshot, "--json")
    assert result.exit_code == 1
    body = json.loads(result.stdout)
    told = [item["rule"] for item in body["findings"] if item["outcome"] == "fail" and item["resource"] == "sg-1"]
    assert sorted(set(told) & {"SEG001", "SEG002"}) == ["SEG001"]


def test_what_is_gone_is_not_counted_as_judged(snapshot: Path) -> None:
    gone = {"NatGatewayId": "nat-1", "VpcId": "vpc-1", "SubnetId": "subnet-1", "State": "deleted"}
    (snapshot / "nat.json").write_text(json.dumps({"NatGateways": [gone]}), encoding="utf-8")
    body = json.loads(run("check", "--snapshot", snapshot, "--json").stdout)
    assert body["resources"] == 3, "the VPC, its group, and the main table that AWS gives it"


def test_what_rests_on_a_default_because_a_kind_is_absent_is_unresolved(snapshot: Path) -> None:
    subnet = {"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.0.0/24", "OwnerId": "111122223333"}
    (snapshot / "subnets.json").write_text(json.dumps({"Subnets": [subnet]}), encoding="utf-8")
    told = _open_ends(snapshot)
    assert {"NetworkAcls", "RouteTables"} <= told
    entry = {"CidrBlock": "0.0.0.0/0", "Egress": False, "Protocol": "-1", "RuleAction": "allow", "RuleNumber": 100}
    acl = {"NetworkAclId": "acl-1", "VpcId": "vpc-1", "IsDefault": True, "Entries": [entry]}
    acl["Associations"] = [{"NetworkAclId": "acl-1", "SubnetId": "subnet-1", "NetworkAclAssociationId": "a-1"}]
    (snapshot / "acls.json").write_text(json.dumps({"NetworkAcls": [acl]}), encoding="utf-8")
    assert "NetworkAcls" in told - _open_ends(snapshot)


def _open_ends(snapshot: Path) -> set[str]:
    body = json.loads(run("check", "--snapshot", snapshot, "--json").stdout)
    found = [item for item in body["findings"] if item["rule"] == "FCL002" and item["outcome"] == "unresolved"]
    assert all(item["blocks"] for item in found)
    return {item["path"] for item in found}


def test_what_a_snapshot_does_not_show_is_said_in_every_format(snapshot: Path) -> None:
    body = json.loads(run("check", "--snapshot", snapshot, "--json").stdout)
    silent = {item["rule"]: item["why"] for item in body["findings"] if item["outcome"] == "not-applicable"}
    assert {"CMP001", "IAM001", "FCL006", "GWY001"} <= set(silent)
    assert "ec2.FlowLog" in silent["GWY001"]
    text = run("check", "--snapshot", snapshot).stdout
    assert all(rule in text for rule in silent)
    assert f"{len(silent)} rules not applicable (not judged)" in text
    log = json.loads(run("check", "--snapshot", snapshot, "--format", "sarif").stdout)
    (invocation,) = log["runs"][0]["invocations"]
    notes = {item["associatedRule"]["id"] for item in invocation["toolConfigurationNotifications"]}
    assert notes == set(silent)


def test_rules_that_were_not_judged_for_one_reason_stand_together() -> None:
    facts = Facts((), network=Program("resources: {}").facts(deployed=True, view=View.OUTPUTS).network)
    text = render(judge(configure({}).judgement, facts, facts))
    assert text.count("an account does not show what it judges") == 1
