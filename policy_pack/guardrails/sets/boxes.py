"""Finite unions of products of sets: packets, requests, anything with a fixed number of independent properties."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar


class Dimension(Protocol):
    """What a set must offer to be one side of a box."""

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is in the set."""
        ...

    def sample(self) -> Any:
        """Give one member. Raises ValueError when there is none."""
        ...

    def __or__(self, other: Any, /) -> Any: ...
    def __and__(self, other: Any, /) -> Any: ...
    def __sub__(self, other: Any, /) -> Any: ...
    def __le__(self, other: Any, /) -> bool: ...


D = TypeVar("D", bound=Dimension)


@dataclass(frozen=True, slots=True)
class Boxes(Generic[D]):
    """A union of boxes, each a product with one non-empty set for every dimension.

    All boxes of one value have the same number of sides; `Boxes()` is empty whatever that number is. Boxes may overlap
    (`disjoint` separates them), so two equal sets may be written differently: compare with `same`, not with `==`.
    """

    boxes: tuple[tuple[D, ...], ...] = ()

    @classmethod
    def of(cls, *sides: D) -> Boxes[D]:
        """Give the one box with these sides, or the empty set when a side is empty."""
        return cls() if any(side.is_empty for side in sides) else cls((sides,))

    @classmethod
    def union(cls, parts: Iterable[Boxes[D]]) -> Boxes[D]:
        """Give the union of any number of sets of boxes, written as briefly as merging neighbours allows."""
        return cls(_merge([box for part in parts for box in part.boxes]))

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is in the set."""
        return not self.boxes

    def __bool__(self) -> bool:
        return bool(self.boxes)

    def __iter__(self) -> Iterator[tuple[D, ...]]:
        return iter(self.boxes)

    def sample(self) -> tuple[Any, ...]:
        """Give one member, a value for every side. Raises ValueError when there is none."""
        if not self.boxes:
            raise ValueError("an empty set has no member")
        return tuple(side.sample() for side in self.boxes[0])

    def __or__(self, other: Boxes[D]) -> Boxes[D]:
        if not self.boxes:
            return other
        return self if not other.boxes else Boxes(_merge([*self.boxes, *other.boxes]))

    def __and__(self, other: Boxes[D]) -> Boxes[D]:
        met = [box for mine in self.boxes for yours in other.boxes if (box := _meet(mine, yours)) is not None]
        return Boxes(_merge(met)) if len(met) > 1 else Boxes(tuple(met))

    def __sub__(self, other: Boxes[D]) -> Boxes[D]:
        left = list(self.boxes)
        for cut in other.boxes:
            left = [piece for box in left for piece in _cut(box, cut)]
            if not left:
                return Boxes()
        return Boxes(_merge(left)) if len(left) > 1 else Boxes(tuple(left))

    def __le__(self, other: Boxes[D]) -> bool:
        return (self - other).is_empty

    def same(self, other: Boxes[D]) -> bool:
        """Tell whether both hold the same members, however they are written."""
        return self <= other <= self

    def limit(self, side: int, values: D) -> Boxes[D]:
        """Give the members whose value on that side is one of `values`."""
        kept: list[tuple[D, ...]] = []
        for box in self.boxes:
            met = box[side] & values
            if not met.is_empty:
                kept.append((*box[:side], met, *box[side + 1 :]))
        return Boxes(tuple(kept))

    def without(self, side: int, values: D) -> Boxes[D]:
        """Give the members whose value on that side is none of `values`."""
        kept: list[tuple[D, ...]] = []
        for box in self.boxes:
            rest = box[side] - values
            if not rest.is_empty:
                kept.append((*box[:side], rest, *box[side + 1 :]))
        return Boxes(tuple(kept))

    def replace(self, side: int, values: D) -> Boxes[D]:
        """Forget what that side was and let it be any of `values`."""
        if values.is_empty:
            return Boxes()
        return Boxes(_merge([(*box[:side], values, *box[side + 1 :]) for box in self.boxes]))

    def reorder(self, order: Sequence[int]) -> Boxes[D]:
        """Give the same members with their sides in another order: side `i` of the result is side `order[i]`."""
        return Boxes(tuple(tuple(box[index] for index in order) for box in self.boxes))

    def side(self, index: int) -> D | None:
        """Give every value that side takes over all members; None when there are none."""
        values: D | None = None
        for box in self.boxes:
            values = box[index] if values is None else values | box[index]
        return values

    def disjoint(self) -> Boxes[D]:
        """Give the same members in boxes of which no two overlap."""
        done: Boxes[D] = Boxes()
        for box in self.boxes:
            done = Boxes((*done.boxes, *(Boxes((box,)) - done).boxes))
        return done


def _meet(mine: tuple[D, ...], yours: tuple[D, ...]) -> tuple[D, ...] | None:
    sides: list[D] = []
    for left, right in zip(mine, yours, strict=True):
        side = left & right
        if side.is_empty:
            return None
        sides.append(side)
    return tuple(sides)


def _cut(box: tuple[D, ...], cut: tuple[D, ...]) -> list[tuple[D, ...]]:
    """Split what is in `box` and not in `cut` into disjoint boxes, at most one for every side."""
    met = _meet(box, cut)
    if met is None:
        return [box]
    pieces: list[tuple[D, ...]] = []
    for index, side in enumerate(box):
        rest = side - cut[index]
        if not rest.is_empty:
            pieces.append((*met[:index], rest, *box[index + 1 :]))
    return pieces


def _merge(boxes: list[tuple[D, ...]]) -> tuple[tuple[D, ...], ...]:
    """Drop boxes inside others and join those that differ on one side only, until neither is possible."""
    done: list[tuple[D, ...]] = []
    waiting = list(boxes)
    while waiting:
        box = waiting.pop()
        for index, other in enumerate(done):
            joined = _join(box, other)
            if joined is not None:
                del done[index]
                waiting.append(joined)
                break
        else:
            done.append(box)
    done.reverse()
    return tuple(done)


def _join(one: tuple[D, ...], two: tuple[D, ...]) -> tuple[D, ...] | None:
    """Give the union of two boxes where that is a box: one holds the other, or they differ on a single side."""
    odd = -1
    for index, (left, right) in enumerate(zip(one, two, strict=True)):
        if left == right:
            continue
        if odd >= 0:
            return one if _inside(two, one) else two if _inside(one, two) else None
        odd = index
    return one if odd < 0 else (*one[:odd], one[odd] | two[odd], *one[odd + 1 :])


def _inside(inner: tuple[D, ...], outer: tuple[D, ...]) -> bool:
    return all(left <= right for left, right in zip(inner, outer, strict=True))
