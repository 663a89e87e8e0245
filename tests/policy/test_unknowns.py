"""Replacing any value that a rule looked at by an unknown one never turns what it found into a pass."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from guardrails.config import configure
from guardrails.facts.from_pulumi.kinds import kind_of
from guardrails.facts.from_pulumi.read import View, from_state
from guardrails.facts.from_pulumi.shapes import OBJECT, TEXT_BY_KEY, TEXTS, shapes_of
from guardrails.facts.from_pulumi.wire import BLINDED, UNKNOWN_STRING
from guardrails.facts.stack import Facts
from guardrails.findings.report import Entry, Report, judge
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


Replaced = Callable[[str, tuple[Any, ...]], Iterator[Any]]


def unknown(_kind: str, _path: tuple[Any, ...]) -> Iterator[Any]:
    """What is known after deployment only."""
    yield UNKNOWN_STRING


def blinded(_kind: str, _path: tuple[Any, ...]) -> Iterator[Any]:
    """A secret that cannot be decrypted, as the engine hands it on."""
    yield BLINDED


def misshapen(kind: str, path: tuple[Any, ...]) -> Iterator[Any]:
    """What the provider would not take there."""
    *above, last = path
    shape = shapes_of(kind).get(".".join(step for step in path if isinstance(step, str)))
    in_list = isinstance(last, int)
    if shape is not None:
        yield {"strange": 1} if in_list == (shape == TEXTS) and shape not in {OBJECT, TEXT_BY_KEY} else "strange"
    elif above and shapes_of(kind).get(".".join(map(str, above))) == TEXT_BY_KEY:
        yield ["strange"]


@pytest.mark.parametrize("replaced", [unknown, blinded, misshapen], ids=lambda one: one.__name__)
@pytest.mark.parametrize("rule", WITH_EXAMPLES, ids=lambda rule: rule.id)
def test_a_value_that_is_not_known_never_hides_a_failure(rule: type[Rule], replaced: Replaced) -> None:
    raw = Program(rule.avoid).state(deployed=False)
    before = {place(entry) for entry in report_on(raw, rule).findings}
    assert any(told == rule.id for told, _, _ in before)
    for index, resource in enumerate(raw):
        for path in leaves(resource.get("inputs") or {}):
            for value in replaced(kind_of(resource["type"]), path):
                changed = copy.deepcopy(raw)
                for side in ("inputs", "outputs"):
                    put(changed[index][side], path, copy.deepcopy(value))
                found = {place(entry) for entry in report_on(changed, rule).findings}
                told = {item for item in found if item[0] == rule.id or (item[0] in TOLD_BY and item not in before)}
                assert told, (resource["urn"], path, value, sorted(found))
                assert "FCL004" not in {item[0] for item in found}


def place(entry: Entry) -> tuple[str, str, str]:
    """Where a finding is: what was told of the stack before hides nothing."""
    return entry.finding.rule, entry.finding.subject, entry.finding.path
