from __future__ import annotations

from guardrails.rules.acls.shadowed_entry import ShadowedEntry
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID = ShadowedEntry.avoid
test_cases = cases(
    ShadowedEntry,
    unresolved=Case(swap(AVOID, "ruleAction: deny", 'ruleAction: {"fn::unknown": true}'), "unresolved blocked"),
    boundary=Case(swap(AVOID, "ruleNumber: 100,", "ruleNumber: 99,"), "fail blocked"),
)


def test_a_deny_with_the_lower_number_passes(judge):
    assert judge(ShadowedEntry, ShadowedEntry.prefer) == []


def test_a_deny_behind_the_allow_that_holds_it_is_told(judge):
    for deployed in (False, True):
        assert judge(ShadowedEntry, AVOID, deployed=deployed) == ["fail blocked"]


def test_numbers_are_compared_as_numbers(judge):
    assert judge(ShadowedEntry, swap(swap(AVOID, "ruleNumber: 200", "ruleNumber: 99"), "100,", "1000,")) == []


def test_an_entry_that_is_only_partly_decided_still_decides(judge):
    assert judge(ShadowedEntry, swap(AVOID, "10.0.0.0/8", "10.0.8.0/25")) == []


def test_entries_of_one_effect_do_not_overrule_each_other(judge):
    assert judge(ShadowedEntry, swap(AVOID, "ruleAction: deny", "ruleAction: allow")) == []


def test_the_other_direction_is_another_list(judge):
    program = swap(AVOID, "ruleNumber: 100,", "ruleNumber: 100, egress: true,")
    assert judge(ShadowedEntry, program) == []
