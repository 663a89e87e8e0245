"""One object as AWS prints it, with typed and checked access to its members.

A member that is there but cannot be what AWS prints (a CIDR that is none, a list that is text) raises `MalformedError`,
which the book of records turns into a gap; nothing is guessed and nothing is skipped silently.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar, cast

from guardrails.facts.values import IPAddress, IPNetwork, Origin

Json = Mapping[str, object]
"""A decoded JSON object."""


T = TypeVar("T")


class MalformedError(ValueError):
    """A member is missing that AWS always prints, or is not of the kind that AWS prints."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an answer was found: the account and region that its folders name, and the texts that its path holds.

    `unit` tells apart the sets of answers that were asked for together (one account and region each).
    """

    account: str | None = None
    region: str | None = None
    hints: tuple[str, ...] = ()
    """File name first, then the folders outwards: where an answer does not say whose it is, these may."""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One object of an answer: its members, where it was read, and the scalars that stood beside it."""

    data: Json
    where: str
    scope: Scope = field(default_factory=Scope)
    beside: Json = field(default_factory=dict[str, object])

    def origin(self, subject: str, path: str = "") -> Origin:
        """Give the provenance of a fact about `subject` that was read here."""
        return Origin(subject, f"{self.where}{'.' if path else ''}{path}")

    def bad(self, name: str, reason: str) -> MalformedError:
        """Make the error for a member; the value itself is not repeated."""
        return MalformedError(f"{self.where}.{name}: {reason}")

    def has(self, name: str) -> bool:
        """Tell whether the member is there and not null."""
        return self.data.get(name) is not None

    def text(self, name: str) -> str | None:
        """Give a text member; None where it is missing, null or empty."""
        value = self.data.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            raise self.bad(name, "is not text")
        return value

    def required(self, name: str) -> str:
        """Give a text member that AWS always prints."""
        value = self.text(name)
        if value is None:
            raise self.bad(name, "is missing")
        return value

    def number(self, name: str) -> int | None:
        """Give a whole number; digits in a text count, as AWS prints some numbers so."""
        value = self.data.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise self.bad(name, "is not a whole number")
        try:
            return int(value)
        except ValueError:
            raise self.bad(name, "is not a whole number") from None

    def flag(self, name: str, default: bool = False) -> bool:
        """Give a yes or no; `true` and `enable` in a text count too, as AWS prints some flags so."""
        value = self.data.get(name)
        if value is None:
            return default
        if isinstance(value, bool):
            return value
        word = value.lower() if isinstance(value, str) else ""
        if word in ("true", "enable", "enabled"):
            return True
        if word in ("false", "disable", "disabled"):
            return False
        raise self.bad(name, "is neither true nor false")

    def member(self, name: str) -> Record | None:
        """Give a member that is an object."""
        value = self.data.get(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise self.bad(name, "is not an object")
        return replace(self, data=cast("Json", value), where=f"{self.where}.{name}")

    def members(self, name: str) -> tuple[Record, ...]:
        """Give a member that is a list of objects; empty where it is missing."""
        values = self._list(name)
        if not all(isinstance(value, dict) for value in values):
            raise self.bad(name, "is not a list of objects")
        return tuple(
            replace(self, data=cast("Json", value), where=f"{self.where}.{name}[{number}]")
            for number, value in enumerate(values)
        )

    def texts(self, name: str) -> tuple[str, ...]:
        """Give a member that is a list of texts; empty where it is missing."""
        values = self._list(name)
        if not all(isinstance(value, str) for value in values):
            raise self.bad(name, "is not a list of texts")
        return cast("tuple[str, ...]", tuple(values))

    def _list(self, name: str) -> Sequence[object]:
        value = self.data.get(name)
        if value is None:
            return ()
        if not isinstance(value, list):
            raise self.bad(name, "is not a list")
        return cast("list[object]", value)

    def network(self, name: str) -> IPNetwork | None:
        """Give a CIDR block; host bits are cut off, as AWS itself does."""
        value = self.text(name)
        if value is None:
            return None
        try:
            return ipaddress.ip_network(value, strict=False)
        except ValueError:
            raise self.bad(name, "is not a CIDR block") from None

    def address(self, name: str) -> IPAddress | None:
        """Give an IP address."""
        value = self.text(name)
        if value is None:
            return None
        try:
            return ipaddress.ip_address(value)
        except ValueError:
            raise self.bad(name, "is not an IP address") from None

    def tags(self) -> tuple[tuple[str, str], ...]:
        """Give the tags, sorted by key; network interfaces have theirs in `TagSet`, some APIs in `tags`."""
        return tuple(sorted(self._tags()))

    def _tags(self) -> Iterator[tuple[str, str]]:
        for name, key, value in (("Tags", "Key", "Value"), ("TagSet", "Key", "Value"), ("tags", "key", "value")):
            for tag in self.members(name):
                yield tag.required(key), tag.text(value) or ""

    def tag(self, key: str) -> str:
        """Give one tag's value, empty where there is none."""
        return dict(self.tags()).get(key, "")

    def scan(self) -> Record:
        """Give the same record for looking through: what is malformed then counts as missing.

        For answers that are searched for something about another object; whoever reads the record itself reports it.
        """
        return _Scanned(self.data, self.where, self.scope, self.beside)


@dataclass(frozen=True, slots=True)
class _Scanned(Record):
    """A record whose malformed members count as missing."""

    def text(self, name: str) -> str | None:
        return _or_missing(lambda: Record.text(self, name), None)

    def required(self, name: str) -> str:
        return self.text(name) or ""

    def number(self, name: str) -> int | None:
        return _or_missing(lambda: Record.number(self, name), None)

    def flag(self, name: str, default: bool = False) -> bool:
        return _or_missing(lambda: Record.flag(self, name, default), default)

    def member(self, name: str) -> Record | None:
        return _or_missing(lambda: Record.member(self, name), None)

    def members(self, name: str) -> tuple[Record, ...]:
        return _or_missing(lambda: Record.members(self, name), ())

    def texts(self, name: str) -> tuple[str, ...]:
        return _or_missing(lambda: Record.texts(self, name), ())

    def network(self, name: str) -> IPNetwork | None:
        return _or_missing(lambda: Record.network(self, name), None)

    def address(self, name: str) -> IPAddress | None:
        return _or_missing(lambda: Record.address(self, name), None)


def _or_missing(read: Callable[[], T], missing: T) -> T:
    try:
        return read()
    except MalformedError:
        return missing
