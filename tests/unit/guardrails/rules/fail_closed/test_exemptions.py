from __future__ import annotations

from guardrails.rules.fail_closed.exemptions import Exemptions
from tests.unit.guardrails.rules.rule_cases import cases

ELSEWHERE_TESTED = "the findings are made where exemptions are applied (findings/test_exemptions.py)"
test_cases = cases(Exemptions, unresolved=ELSEWHERE_TESTED, boundary=ELSEWHERE_TESTED)
