"""Questions about WorkSpaces bundles."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from simulator.creation import Session
from simulator.errors import AwsError
from simulator.operations import Operations


def bundle_id(name: str) -> str:
    """Give the id that the simulated account has for a bundle of AWS's."""
    return f"wsb-{hashlib.sha256(name.encode()).hexdigest()[:9]}"


def _bundle(_operations: Operations, _session: Session, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    name, identifier = arguments.get("name"), arguments.get("bundleId")
    if (name is None) == (identifier is None):
        raise AwsError("InvalidParameterValuesException", "one of bundleId and name must be given")
    found = identifier or bundle_id(str(name))
    size = {
        "rootStorages": [{"capacity": "80"}],
        "userStorages": [{"capacity": "50"}],
        "computeTypes": [{"name": "STANDARD"}],
    }
    return {
        "id": found,
        "bundleId": found,
        "name": name or found,
        "owner": arguments.get("owner") or "AMAZON",
        "description": str(name or found),
        **size,
    }


FUNCTIONS: Final = {"aws:workspaces/getBundle:getBundle": _bundle}
