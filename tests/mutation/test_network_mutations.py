"""What one changed part of a stack's network opens is blocked, what it closes is reported, and the rest is silent.

The packet walker says what opens and closes; every part is changed in every way by `make mutations`, which writes
docs/mutations.md, and in a sample here, which is held against that page.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

import pytest

from tests.mutation.intent_oracle import Verdict, Walked, judge
from tests.mutation.mutation_table import Judged, facts_of, intent_of, judged
from tests.mutation.network_mutations import PARTS, Mutation, mutations
from tests.mutation.write_page import PAGE, STACKS
from tests.policy.support.pack import Pack
from tests.policy.support.stacks import Stack

MANY = 2
"""How many mutations of a part and stack are judged again at every run."""

OVER_THE_WIRE = (
    ("dev", "route", "copied to the desktop table"),
    ("dev", "ACL entry", "deny instead of allow"),
    ("prod", "egress rule", "peer widened to the world"),
    ("prod", "endpoint", "removed"),
)


@cache
def made(stack: str) -> list[Mutation]:
    return mutations(stack)


def sample(stack: str, part: str) -> list[Mutation]:
    """Give a few mutations of a part, evenly spread."""
    found = [mutation for mutation in made(stack) if mutation.part == part]
    return found[len(found) // (2 * MANY) :: max(1, len(found) // MANY)][:MANY]


@cache
def again(stack: str, part: str) -> list[Judged]:
    return [judged(mutation) for mutation in sample(stack, part)]


PLACES = [(stack, part) for stack in STACKS for part in PARTS if sample(stack, part)]
SAMPLED = pytest.mark.parametrize(("stack", "part"), PLACES)


@SAMPLED
def test_the_guard_says_what_the_walker_sees(stack: str, part: str) -> None:
    for row in again(stack, part):
        assert row.agreed, row
        assert row.explained, row


@SAMPLED
def test_the_page_tells_just_the_survivors(stack: str, part: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    for row in again(stack, part):
        assert (f"\n- {row.text}: " in page) is row.survived, f"{row}; run `make mutations`"


@pytest.mark.parametrize("stack", STACKS)
def test_the_page_counts_the_mutations_that_there_are(stack: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    told = re.findall(rf"^\| {stack} \| ([\w -]+) \| (\d+) \|", page, re.MULTILINE)
    there = Counter(mutation.part for mutation in made(stack))
    assert {part: int(number) for part, number in told} == there, "run `make mutations`"


def test_nothing_on_the_page_is_left_without_agreement_or_reason() -> None:
    page = PAGE.read_text(encoding="utf-8")
    numbers = [line.split("|")[3:-1] for line in page.splitlines() if re.match(r"\| (dev|prod|both) \|", line)]
    assert numbers
    assert all(int(row[0]) == int(row[6]) for row in numbers), "guard and walker do not agree"
    assert "NOT EXPLAINED" not in page


@pytest.mark.parametrize("stack", STACKS)
def test_the_walker_finds_nothing_in_the_good_stack(stack: str) -> None:
    assert judge(Walked(facts_of(Stack(stack)).network, intent_of(stack))) == Verdict()


@pytest.mark.parametrize(
    ("stack", "part"), [("dev", "egress rule"), ("dev", "table association"), ("dev", "ACL entry")]
)
def test_walking_only_what_a_change_touches_tells_the_same(stack: str, part: str) -> None:
    base = Walked(facts_of(Stack(stack)).network, intent_of(stack))
    for mutation in sample(stack, part):
        changed = Stack(stack)
        mutation.change(changed)
        network = facts_of(changed).network
        assert Walked(network, intent_of(stack), base).links == Walked(network, intent_of(stack)).links


@pytest.mark.parametrize("stack", STACKS)
def test_no_part_of_the_network_is_left_out(stack: str) -> None:
    whole = Stack(stack)
    changed = {(mutation.part, mutation.subject) for mutation in made(stack)}
    for part, (kind, _) in PARTS.items():
        there = {item["urn"].rpartition("::")[2] for item in whole.raw if item["type"].endswith(kind)}
        assert {subject for one, subject in changed if one == part} == there


@pytest.mark.parametrize(("stack", "part", "operation"), OVER_THE_WIRE, ids=lambda text: text)
def test_the_running_pack_says_the_same(pack: Pack, stack: str, part: str, operation: str) -> None:
    mutation = next(one for one in made(stack) if (one.part, one.operation) == (part, operation))
    changed = Stack(stack)
    mutation.change(changed)
    told = {item.rule for item in pack.judge(changed.raw) if item.mandatory}
    assert told
    assert told >= judged(mutation).blocked
