"""IAM policy documents: JSON text or objects become statements with every form made one.

A single string and a list of one mean the same; keys of elements are matched without regard to case, as are actions
and condition operators (IAM user guide, "IAM JSON policy elements reference").
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from guardrails.facts.resource import unknown_leaves
from guardrails.facts.values import Maybe, Unknown

ANYONE = "*"


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition: operator and key in lower case, the set operator (`ForAnyValue`) apart, its values as text."""

    operator: str
    key: str
    values: tuple[str, ...]
    quantifier: str = ""
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement. `principals` are pairs of kind (`AWS`, `Service`, ...) and value; None where none is given."""

    effect: str
    principals: tuple[tuple[str, str], ...] | None = None
    not_principals: tuple[tuple[str, str], ...] | None = None
    actions: tuple[str, ...] | None = None
    not_actions: tuple[str, ...] | None = None
    resources: tuple[str, ...] | None = None
    not_resources: tuple[str, ...] | None = None
    conditions: tuple[Condition, ...] = ()
    sid: str = ""
    index: int = 0

    @property
    def allows(self) -> bool:
        """Whether this is an Allow."""
        return self.effect == "Allow"


@dataclass(frozen=True, slots=True)
class Document:
    """A policy document that was read whole."""

    statements: tuple[Statement, ...]
    version: str = "2008-10-17"

    @property
    def allows(self) -> list[Statement]:
        """The statements that allow."""
        return [item for item in self.statements if item.allows]


class _Malformed(Exception):
    """A document that AWS would refuse."""


def parse_document(value: Any, what: str) -> Maybe[Document]:
    """Read a policy document; one that is unknown in any part, no JSON, or no policy is `Unknown`."""
    if isinstance(value, Unknown):
        return value
    raw: Any = value
    if isinstance(value, str):
        try:
            raw = json.loads(value)
        except (ValueError, RecursionError):
            return Unknown(what, "not JSON")
    for path, unknown in unknown_leaves(raw):
        return Unknown(unknown.what or f"{what}.{path}", unknown.why)
    try:
        return _document(raw)
    except _Malformed as error:
        return Unknown(what, f"no policy document: {error}")


def _document(raw: Any) -> Document:
    fields = _fields(raw, {"version", "id", "statement"})
    statements = fields.get("statement")
    listed: list[Any] = statements if isinstance(statements, list) else [statements]  # pyright: ignore[reportUnknownVariableType]
    if statements is None or not listed:
        raise _Malformed("no statement")
    version = fields.get("version", "2008-10-17")
    return Document(tuple(_statement(item, index) for index, item in enumerate(listed)), str(version))


_ELEMENTS = {
    "sid",
    "effect",
    "principal",
    "notprincipal",
    "action",
    "notaction",
    "resource",
    "notresource",
    "condition",
}


def _statement(raw: Any, index: int) -> Statement:
    fields = _fields(raw, _ELEMENTS)
    effect = str(fields.get("effect", "")).capitalize()
    if effect not in {"Allow", "Deny"}:
        raise _Malformed(f"statement {index} has no effect")
    actions, not_actions = _texts(fields.get("action")), _texts(fields.get("notaction"))
    if (actions is None) == (not_actions is None):
        raise _Malformed(f"statement {index} needs one of Action and NotAction")
    return Statement(
        effect=effect,
        principals=_principals(fields.get("principal")),
        not_principals=_principals(fields.get("notprincipal")),
        actions=actions,
        not_actions=not_actions,
        resources=_texts(fields.get("resource")),
        not_resources=_texts(fields.get("notresource")),
        conditions=_conditions(fields.get("condition")),
        sid=str(fields.get("sid") or ""),
        index=index,
    )


def _fields(raw: Any, known: set[str]) -> dict[str, Any]:
    if not isinstance(raw, Mapping):
        raise _Malformed("not an object")
    fields = {str(key).lower(): item for key, item in raw.items()}  # pyright: ignore[reportUnknownVariableType,reportUnknownArgumentType]
    extra = sorted(set(fields) - known)
    if extra:
        raise _Malformed(f"element {extra[0]!r} is not known")
    return {key: item for key, item in fields.items() if item is not None}


def _texts(value: Any) -> tuple[str, ...] | None:
    if value is None:
        return None
    items: list[Any] = value if isinstance(value, list) else [value]  # pyright: ignore[reportUnknownVariableType]
    if not items or not all(isinstance(item, str) for item in items):
        raise _Malformed("a list of texts is expected")
    return tuple(items)


def _principals(value: Any) -> tuple[tuple[str, str], ...] | None:
    if value is None:
        return None
    if value == ANYONE:
        return (("AWS", ANYONE),)
    if not isinstance(value, Mapping) or not value:
        raise _Malformed("a principal is `*` or an object")
    return tuple(
        (str(kind), item)
        for kind, items in value.items()  # pyright: ignore[reportUnknownVariableType]
        for item in _texts(items) or ()
    )


def _conditions(value: Any) -> tuple[Condition, ...]:
    if value is None:
        return ()
    if not isinstance(value, Mapping):
        raise _Malformed("a condition is an object")
    found: list[Condition] = []
    for operator, block in value.items():  # pyright: ignore[reportUnknownVariableType]
        if not isinstance(block, Mapping):
            raise _Malformed("a condition block is an object")
        quantifier, _, name = str(operator).lower().rpartition(":")  # pyright: ignore[reportUnknownArgumentType]
        if_exists = name.endswith("ifexists")
        for key, items in block.items():  # pyright: ignore[reportUnknownVariableType]
            values: list[Any] = items if isinstance(items, list) else [items]  # pyright: ignore[reportUnknownVariableType]
            found.append(
                Condition(
                    name.removesuffix("ifexists"),
                    str(key).lower(),  # pyright: ignore[reportUnknownArgumentType]
                    tuple(_scalar(item) for item in values),
                    quantifier,
                    if_exists,
                )
            )
    return tuple(found)


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise _Malformed("a condition value is a text, number or Boolean")
