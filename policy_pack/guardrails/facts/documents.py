"""IAM policy documents: JSON text or objects become statements with every form made one.

A single string and a list of one mean the same; keys of elements are matched without regard to case, as are actions
and condition operators (IAM user guide, "IAM JSON policy elements reference").
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

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


class _MalformedError(Exception):
    """A document that AWS would refuse."""


def parse_document(value: Any, what: str) -> Maybe[Document]:
    """Read a policy document; one that is unknown in any part, no JSON, or no policy is `Unknown`."""
    if isinstance(value, Unknown):
        return value
    raw: Any = value
    if isinstance(value, str):
        try:
            raw = json.loads(value, object_pairs_hook=_once)
        except _MalformedError as error:
            return Unknown(what, f"no policy document: {error}")
        except (ValueError, RecursionError):
            return Unknown(what, "not JSON")
    for path, unknown in unknown_leaves(raw):
        return Unknown(unknown.what or f"{what}.{path}", unknown.why)
    try:
        return _document(raw)
    except _MalformedError as error:
        return Unknown(what, f"no policy document: {error}")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse an element that is given twice: which of the two AWS would take must not be guessed."""
    seen: set[str] = set()
    for name, _ in pairs:
        if name.lower() in seen:
            raise _MalformedError(f"element {name!r} is given twice")
        seen.add(name.lower())
    return dict(pairs)


def _document(raw: Any) -> Document:
    fields = _fields(raw, {"version", "id", "statement"})
    statements = fields.get("statement")
    listed = _listed(statements)
    if statements is None or not listed:
        raise _MalformedError("no statement")
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
        raise _MalformedError(f"statement {index} has no effect")
    actions, not_actions = _texts(fields.get("action")), _texts(fields.get("notaction"))
    if (actions is None) == (not_actions is None):
        raise _MalformedError(f"statement {index} needs one of Action and NotAction")
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
    fields = {key.lower(): item for key, item in _object(raw).items()}
    extra = sorted(set(fields) - known)
    if extra:
        raise _MalformedError(f"element {extra[0]!r} is not known")
    return {key: item for key, item in fields.items() if item is not None}


def _object(raw: Any) -> dict[str, Any]:
    if not isinstance(raw, Mapping):
        raise _MalformedError("an object is expected")
    return {str(key): item for key, item in cast("Mapping[object, Any]", raw).items()}


def _listed(value: Any) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else [value]


def _texts(value: Any) -> tuple[str, ...] | None:
    if value is None:
        return None
    items = _listed(value)
    if not items or not all(isinstance(item, str) for item in items):
        raise _MalformedError("a list of texts is expected")
    return tuple(items)


def _principals(value: Any) -> tuple[tuple[str, str], ...] | None:
    if value is None:
        return None
    if value == ANYONE:
        return (("AWS", ANYONE),)
    kinds = _object(value)
    if not kinds:
        raise _MalformedError("a principal is `*` or an object")
    return tuple((kind, item) for kind, items in kinds.items() for item in _texts(items) or ())


def _conditions(value: Any) -> tuple[Condition, ...]:
    if value is None:
        return ()
    found: list[Condition] = []
    for operator, block in _object(value).items():
        quantifier, _, name = operator.lower().rpartition(":")
        if_exists = name.endswith("ifexists")
        for key, items in _object(block).items():
            values = tuple(_scalar(item) for item in _listed(items))
            found.append(Condition(name.removesuffix("ifexists"), key.lower(), values, quantifier, if_exists))
    return tuple(found)


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise _MalformedError("a condition value is a text, number or Boolean")
