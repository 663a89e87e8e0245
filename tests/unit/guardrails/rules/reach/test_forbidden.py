from __future__ import annotations

from guardrails.rules.reach.forbidden import Forbidden
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

LOST = swap(Forbidden.avoid, "toPort: 5433", 'toPort: {"fn::unknown": true}')
ONE_MORE = swap(Forbidden.prefer, "fromPort: 5432", "fromPort: 5431")
test_cases = cases(
    Forbidden,
    unresolved=Case(LOST, "unresolved one.desktop -> server"),
    boundary=Case(ONE_MORE, "fail one.desktop -> server"),
)
