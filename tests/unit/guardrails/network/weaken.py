"""Every way in which one input of a network can be unknown, by the types of the facts themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from types import UnionType
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

from guardrails.facts.network import Network
from guardrails.facts.values import Unknown

Change = Callable[[], Any]

_PLAIN = frozenset({"origin", "description", "inline", "name", "account", "tags", "owner_tags", "policy"})
"""Members that no packet meets."""
_SILENT = {("PrefixList", "entries"), ("VirtualInterface", "learned")}
"""Members that are None where the source does not tell them."""
_PARTIAL = {("SecurityGroup", "complete"), ("Nacl", "complete")}
"""Members that are False where more may be there than is shown."""
_ABOUT_SOURCE = frozenset({"gaps", "assumptions", "incomplete", "gone", "exhaustive", "strangers"})


@dataclass(frozen=True)
class Weaker:
    """A network of which one input is not known, and which one that is."""

    what: str
    make: Callable[[], Network]


OBJECTS = tuple(field.name for field in fields(Network) if field.name not in _ABOUT_SOURCE)
"""The fields of a network that hold objects."""


def weakened(network: Network, *names: str) -> Iterator[Weaker]:
    """Give the network once for every input that may be unknown, with that input unknown; of some fields or all."""
    for name in names or OBJECTS:
        items = getattr(network, name)
        for at, item in enumerate(items):
            for path, change in _of_object(item, f"{item.key}"):
                yield Weaker(path, _put(network, name, items, at, change))


def _put(network: Network, name: str, items: tuple[Any, ...], at: int, change: Change) -> Callable[[], Network]:
    return lambda: replace(network, **{name: (*items[:at], change(), *items[at + 1 :])})


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _of_object(item: Any, path: str) -> Iterator[tuple[str, Change]]:
    kind = type(item).__name__
    for field in fields(item):
        if field.name in _PLAIN:
            continue
        value, where = getattr(item, field.name), f"{path}.{field.name}"
        for name, change in _of_value(value, _hints(type(item))[field.name], where):
            yield name, _set(item, field.name, change)
        if (kind, field.name) in _SILENT and value is not None:
            yield f"{where} (not told)", _set(item, field.name, lambda: None)
        if (kind, field.name) in _PARTIAL and value is True:
            yield f"{where} (not complete)", _set(item, field.name, lambda: False)


def _set(item: Any, name: str, change: Change) -> Change:
    return lambda: replace(item, **{name: change()})


def _of_value(value: Any, hint: Any, path: str) -> Iterator[tuple[str, Change]]:
    options: tuple[Any, ...] = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    if isinstance(value, Unknown):
        return
    if Unknown in options:
        yield path, _unknown(path)
    if is_dataclass(value) and not isinstance(value, type):
        yield from _of_object(value, path)
    elif isinstance(value, tuple):
        whole = next(one for one in options if get_origin(one) is tuple)
        yield from _of_list(cast("tuple[Any, ...]", value), get_args(whole), path)


def _of_list(value: tuple[Any, ...], hints: tuple[Any, ...], path: str) -> Iterator[tuple[str, Change]]:
    repeated = len(hints) == 2 and hints[1] is Ellipsis
    for at, one in enumerate(value):
        for name, change in _of_value(one, hints[0] if repeated else hints[at], f"{path}[{at}]"):
            yield name, _in_list(value, at, change)
    if repeated and Unknown in (get_args(hints[0]) or ()):
        yield f"{path} (whole)", lambda: (Unknown(path),)


def _unknown(path: str) -> Change:
    return lambda: Unknown(path)


def _in_list(value: tuple[Any, ...], at: int, change: Change) -> Change:
    return lambda: (*value[:at], change(), *value[at + 1 :])
