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

HERE = Path(__file__).parent
NAMES = ("variants.yaml", "variants_data.yaml", "variants_watch.yaml")


@cache
def table(name: str) -> dict[str, Any]:
    """A table of changes; one that extends another has its network and intent."""
    loaded = yaml.safe_load((HERE / name).read_text(encoding="utf-8"))
    return {**table(loaded["extends"]), **loaded} if "extends" in loaded else loaded


CHANGES = [(name, index) for name in NAMES for index in range(len(table(name)["changes"]))]
JUDGEMENT = configure({}).judgement
PROVIDER = {
    "type": "pulumi:providers:aws",
    "properties": {"region": "ap-northeast-1", "allowedAccountIds": ["111122223333"]},
}


def changed(name: str, change: dict[str, Any]) -> dict[str, Any]:
    """The network with resources added, left out, or with some of their properties and options changed."""
    resources: dict[str, Any] = copy.deepcopy(table(name)["network"])
    for resource, what in change.items():
        if what is None:
            del resources[resource]
        elif "type" in what:
            resources[resource] = copy.deepcopy(what)
        else:
            given = {**what}
            resources[resource].setdefault("options", {}).update(given.pop("options", {}))
            resources[resource].setdefault("properties", {}).update(given)
    return resources


@cache
def program(name: str, index: int) -> Program:
    """The network with a change made, none for -1; every AWS resource by one provider unless it says otherwise."""
    made = {"account": PROVIDER}
    for key, resource in changed(name, table(name)["changes"][index]["change"] if index >= 0 else {}).items():
        options = {"provider": "${account}", **resource.get("options", {})}
        properties = {prop: value for prop, value in resource.get("properties", {}).items() if value is not None}
        made[key] = {**resource, "properties": properties}
        if resource["type"].startswith("aws:"):
            made[key]["options"] = options
    return Program(yaml.safe_dump({"resources": made}))


def blocking(name: str, index: int, *, deployed: bool) -> set[tuple[str, str]]:
    raw = program(name, index).state(deployed=deployed)
    intent = parse_intent(table(name)["intent"], name)
    report = judge(JUDGEMENT, *(Facts(from_state(raw, view), intent=intent) for view in View))
    return {(entry.rule.id, entry.finding.outcome.value) for entry in report.entries if entry.blocks}


def told(case: tuple[str, int]) -> str:
    name, index = case
    return str(table(name)["changes"][index]["name"])


@pytest.mark.parametrize("deployed", [False, True], ids=["preview", "deployed"])
@pytest.mark.parametrize("name", NAMES)
def test_the_network_itself_is_good(name: str, *, deployed: bool) -> None:
    assert blocking(name, -1, deployed=deployed) == set()


@pytest.mark.parametrize("deployed", [False, True], ids=["preview", "deployed"])
@pytest.mark.parametrize("case", CHANGES, ids=told)
def test_a_change_is_told_by_the_rule_meant_for_it(case: tuple[str, int], *, deployed: bool) -> None:
    name, index = case
    rule = table(name)["changes"][index].get("rule")
    found = blocking(name, index, deployed=deployed)
    if rule is None:
        assert found == set()
    else:
        assert (rule, Outcome.FAIL.value) in found
