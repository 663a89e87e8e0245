"""A stack that is broken stays blocked when any one value of what was broken is not known, hidden or of another shape.

The same is held for the examples of every rule (tests/policy/test_unknowns.py), each value of them; here it is our own
stacks and those of strangers, of which some values are drawn at each run.
"""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from guardrails.config import configure
from guardrails.facts.from_pulumi.kinds import kind_of
from guardrails.facts.from_pulumi.read import View, from_state
from guardrails.facts.intent import Intent, read_intent
from guardrails.facts.stack import Facts
from guardrails.findings.formats import FORMATS
from guardrails.findings.report import Report, judge
from tests.mutation.breakages import BREAKAGES, Breakage
from tests.policy.support.stacks import Stack
from tests.policy.support.wire import Raw
from tests.policy.test_fuzz import VALUES
from tests.policy.test_strangers import EXAMPLES, NAMES, recorded
from tests.policy.test_unknowns import TOLD_BY, blinded, leaves, misshapen, put, unknown
from tests.support.recorder import ROOT

JUDGEMENT = configure({}).judgement


@cache
def intent(name: str) -> Intent:
    """What is permitted in one of our stacks, or in a stranger's."""
    own = ROOT / "policy_pack" / "intents" / f"{name}.yaml"
    return read_intent(own if own.is_file() else EXAMPLES / name / "intent.yaml")


def report_on(raw: list[Raw], name: str) -> Report:
    environment = "dev" if name == "dev" else "prod"
    views = [Facts(from_state(raw, view), intent=intent(name), environment=environment) for view in View]
    return judge(JUDGEMENT, *views)


def broken(breakage: Breakage) -> tuple[list[Raw], list[int]]:
    """A broken stack, and which of its resources were changed or added."""
    stack = Stack(breakage.stack)
    before = {item["urn"]: item for item in copy.deepcopy(stack.raw)}
    breakage.change(stack)
    return stack.raw, [place for place, item in enumerate(stack.raw) if before.get(item["urn"]) != item]


def replaced(raw: list[Raw], place: int, path: tuple[Any, ...], value: Any) -> list[Raw]:
    """The stack with one value of one resource changed, among inputs and outputs alike."""
    changed = copy.deepcopy(raw)
    put(changed[place]["inputs"], path, copy.deepcopy(value))
    try:
        put(changed[place]["outputs"], path, copy.deepcopy(value))
    except (KeyError, IndexError, TypeError):
        changed[place]["outputs"][path[0]] = copy.deepcopy(changed[place]["inputs"][path[0]])
    return changed


@settings(max_examples=25)
@given(st.data())
def test_no_value_that_is_not_known_opens_the_gate(data: st.DataObject) -> None:
    breakage = data.draw(st.sampled_from(BREAKAGES))
    raw, touched = broken(breakage)
    values = [
        (place, path, value)
        for place in touched
        for path in leaves(raw[place]["inputs"])
        for odd in (unknown, blinded, misshapen)
        for value in odd(kind_of(raw[place]["type"]), path)
    ]
    if not values:
        return  # what was removed has no values
    changed = replaced(raw, *data.draw(st.sampled_from(values)))
    told = {item.rule.id for item in report_on(changed, breakage.stack).entries if item.blocks}
    assert told & {breakage.rule, *TOLD_BY}, breakage.name
    assert "FCL004" not in told


@settings(max_examples=25)
@given(st.data())
def test_any_value_in_any_property_of_a_whole_stack_is_survived(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["dev", "prod", *NAMES]))
    raw = recorded(name, False) if name in NAMES else Stack(name).raw
    place = data.draw(st.sampled_from([index for index, item in enumerate(raw) if item.get("inputs")]))
    path = data.draw(st.sampled_from(list(leaves(raw[place]["inputs"]))))
    report = report_on(replaced(raw, place, path, data.draw(VALUES)), name)
    assert [item.finding.why for item in report.entries if item.finding.rule == "FCL004"] == []
    assert all(form(report) for form in FORMATS.values())
