"""The project's own stacks as raw resources, recorded once, and small changes to them."""

from __future__ import annotations

import copy
import json
from functools import cache
from typing import Any

from tests.policy.support.wire import Raw, raw_of
from tests.support.recorder import UNKNOWN, record


@cache
def _recorded(stack: str, known: bool) -> str:
    return json.dumps(raw_of(record(stack, known=known), known=known))


class Stack:
    """A recorded stack that may be changed: `stack["name"]` is the resource with that name."""

    def __init__(self, name: str = "dev", *, known: bool = False) -> None:
        self.name = name
        self.known = known
        self.raw: list[Raw] = json.loads(_recorded(name, known))

    def __getitem__(self, name: str) -> Raw:
        found = [item for item in self.raw if item["urn"].endswith(f"::{name}") and item["custom"]]
        named = [item for item in found if "Association" not in item["type"]]
        found = named or found
        assert len(found) == 1, f"{len(found)} resources are named {name}"
        return found[0]

    def of(self, kind: str) -> list[Raw]:
        """The resources whose type token ends in `:kind`."""
        return [item for item in self.raw if item["type"].endswith(f":{kind}")]

    def set(self, name: str, **properties: Any) -> None:
        """Change literal properties of a resource, its inputs and outputs alike; a dotted path reaches inside."""
        for path, value in properties.items():
            for side in ("inputs", "outputs"):
                _put(self[name][side], path.split("__"), copy.deepcopy(value))
            if "__" not in path and value is not UNKNOWN:
                self[name]["propertyDependencies"].pop(path, None)

    def drop(self, name: str, prop: str) -> None:
        """Leave a property out; what the provider then computes is unknown at a preview."""
        self[name]["inputs"].pop(prop, None)
        self[name]["propertyDependencies"].pop(prop, None)
        self[name]["outputs"].pop(prop, None)

    def edge(self, name: str, prop: str, *targets: str) -> None:
        """Make a property name other resources by their ids, unknown as at a preview."""
        for side in ("inputs", "outputs"):
            self[name][side][prop] = self._id(targets[0])
        self[name]["propertyDependencies"][prop] = [self[target]["urn"] for target in targets]

    def edge_to(self, name: str, prop: str, target: Raw) -> None:
        """Make a property name a resource of which others may share the name."""
        for side in ("inputs", "outputs"):
            self[name][side][prop] = target["id"] if self.known else UNKNOWN
        self[name]["propertyDependencies"][prop] = [target["urn"]]

    def _id(self, name: str) -> str:
        return self[name]["id"] if self.known else UNKNOWN

    def remove(self, name: str) -> None:
        self.raw.remove(self[name])

    def add(self, like: str, name: str, **properties: Any) -> None:
        """Add a copy of a resource under a new name, with some properties changed (None leaves one out)."""
        item = copy.deepcopy(self[like])
        item["urn"] = f"{item['urn'].rpartition('::')[0]}::{name}"
        item["id"] = f"{item['id']}-copy" if item["id"] else ""
        self.raw.append(item)
        for prop, value in properties.items():
            if value is None:
                self.drop(name, prop)
            else:
                self.set(name, **{prop: value})

    def make(self, token: str, urn_name: str, /, **properties: Any) -> None:
        """Add a resource of a kind that the program does not have."""
        project = self.raw[0]["urn"].split("::")[1]
        self.raw.append(
            {
                "urn": f"urn:pulumi:{self.name}::{project}::{token}::{urn_name}",
                "type": token,
                "custom": True,
                "id": "",
                "inputs": copy.deepcopy(properties),
                "outputs": {**copy.deepcopy(properties), "id": UNKNOWN},
                "parent": "",
                "provider": f"{self['account']['urn']}::p",
                "protect": False,
                "ignoreChanges": [],
                "dependencies": [],
                "propertyDependencies": {},
            }
        )


def _put(values: dict[str, Any], steps: list[str], value: Any) -> None:
    for step in steps[:-1]:
        values = values.setdefault(step, {})
    values[steps[-1]] = value
