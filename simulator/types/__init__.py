"""The resource types that the simulated account knows, one table a service."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from functools import cache
from typing import Final

from simulator.errors import UnsupportedTypeError
from simulator.model import ResourceType

_TABLES: Final = (
    "vpc",
    "groups",
    "gateways",
    "routes",
    "endpoints",
    "compute",
    "identity",
    "keys",
    "storage",
    "observability",
    "systems",
    "desktops",
    "containers",
    "balancing",
    "dns",
    "transit",
    "hybrid",
    "firewalls",
)


@cache
def all_types() -> Mapping[str, ResourceType]:
    """Give every known type by its token."""
    known: dict[str, ResourceType] = {}
    for table in _TABLES:
        for entry in importlib.import_module(f"simulator.types.{table}").TYPES:
            if entry.token in known:
                raise ValueError(f"{entry.token} is declared twice")
            known[entry.token] = entry
    return known


def type_of(token: str) -> ResourceType:
    """Give the entry of a type. Raises UnsupportedTypeError, saying how to add it, when there is none."""
    entry = all_types().get(token)
    if entry is None:
        raise UnsupportedTypeError(
            f"{token}: the simulated account does not know this type yet; "
            "declare a ResourceType for it in the table of its service under simulator/types/ (see simulator/model.py)"
        )
    return entry
