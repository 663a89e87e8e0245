"""After a killed run: creates that the engine began and whose answer it never saw.

The account may hold such an object while the state does not. The next deployment would make it again and be refused,
or make a second one. What AWS's users do, and what is done here: find the object, and tell the engine its id
(`pulumi refresh --import-pending-creates URN --import-pending-creates ID`); forget the creates that never happened.
https://www.pulumi.com/docs/iac/cli/commands/pulumi_refresh/
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tools.engine.errors import LauncherError

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Recovery:
    """What to tell the engine: ids by URN of creates that did happen, and the URNs of those that did not."""

    adopted: Mapping[str, str]
    dropped: tuple[str, ...]

    def arguments(self) -> list[str]:
        """The flags of `pulumi refresh` that say it."""
        named = [part for urn, identifier in self.adopted.items() for part in (urn, identifier)]
        return [*(f"--import-pending-creates={part}" for part in named), "--clear-pending-creates"]


def pending_creates(deployment: Json) -> list[Json]:
    """The resources whose creation was under way when the state was last written."""
    operations: Iterable[Json] = deployment.get("pending_operations") or ()
    return [item["resource"] for item in operations if item["type"] == "creating"]


def _asked_alike(resource: Json, item: Json) -> bool:
    """Whether an object is of the resource's type and was asked to be the same; secrets are not compared."""
    if item["type"] != resource["type"]:
        return False
    asked: Json = item["inputs"]
    inputs: Json = resource.get("inputs") or {}
    common = [name for name in inputs if name in asked and not name.startswith("__")]
    return bool(common) and all(inputs[name] == asked[name] for name in common)


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
