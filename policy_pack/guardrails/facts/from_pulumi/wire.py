"""Pulumi's property values become plain values: sentinels, secrets, outputs, assets and references are resolved here.

Signatures and sentinels are those of the Pulumi SDK (sdk/go/common/resource/properties.go and plugin/rpc.go).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from guardrails.facts.resource import Fields, Items, Value
from guardrails.facts.values import Unknown

if TYPE_CHECKING:
    from google.protobuf.struct_pb2 import Struct

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the key that marks one
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
REFERENCE = "5cf8f73096256a8f31e491e813e4eb8e"
ASSET = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7"

UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_SENTINELS = (
    UNKNOWN_STRING,
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    "030794c1-ac77-496b-92df-f27374a8bd58",
    "e48ece36-62e2-4504-bad9-02848725956a",
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
)
BLINDED = "[secret]"
"""What the engine puts in the place of a secret that it cannot decrypt, lists and objects included."""

MAX_DEPTH = 64
"""Deeper values than AWS or Pulumi ever make are not followed; they are unknown."""


class Decoder:
    """Decodes the properties of one resource and remembers where its secrets are."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._secrets: list[str] = []

    @property
    def secrets(self) -> frozenset[str]:
        """Paths of the values that were marked as secret."""
        return frozenset(self._secrets)

    def properties(self, raw: Mapping[str, Any]) -> dict[str, Value]:
        """Decode an object of properties; internal keys (`__defaults` and the like) are left out."""
        return {key: self._value(item, key, 1) for key, item in raw.items() if not key.startswith("__")}

    def _value(self, raw: object, path: str, depth: int) -> Value:
        if isinstance(raw, str):
            return self._string(raw, path)
        if raw is None or isinstance(raw, bool | int | float):
            return _number(raw) if isinstance(raw, float) else raw
        if depth > MAX_DEPTH:
            return self._unknown(path, f"nested deeper than {MAX_DEPTH}")
        if isinstance(raw, list | tuple):
            return Items(self._value(item, f"{path}[{index}]", depth + 1) for index, item in enumerate(raw))  # pyright: ignore[reportUnknownVariableType,reportUnknownArgumentType]
        if isinstance(raw, Mapping):
            return self._object(raw, path, depth)  # pyright: ignore[reportUnknownArgumentType]
        return self._unknown(path, f"a value of kind {type(raw).__name__}")

    def _string(self, raw: str, path: str) -> Value:
        if raw == BLINDED:
            self._secrets.append(path)
            return self._unknown(path, "a secret that cannot be decrypted here")
        if len(raw) >= 36 and any(sentinel in raw for sentinel in _SENTINELS):
            return self._unknown(path)
        return raw

    def _object(self, raw: Mapping[str, Any], path: str, depth: int) -> Value:
        signature = raw.get(SIGNATURE)
        if signature is None:
            return Fields(
                (key, self._value(item, f"{path}.{key}", depth + 1))
                for key, item in raw.items()
                if not key.startswith("__")
            )
        read = _SIGNED.get(str(signature))
        if read is None:
            return self._unknown(path, "a signature that is not known")
        return read(self, raw, path, depth)

    def _secret(self, raw: Mapping[str, Any], path: str, depth: int) -> Value:
        self._secrets.append(path)
        if "value" in raw:
            return self._value(raw["value"], path, depth + 1)
        plaintext = raw.get("plaintext")
        if isinstance(plaintext, str):
            try:
                return self._value(json.loads(plaintext), path, depth + 1)
            except (ValueError, RecursionError):
                return self._unknown(path, "a secret that cannot be read")
        return self._unknown(path, "a secret that cannot be decrypted here")

    def _output(self, raw: Mapping[str, Any], path: str, depth: int) -> Value:
        if raw.get("secret") is True:
            self._secrets.append(path)
        return self._value(raw["value"], path, depth + 1) if "value" in raw else self._unknown(path)

    def _reference(self, raw: Mapping[str, Any], path: str, _depth: int) -> Value:
        identifier = raw.get("id")
        return self._string(identifier, path) if isinstance(identifier, str) and identifier else self._unknown(path)

    def _asset(self, raw: Mapping[str, Any], path: str, depth: int) -> Value:
        return Fields(
            (key, self._value(item, f"{path}.{key}", depth + 1)) for key, item in raw.items() if key != SIGNATURE
        )

    def _unknown(self, path: str, why: str = "known only after deployment") -> Unknown:
        return Unknown(f"{self._what}.{path}", why)


def _number(raw: float) -> int | float:
    """Give a whole number as such: a message carries every number as a float."""
    return int(raw) if raw.is_integer() and abs(raw) < 2**53 else raw


_SIGNED: dict[str, Callable[[Decoder, Mapping[str, Any], str, int], Value]] = {
    SECRET: Decoder._secret,  # pyright: ignore[reportPrivateUsage]
    OUTPUT: Decoder._output,  # pyright: ignore[reportPrivateUsage]
    REFERENCE: Decoder._reference,  # pyright: ignore[reportPrivateUsage]
    ASSET: Decoder._asset,  # pyright: ignore[reportPrivateUsage]
    ARCHIVE: Decoder._asset,  # pyright: ignore[reportPrivateUsage]
}


def plain(struct: Struct) -> dict[str, Any]:
    """Turn a protobuf `Struct` into plain values, several times faster than `json_format` does."""
    return {key: _plain(value) for key, value in struct.fields.items()}


def _plain(value: Any) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return value.string_value
    if kind == "struct_value":
        return {key: _plain(item) for key, item in value.struct_value.fields.items()}
    if kind == "list_value":
        return [_plain(item) for item in value.list_value.values]
    if kind == "bool_value":
        return value.bool_value
    if kind == "number_value":
        return value.number_value
    return None
