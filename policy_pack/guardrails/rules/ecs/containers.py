"""What rules about containers share."""

from __future__ import annotations

import json
from collections.abc import Iterator

from guardrails.facts.resource import Resource, Value, frozen
from guardrails.facts.values import Maybe, Unknown

_DEFINITIONS = "containerDefinitions"


def containers(resource: Resource) -> Iterator[tuple[str, dict[str, Value] | Unknown]]:
    """Give the container definitions of a task definition with their paths; one that cannot be read is unknown."""
    listed = _listed(resource)
    if isinstance(listed, Unknown):
        yield _DEFINITIONS, listed
        return
    for index, item in enumerate(listed):
        where = f"{_DEFINITIONS}[{index}]"
        if isinstance(item, dict):
            yield where, item
        else:
            yield where, item if isinstance(item, Unknown) else Unknown(f"{resource.urn}.{where}", "no container")


def _listed(resource: Resource) -> Maybe[list[Value]]:
    """Give the container definitions, which the provider keeps as JSON text."""
    value = resource.get(_DEFINITIONS)
    what = f"{resource.urn}.{_DEFINITIONS}"
    if isinstance(value, str):
        try:
            value = frozen(json.loads(value))
        except (ValueError, RecursionError):
            return Unknown(what, "not JSON")
    if isinstance(value, Unknown):
        return value
    return value if isinstance(value, list) else Unknown(what, "not a list")


def setting(container: Value, path: str) -> Value:
    """Give a value of a container by its dotted path, None where it is left out.

    Names are compared without regard to case, as the provider's JSON decoder does (Go, encoding/json).
    """
    current: Value = container
    for step in path.split("."):
        if isinstance(current, Unknown):
            return current
        current = _field(current, step) if isinstance(current, dict) else None
    return current


def _field(fields: dict[str, Value], name: str) -> Value:
    found = [value for key, value in fields.items() if key.lower() == name.lower()]
    return Unknown(name, "given twice") if len(found) > 1 else next(iter(found), None)


def is_windows(resource: Resource) -> bool:
    """Tell whether a task definition is surely for Windows, which lacks several settings of Linux containers."""
    system = resource.get("runtimePlatform.operatingSystemFamily", "LINUX")
    return isinstance(system, str) and system.upper().startswith("WINDOWS")
