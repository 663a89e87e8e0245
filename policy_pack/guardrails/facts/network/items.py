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


@dataclass(frozen=True, slots=True)
class Stranger:
    """Objects of a kind that these facts do not cover, and that may give packets a way.

    `near` are the keys of the VPCs that they name, directly or by a subnet, interface or transit gateway of theirs.
    """

    unknown: Unknown
    near: tuple[str, ...] = ()
    premises_only: bool = False
    """Whether the way that they may give leads to or from the premises only."""
