"""Replacing any value that a rule looked at by an unknown one never turns what it found into a pass."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from guardrails.config import configure
from guardrails.facts.from_pulumi.read import View, from_state
from guardrails.facts.from_pulumi.wire import UNKNOWN_STRING
from guardrails.facts.stack import Facts
from guardrails.findings.report import Report, judge
from guardrails.rules.base import Rule
from guardrails.rules.catalogue import rule_types
from tests.policy.support.programs import Program, intent_of

WITH_EXAMPLES = [rule for rule in rule_types() if rule.avoid]
JUDGEMENT = configure({}).judgement
TOLD_BY = {"FCL001", "FCL002", "FCL006", "FCL012", "FCL013", "FCL014"}
"""Rules that tell, for all others, that an input cannot be read."""


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every position in a value, the inner ones included: a list or an object may be unknown as a whole."""
    if path:
        yield path
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(item, (*path, index))


def put(value: Any, path: tuple[Any, ...], item: Any) -> None:
    for step in path[:-1]:
        value = value[step]
    value[path[-1]] = item


def report_on(raw: list[dict[str, Any]], rule: type[Rule]) -> Report:
    intent = intent_of(rule.example_intent)
    views = [Facts(from_state(raw, view), intent=intent, environment="prod") for view in (View.INPUTS, View.OUTPUTS)]
    return judge(JUDGEMENT, *views)


@pytest.mark.parametrize("rule", WITH_EXAMPLES, ids=lambda rule: rule.id)
def test_an_unknown_value_never_hides_a_failure(rule: type[Rule]) -> None:
    raw = Program(rule.avoid).state(deployed=False)
    assert any(entry.finding.rule == rule.id for entry in report_on(raw, rule).findings)
    for index, resource in enumerate(raw):
        for path in leaves(resource.get("inputs") or {}):
            changed = copy.deepcopy(raw)
            for side in ("inputs", "outputs"):
                put(changed[index][side], path, UNKNOWN_STRING)
            found = {entry.finding.rule for entry in report_on(changed, rule).findings}
            assert found & ({rule.id} | TOLD_BY), (resource["urn"], path, sorted(found))
            assert "FCL004" not in found
