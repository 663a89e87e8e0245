from __future__ import annotations

from guardrails.rules.fail_closed.crash import Crash
from tests.unit.guardrails.rules.rule_cases import cases

ELSEWHERE_TESTED = "the findings are made where rules are run (tests/unit/guardrails/findings/test_run.py)"
test_cases = cases(Crash, unresolved=ELSEWHERE_TESTED, boundary=ELSEWHERE_TESTED)
