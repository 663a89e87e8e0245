"""Whatever stands in a property, the guard neither crashes nor stops reading."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guardrails.config import configure
from guardrails.facts.from_pulumi.read import View, from_state
from guardrails.facts.from_pulumi.wire import SECRET, SIGNATURE, UNKNOWN_STRING
from guardrails.facts.stack import Facts
from guardrails.findings.formats import FORMATS
from guardrails.findings.report import judge
from guardrails.rules.catalogue import rule_types
from tests.policy.support.programs import Program, intent_of
from tests.policy.test_unknowns import leaves, put

PROGRAMS = [
    (rule, Program(text).state(deployed=deployed))
    for rule in rule_types()
    for text in (rule.avoid, rule.prefer)
    for deployed in (False, True)
    if text
]
JUDGEMENT = configure({}).judgement


def deep(depth: int) -> Any:
    value: Any = "bottom"
    for level in range(depth):
        value = [value] if level % 2 else {"inner": value}
    return value


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(
        ["", "*", "-1", "0.0.0.0/0", "::/0", "10.0.0.0/33", "{}", "[]", "{", "arn:aws:iam::aws:policy/X", "[secret]"]
    ),
    st.just(UNKNOWN_STRING),
    st.just({SIGNATURE: SECRET, "ciphertext": "AAAA"}),
    st.just({SIGNATURE: "strange"}),
    st.just({SIGNATURE: 7}),
    st.just("x" * 100_000),
    st.just(deep(300)),
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)  # fmt: skip


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_value_in_any_property_is_survived(data: st.DataObject) -> None:
    rule, raw = data.draw(st.sampled_from(PROGRAMS))
    changed = copy.deepcopy(raw)
    resource = data.draw(st.sampled_from([item for item in changed if item.get("inputs")] or changed))
    places = list(leaves(resource.get("inputs") or {}))
    if places:
        path = data.draw(st.sampled_from(places))
        value = data.draw(VALUES)
        for side in ("inputs", "outputs"):
            put(resource[side], path, copy.deepcopy(value))
    intent = intent_of(rule.example_intent)
    views = [Facts(from_state(changed, view), intent=intent) for view in (View.INPUTS, View.OUTPUTS)]
    report = judge(JUDGEMENT, *views)
    crashed = [entry.finding.why for entry in report.findings if entry.finding.rule == "FCL004"]
    assert crashed == []
    for form in FORMATS.values():
        assert form(report)


@settings(max_examples=100, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["deployment", "resources", "urn", "type", "inputs", "custom", "delete", "checkpoint", "latest"]
                ),
                inner,
                max_size=4,
            )
        ),
    )
)
def test_any_json_is_a_state_or_refused(tmp_path_factory: Any, raw: Any) -> None:
    from guardrails.facts.from_pulumi.read import UnreadableError, load_state

    path: Path = tmp_path_factory.mktemp("state") / "state.json"
    path.write_text(json.dumps(raw), encoding="utf-8")
    try:
        found = load_state(path)
    except UnreadableError as error:
        refused = str(error)
    else:
        refused = ""
    if refused:
        assert str(path) in refused
        return
    for view in View:
        from_state(found, view)
