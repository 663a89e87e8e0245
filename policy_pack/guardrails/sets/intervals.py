"""Sets of integers as sorted, disjoint, inclusive intervals."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

Interval = tuple[int, int]


@dataclass(frozen=True, slots=True, eq=True)
class IntervalSet:
    """A finite set of integers; `intervals` are inclusive, ascending, disjoint and not adjacent, so equality is exact.

    Build one with `of`, `span` or `union`; the constructor trusts its argument to be in that form already.
    """

    intervals: tuple[Interval, ...] = ()

    EMPTY: ClassVar[IntervalSet]

    @classmethod
    def of(cls, *values: int) -> IntervalSet:
        """Give the set of exactly these values."""
        return cls.union((value, value) for value in values)

    @classmethod
    def span(cls, low: int, high: int) -> IntervalSet:
        """Give all integers from `low` to `high`, both included; empty when `high` is less than `low`."""
        return cls(((low, high),)) if low <= high else cls()

    @classmethod
    def union(cls, intervals: Iterable[Interval]) -> IntervalSet:
        """Give the union of inclusive intervals in any order; those that are back to front are empty."""
        merged: list[Interval] = []
        for low, high in sorted(pair for pair in intervals if pair[0] <= pair[1]):
            if merged and low <= merged[-1][1] + 1:
                if high > merged[-1][1]:
                    merged[-1] = (merged[-1][0], high)
            else:
                merged.append((low, high))
        return cls(tuple(merged))

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is in the set."""
        return not self.intervals

    @property
    def size(self) -> int:
        """Count the members."""
        return sum(high - low + 1 for low, high in self.intervals)

    def sample(self) -> int:
        """Give the least member. Raises ValueError when there is none."""
        if not self.intervals:
            raise ValueError("an empty set has no member")
        return self.intervals[0][0]

    def __bool__(self) -> bool:
        return bool(self.intervals)

    def __iter__(self) -> Iterator[Interval]:
        return iter(self.intervals)

    def __contains__(self, value: int) -> bool:
        index = bisect_right(self.intervals, (value, value)) - 1
        if index >= 0 and self.intervals[index][1] >= value:
            return True
        after = index + 1
        return after < len(self.intervals) and self.intervals[after][0] == value

    def __or__(self, other: IntervalSet) -> IntervalSet:
        if not other.intervals or self.intervals == other.intervals:
            return self
        if not self.intervals:
            return other
        return IntervalSet.union((*self.intervals, *other.intervals))

    def __and__(self, other: IntervalSet) -> IntervalSet:
        mine, yours = self.intervals, other.intervals
        if mine == yours:
            return self
        met: list[Interval] = []
        left = right = 0
        while left < len(mine) and right < len(yours):
            low, high = max(mine[left][0], yours[right][0]), min(mine[left][1], yours[right][1])
            if low <= high:
                met.append((low, high))
            if mine[left][1] < yours[right][1]:
                left += 1
            else:
                right += 1
        return IntervalSet(tuple(met))

    def __sub__(self, other: IntervalSet) -> IntervalSet:
        if not self.intervals or not other.intervals:
            return self
        left: list[Interval] = []
        cuts = other.intervals
        start = 0
        for low, high in self.intervals:
            while start < len(cuts) and cuts[start][1] < low:
                start += 1
            at, index = low, start
            while index < len(cuts) and cuts[index][0] <= high:
                if cuts[index][0] > at:
                    left.append((at, cuts[index][0] - 1))
                at = max(at, cuts[index][1] + 1)
                index += 1
            if at <= high:
                left.append((at, high))
        return IntervalSet(tuple(left))

    def __le__(self, other: IntervalSet) -> bool:
        return (self - other).is_empty

    def isdisjoint(self, other: IntervalSet) -> bool:
        """Tell whether the two have no member in common."""
        return (self & other).is_empty


IntervalSet.EMPTY = IntervalSet()
