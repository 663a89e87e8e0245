"""Values as the engine sends them, and as the simulated account keeps them.

The engine speaks protobuf structs in which unknown values, secrets, resource references, outputs and assets are
marked with
signatures (https://github.com/pulumi/pulumi, `sdk/python/lib/pulumi/runtime/rpc.py`). The account works on plain
JSON values and
one extra constant, `UNKNOWN`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from google.protobuf import struct_pb2
from pulumi.runtime import rpc

from simulator.shapes import is_list, is_map


class Unknown:
    """The one value that stands for "known only after deployment"."""

    _instance: Unknown | None = None

    def __new__(cls) -> Unknown:
        """Give the single instance, so that `is UNKNOWN` always holds."""
        if cls._instance is None:
            cls._instance = super().__new__(cls)
        return cls._instance

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()

type_signature: Final[str] = rpc._special_sig_key  # pyright: ignore[reportPrivateUsage, reportUnknownMemberType]
_SECRET: Final[str] = rpc._special_secret_sig  # pyright: ignore[reportPrivateUsage, reportUnknownMemberType]
_RESOURCE: Final[str] = rpc._special_resource_sig  # pyright: ignore[reportPrivateUsage, reportUnknownMemberType]
_OUTPUT: Final[str] = rpc._special_output_value_sig  # pyright: ignore[reportPrivateUsage, reportUnknownMemberType]
_UNKNOWN_WIRE: Final[str] = rpc.UNKNOWN


@dataclass(frozen=True)
class Decoded:
    """Plain properties of one request, and the names of those that hold a secret anywhere inside."""

    values: dict[str, Any]
    secrets: frozenset[str]


def decode(struct: struct_pb2.Struct) -> Decoded:
    """Give the properties of a request without their wrappings.

    Secrets are unwrapped (an account needs the value) and remembered by top-level name; resource references become ids.
    """
    values: dict[str, Any] = {}
    secrets: set[str] = set()
    for name, value in struct.fields.items():
        values[name], secret = _plain(value)
        if secret:
            secrets.add(name)
    return Decoded(values, frozenset(secrets))


def encode(values: Mapping[str, Any], secrets: Iterable[str] = ()) -> struct_pb2.Struct:
    """Give the protobuf form of plain properties; those named in `secrets` are marked as secret, whole."""
    hidden = frozenset(secrets)
    struct = struct_pb2.Struct()
    for name, value in values.items():
        wire = _wire(value)
        if name in hidden:
            marked = struct_pb2.Value()
            marked.struct_value.fields[type_signature].string_value = _SECRET
            marked.struct_value.fields["value"].CopyFrom(wire)
            wire = marked
        struct.fields[name].CopyFrom(wire)
    return struct


def contains_unknown(value: object) -> bool:
    """Tell whether a value is, or holds at any depth, an unknown."""
    if value is UNKNOWN:
        return True
    if is_map(value):
        return any(contains_unknown(item) for item in value.values())  # pyright: ignore[reportUnknownVariableType]
    if is_list(value):
        return any(contains_unknown(item) for item in value)  # pyright: ignore[reportUnknownVariableType]
    return False


def _plain(value: struct_pb2.Value) -> tuple[Any, bool]:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        text = value.string_value
        return (UNKNOWN if text == _UNKNOWN_WIRE else text), False
    if kind == "number_value":
        number = value.number_value
        return (int(number) if number.is_integer() else number), False
    if kind == "bool_value":
        return value.bool_value, False
    if kind == "list_value":
        pairs = [_plain(item) for item in value.list_value.values]
        return [item for item, _ in pairs], any(secret for _, secret in pairs)
    if kind == "struct_value":
        return _plain_struct(value.struct_value)
    return None, False


def _plain_struct(struct: struct_pb2.Struct) -> tuple[Any, bool]:
    fields = struct.fields
    signature = fields[type_signature].string_value if type_signature in fields else ""
    if signature == _SECRET:
        return _plain(fields["value"])[0], True
    if signature == _RESOURCE:
        # A reference whose id is not known yet carries an empty or an unknown id.
        return (_plain(fields["id"])[0] if "id" in fields else UNKNOWN) or UNKNOWN, False
    if signature == _OUTPUT:
        hidden = "secret" in fields and fields["secret"].bool_value
        if "value" not in fields:
            return UNKNOWN, hidden
        inner, secret = _plain(fields["value"])
        return inner, secret or hidden
    pairs = {name: _plain(item) for name, item in fields.items()}
    return {name: item for name, (item, _) in pairs.items()}, any(secret for _, secret in pairs.values())


def _wire(value: object) -> struct_pb2.Value:
    wire = struct_pb2.Value()
    if value is UNKNOWN:
        wire.string_value = _UNKNOWN_WIRE
    elif value is None:
        wire.null_value = struct_pb2.NULL_VALUE
    elif isinstance(value, bool):
        wire.bool_value = value
    elif isinstance(value, (int, float)):
        wire.number_value = value
    elif isinstance(value, str):
        wire.string_value = value
    elif isinstance(value, (list, tuple)):
        wire.list_value.SetInParent()
        wire.list_value.values.extend(_wire(item) for item in value)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    elif is_map(value):
        wire.struct_value.SetInParent()
        for name, item in value.items():  # pyright: ignore[reportUnknownVariableType]
            wire.struct_value.fields[str(name)].CopyFrom(_wire(item))  # pyright: ignore[reportUnknownArgumentType]
    else:
        raise TypeError(f"a value of type {type(value).__name__} has no wire form")
    return wire
