"""What would fool a comparison of texts stays told when any one value of it is not known: no failure becomes a pass."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from guardrails.facts.from_pulumi.read import View, from_state
from guardrails.facts.from_pulumi.wire import UNKNOWN_STRING
from guardrails.facts.stack import Facts
from guardrails.findings.run import run_rules
from guardrails.rules.base import Outcome, Rule, Scope
from guardrails.rules.catalogue import find_rule, rule_types
from tests.policy.support.programs import Program, intent_of
from tests.policy.test_unknowns import TOLD_BY, leaves, put
from tests.unit.guardrails.rules.rule_cases import Case
from tests.unit.guardrails.rules.test_every_rule_has_its_cases import module_of

TELLING = [rule() for rule in map(find_rule, sorted(TOLD_BY)) if rule is not None]


def failing_case(rule: type[Rule]) -> Case | None:
    """The boundary case of a rule, where that is a failure."""
    test = next(item for item in vars(module_of(rule)).values() if getattr(item, "rule", None) is rule)
    mark = next((item for item in getattr(test, "pytestmark", ()) if item.name == "parametrize"), None)
    listed: list[Case] = [] if mark is None else list(mark.args[1])
    return next((case for case in listed if any(verdict.startswith("fail ") for verdict in case.finds)), None)


CASES = [(rule, case) for rule in rule_types() if (case := failing_case(rule)) is not None]


def told(rules: list[Rule], raw: list[dict[str, Any]], intent: str) -> bool:
    return any(
        item.outcome in {Outcome.FAIL, Outcome.UNRESOLVED}
        for rule in rules
        for item in run_rules([rule], Facts(from_state(raw, view(rule)), intent=intent_of(intent)))
    )


def view(rule: Rule) -> View:
    return View.INPUTS if rule.scope is Scope.RESOURCE else View.OUTPUTS


def changed(raw: list[dict[str, Any]]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The stack with each value of each resource unknown in turn."""
    for index, resource in enumerate(raw):
        for path in leaves(resource.get("inputs") or {}):
            other = copy.deepcopy(raw)
            for side in ("inputs", "outputs"):
                put(other[index][side], path, UNKNOWN_STRING)
            yield f"{resource['urn'].rpartition('::')[2]}.{'.'.join(map(str, path))}", other


@pytest.mark.parametrize(("rule", "case"), CASES, ids=[rule.id for rule, _ in CASES])
def test_no_single_unknown_value_hides_a_boundary_case(rule: type[Rule], case: Case) -> None:
    options = {key: value for key, value in case.options.items() if key not in {"intent", "deployed", "also"}}
    intent = case.options.get("intent", rule.example_intent)
    one = rule(rule.options_type(**options)) if options else rule()
    raw = Program(case.text).state(deployed=case.options.get("deployed", False))
    also = [other() for other in case.options.get("also", ())]
    assert told([one, *also], raw, intent)
    hidden = [where for where, other in changed(raw) if not told([one, *also, *TELLING], other, intent)]
    assert hidden == []
