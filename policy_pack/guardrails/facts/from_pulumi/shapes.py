"""Values of a shape that the provider does not take are not known: what it would make of them must not be guessed.

A text where a list of rules is wanted, an object where a switch is wanted: a rule that looked for what it knows in such
a value would find nothing, and pass. The table is read from pulumi_aws (see the test beside it in the mirrored tree).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from guardrails.facts.resource import Fields, Items, Value
from guardrails.facts.values import Unknown

_TABLE = Path(__file__).with_name("shapes.json")

LIST, TEXTS, OBJECT, TEXT_BY_KEY, FLAG, WHOLE, NUMBER, TEXT = (
    "list",
    "texts",
    "object",
    "map",
    "bool",
    "int",
    "num",
    "text",
)


def _is_scalar(value: Value) -> bool:
    return isinstance(value, str | int | float)


def _is_flag(value: Value) -> bool:
    return isinstance(value, bool) or (isinstance(value, str) and value.lower() in {"true", "false", "", "0", "1"})


def _is_whole(value: Value) -> bool:
    return _is_number(value) and (not isinstance(value, float) or value.is_integer())


def _is_number(value: Value) -> bool:
    if isinstance(value, str):
        return not value or value.strip().lstrip("+-").replace(".", "", 1).isdecimal()
    return isinstance(value, int | float) and not isinstance(value, bool)


_FITS: dict[str, tuple[Callable[[Value], bool], str]] = {
    LIST: (lambda value: isinstance(value, list), "not a list"),
    TEXTS: (lambda value: isinstance(value, list), "not a list"),
    OBJECT: (lambda value: isinstance(value, dict), "not an object"),
    TEXT_BY_KEY: (lambda value: isinstance(value, dict), "not an object"),
    FLAG: (_is_flag, "not a Boolean"),
    WHOLE: (_is_whole, "not a number"),
    NUMBER: (_is_number, "not a number"),
    TEXT: (_is_scalar, "not a text"),
}
"""What the provider takes: `"true"` and `"443"` as well as the values themselves, and numbers for texts."""

_OF_TEXTS = frozenset({TEXTS, TEXT_BY_KEY})


@cache
def _rows() -> Mapping[str, Mapping[str, str]]:
    return json.loads(_TABLE.read_text(encoding="utf-8"))


@cache
def shapes_of(kind: str) -> Mapping[str, str]:
    """Give the shape of each input of a kind that is read, by its path without positions: `ingress.fromPort`."""
    return {path: shape for shape, paths in _rows().get(kind, {}).items() for path in paths.split()}


def in_shape(kind: str, props: dict[str, Value], urn: str) -> dict[str, Value]:
    """Give the properties with an unknown in the place of each value that the provider would not take."""
    shapes = shapes_of(kind)
    if not shapes:
        return props
    return {key: _fitted(value, key, shapes, f"{urn}.{key}") for key, value in props.items()}


def _fitted(value: Value, path: str, shapes: Mapping[str, str], what: str) -> Value:
    shape = None if value is None or isinstance(value, Unknown) else shapes.get(path)
    if shape is None:
        return value
    fits, why = _FITS[shape]
    if not fits(value):
        return Unknown(what, why)
    if isinstance(value, list):
        return Items(_member(item, path, shapes, f"{what}[{index}]") for index, item in enumerate(value))
    if isinstance(value, dict):
        if shape in _OF_TEXTS:
            return Fields((key, _text(item, f"{what}.{key}")) for key, item in value.items())
        return Fields((key, _fitted(item, f"{path}.{key}", shapes, f"{what}.{key}")) for key, item in value.items())
    return value


def _member(item: Value, path: str, shapes: Mapping[str, str], what: str) -> Value:
    if item is None or isinstance(item, Unknown):
        return item
    if shapes[path] in _OF_TEXTS:
        return _text(item, what)
    if not isinstance(item, dict):
        return Unknown(what, "not an object")
    return Fields((key, _fitted(inner, f"{path}.{key}", shapes, f"{what}.{key}")) for key, inner in item.items())


def _text(item: Value, what: str) -> Value:
    return item if item is None or isinstance(item, Unknown) or _is_scalar(item) else Unknown(what, "not a text")
