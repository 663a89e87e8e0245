"""What one changed part of a stack's network opens is blocked, what it closes is reported, and the rest is silent.

The packet walker says what opens and closes; every part is changed in every way in `write_page`, and in a sample here.
"""

from __future__ import annotations

import pytest

from tests.mutation.intent_oracle import Verdict, verdict
from tests.mutation.mutation_table import facts_of, judged
from tests.mutation.network_mutations import PARTS, Mutation, mutations
from tests.mutation.survivors import reason_of
from tests.policy.support.pack import Pack
from tests.policy.support.stacks import Stack

STACKS = ("dev", "prod")
MANY = 6
"""How many mutations of a part are tried at every run; of the smaller parts all are."""

OVER_THE_WIRE = (
    ("dev", "route", "copied to the desktop table"),
    ("dev", "table association", "redirected to the public table"),
    ("dev", "ACL entry", "deny instead of allow"),
    ("prod", "egress rule", "peer widened to the world"),
    ("prod", "endpoint", "removed"),
    ("prod", "NAT gateway", "removed with its routes"),
)


def sample(stack: str, part: str) -> list[Mutation]:
    found = [mutation for mutation in mutations(stack) if mutation.part == part]
    return found[:: max(1, len(found) // MANY)]


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("stack", STACKS)
def test_the_guard_says_what_the_walker_sees(stack: str, part: str) -> None:
    for mutation in sample(stack, part):
        row = judged(mutation)
        assert row.agreed, f"{mutation}: {row.verdict}, {sorted(row.blocked)}"
        assert row.blocked or row.verdict == Verdict(), mutation
        assert row.blocked or reason_of(mutation)


@pytest.mark.parametrize("stack", STACKS)
def test_the_walker_finds_nothing_in_the_good_stack(stack: str) -> None:
    facts = facts_of(Stack(stack))
    assert facts.intent is not None
    assert verdict(facts.network, facts.intent) == Verdict()


@pytest.mark.parametrize("stack", STACKS)
def test_no_part_of_the_network_is_left_out(stack: str) -> None:
    whole = Stack(stack)
    changed = {(mutation.part, mutation.subject) for mutation in mutations(stack)}
    for part, (kind, _) in PARTS.items():
        there = {item["urn"].rpartition("::")[2] for item in whole.raw if item["type"].endswith(kind)}
        assert {subject for one, subject in changed if one == part} == there


@pytest.mark.parametrize(("stack", "part", "operation"), OVER_THE_WIRE, ids=lambda text: text)
def test_the_running_pack_says_the_same(pack: Pack, stack: str, part: str, operation: str) -> None:
    mutation = next(one for one in mutations(stack) if (one.part, one.operation) == (part, operation))
    changed = Stack(stack)
    mutation.change(changed)
    told = {item.rule for item in pack.judge(changed.raw) if item.mandatory}
    assert told
    assert told >= judged(mutation).blocked
