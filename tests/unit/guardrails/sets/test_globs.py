"""Glob sets behave like the sets of strings they stand for."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrails.sets import GlobSet

WORDS = ["".join(letters) for length in range(5) for letters in itertools.product("abz", repeat=length)]
patterns = st.text(alphabet="ab*?", max_size=4)
glob_sets = st.recursive(
    st.lists(patterns, max_size=3).map(lambda some: GlobSet.of(*some)),
    lambda inner: st.tuples(inner, inner, st.sampled_from("|&-")).map(lambda made: combine(*made)),
    max_leaves=4,
)


def combine(left: GlobSet, right: GlobSet, operator: str) -> GlobSet:
    return {"|": left | right, "&": left & right, "-": left - right}[operator]


def members(value: GlobSet) -> set[str]:
    return {word for word in WORDS if word in value}


def by_regex(pattern: str, word: str) -> bool:
    return re.fullmatch("".join({"*": ".*", "?": "."}.get(c, re.escape(c)) for c in pattern), word, re.S) is not None


@given(patterns)
def test_a_pattern_holds_what_the_same_regular_expression_matches(pattern: str) -> None:
    assert members(GlobSet.of(pattern)) == {word for word in WORDS if by_regex(pattern, word)}


@given(glob_sets, glob_sets)
def test_the_operations_are_those_of_sets(left: GlobSet, right: GlobSet) -> None:
    assert members(left | right) == members(left) | members(right)
    assert members(left & right) == members(left) & members(right)
    assert members(left - right) == members(left) - members(right)
    if left <= right:
        assert members(left) <= members(right)


@given(glob_sets)
@settings(max_examples=300)
def test_a_sample_is_a_shortest_member_and_an_empty_set_has_none(value: GlobSet) -> None:
    found = members(value)
    if value.is_empty:
        assert not found
        with pytest.raises(ValueError, match="no member"):
            value.sample()
    else:
        assert value.sample() in value
        assert len(value.sample()) <= min((len(word) for word in found), default=len(value.sample()))


@pytest.mark.parametrize(
    ("inner", "outer", "contained"),
    [
        ("s3:Get*", "s3:*", True),
        ("s3:*", "s3:Get*", False),
        ("a*b*c", "a*c", True),
        ("a?*", "a*?", True),
        ("?*", "*", True),
        ("*", "?*", False),
        ("iam:PassRole", "iam:P*R?le", True),
    ],
)
def test_containment_of_patterns(inner: str, outer: str, contained: bool) -> None:
    assert (GlobSet.of(inner) <= GlobSet.of(outer)) is contained


def test_a_union_of_patterns_can_cover_what_none_of_them_does() -> None:
    assert GlobSet.of("a*") <= GlobSet.of("a", "a?", "a??*")


def test_many_long_patterns_are_decided_quickly() -> None:
    arns = [f"arn:aws:s3:::team-{number}-*/logs/*/{number}?.gz" for number in range(60)]
    assert GlobSet.of(*arns) <= GlobSet.of("arn:aws:s3:::team-*")
    assert (GlobSet.of(arns[7]) - GlobSet.of(*arns[:7], *arns[8:])).sample() == "arn:aws:s3:::team-7-/logs//7x.gz"
