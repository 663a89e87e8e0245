"""The guard's bench: its stacks hold nothing that would stop a run, and its ratios are what they say."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bench.__main__ import each
from bench.guard import Goal, Used, goals, growth
from bench.states import INTENT, generate, narrowed
from guardrails.config import configure
from guardrails.facts.from_pulumi.read import View, from_state, state_resources
from guardrails.facts.stack import Facts
from guardrails.findings.report import judge
from tests.policy.support.programs import intent_of
from tools.engine.errors import LauncherError

SPOKE = 300
"""Resources of one spoke: a stack grows by whole ones."""


@pytest.mark.parametrize("size", [300, 1000])
def test_a_generated_stack_has_at_least_its_size_and_nothing_that_stops(size: int) -> None:
    raw = state_resources(generate(size), "generated")
    assert 0 <= len(raw) - size <= 1.2 * SPOKE
    assert len({item["urn"] for item in raw}) == len(raw)
    for intent in (None, intent_of(INTENT)):
        views = [Facts(from_state(raw, view), intent=intent) for view in View]
        blocking = [item for item in judge(configure({}).judgement, *views).entries if item.blocks]
        assert [(item.rule.id, item.finding.subject, item.finding.why) for item in blocking] == []


def test_the_same_size_is_the_same_stack() -> None:
    assert generate(100) == generate(100)


def test_what_a_difference_is_measured_over_has_lost_one_rule() -> None:
    before = generate(100)
    kept = narrowed(before)["deployment"]["resources"]
    lost = [one for one in before["deployment"]["resources"] if one not in kept]
    assert [one["type"] for one in lost] == ["aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"]


USED = {
    "floor": Used(10.0, 9.0, 100.0),
    "stock": Used(50.0, 45.0, 100.0),
    "catalogue": Used(15.0, 14.0, 100.0),
    "plain": Used(3.0, 2.0, 200.0),
    "check": Used(4.0, 3.0, 300.0),
    "diff": Used(9.0, 7.5, 250.0),
}


def values(*found: Goal) -> dict[str, float]:
    return {goal.name: round(goal.value, 6) for goal in found if goal.most is not None}


def test_ratios_are_to_what_the_issue_names() -> None:
    assert values(*goals(1000, USED)) == {
        "1000: policy analyze, whole catalogue with intents, to one stock policy": 1.5,
        "1000: policy analyze, whole catalogue with intents, to 120 stock policies": 0.3,
        "1000: check with report, to one stock policy": 0.3,
        "1000: check with report and intents, to one stock policy": 0.4,
        "1000: what intents add to a check, processor time": 0.5,
        "1000: reach diff after one rule was taken away, to a check with intents": 2.5,
        "1000: peak memory of a check": 300.0,
    }
    named = {goal.name: goal for goal in goals(1000, {**USED, "catalogue": Used(16.0, 1.0, 1.0)})}
    assert "MISSED" in str(named["1000: policy analyze, whole catalogue with intents, to one stock policy"])
    assert "holds" in str(named["1000: policy analyze, whole catalogue with intents, to 120 stock policies"])


def test_growth_in_proportion_is_one() -> None:
    before = {"check": Used(1.0, 2.0, 1.0), "diff": Used(1.0, 4.0, 1.0)}
    after = {"check": Used(9.0, 12.0, 1.0), "diff": Used(9.0, 20.0, 1.0)}
    assert list(values(*growth([1000, 5000], [before, after])).values()) == [1.2, 1.0]
    assert list(growth([1000], [before])) == []


def test_a_stack_whose_run_fails_is_named_and_the_others_are_measured(capsys: pytest.CaptureFixture[str]) -> None:
    measured: list[str] = []

    def part(stacks: Sequence[str]) -> int:
        if "dev" in stacks:
            raise LauncherError("a measured run failed", "see its output")
        measured.extend(stacks)
        return 0

    assert each(part, ["dev", "prod"]) == 1
    assert measured == ["prod"]
    assert "stack dev was not measured: error: a measured run failed" in capsys.readouterr().out
