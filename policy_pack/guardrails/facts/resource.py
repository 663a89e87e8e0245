"""One Pulumi resource, decoded once: what rules without a network see.

A property value is a JSON value whose missing leaves are `Unknown`. Secrets are decoded like any other value so that
rules can judge them, and `secrets` names their paths so that no report ever shows them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias, cast

from guardrails.facts.values import Maybe, Unknown, is_unknown

Value: TypeAlias = "bool | int | float | str | Unknown | list[Value] | dict[str, Value] | None"
"""A decoded property value. Lists and objects are never changed after decoding."""


class Items(list["Value"]):
    """A decoded list. It is never changed, so it may have a hash: rules ask freely whether a value is one of some."""

    def __hash__(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        return hash(len(self))


class Fields(dict[str, "Value"]):
    """A decoded object; never changed, with a hash like `Items`."""

    def __hash__(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        return hash(len(self))


def frozen(value: Any) -> Value:
    """Turn plain JSON into a decoded value."""
    if isinstance(value, dict):
        fields = cast("dict[object, Any]", value)
        return Fields((str(key), frozen(item)) for key, item in fields.items())
    if isinstance(value, list):
        return Items(frozen(item) for item in cast("list[Any]", value))
    return value if isinstance(value, bool | int | float | str | Unknown) else None


@dataclass(frozen=True, slots=True)
class Provider:
    """The provider that a resource is made by; `default` tells an implicit one."""

    urn: str
    name: str
    package: str
    props: Mapping[str, Value] = field(default_factory=dict[str, Value])
    default: bool = False


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of a stack.

    `kind` is the short name (`ec2.Subnet`) for the AWS provider and the type token for everything else. `id` is None
    where the source shows none (components, resource-level requests). `edges` maps a top-level property to the URNs
    it depends on and is None where the source tells no dependencies at all. `inputs` says that `props` are what the
    program wrote (with the provider's check behind it), not what the provider answered. `unanswered` names what is
    not among `props` because its value is unknown and may be either the program's or one that the provider computes.
    """

    urn: str
    type: str
    kind: str
    name: str
    props: Mapping[str, Value] = field(default_factory=dict[str, Value])
    id: Maybe[str] | None = None
    parent: str = ""
    dependencies: tuple[str, ...] = ()
    edges: Mapping[str, tuple[str, ...]] | None = None
    protect: bool = False
    ignore_changes: tuple[str, ...] = ()
    provider: Provider | None = None
    custom: bool = True
    inputs: bool = False
    secrets: frozenset[str] = frozenset()
    unanswered: frozenset[str] = frozenset()

    def get(self, path: str, default: Value = None) -> Value:
        """Give the value at a dotted path, `default` where it is absent or null, an `Unknown` where it cannot be known.

        List positions are written as numbers: `rules.0.action`.
        """
        current: Value = dict(self.props)
        for step in path.split("."):
            if isinstance(current, Unknown):
                return current
            current = _step(current, step)
            if current is None:
                return default
        return current

    def flag(self, path: str, *, default: bool) -> Maybe[bool]:
        """Give a Boolean property: `true` and `"true"` alike, the provider's default where omitted, else `Unknown`."""
        return as_bool(self.get(path, default), f"{self.urn}.{path}")

    def text(self, path: str, default: str = "") -> Maybe[str]:
        """Give a string property; numbers become their text, anything else is `Unknown`."""
        return as_text(self.get(path, default), f"{self.urn}.{path}")

    def number(self, path: str, default: int | None = None) -> Maybe[int] | None:
        """Give a whole number; a string of digits counts as one, anything else is `Unknown`."""
        value = self.get(path, default)
        return None if value is None else as_int(value, f"{self.urn}.{path}")

    def items(self, path: str) -> Maybe[list[Value]]:
        """Give a list property: empty where omitted, a single value as a list of one, `Unknown` where unknown."""
        value = self.get(path)
        if value is None:
            return []
        if isinstance(value, Unknown):
            return value
        return value if isinstance(value, list) else [value]

    @property
    def tags(self) -> Mapping[str, Value]:
        """The tags that apply: `tags`, and `tagsAll` where the provider answered it.

        Where the tags as a whole are unknown, an unknown value stands under the empty name: any tag may be there.
        """
        merged: dict[str, Value] = {}
        for key in ("tagsAll", "tags"):
            value = self.props.get(key)
            if isinstance(value, dict):
                merged.update(value)
            elif isinstance(value, Unknown) and key == "tags":
                merged[""] = value
        return merged


def _step(value: Value, step: str) -> Value:
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(value, list) and step.isdigit() and int(step) < len(value):
        return value[int(step)]
    return None


def as_bool(value: object, what: str) -> Maybe[bool]:
    """Read a Boolean as the AWS provider does."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    return value if isinstance(value, Unknown) else Unknown(what, "not a Boolean")


def as_text(value: object, what: str) -> Maybe[str]:
    """Read a string; whole numbers and Booleans are written as the AWS provider would."""
    if isinstance(value, str | Unknown):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return Unknown(what, "not a string")


def as_int(value: object, what: str) -> Maybe[int]:
    """Read a whole number, also from a string of digits."""
    if isinstance(value, bool):
        return Unknown(what, "not a number")
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and value.strip().lstrip("-").isdecimal() and len(value) < 20:
        try:
            return int(value)
        except ValueError:
            return Unknown(what, "not a number")
    return value if isinstance(value, Unknown) else Unknown(what, "not a number")


def unknown_leaves(value: Any, path: str = "") -> Iterator[tuple[str, Unknown]]:
    """Give every unknown leaf below a value with its path."""
    if isinstance(value, Unknown):
        yield path, value
    elif isinstance(value, dict):
        for key, item in cast("dict[object, Any]", value).items():
            yield from unknown_leaves(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for index, item in enumerate(cast("list[Any]", value)):
            yield from unknown_leaves(item, f"{path}[{index}]")


def known(value: Value, default: Value) -> Value:
    """Give a value, or `default` where it is unknown."""
    return default if is_unknown(value) else value
