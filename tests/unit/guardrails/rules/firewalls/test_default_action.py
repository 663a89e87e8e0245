from __future__ import annotations

from guardrails.rules.firewalls.default_action import DefaultAction
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

PREFER = DefaultAction.prefer
FRAGMENTS = "policy.firewallPolicy.statelessFragmentDefaultActions"
test_cases = cases(
    DefaultAction,
    unresolved=Case(swap(PREFER, '["aws:drop"]', '[{"fn::unknown": true}]'), f"unresolved {FRAGMENTS}"),
    boundary=Case(
        swap(PREFER, '["aws:alert_strict", "aws:drop_strict"]', '["aws:alert_strict"]'),
        "fail policy.firewallPolicy.statefulDefaultActions",
    ),
)


def test_a_closed_policy_passes(judge):
    assert judge(DefaultAction, PREFER) == []


def test_fragments_have_a_default_of_their_own(judge):
    assert judge(DefaultAction, DefaultAction.avoid) == ["fail policy.firewallPolicy.statelessFragmentDefaultActions"]


def test_a_custom_action_beside_the_standard_one_changes_nothing(judge):
    assert judge(DefaultAction, swap(PREFER, '["aws:drop"]', '["publish", "aws:drop"]')) == []


def test_the_default_order_passes_what_no_rule_matches(judge):
    program = swap(PREFER, "        statefulEngineOptions: {ruleOrder: STRICT_ORDER}\n", "")
    assert judge(DefaultAction, program) == ["fail policy.firewallPolicy.statefulEngineOptions.ruleOrder"]


def test_a_stateless_firewall_that_drops_needs_no_stateful_default(judge):
    program = swap(PREFER, '["aws:forward_to_sfe"]', '["aws:drop"]')
    assert judge(DefaultAction, swap(program, "STRICT_ORDER", "DEFAULT_ACTION_ORDER")) == []


def test_a_known_action_decides_beside_an_unknown_one(judge):
    assert judge(DefaultAction, swap(PREFER, '["aws:drop"]', '["aws:drop", {"fn::unknown": true}]')) == []
