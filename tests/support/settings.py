"""Settings as they stand in the stack files, before the program reads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.support.recorder import stack_config

PREFIX = "secure-room:"


def own(config: Mapping[str, Any]) -> dict[str, Any]:
    """The settings among a configuration, by top-level key."""
    return {key.removeprefix(PREFIX): value for key, value in config.items() if key.startswith(PREFIX)}


def stack_settings(stack: str) -> dict[str, Any]:
    """The settings of a stack file, to be changed at will."""
    return own(stack_config(stack))


def put(settings: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    """Set the value at a dotted path (`account.zones.0.id`); `...` removes the key."""
    *parents, last = path.split(".")
    at: Any = settings
    for part in parents:
        at = at[int(part)] if part.isdigit() else at[part]
    place = int(last) if last.isdigit() else last
    if value is ...:
        del at[place]
    else:
        at[place] = value
    return settings
