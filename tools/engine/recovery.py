"""After a run that was killed, or that lost an answer: creates that took effect without the state knowing.

The account may hold such an object while the state does not. The next deployment would make it again and be refused,
or make a second one. What users of AWS do by hand is done here: find the object, write its id into the state, forget
the creates that never happened, and let a refresh read the rest. (`pulumi refresh --import-pending-creates` promises
this; version 3.250.0 takes the ids, drops the operations and imports nothing.)
https://www.pulumi.com/docs/iac/cli/commands/pulumi_stack_import/

A create that *failed* after it took effect leaves no note in the state. Then the next preview tells which creates are
still wanted, and what is in the account and in no state is held against them: `wanted_creates`, `left_behind`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from tools.engine.errors import LauncherError

Json = Mapping[str, Any]

CREATING = "creating"
DEFAULTS = "__defaults"
"""Where the engine notes, in every object, which properties came from a provider's defaults."""

SECRET = "4dabf18193072939515e22adb298388d"  # noqa: S105 - the key that marks a secret, not one
"""The key of the object that stands for a special value in a state file.
https://www.pulumi.com/docs/iac/concepts/secrets/, sdk/go/common/resource/sig"""


@dataclass(frozen=True)
class Recovery:
    """What happened: ids by URN of creates that took effect, and the URNs of those that did not."""

    adopted: Mapping[str, str]
    dropped: tuple[str, ...]

    def settle(self, deployment: Json) -> dict[str, Any]:
        """The deployment with every pending create decided: a resource with its id, or nothing."""
        operations: Iterable[Json] = deployment.get("pending_operations") or ()
        left = [item for item in operations if item["type"] != CREATING]
        # What the object is beyond what was asked of it comes with the next refresh.
        found: list[Json] = [
            {**resource, "id": self.adopted[resource["urn"]], "outputs": resource.get("inputs") or {}}
            for resource in pending_creates(deployment)
            if resource["urn"] in self.adopted
        ]
        return {**deployment, "resources": [*(deployment.get("resources") or ()), *found], "pending_operations": left}


UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What stands for a value that a preview does not know (sdk/go/common/resource/plugin/rpc.go)."""

HIDDEN = "[secret]"
"""What stands for a secret in what a preview prints."""


def wanted_creates(steps: Iterable[Json]) -> list[Json]:
    """What a preview (`--json`) would create and knows all inputs of, in the form of operations that were begun.

    Whoever made such an object before had made all that it refers to, so nothing of its inputs can be unknown.
    """
    found: list[Json] = []
    for step in steps:
        state: Json = step.get("newState") or {}
        inputs: Json = state.get("inputs") or {}
        if step.get("op") != "create" or not state.get("custom") or _holds(inputs, UNKNOWN):
            continue
        # A generated name is another one each time; it stays with the object, and the refresh reads it.
        generated: list[str] = inputs.get(DEFAULTS) or []
        told = {n: value for n, value in inputs.items() if n not in generated and not _holds(value, HIDDEN)}
        found.append({"type": CREATING, "resource": {**state, "inputs": told}})
    return found


def left_behind(deployment: Json, account: Iterable[Json]) -> list[Json]:
    """The objects of an account that the state does not know."""
    known = {(item["type"], item.get("id")) for item in deployment.get("resources") or ()}
    return [item for item in account if (item["type"], item["id"]) not in known]


def _holds(value: Any, mark: str) -> bool:
    """Whether a value is a mark, or contains it anywhere."""
    match value:
        case dict():
            return any(_holds(inner, mark) for inner in cast("dict[str, Any]", value).values())
        case list():
            return any(_holds(inner, mark) for inner in cast("list[Any]", value))
        case _:
            return value == mark


def pending_creates(deployment: Json) -> list[Json]:
    """The resources whose creation was under way when the state was last written."""
    operations: Iterable[Json] = deployment.get("pending_operations") or ()
    return [item["resource"] for item in operations if item["type"] == CREATING]


def _asked_alike(resource: Json, item: Json) -> bool:
    """Whether an object is of the resource's type and was asked to be the same; secrets are not compared."""
    if item["type"] != resource["type"]:
        return False
    asked: Json = item["inputs"]
    inputs: Json = resource.get("inputs") or {}
    common = [name for name, value in inputs.items() if name in asked and name != DEFAULTS and not _has_secret(value)]
    return bool(common) and all(_plain(inputs[name]) == _plain(asked[name]) for name in common)


def _plain(value: Any) -> Any:
    """A value without the marks that the engine puts into nested objects."""
    match value:
        case dict():
            entries = cast("dict[str, Any]", value)
            return {name: _plain(inner) for name, inner in entries.items() if name != DEFAULTS}
        case list():
            return [_plain(inner) for inner in cast("list[Any]", value)]
        case _:
            return value


def _has_secret(value: Any) -> bool:
    """Whether a value of the state is or contains an encrypted one."""
    match value:
        case dict():
            entries = cast("dict[str, Any]", value)
            return SECRET in entries or any(_has_secret(inner) for inner in entries.values())
        case list():
            return any(_has_secret(inner) for inner in cast("list[Any]", value))
        case _:
            return False


def plan_recovery(deployment: Json, account: Iterable[Json]) -> Recovery:
    """Match each pending create with the object it made, among those that the state does not know.

    Raises LauncherError where more than one object could be it: guessing would adopt the wrong one.
    """
    strangers = left_behind(deployment, account)
    adopted: dict[str, str] = {}
    dropped: list[str] = []
    for resource in pending_creates(deployment):
        alike = [item for item in strangers if _asked_alike(resource, item)]
        if len(alike) > 1:
            ids = ", ".join(str(item["id"]) for item in alike)
            raise LauncherError(
                f"{resource['urn']} was being created when the last run was killed, and any of {ids} could be it",
                "run: make clean (a simulated account), or in a real one: pulumi refresh, and name the id",
            )
        if alike:
            adopted[resource["urn"]] = alike[0]["id"]
        else:
            dropped.append(resource["urn"])
    return Recovery(adopted, tuple(dropped))
