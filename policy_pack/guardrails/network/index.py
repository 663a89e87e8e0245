"""Finding the sets that meet a set of addresses without asking each of them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from guardrails.sets import IntervalSet


class AddressIndex:
    """Many sets of addresses, cut where any of them begins or ends: each stretch knows which of them it lies in."""

    def __init__(self, sets: Sequence[IntervalSet]) -> None:
        events: dict[int, tuple[list[int], list[int]]] = {}
        for position, one in enumerate(sets):
            for low, high in one:
                events.setdefault(low, ([], []))[0].append(position)
                events.setdefault(high + 1, ([], []))[1].append(position)
        self._starts = sorted(events)
        self._within: list[tuple[int, ...]] = []
        here: dict[int, None] = {}
        for at in self._starts:
            opened, closed = events[at]
            for position in closed:
                del here[position]
            for position in opened:
                here[position] = None
            self._within.append(tuple(here))

    def meeting(self, wanted: IntervalSet) -> list[int]:
        """Give the positions of all sets that have an address in common with this one, in ascending order."""
        found: set[int] = set()
        for low, high in wanted:
            first = max(bisect_right(self._starts, low) - 1, 0)
            for index in range(first, bisect_right(self._starts, high)):
                found.update(self._within[index])
        return sorted(found)
