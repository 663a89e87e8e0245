"""What Check does: inputs against the types, single values against AWS's limits, and what the provider fills in
by itself."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from simulator import limits
from simulator.emulator.making import emulated_types
from simulator.model import ResourceType, at
from simulator.schema import Problem, Schema, is_document, schema_of
from simulator.schema import problems as type_problems
from simulator.shapes import is_map
from simulator.types import type_of
from simulator.wire import UNKNOWN, contains_unknown

_NAMES: Final = ("name", "bucket")


def problems(kind: ResourceType, schema: Schema, values: Mapping[str, Any]) -> list[Problem]:
    """List all that is wrong with the known part of the inputs."""
    found = type_problems(schema, values)
    wrong = {problem.path for problem in found}
    for path, validate in kind.validate.items():
        for value in at(values, path):
            if path not in wrong and not contains_unknown(value) and (reason := validate(path, value)):
                found.append(Problem(path, reason))
    wrong = {problem.path for problem in found}
    if kind.token not in emulated_types():
        # What goes to moto meets botocore's validation on the way.
        found += [problem for problem in limits.problems(kind, values) if problem.path not in wrong]
    return found


def additions(token: str, urn: str, values: Mapping[str, Any], olds: Mapping[str, Any], seed: bytes) -> dict[str, Any]:
    """Give the inputs that the provider adds: a generated name, documented defaults, and `__defaults`, which
    lists them."""
    kind, schema = type_of(token), schema_of(token)
    added = {name: spec.default for name, spec in schema.inputs.items() if spec.default is not None}
    added |= kind.defaults
    name = autonamed(kind, schema)
    if name and values.get(name) is None and values.get(f"{name}Prefix") is None:
        added[name] = _kept_name(name, olds) or generated_name(urn, seed)
    added = {key: value for key, value in added.items() if value is not None and values.get(key) is None}
    return {**added, "__defaults": sorted(added)}


def documents(schema: Schema, values: Mapping[str, Any]) -> dict[str, Any]:
    """Give the inputs that arrive as structures and are JSON documents to AWS; one unknown leaf makes all of it
    unknown."""
    given = {name: value for name, value in values.items() if is_map(value) and name in schema.inputs}
    given = {name: value for name, value in given.items() if is_document(schema.inputs[name].kind)}
    return {name: UNKNOWN if contains_unknown(value) else json.dumps(value) for name, value in given.items()}


def autonamed(kind: ResourceType, schema: Schema) -> str:
    """Give the input that gets a generated name when it is absent; an empty string when the type has none."""
    if kind.autoname:
        return "" if kind.autoname == "-" else kind.autoname
    return next((name for name in _NAMES if name in schema.inputs and not schema.inputs[name].required), "")


def generated_name(urn: str, seed: bytes) -> str:
    """Give a name as Pulumi generates them: the logical name and seven hexadecimal digits
    (https://www.pulumi.com/docs/iac/concepts/resources/names/#autonaming)."""
    digits = hashlib.sha256(seed or urn.encode()).hexdigest()[:7]
    return f"{urn.rsplit('::', 1)[-1]}-{digits}"


def keeps_name(kind: ResourceType, schema: Schema, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Tell whether a replacement would have the name of what it replaces, so that the old object must go first."""
    name = autonamed(kind, schema) or next((item for item in _NAMES if item in schema.inputs), "")
    if not name or name in new.get("__defaults", ()):
        return False
    return new.get(name) is not None and new.get(name) is not UNKNOWN and old.get(name) == new.get(name)


def _kept_name(name: str, olds: Mapping[str, Any]) -> Any:
    return olds.get(name) if name in olds.get("__defaults", ()) else None
