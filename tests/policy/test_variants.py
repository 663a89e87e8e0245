"""One change to a good network, as many teams would write it: told by the rule that is meant for it, or harmless."""

from __future__ import annotations

import copy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from guardrails.config import configure
from guardrails.facts.from_pulumi.read import View, from_state
from guardrails.facts.intent import parse_intent
from guardrails.facts.stack import Facts
from guardrails.findings.report import judge
from guardrails.rules.base import Outcome
from tests.policy.support.programs import Program

TABLE: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "variants.yaml").read_text(encoding="utf-8"))
INTENT = parse_intent(TABLE["intent"], "variants")
JUDGEMENT = configure({}).judgement
PROVIDER = {
    "type": "pulumi:providers:aws",
    "properties": {"region": "ap-northeast-1", "allowedAccountIds": ["111122223333"]},
}


def changed(change: dict[str, Any]) -> dict[str, Any]:
    """The network with resources added, left out, or with some of their properties and options changed."""
    resources: dict[str, Any] = copy.deepcopy(TABLE["network"])
    for name, what in change.items():
        if what is None:
            del resources[name]
        elif "type" in what:
            resources[name] = copy.deepcopy(what)
        else:
            given = {**what}
            resources[name].setdefault("options", {}).update(given.pop("options", {}))
            resources[name].setdefault("properties", {}).update(given)
    return resources


@cache
def program(index: int) -> Program:
    """The network with a change made, none for -1; every AWS resource by one provider unless it says otherwise."""
    made = {"account": PROVIDER}
    for name, resource in changed(TABLE["changes"][index]["change"] if index >= 0 else {}).items():
        options = {"provider": "${account}", **resource.get("options", {})}
        properties = {key: value for key, value in resource.get("properties", {}).items() if value is not None}
        made[name] = {**resource, "properties": properties}
        if resource["type"].startswith("aws:"):
            made[name]["options"] = options
    return Program(yaml.safe_dump({"resources": made}))


def blocking(index: int, *, deployed: bool) -> set[tuple[str, str]]:
    raw = program(index).state(deployed=deployed)
    report = judge(JUDGEMENT, *(Facts(from_state(raw, view), intent=INTENT) for view in View))
    return {(entry.rule.id, entry.finding.outcome.value) for entry in report.entries if entry.blocks}


@pytest.mark.parametrize("deployed", [False, True], ids=["preview", "deployed"])
def test_the_network_itself_is_good(*, deployed: bool) -> None:
    assert blocking(-1, deployed=deployed) == set()


@pytest.mark.parametrize("deployed", [False, True], ids=["preview", "deployed"])
@pytest.mark.parametrize("index", range(len(TABLE["changes"])), ids=lambda index: TABLE["changes"][index]["name"])
def test_a_change_is_told_by_the_rule_meant_for_it(index: int, *, deployed: bool) -> None:
    rule = TABLE["changes"][index].get("rule")
    found = blocking(index, deployed=deployed)
    if rule is None:
        assert found == set()
    else:
        assert (rule, Outcome.FAIL.value) in found
