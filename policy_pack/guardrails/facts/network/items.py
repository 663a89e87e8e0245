"""What every object has."""

from __future__ import annotations

from dataclasses import dataclass, field

from guardrails.facts.values import Maybe, Origin, Unknown


@dataclass(frozen=True, slots=True)
class Item:
    """What every object has."""

    key: str
    origin: Origin
    id: Maybe[str] = field(default_factory=Unknown)
    name: str = ""
    account: Maybe[str] = field(default_factory=Unknown)
    region: Maybe[str] = field(default_factory=Unknown)
    tags: tuple[tuple[str, Maybe[str]], ...] = ()
