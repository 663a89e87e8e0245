"""Which resources put themselves into a network although no reader of the network knows their kind."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

from guardrails.facts.from_pulumi.network.services import PLACED
from guardrails.facts.resource import Resource

_PLACE = re.compile(
    r"(?:subnet|securityGroup)(?:Id|Group|GroupName|Mapping|Name)?s?$|^vpcZoneIdentifiers$", re.IGNORECASE
)
"""Names of inputs, at any depth, by which AWS services take subnets and security groups."""


def placed_by(resource: Resource) -> str:
    """Give the path of the input by which a resource of a kind that is not read goes into subnets or groups.

    Empty where it does not, or where its interfaces are among the network's facts.
    """
    return "" if resource.kind in PLACED else _path(resource.props, "")


def _path(value: object, path: str) -> str:
    if isinstance(value, Mapping):
        for key, item in cast("Mapping[str, Any]", value).items():
            if item in (None, "", [], {}) or key in {"tags", "tagsAll"}:
                continue
            inner = f"{path}.{key}" if path else key
            found = inner if _PLACE.search(key) else _path(item, inner)
            if found:
                return found
    elif isinstance(value, list):
        for index, item in enumerate(cast("list[object]", value)):
            found = _path(item, f"{path}[{index}]")
            if found:
                return found
    return ""
