"""Readers: a request of the engine, or a state file, becomes `Resource` values.

The engine shows two views of a stack (pulumi/pkg, deploy/analyze_snapshot.go): resource rules get the inputs, stack
rules get the outputs. A state file holds both, and is read as the one or the other so that the same rule sees the
same facts at a preview and afterwards.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, cast

from guardrails.facts.from_pulumi.computed import plain_inputs
from guardrails.facts.from_pulumi.kinds import kind_of
from guardrails.facts.from_pulumi.shapes import in_shape
from guardrails.facts.from_pulumi.wire import UNKNOWN_STRING, Decoder, plain
from guardrails.facts.resource import Provider, Resource, Value
from guardrails.facts.values import Unknown

PROVIDER_TYPE = "pulumi:providers:"


class View(StrEnum):
    """Which side of a resource the properties are of."""

    INPUTS = "inputs"
    OUTPUTS = "outputs"


class UnreadableError(Exception):
    """An input that is not what it should be; its text says which and why."""


# -- requests of the engine -------------------------------------------------------------------------------------------


def from_request(request: Any) -> Resource:
    """Read one `AnalyzeRequest`: inputs of a resource; the engine tells no dependencies here."""
    decoder = Decoder(request.urn)
    kind = kind_of(request.type)
    props = in_shape(kind, decoder.properties(plain(request.properties)), request.urn)
    return Resource(
        urn=request.urn,
        type=request.type,
        kind=kind,
        name=request.name,
        props=props,
        parent=request.options.parent,
        protect=request.options.protect,
        ignore_changes=tuple(request.options.ignoreChanges),
        provider=_provider_of(request),
        custom=request.HasField("provider") or request.type.startswith(PROVIDER_TYPE),
        inputs=True,
        secrets=decoder.secrets,
    )


def from_stack_request(request: Any) -> list[Resource]:
    """Read one `AnalyzeStackRequest`: outputs of every resource, with what each property depends on."""
    providers: dict[str, Provider | None] = {}
    return [_stack_resource(raw, providers) for raw in request.resources]


def _stack_resource(raw: Any, providers: dict[str, Provider | None]) -> Resource:
    decoder = Decoder(raw.urn)
    edges = {key: tuple(item.urns) for key, item in raw.propertyDependencies.items()}
    kind = kind_of(raw.type)
    props, left_out = _without_computed(kind, decoder.properties(plain(raw.properties)), edges)
    props = in_shape(kind, props, raw.urn)
    provider_urn = raw.provider.urn
    if provider_urn not in providers:
        providers[provider_urn] = _provider_of(raw)
    return Resource(
        urn=raw.urn,
        type=raw.type,
        kind=kind,
        name=raw.name,
        props=props,
        id=_identifier(props.get("id"), raw.urn),
        parent=raw.parent,
        dependencies=tuple(raw.dependencies),
        edges=edges,
        protect=raw.options.protect,
        ignore_changes=tuple(raw.options.ignoreChanges),
        provider=providers[provider_urn],
        custom=raw.HasField("provider"),
        secrets=decoder.secrets,
        unanswered=left_out,
    )


def _without_computed(
    kind: str, props: dict[str, Value], edges: Mapping[str, tuple[str, ...]]
) -> tuple[dict[str, Value], frozenset[str]]:
    """Leave out what the provider will compute, and name it.

    Among outputs, an unknown that depends on nothing and that the provider may compute is taken for no input of the
    program: the engine names the dependencies of what refers to other resources. That an input of this kind is
    unknown all the same is told where inputs are seen (FCL014), and by the readers where leaving it out would make no
    sense.
    """
    unknown = [key for key, value in props.items() if isinstance(value, Unknown) and key not in edges and key != "id"]
    if not unknown:
        return props, frozenset()
    plain = plain_inputs(kind)
    left_out = frozenset(key for key in unknown if key not in plain)
    return {key: value for key, value in props.items() if key not in left_out}, left_out


def _identifier(value: Value, urn: str) -> str | Unknown | None:
    if isinstance(value, str):
        return value or Unknown(f"{urn}.id")
    return Unknown(f"{urn}.id") if isinstance(value, Unknown) or value is None else str(value)


def _provider_of(request: Any) -> Provider | None:
    if not request.HasField("provider"):
        return None
    raw = request.provider
    return _provider(raw.urn, raw.type, raw.name, plain(raw.properties))


def _provider(urn: str, type_token: str, name: str, raw: Mapping[str, Any]) -> Provider:
    return Provider(
        urn=urn,
        name=name,
        package=type_token.removeprefix(PROVIDER_TYPE),
        props=_json_props(Decoder(urn).properties(raw)),
        default=name == "default" or name.startswith("default_"),
    )


def _json_props(props: dict[str, Value]) -> dict[str, Value]:
    """Undo the JSON text in which the engine keeps a provider's lists, objects and Booleans."""
    return {key: _from_json(value) for key, value in props.items()}


def _from_json(value: Value) -> Value:
    if isinstance(value, str) and value[:1] in {"[", "{"}:
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


# -- state files ------------------------------------------------------------------------------------------------------


def load_state(path: Path) -> list[Mapping[str, Any]]:
    """Read the resources of a state file (`pulumi stack export`, or a checkpoint of the file backend).

    Raises:
        UnreadableError: the file cannot be read, is not JSON, or holds no deployment.
    """
    try:
        raw: Any = json.loads(path.read_bytes())
    except OSError as error:
        raise UnreadableError(f"{path}: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"{path}: not JSON ({error})") from error
    return state_resources(raw, str(path))


def state_resources(raw: Any, source: str) -> list[Mapping[str, Any]]:
    """Find the resources in a deployment or checkpoint; those pending deletion are left out.

    So are those that the program only reads (`Vpc.get`): a preview does not show them, and they are not the stack's.

    Raises:
        UnreadableError: there is no deployment, or a resource without a URN or type.
    """
    deployment = _mapping(raw)
    for key in ("checkpoint", "latest", "deployment"):
        inner = deployment.get(key) if deployment is not None else None
        deployment = _mapping(inner) or deployment
    resources: Any = None if deployment is None else deployment.get("resources", None if deployment is raw else [])
    if not isinstance(resources, list):
        raise UnreadableError(f"{source}: no deployment in it")
    found: list[Mapping[str, Any]] = []
    for index, raw_item in enumerate(cast("list[Any]", resources)):
        item = _mapping(raw_item) or {}
        if not isinstance(item.get("urn"), str) or not isinstance(item.get("type"), str):
            raise UnreadableError(f"{source}: resource {index} has no URN and type")
        if item.get("delete") is not True and item.get("external") is not True:
            found.append(item)
    return found


def _mapping(value: Any) -> Mapping[str, Any] | None:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else None


def from_state(raw: Sequence[Mapping[str, Any]], view: View) -> list[Resource]:
    """Decode the resources of a state file in one view."""
    providers = {
        item["urn"]: _provider(item["urn"], item["type"], name_of(item["urn"]), _object(item.get("inputs")))
        for item in raw
        if item["type"].startswith(PROVIDER_TYPE)
    }
    return [_state_resource(item, view, providers) for item in raw]


def _state_resource(item: Mapping[str, Any], view: View, providers: Mapping[str, Provider]) -> Resource:
    urn: str = item["urn"]
    decoder = Decoder(urn)
    inputs, outputs = _object(item.get("inputs")), _object(item.get("outputs"))
    stated = {key: _strings(value) for key, value in _object(item.get("propertyDependencies")).items()}
    # The engine leaves out what depends on nothing when it asks a policy pack; a state file may list it.
    edges = {key: urns for key, urns in stated.items() if urns}
    kind = kind_of(item["type"])
    if view is View.INPUTS:
        props = decoder.properties(inputs)
    else:
        merged = {**{key: value for key, value in inputs.items() if key not in outputs}, **outputs}
        # A state file tells what the program gave: only what it did not give can be the provider's to compute.
        props, _ = _without_computed(kind, decoder.properties(merged), {**edges, **inputs})
    provider_urn = str(item.get("provider", "")).rpartition("::")[0]
    return Resource(
        urn=urn,
        type=item["type"],
        kind=kind,
        name=name_of(urn),
        props=in_shape(kind, props, urn),
        id=_state_identifier(item, urn),
        parent=_text(item.get("parent")),
        dependencies=_strings(item.get("dependencies")),
        edges=edges,
        protect=item.get("protect") is True,
        ignore_changes=_strings(item.get("ignoreChanges")),
        provider=providers.get(provider_urn),
        custom=item.get("custom") is True,
        inputs=view is View.INPUTS,
        secrets=decoder.secrets,
    )


def _state_identifier(item: Mapping[str, Any], urn: str) -> str | Unknown | None:
    identifier = item.get("id")
    if isinstance(identifier, str) and identifier and UNKNOWN_STRING not in identifier:
        return identifier
    return Unknown(f"{urn}.id") if item.get("custom") is True else None


def name_of(urn: str) -> str:
    """Give the name at the end of a URN."""
    return urn.rsplit("::", 1)[-1]


@cache
def stack_of(urn: str) -> tuple[str, str]:
    """Give the stack and the project that a URN names, empty texts where it is no URN."""
    parts = urn.removeprefix("urn:pulumi:").split("::")
    return (parts[0], parts[1]) if urn.startswith("urn:pulumi:") and len(parts) >= 4 else ("", "")


def _object(value: Any) -> Mapping[str, Any]:
    return _mapping(value) or {}


def _strings(value: Any) -> tuple[str, ...]:
    items = cast("list[Any]", value) if isinstance(value, list) else []
    return tuple(item for item in items if isinstance(item, str))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
