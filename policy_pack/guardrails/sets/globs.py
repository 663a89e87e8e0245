"""Sets of strings as Boolean combinations of glob patterns, decided exactly.

`*` stands for any number of characters, `?` for exactly one, everything else for itself; there is no escape and no
folding of case (the caller folds, where the field it compares is case-insensitive).

A set is an expression over patterns. Emptiness and witnesses are found by a breadth-first search over the product of
the patterns' position automata, run together as bit masks: every character that no pattern names behaves alike, so one
stand-in is enough and the search is finite and exact, and the first member it meets is a shortest one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Literal

Operator = Literal["or", "and", "not"]


@dataclass(frozen=True, slots=True)
class _Node:
    """One Boolean operation over nodes and patterns (strings)."""

    operator: Operator
    parts: tuple[_Node | str, ...]


@dataclass(frozen=True, slots=True)
class GlobSet:
    """A set of strings. Build it with `of`; combine with `|`, `&`, `-`; two equal sets may be written differently."""

    expression: _Node = _Node("or", ())

    EMPTY: ClassVar[GlobSet]
    ALL: ClassVar[GlobSet]

    @classmethod
    def of(cls, *patterns: str) -> GlobSet:
        """Give the strings that match at least one pattern."""
        return cls(_Node("or", tuple(dict.fromkeys(_collapse(pattern) for pattern in patterns))))

    @classmethod
    def union(cls, parts: Iterable[GlobSet]) -> GlobSet:
        """Give the union of any number of sets."""
        merged = cls()
        for part in parts:
            merged |= part
        return merged

    @property
    def is_empty(self) -> bool:
        """Tell whether no string is in the set."""
        return _search(self.expression) is None

    def sample(self) -> str:
        """Give a shortest member, with readable characters where any would do. Raises ValueError when there is none."""
        found = _search(self.expression)
        if found is None:
            raise ValueError("an empty set has no member")
        return found

    def __contains__(self, text: str) -> bool:
        return _holds(self.expression, {pattern: _matches(pattern, text) for pattern in _patterns(self.expression)})

    def __bool__(self) -> bool:
        return not self.is_empty

    def __or__(self, other: GlobSet) -> GlobSet:
        return GlobSet(_combine("or", self.expression, other.expression))

    def __and__(self, other: GlobSet) -> GlobSet:
        if other.expression in (self.expression, GlobSet.ALL.expression):
            return self
        if self.expression == GlobSet.ALL.expression:
            return other
        return GlobSet(_combine("and", self.expression, other.expression))

    def __sub__(self, other: GlobSet) -> GlobSet:
        if other.expression == GlobSet.EMPTY.expression:
            return self
        return GlobSet(_combine("and", self.expression, _Node("not", (other.expression,))))

    def __le__(self, other: GlobSet) -> bool:
        return (self - other).is_empty

    def same(self, other: GlobSet) -> bool:
        """Tell whether both hold the same strings, however they are written."""
        return self <= other <= self


def _collapse(pattern: str) -> str:
    """Write runs of wildcards in one way: every `?` before a single `*`."""
    out: list[str] = []
    index = 0
    while index < len(pattern):
        if pattern[index] not in "*?":
            out.append(pattern[index])
            index += 1
            continue
        end = index
        while end < len(pattern) and pattern[end] in "*?":
            end += 1
        run = pattern[index:end]
        out.append("?" * run.count("?") + ("*" if "*" in run else ""))
        index = end
    return "".join(out)


def _combine(operator: Operator, left: _Node, right: _Node) -> _Node:
    parts: list[_Node | str] = []
    for node in (left, right):
        parts.extend(node.parts if node.operator == operator else (node,))
    return _Node(operator, tuple(dict.fromkeys(parts)))


def _patterns(node: _Node | str) -> frozenset[str]:
    if isinstance(node, str):
        return frozenset((node,))
    return frozenset[str]().union(*(_patterns(part) for part in node.parts))


def _holds(node: _Node | str, truth: dict[str, bool]) -> bool:
    if isinstance(node, str):
        return truth[node]
    if node.operator == "not":
        return not _holds(node.parts[0], truth)
    join = any if node.operator == "or" else all
    return join(_holds(part, truth) for part in node.parts)


class _Automaton:
    """The position automaton of one pattern: bit `i` is set when the first `i` items have been matched."""

    __slots__ = ("accept", "loops", "names", "start", "steps", "wild")

    def __init__(self, pattern: str) -> None:
        self.loops = 0
        self.steps: dict[str, int] = {}
        size = 0
        wild = 0
        for item in pattern:
            if item == "*":
                self.loops |= 1 << size
            else:
                if item == "?":
                    wild |= 1 << size
                else:
                    self.steps[item] = self.steps.get(item, 0) | 1 << size
                size += 1
        self.wild = wild
        self.names = frozenset(self.steps)
        self.start = 1
        self.accept = 1 << size

    def step(self, state: int, character: str) -> int:
        """Give the state after one more character."""
        moved = state & (self.wild | self.steps.get(character, 0))
        return (moved << 1) | (state & self.loops)


@lru_cache(maxsize=16384)
def _automaton(pattern: str) -> _Automaton:
    return _Automaton(pattern)


@lru_cache(maxsize=16384)
def _matches(pattern: str, text: str) -> bool:
    automaton = _automaton(pattern)
    state = automaton.start
    for character in text:
        state = automaton.step(state, character)
        if not state:
            return False
    return bool(state & automaton.accept)


_STAND_INS = "xyzabcdefghijklmnopqrstuvw0123456789XYZABCDEFGHIJKLMNOPQRSTUVW-_"


def _stand_in(named: frozenset[str]) -> str:
    """Give a character that no pattern names, readable if there is one left."""
    for character in _STAND_INS:
        if character not in named:
            return character
    code = 0x100
    while chr(code) in named:
        code += 1
    return chr(code)


@lru_cache(maxsize=8192)
def _search(expression: _Node) -> str | None:
    """Find a shortest member, or None. The states are the tuples of all patterns' states."""
    patterns = sorted(_patterns(expression))
    automata = [_automaton(pattern) for pattern in patterns]
    named = frozenset[str]().union(*(automaton.names for automaton in automata)) - {"*", "?"}
    other = _stand_in(named)
    start = tuple(automaton.start for automaton in automata)
    came: dict[tuple[int, ...], tuple[tuple[int, ...], str] | None] = {start: None}
    queue = deque((start,))
    while queue:
        state = queue.popleft()
        truth = {
            pattern: bool(bits & automaton.accept)
            for pattern, automaton, bits in zip(patterns, automata, state, strict=True)
        }
        if _holds(expression, truth):
            return _spell(came, state)
        for character in (other, *_useful(automata, state)):
            moved = tuple(automaton.step(bits, character) for automaton, bits in zip(automata, state, strict=True))
            if moved not in came:
                came[moved] = (state, character)
                queue.append(moved)
    return None


def _useful(automata: list[_Automaton], state: tuple[int, ...]) -> list[str]:
    """Give the characters that some pattern waits for in this state; all others act like the stand-in."""
    useful: set[str] = set()
    for automaton, bits in zip(automata, state, strict=True):
        useful.update(character for character, mask in automaton.steps.items() if mask & bits)
    return sorted(useful)


def _spell(came: dict[tuple[int, ...], tuple[tuple[int, ...], str] | None], state: tuple[int, ...]) -> str:
    letters: list[str] = []
    step = came[state]
    while step is not None:
        letters.append(step[1])
        step = came[step[0]]
    return "".join(reversed(letters))


GlobSet.EMPTY = GlobSet()
GlobSet.ALL = GlobSet.of("*")
