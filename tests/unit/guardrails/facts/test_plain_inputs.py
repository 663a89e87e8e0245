"""The table of inputs that the provider never computes is that of the installed provider."""

from __future__ import annotations

from tests.unit.guardrails.facts.provider_inputs import SHAPES, TABLE, rendered, rendered_shapes


def test_the_table_is_up_to_date() -> None:
    again = "run `python -m tests.unit.guardrails.facts.provider_inputs`"
    assert TABLE.read_text(encoding="utf-8") == rendered(), again
    assert SHAPES.read_text(encoding="utf-8") == rendered_shapes(), again
