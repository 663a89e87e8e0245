"""Unions of boxes behave like the sets of tuples they stand for."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails.sets import Boxes, GlobSet, IntervalSet

UNIVERSE = list(itertools.product(range(6), repeat=3))
sides = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=2).map(IntervalSet.union)
box_sets = st.lists(st.tuples(sides, sides, sides), max_size=4).map(
    lambda some: Boxes.union(Boxes.of(*box) for box in some)
)


def members(value: Boxes[IntervalSet]) -> set[tuple[int, ...]]:
    return {
        point
        for point in UNIVERSE
        if any(all(number in side for number, side in zip(point, box, strict=True)) for box in value)
    }


@given(box_sets, box_sets)
def test_the_operations_are_those_of_sets(left: Boxes[IntervalSet], right: Boxes[IntervalSet]) -> None:
    assert members(left | right) == members(left) | members(right)
    assert members(left & right) == members(left) & members(right)
    assert members(left - right) == members(left) - members(right)
    assert (left <= right) == (members(left) <= members(right))
    assert left.same(right) == (members(left) == members(right))


@given(box_sets)
def test_emptiness_and_sample_agree_with_the_members(value: Boxes[IntervalSet]) -> None:
    assert value.is_empty == (not members(value))
    if value:
        assert value.sample() in members(value)
    else:
        with pytest.raises(ValueError, match="no member"):
            value.sample()


@given(box_sets, sides, st.integers(0, 2))
def test_limiting_replacing_and_reordering_sides(value: Boxes[IntervalSet], side: IntervalSet, at: int) -> None:
    points = members(value)
    assert members(value.limit(at, side)) == {point for point in points if point[at] in side}
    assert members(value.without(at, side)) == {point for point in points if point[at] not in side}
    assert members(value.replace(at, side)) == {
        (*point[:at], number, *point[at + 1 :]) for point in points for number in range(6) if number in side
    }
    assert members(value.reorder((2, 0, 1))) == {(point[2], point[0], point[1]) for point in points}
    projected = value.side(at)
    assert (set() if projected is None else {n for n in range(6) if n in projected}) == {point[at] for point in points}


@given(box_sets)
def test_disjoint_boxes_cover_the_same_members_without_overlap(value: Boxes[IntervalSet]) -> None:
    apart = value.disjoint()
    assert members(apart) == members(value)
    for one, two in itertools.combinations(apart.boxes, 2):
        assert (Boxes((one,)) & Boxes((two,))).is_empty


def test_sides_may_be_glob_sets() -> None:
    allowed = Boxes.of(GlobSet.of("s3:*"), GlobSet.of("arn:aws:s3:::logs/*"))
    denied = Boxes.of(GlobSet.of("s3:Delete*"), GlobSet.of("*"))
    assert Boxes.of(GlobSet.of("s3:GetObject"), GlobSet.of("arn:aws:s3:::logs/a")) <= allowed - denied
    assert (allowed - denied).limit(0, GlobSet.of("s3:DeleteObject")).is_empty
