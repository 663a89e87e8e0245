"""The engine lists resources and dependencies in an order that changes from run to run; the report does not."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterable

import pytest

from guardrails.config import configure
from guardrails.facts.from_pulumi.read import View, from_state
from guardrails.facts.stack import Facts
from guardrails.findings.formats import FORMATS
from guardrails.findings.report import judge
from guardrails.rules.catalogue import rule_types
from tests.policy.support.programs import Program, intent_of
from tests.policy.support.stacks import Stack
from tests.policy.support.wire import Raw

JUDGEMENT = configure({}).judgement


def reports(raw: list[Raw], intent: str = "", forms: Iterable[str] = FORMATS) -> list[str]:
    report = judge(JUDGEMENT, *(Facts(from_state(raw, view), intent=intent_of(intent)) for view in View))
    return [FORMATS[form](report) for form in forms]


def shuffled(raw: list[Raw], seed: int) -> list[Raw]:
    chance = random.Random(seed)
    mixed = copy.deepcopy(raw)
    chance.shuffle(mixed)
    for item in mixed:
        for side in ("inputs", "outputs", "propertyDependencies"):
            entries = list((item.get(side) or {}).items())
            chance.shuffle(entries)
            item[side] = dict(entries)
        for urns in [item.get("dependencies") or [], *item["propertyDependencies"].values()]:
            chance.shuffle(urns)
    return mixed


@pytest.mark.parametrize("rule", [rule for rule in rule_types() if rule.avoid], ids=lambda rule: rule.id)
def test_no_rule_minds_the_order(rule: type) -> None:
    raw = Program(rule.avoid).state(deployed=False)
    assert reports(shuffled(raw, 1), rule.example_intent, ["json"]) == reports(raw, rule.example_intent, ["json"])


@pytest.mark.parametrize("seed", range(3))
def test_a_whole_stack_is_told_the_same(seed: int) -> None:
    raw = Stack("dev").raw
    assert reports(shuffled(raw, seed)) == reports(raw)
