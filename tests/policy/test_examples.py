"""Every rule's own example: the program to avoid is found out by that rule, the one to prefer is not."""

from __future__ import annotations

import pytest

from guardrails.config import parse_file
from guardrails.facts.from_pulumi.read import View
from guardrails.findings.report import judge
from guardrails.findings.run import run_rules
from guardrails.rules.base import Outcome, Rule, Scope
from guardrails.rules.catalogue import rule_types
from tests.policy.support.programs import Program

WITH_EXAMPLES = [rule for rule in rule_types() if rule.avoid]
STAGES = [pytest.param(False, id="preview"), pytest.param(True, id="deployed")]


def outcomes(rule: type[Rule], text: str, *, deployed: bool) -> list[str]:
    view = View.INPUTS if rule.scope is Scope.RESOURCE else View.OUTPUTS
    facts = Program(text).facts(deployed=deployed, view=view, intent=rule.example_intent)
    found = run_rules([rule()], facts)
    return [f"{item.rule} {item.outcome.value}: {item.subject} {item.path} {item.why}" for item in found]


@pytest.mark.parametrize("deployed", STAGES)
@pytest.mark.parametrize("rule", WITH_EXAMPLES, ids=lambda rule: rule.id)
def test_finds_what_to_avoid(rule: type[Rule], *, deployed: bool) -> None:
    found = outcomes(rule, rule.avoid, deployed=deployed)
    if deployed and not found and rule.id in {"FCL001", "FCL012"}:
        return  # after deployment what was opaque can be read
    assert found
    assert all(item.startswith(rule.id) for item in found)
    assert not any(Outcome.NOT_APPLICABLE.value in item for item in found)


@pytest.mark.parametrize("deployed", STAGES)
@pytest.mark.parametrize("rule", WITH_EXAMPLES, ids=lambda rule: rule.id)
def test_is_silent_on_what_to_prefer(rule: type[Rule], *, deployed: bool) -> None:
    assert outcomes(rule, rule.prefer, deployed=deployed) == []


@pytest.mark.parametrize("rule", WITH_EXAMPLES, ids=lambda rule: rule.id)
def test_nobody_else_tells_it_where_the_rule_is_switched_off(rule: type[Rule]) -> None:
    program = Program(rule.avoid)

    def told(level: str) -> set[str]:
        judgement = parse_file({f"{rule.id}-{rule.slug}": level}, rule.id).judgement
        views = [program.facts(deployed=False, view=view, intent=rule.example_intent) for view in View]
        return {entry.rule.id for entry in judge(judgement, *views).findings}

    assert told("mandatory") - told("disabled") == {rule.id}


@pytest.mark.parametrize("rule", [rule for rule in WITH_EXAMPLES if rule.needs_intent], ids=lambda rule: rule.id)
def test_a_rule_that_needs_an_intent_says_so_without_one(rule: type[Rule]) -> None:
    facts = Program(rule.avoid).facts(deployed=False, view=View.OUTPUTS)
    assert [item.outcome for item in run_rules([rule()], facts)] == [Outcome.NOT_APPLICABLE]
