from __future__ import annotations

from guardrails.rules.fail_closed.configuration import Configuration
from tests.unit.guardrails.rules.rule_cases import cases

ELSEWHERE_TESTED = "the findings are made where the configuration is read (tests/policy/test_configuration.py)"
test_cases = cases(Configuration, unresolved=ELSEWHERE_TESTED, boundary=ELSEWHERE_TESTED)
