"""Each breakage of a good stack is blocked by the rule meant for it, and by no unrelated one."""

from __future__ import annotations

import pytest

from tests.mutation.breakages import BREAKAGES, Breakage
from tests.policy.support.pack import Pack
from tests.policy.support.stacks import Stack


@pytest.mark.parametrize("breakage", BREAKAGES, ids=lambda item: f"{item.rule}: {item.name}")
def test_is_blocked_by_the_rule_meant_for_it(pack: Pack, breakage: Breakage) -> None:
    stack = Stack(breakage.stack)
    breakage.change(stack)
    blocking = [item for item in pack.judge(stack.raw) if item.mandatory]
    # What a change makes reachable, or cuts, is proven beside the rule that names the change itself.
    found = {item.rule for item in blocking if not item.rule.startswith("RCH") or breakage.rule.startswith("RCH")}
    assert found == {breakage.rule}, [
        f"{item.rule} {item.subject.rsplit('::', 1)[-1]}: {item.message}" for item in blocking
    ]


@pytest.mark.parametrize("known", [False, True], ids=["preview", "deployed"])
@pytest.mark.parametrize("name", ["dev", "prod"])
def test_the_good_stack_passes(pack: Pack, name: str, *, known: bool) -> None:
    assert [item for item in pack.judge(Stack(name, known=known).raw) if item.mandatory] == []
