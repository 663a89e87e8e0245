"""What can still be checked of a section that could not be read as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast, get_type_hints

from pydantic import TypeAdapter, ValidationError

from components.settings.fields import Section


class UnreadError(Exception):
    """A check asks for a field that could not be read; that field's own problem is told already."""


class Partial:
    """The fields of a section that could be read; asking for another one raises `UnreadError`."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self.__dict__.update(values)

    def __getattr__(self, name: str) -> object:
        raise UnreadError(name)


def salvage(kind: type[Section], raw: object) -> Partial:
    """Read a section field by field, sections inside of it likewise."""
    given: Mapping[str, object] = cast("Mapping[str, object]", raw) if isinstance(raw, Mapping) else {}
    hints = get_type_hints(kind, include_extras=True)
    values: dict[str, object] = {}
    for name, field in kind.model_fields.items():
        if name not in given:
            if not field.is_required():
                values[name] = cast("object", field.get_default(call_default_factory=True))
            continue
        inner = field.annotation
        try:
            values[name] = TypeAdapter[object](hints[name]).validate_python(given[name])
        except ValidationError:
            if isinstance(inner, type) and issubclass(inner, Section):
                values[name] = salvage(inner, given[name])
    return Partial(values)
