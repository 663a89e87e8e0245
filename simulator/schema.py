"""Input and output types of the resources, read from the installed `pulumi_aws` package.

Nothing is listed by hand: argument classes tell which inputs exist, which are required and of what kind; resource
classes tell the
outputs; docstrings tell the defaults that the provider documents. Results are kept per type, and modules are loaded
on first use.
"""

from __future__ import annotations

import collections.abc
import enum
import importlib
import inspect
import json
import re
import sys
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

import pulumi
from pulumi import _types as sdk_types  # pyright: ignore[reportPrivateUsage]

from simulator.errors import UnsupportedTypeError
from simulator.shapes import is_list, is_map
from simulator.wire import UNKNOWN


@dataclass(frozen=True)
class Kind:
    """What a value must look like: a scalar name, a list or map of something, or an object with named fields."""

    name: str
    item: Kind | None = None
    type_name: str = ""
    enumeration: tuple[str, ...] = ()
    module: str = ""
    options: tuple[Kind, ...] = ()
    """The kinds of which any will do, for `choice`."""

    @property
    def fields(self) -> Mapping[str, Field]:
        """The fields of an object kind (resolved when asked for, since types may contain themselves)."""
        return _object_fields(self.module, self.type_name)


@dataclass(frozen=True)
class Field:
    """One input: its kind, whether it must be given, and the default that its documentation names."""

    kind: Kind
    required: bool
    default: object = None


@dataclass(frozen=True)
class Schema:
    """All that is known of one resource type without knowing AWS."""

    token: str
    inputs: Mapping[str, Field]
    outputs: Mapping[str, Kind]
    always_present: frozenset[str]
    """Outputs that the provider always fills (not optional in the resource class)."""


@dataclass
class Problem:
    """An input that does not fit its type; `path` is dotted, from the resource."""

    path: str
    reason: str = field(default="")


_SCALARS: Final = {str: "string", bool: "boolean", int: "integer", float: "number"}
_CONTAINERS: Final = {
    collections.abc.Sequence: "list",
    list: "list",
    collections.abc.Mapping: "map",
    dict: "map",
}
_SHAPES: Final = ((bool, "boolean"), (int, "number"), (float, "number"), (str, "string"), (list, "list"), (dict, "map"))
_ZERO: Final[dict[str, Any]] = {"string": "", "boolean": False, "integer": 0, "number": 0.0, "list": [], "map": {}}
_DEFAULT: Final = re.compile(
    r"(?:Defaults? (?:to|is|value is)|Default(?: value)?:|\(default)\s*`([^`\s]+)`", re.IGNORECASE
)


@cache
def schema_of(token: str) -> Schema:
    """Give the schema of a resource token such as `aws:ec2/subnet:Subnet`.

    Raises UnsupportedTypeError when the installed pulumi_aws has no such resource.
    """
    resource = _resource_class(token)
    module = sys.modules[resource.__module__]
    # A resource whose name collides with a nested type of its module calls its arguments InitArgs.
    names = (f"{resource.__name__}InitArgs", f"{resource.__name__}Args")
    arguments = next((getattr(module, name) for name in names if hasattr(module, name)), None)
    if arguments is None:
        raise UnsupportedTypeError(f"{token}: the installed pulumi_aws has no argument class for it")
    outputs, always = _outputs(resource)
    return Schema(token, _fields(arguments), outputs, always)


def zero(kind: Kind) -> object:
    """Give the value that the provider reports for a computed output that nothing sets."""
    empty = _ZERO.get(kind.name)
    return empty.copy() if isinstance(empty, (list, dict)) else empty  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]


def is_document(kind: Kind) -> bool:
    """Tell whether a string input also takes a structure, which the provider turns into a JSON document."""
    return kind.name == "choice" and {option.name for option in kind.options} == {"string", "object"}


def problems(schema: Schema, values: Mapping[str, object]) -> list[Problem]:
    """List what in `values` does not fit: missing, unknown by name, or of the wrong kind, at any depth."""
    return list(_object_problems(schema.inputs, values, ""))


@cache
def _tokens() -> Mapping[str, tuple[str, str]]:
    # pulumi_aws registers each resource class under its token in the SDK's own table when it is loaded.
    found: dict[str, tuple[str, str]] = {}
    source = inspect.getsource(importlib.import_module("pulumi_aws"))
    block = source[source.index('resource_modules="""') + len('resource_modules="""') :]
    for module in json.loads(block[: block.index('"""')]):
        for token, class_name in module["classes"].items():
            found[token] = (module["fqn"], class_name)
    return found


def _resource_class(token: str) -> type[Any]:
    if token not in _tokens():
        raise UnsupportedTypeError(f"{token}: the installed pulumi_aws has no such resource")
    module, name = _tokens()[token]
    return getattr(importlib.import_module(module), name)


def _outputs(resource: type[Any]) -> tuple[dict[str, Kind], frozenset[str]]:
    outputs: dict[str, Kind] = {}
    always: set[str] = set()
    namespace = vars(sys.modules[resource.__module__])
    for attribute in vars(resource).values():
        if not isinstance(attribute, property) or attribute.fget is None:
            continue
        name = getattr(attribute.fget, "_pulumi_name", attribute.fget.__name__)
        (annotation,) = typing.get_args(
            typing.get_type_hints(attribute.fget, {**namespace, "pulumi": pulumi})["return"]
        )
        outputs[name] = _kind(annotation, namespace)
        if type(None) not in typing.get_args(annotation):
            always.add(name)
    return outputs, frozenset(always)


@cache
def _object_fields(module: str, name: str) -> Mapping[str, Field]:
    return _fields(getattr(sys.modules[module], name))


def _fields(arguments: type[Any]) -> dict[str, Field]:
    names = sdk_types.input_type_py_to_pulumi_names(arguments)
    namespace = vars(sys.modules[arguments.__module__])
    fields: dict[str, Field] = {}
    for python_name, parameter in inspect.signature(arguments.__init__).parameters.items():
        if python_name not in names:
            continue
        kind = _kind(parameter.annotation, namespace)
        required = parameter.default is inspect.Parameter.empty
        getter = getattr(arguments, python_name).fget
        fields[names[python_name]] = Field(kind, required, None if required else _documented_default(getter, kind))
    return fields


def _kind(annotation: Any, namespace: Mapping[str, Any]) -> Kind:
    """Reduce a type annotation of the SDK to a kind; plumbing (Input, Optional, Output) is dropped."""
    if isinstance(annotation, typing.ForwardRef):
        annotation = namespace.get(annotation.__forward_arg__, Any)
    origin = typing.get_origin(annotation)
    if origin is typing.Union:
        members = [member for member in typing.get_args(annotation) if not _is_plumbing(member)]
        return _union([_kind(member, namespace) for member in members])
    if origin in _CONTAINERS:
        return Kind(_CONTAINERS[origin], _kind(typing.get_args(annotation)[-1], namespace))
    return _plain_kind(annotation)


def _union(kinds: list[Kind]) -> Kind:
    if len({kind.name for kind in kinds}) > 1:
        return Kind("choice", options=tuple(kinds))
    return kinds[0] if kinds else Kind("any")


def _plain_kind(annotation: Any) -> Kind:
    if annotation in _SCALARS:
        return Kind(_SCALARS[annotation])
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return Kind("string", enumeration=tuple(str(member.value) for member in annotation))
    if isinstance(annotation, type) and sdk_types.is_input_type(annotation):
        return Kind("object", type_name=annotation.__name__, module=annotation.__module__)
    return Kind("any")


def _is_plumbing(member: Any) -> bool:
    if member is type(None):
        return True
    if isinstance(member, typing.ForwardRef):
        return member.__forward_arg__.startswith("Output[")
    return typing.get_origin(member) in (collections.abc.Awaitable, pulumi.Output)


def _documented_default(getter: Any, kind: Kind) -> object:
    match = _DEFAULT.search(getter.__doc__ or "")
    if match is None:
        return None
    text = match.group(1).strip("\"'")
    if kind.name == "boolean" and text in ("true", "false"):
        return text == "true"
    if kind.name == "integer" and text.lstrip("-").isdigit():
        return int(text)
    return text if kind.name == "string" and re.fullmatch(r"[A-Za-z][\w-]*", text) else None


def _object_problems(fields: Mapping[str, Field], values: Mapping[str, object], path: str) -> typing.Iterator[Problem]:
    for name, given in fields.items():
        if given.required and values.get(name) is None:
            yield Problem(f"{path}{name}", "Missing required argument: it must be given")
    for name, value in values.items():
        if name == "__defaults" or value is None:
            continue
        if name not in fields:
            yield Problem(f"{path}{name}", "Unsupported argument: an argument of this name is not expected here")
        else:
            yield from _value_problems(fields[name].kind, value, f"{path}{name}")


def _value_problems(kind: Kind, value: object, path: str) -> typing.Iterator[Problem]:
    if value is UNKNOWN or value is None or kind.name == "any":
        return
    if kind.name == "choice":
        attempts = [list(_value_problems(option, value, path)) for option in kind.options]
        yield from min(attempts, key=len)
    elif kind.name == "list" and is_list(value) and kind.item:
        for index, item in enumerate(value):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
            yield from _value_problems(kind.item, item, f"{path}[{index}]")  # pyright: ignore[reportUnknownArgumentType]
    elif kind.name == "map" and is_map(value) and kind.item:
        for key, item in value.items():  # pyright: ignore[reportUnknownVariableType]
            yield from _value_problems(kind.item, item, f"{path}.{key}")  # pyright: ignore[reportUnknownArgumentType]
    elif kind.name == "object" and is_map(value):
        yield from _object_problems(kind.fields, value, f"{path}.")  # pyright: ignore[reportUnknownArgumentType]
    elif not _fits(kind.name, value):
        yield Problem(path, f"Inappropriate value: a {kind.name} is required, a {_shape(value)} was given")


def _fits(kind: str, value: object) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    if kind == "string":
        return isinstance(value, str)
    if kind in ("integer", "number"):
        return isinstance(value, int) or (isinstance(value, float) and kind == "number")
    return False


def _shape(value: object) -> str:
    return next((name for shape, name in _SHAPES if isinstance(value, shape)), "value")
