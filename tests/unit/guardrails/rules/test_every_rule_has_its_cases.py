"""Every rule has a passing, a failing, an unresolved and a boundary case, in the test that has its name."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

import pytest

from guardrails.rules.base import Rule
from guardrails.rules.catalogue import rule_types

HERE = Path(__file__).parent


def family(rule: type[Rule]) -> str:
    return rule.__module__.split(".")[-2]


def module_of(rule: type[Rule]) -> ModuleType:
    """The test beside the rule, in the mirrored tree."""
    name = rule.__module__.rsplit(".", 1)[-1]
    path = HERE / family(rule) / f"test_{name}.py"
    assert path.is_file(), f"{rule.id} has no test {path.relative_to(HERE)}"
    return importlib.import_module(f"tests.unit.guardrails.rules.{family(rule)}.test_{name}")


@pytest.mark.parametrize("rule", rule_types(), ids=lambda rule: rule.id)
def test_a_rule_has_its_four_cases(rule: type[Rule]) -> None:
    tests = [item for item in vars(module_of(rule)).values() if getattr(item, "rule", None) is rule]
    assert len(tests) == 1, f"{rule.id} needs `test_cases = cases({rule.__name__}, unresolved=..., boundary=...)`"
    assert all(len(reason) > 20 for reason in tests[0].reasons), "say why there can be no such case"
    assert (rule.avoid and rule.prefer) or len(tests[0].reasons) == 2, f"{rule.id} has no example"
