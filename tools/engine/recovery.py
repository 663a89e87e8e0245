"""After a killed run: creates that the engine began and whose answer it never saw.

The account may hold such an object while the state does not. The next deployment would make it again and be refused,
or make a second one. What users of AWS do by hand is done here: find the object, write its id into the state, forget
the creates that never happened, and let a refresh read the rest. (`pulumi refresh --import-pending-creates` promises
this; version 3.250.0 takes the ids, drops the operations and imports nothing.)
https://www.pulumi.com/docs/iac/cli/commands/pulumi_stack_import/
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
    known = {(item["type"], item.get("id")) for item in deployment.get("resources") or ()}
    strangers = [item for item in account if (item["type"], item["id"]) not in known]
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
