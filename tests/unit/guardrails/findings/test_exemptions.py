"""Exemptions: one finding, a reason, an owner, an end; nothing in silence."""

from __future__ import annotations

from typing import Any

import pytest

from guardrails.config import configure
from guardrails.facts.intent import Intent
from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.findings.report import Judgement, Report, judge
from guardrails.findings.text import render
from guardrails.rules.base import Outcome

SUBJECT = "urn:pulumi:test::sample::aws:ec2/instance:Instance::host"
GOOD = {
    "rule": "CMP001",
    "subject": SUBJECT,
    "reason": "appliance needs a key",
    "owner": "net-team",
    "expires": "2030-06-01",
}


def report(*exemptions: dict[str, Any]) -> Report:
    host = Resource(SUBJECT, "aws:ec2/instance:Instance", "ec2.Instance", "host", {"keyName": "k"}, inputs=True)
    facts = Facts([host], intent=Intent(version=1, exemptions=exemptions), environment="prod")
    rules = tuple(item for item in configure({}).judgement.rules if item.id in {"CMP001", "FCL004", "FCL005", "FCL009"})
    return judge(Judgement(rules, {}, today="2030-01-01"), facts, facts)


def told(found: Report, rule: str) -> list[tuple[Outcome, str]]:
    return [(item.finding.outcome, item.finding.why) for item in found.entries if item.finding.rule == rule]


def test_a_finding_that_is_exempt_does_not_block_but_is_told() -> None:
    found = report(GOOD)
    assert [outcome for outcome, _ in told(found, "CMP001")] == [Outcome.EXEMPT]
    assert not any(entry.blocks for entry in found.entries if entry.finding.rule == "CMP001")
    assert "appliance needs a key (owner net-team, until 2030-06-01)" in render(found)
    assert told(found, "FCL005") == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"reason": ""}, "lacks reason"),
        ({"owner": None}, "lacks owner"),
        ({"expires": "2029-12-31"}, "expired on 2029-12-31"),
        ({"expires": "soon"}, "no ISO date"),
        ({"expires": "2035-01-01"}, "lasts longer than"),
        ({"rule": "XYZ999"}, "a rule that does not exist"),
        ({"rule": "FCL009"}, "nothing is exempt"),
        ({"subject": "urn:other"}, "is unused"),
        ({"path": "ami"}, "is unused"),
        ({"because": "x"}, "keys that are not known: because"),
    ],
)
def test_a_faulty_exemption_is_a_finding_and_exempts_nothing(change: dict[str, Any], problem: str) -> None:
    found = report({**GOOD, **change})
    ((outcome, why),) = told(found, "FCL005")
    assert outcome is Outcome.FAIL
    assert problem in why
    assert [outcome for outcome, _ in told(found, "CMP001")] == [Outcome.FAIL]
    assert found.blocked


def test_every_exemption_is_judged_by_itself() -> None:
    found = report(GOOD, {**GOOD, "rule": "CMP999"}, {**GOOD, "subject": "urn:other"})
    assert len(told(found, "FCL005")) == 2
    assert [outcome for outcome, _ in told(found, "CMP001")] == [Outcome.EXEMPT]
