"""Configuration of the pack: validated whole, and each mistake told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from guardrails.config import ConfigurationError, configure, find_intent, load_intent, parse_file
from guardrails.rules.base import Level
from guardrails.rules.catalogue import rule_types
from tests.policy.support.pack import FOLDER, Pack
from tests.policy.support.stacks import Stack

METADATA = "CMP003-metadata-needs-token"


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ({"SEG999-nothing": {}}, "there is no rule 'SEG999-nothing'"),
        ({METADATA: {"hops": 1}}, "has no option 'hops'"),
        ({METADATA: {"most_hops": "two"}}, "must be of kind int"),
        ({METADATA: {"most_hops": True}}, "must be of kind int"),
        ({"FCL006-kind-understood": {"accepted": "vpclattice.Service"}}, "must be of kind tuple"),
        ({"guardrails": {"stage": "dev"}}, "no setting 'stage'"),
        ({"guardrails": {"environment": "test"}}, "is no environment"),
    ],
)
def test_every_mistake_is_a_finding(raw: dict[str, Any], problem: str) -> None:
    found = configure(raw).judgement.problems
    assert [finding.rule for finding in found] == ["FCL003"]
    assert problem in found[0].why


def test_an_option_is_taken() -> None:
    rules = {item.id: item for item in configure({METADATA: {"most_hops": 2.0}}).judgement.rules}
    assert rules["CMP003"].options.most_hops == 2


@pytest.mark.parametrize("raw", [[], "x", {"all": 3}, {"SEG001-no-world-ingress": "sometimes"}])
def test_a_file_of_another_kind_is_refused(raw: Any) -> None:
    with pytest.raises(ConfigurationError):
        parse_file(raw, "file")


def test_all_sets_every_level_and_one_rule_overrides_it() -> None:
    levels = parse_file({"SEG001-no-world-ingress": "advisory", "all": "disabled"}, "file").judgement.levels
    assert levels["SEG001"] is Level.ADVISORY
    assert {level for rule, level in levels.items() if rule != "SEG001"} == {Level.DISABLED}


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_the_shipped_file_sets_exactly_what_the_rules_declare(environment: str) -> None:
    raw = json.loads((FOLDER / "config" / f"{environment}.json").read_text(encoding="utf-8"))
    settings = raw.pop("guardrails")
    assert settings == {"environment": environment, "intent": f"intents/{environment}.yaml"}
    assert raw == {
        f"{rule.id}-{rule.slug}": rule.enforcement[environment].value
        for rule in rule_types()
        if rule.enforcement[environment] is not rule.enforcement["prod"]
    }


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_the_intent_is_found_by_project_and_stack(stack: str) -> None:
    path = find_intent("secure-room", stack)
    assert path is not None
    assert not isinstance(load_intent(path), str)
    assert find_intent("somebody-else", stack) is None
    assert find_intent("secure-room", "../dev") is None


def test_an_unknown_rule_name_blocks_the_deployment(pack: Pack) -> None:
    pack.configure({"SEG001-no-world-ingres": {"enforcementLevel": "disabled"}})
    try:
        told = [item for item in pack.judge(Stack("dev").raw) if item.mandatory]
    finally:
        pack.configure()
    assert {item.rule for item in told} == {"FCL003"}


def test_a_rule_that_is_switched_off_is_silent(pack: Pack) -> None:
    stack = Stack("dev")
    stack.set("bastion-host", keyName="ops")
    pack.configure({"CMP001-no-key-pair": {"enforcementLevel": "disabled"}})
    try:
        told = [item for item in pack.judge(stack.raw) if item.mandatory]
    finally:
        pack.configure()
    assert told == []


@pytest.mark.parametrize("path", sorted((FOLDER / "intents").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_intent_can_be_read(path: Path) -> None:
    assert not isinstance(load_intent(path), str)
