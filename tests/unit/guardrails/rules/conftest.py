from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.unit.guardrails.rules.rule_cases import verdicts


@pytest.fixture
def judge() -> Callable[..., list[str]]:
    return verdicts
