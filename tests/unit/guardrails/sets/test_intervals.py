"""Interval sets behave like the sets of integers they stand for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails.sets import IntervalSet

UNIVERSE = range(24)
pairs = st.tuples(st.integers(0, 23), st.integers(0, 23))
interval_sets = st.lists(pairs, max_size=5).map(IntervalSet.union)


def members(value: IntervalSet) -> set[int]:
    return {number for number in UNIVERSE if any(low <= number <= high for low, high in value.intervals)}


@given(interval_sets, interval_sets)
def test_the_operations_are_those_of_sets(left: IntervalSet, right: IntervalSet) -> None:
    assert members(left | right) == members(left) | members(right)
    assert members(left & right) == members(left) & members(right)
    assert members(left - right) == members(left) - members(right)
    assert (left <= right) == (members(left) <= members(right))
    assert left.isdisjoint(right) == members(left).isdisjoint(members(right))
    assert (left == right) == (members(left) == members(right))


@given(interval_sets)
def test_size_membership_and_sample_agree_with_the_members(value: IntervalSet) -> None:
    assert value.size == len(members(value))
    assert value.is_empty == (not members(value))
    assert {number for number in UNIVERSE if number in value} == members(value)
    if value:
        assert value.sample() in members(value)


@given(interval_sets, interval_sets)
def test_results_are_in_canonical_form(left: IntervalSet, right: IntervalSet) -> None:
    for value in (left | right, left & right, left - right):
        for (_, high), (low, _) in zip(value.intervals, value.intervals[1:], strict=False):
            assert high + 1 < low
        assert all(low <= high for low, high in value.intervals)


def test_two_halves_of_the_ipv6_space_are_the_whole() -> None:
    top = 2**128 - 1
    assert IntervalSet.span(0, 2**127 - 1) | IntervalSet.span(2**127, top) == IntervalSet.span(0, top)


def test_an_empty_set_has_no_sample() -> None:
    with pytest.raises(ValueError, match="no member"):
        IntervalSet.EMPTY.sample()


def test_a_span_that_is_back_to_front_is_empty() -> None:
    assert IntervalSet.span(5, 4).is_empty
