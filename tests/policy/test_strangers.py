"""The guard on stacks that it was not written for: another style, another region, their own intents."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from guardrails.config import configure, parse_file
from guardrails.facts.from_pulumi.read import View, from_state
from guardrails.facts.intent import read_intent
from guardrails.facts.stack import Facts
from guardrails.findings.report import Report, judge
from guardrails.rules.base import Outcome
from tests.policy.support.wire import Raw, raw_of
from tests.support.recorder import ROOT, record

EXAMPLES = ROOT / "examples"
NAMES = ("reports", "web-shop")


@cache
def recorded(name: str, known: bool) -> list[Raw]:
    recording = record("live", known=known, config={}, program=EXAMPLES / name / "__main__.py")
    return raw_of(recording, known=known)


def judged(raw: list[Raw], intent: Path | None) -> Report:
    loaded = None if intent is None else read_intent(intent)
    return judge(
        configure({}).judgement,
        *(Facts(from_state(raw, view), intent=loaded, environment="prod") for view in (View.INPUTS, View.OUTPUTS)),
    )


@pytest.mark.parametrize("known", [False, True], ids=["preview", "deployed"])
@pytest.mark.parametrize("name", NAMES)
def test_a_good_strangers_stack_passes_with_its_intent(name: str, *, known: bool) -> None:
    report = judged(recorded(name, known), EXAMPLES / name / "intent.yaml")
    assert [(item.rule.id, item.finding.subject, item.finding.why) for item in report.entries if item.blocks] == []


@pytest.mark.parametrize("name", NAMES)
def test_its_configuration_names_its_intent(name: str) -> None:
    configuration = parse_file(json.loads((EXAMPLES / name / "guardrails.json").read_text(encoding="utf-8")), name)
    intent, problems = configuration.intent_of("", "")
    assert problems == ()
    assert intent is not None
    assert intent.project == name
    assert configuration.judgement.problems == ()


@pytest.mark.parametrize("name", NAMES)
def test_without_an_intent_it_says_what_it_cannot_judge(name: str) -> None:
    report = judged(recorded(name, False), None)
    silent = {item.rule.id for item in report.of(Outcome.NOT_APPLICABLE)}
    assert {"RTE001", "RTE002", "SEG004", "RCH001", "FCL013"} <= silent
    assert {item.rule.id for item in report.entries if item.blocks} <= {"FCL007"}


@dataclass(frozen=True)
class Change:
    stack: str
    name: str
    kind: str
    rule: str
    change: Callable[[dict[str, Any]], None]


def _rule(**change: Any) -> Callable[[dict[str, Any]], None]:
    return lambda values: values["ingress"][0].update(change)


CHANGES = (
    Change("web-shop", "edge", ":SecurityGroup", "SEG001", _rule(cidrBlocks=["0.0.0.0/1", "128.0.0.0/1"])),
    Change("web-shop", "edge", ":SecurityGroup", "SEG004", _rule(toPort=8443)),
    Change("web-shop", "app", ":SecurityGroup", "SEG004", _rule(protocol="-1", fromPort=0, toPort=0)),
    Change("web-shop", "app-0", ":Instance", "CMP002", lambda values: values.update(associatePublicIpAddress=True)),
    Change("web-shop", "frankfurt", ":aws", "FCL009", lambda values: values.update(region="us-east-1")),
    Change(
        "web-shop",
        "public",
        ":RouteTable",
        "FCL012",
        lambda values: values.update(routes="04da6b54-80e4-46f7-96ec-b56ff0331ba9"),
    ),
    Change("reports", "https-ingress", ":SecurityGroupRule", "SEG004", lambda values: values.update(toPort=8080)),
    Change("reports", "logs", ":VpcEndpoint", "END001", lambda values: values.pop("policy")),
    Change("reports", "reports-a", ":Subnet", "FCL007", lambda values: values.update(vpcId="vpc-0123456789abcdef0")),
)


@pytest.mark.parametrize("change", CHANGES, ids=lambda item: f"{item.rule} {item.stack} {item.name}")
def test_a_change_for_the_worse_is_found(change: Change) -> None:
    raw = copy.deepcopy(recorded(change.stack, False))
    touched = [item for item in raw if item["urn"].endswith(f"::{change.name}") and item["custom"]]
    for item in [item for item in touched if item["type"].endswith(change.kind)]:
        for side in ("inputs", "outputs"):
            change.change(item[side])
    report = judged(raw, EXAMPLES / change.stack / "intent.yaml")
    assert change.rule in {item.rule.id for item in report.entries if item.blocks}
