"""What a change of inputs means: nothing, an update in place, or a new object.

Which property makes a new object comes from the CloudFormation schemas that cfn-lint carries
(`createOnlyProperties`); their names
differ from the provider's mostly in case. Where a type has no schema, or names differ, its table says so
(`replace`, `update`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from simulator.model import ResourceType, Values
from simulator.types import type_of
from simulator.wire import contains_unknown

_NO_CHANGE = frozenset({"__defaults", "id", "tagsAll"})


def _data() -> Path:
    # Its files are wanted, not its code: importing cfn-lint takes as long as the whole of the rest.
    found = find_spec("cfnlint")
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError("cfnlint")
    return Path(found.submodule_search_locations[0], "data", "schemas")


_DATA = _data()


@dataclass(frozen=True)
class Change:
    """One input that differs: how (`add`, `delete`, `update`) and whether it makes a new object."""

    kind: str
    replaces: bool


def changes(token: str, old: Values, new: Values) -> dict[str, Change]:
    """Give the inputs that differ, by name, with what each difference means."""
    replacing = replacing_inputs(token)
    found: dict[str, Change] = {}
    for name in sorted((set(old) | set(new)) - _NO_CHANGE):
        before, after = old.get(name), new.get(name)
        if contains_unknown(after) or before != after:
            kind = "add" if before is None else "delete" if after is None else "update"
            found[name] = Change(kind, name.lower() in replacing)
    return found


@cache
def replacing_inputs(token: str) -> frozenset[str]:
    """Give the names (in lower case) of the inputs whose change makes a new object."""
    entry = type_of(token)
    named = {path.rsplit("/", 1)[-1].lower() for path in _create_only(entry)}
    forced = {name.lower() for name in entry.replace} | {"region"}
    return frozenset((named - {name.lower() for name in entry.update}) | forced)


def _create_only(entry: ResourceType) -> list[str]:
    schema = cloudformation_schema(entry)
    # Only whole properties count; a nested one (`/properties/A/B`) would need a comparison of its own.
    return [path for path in schema.get("createOnlyProperties", []) if path.count("/") == 2] if schema else []


@cache
def _schema_names() -> Mapping[str, str]:
    listed: dict[str, str] = json.loads(_DATA.joinpath("providers", "us-east-1.json").read_text())
    return {name.lower(): str(digest) for name, digest in listed.items()}


@cache
def _schema(name: str) -> Mapping[str, list[str]] | None:
    digest = _schema_names().get(name.lower())
    return json.loads(_DATA.joinpath("resources", f"{digest}.json").read_text()) if digest else None


def cloudformation_schema(entry: ResourceType) -> Mapping[str, list[str]] | None:
    """Give the CloudFormation schema of a type, or None when it has none."""
    return _schema(cloudformation_name(entry))


def cloudformation_name(entry: ResourceType) -> str:
    """Give the CloudFormation type name: the declared one, or the one that the token suggests
    (`aws:ec2/subnet:Subnet`)."""
    if entry.cloudformation:
        return entry.cloudformation
    module, _, name = entry.token.removeprefix("aws:").partition(":")
    return f"AWS::{module.partition('/')[0]}::{name}"
