from __future__ import annotations

from guardrails.rules.fail_closed.protect import Protect
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

test_cases = cases(
    Protect,
    unresolved="protect is an option of the engine, which is always known",
    boundary=Case(
        swap(Protect.prefer, "options: {protect: true}", "properties: {tags: {protect: 'true'}}"), "fail key.protect"
    ),
)


def test_what_can_be_made_again_needs_no_protection(judge):
    assert judge(Protect, 'resources:\n  queue: {type: "aws:sqs:Queue"}\n') == []
