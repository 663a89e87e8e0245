"""What AWS's own models say of single values: enumerations, patterns, lengths and ranges.

moto checks little of this itself, and what moto lacks nobody checks. Two sources that lie on this machine tell it:
botocore's service models (the API of the call that makes the object) and the CloudFormation schemas that cfn-lint
carries. An input is matched with a member of the same name in another case; where the names differ, nothing is checked,
and where the two sources disagree the wider one holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

import boto3
from botocore.exceptions import UnknownServiceError
from botocore.model import ListShape, OperationNotFoundError, Shape, StructureShape

from simulator.changes import cloudformation_name, cloudformation_schema
from simulator.model import ResourceType
from simulator.schema import Problem, schema_of
from simulator.shapes import is_list, is_map
from simulator.wire import contains_unknown

_SERVICES: Mapping[str, str] = {
    "CloudWatch Logs": "logs",
    "Direct Connect": "directconnect",
    "Directory Service": "ds",
    "Elastic Load Balancing v2": "elbv2",
    "Network Firewall": "network-firewall",
    "Route 53": "route53",
    "Route 53 Resolver": "route53resolver",
    "Secrets Manager": "secretsmanager",
    "Cloud Map": "servicediscovery",
    "ServiceDiscovery": "servicediscovery",
}
"""botocore's names of services whose name in errors is another one."""


@dataclass(frozen=True)
class Limit:
    """What one source says of a value: allowed values, a pattern, and bounds of its length or size."""

    values: frozenset[str] = frozenset()
    pattern: str = ""
    low: float | None = None
    high: float | None = None

    def reason(self, value: object) -> str | None:
        """Tell why a value does not fit; None when it does."""
        if self.values and str(value) not in self.values:
            return f"expected {value!r} to be one of {', '.join(sorted(self.values))}"
        size = len(value) if isinstance(value, str) else value if isinstance(value, int | float) else None
        if size is not None and not isinstance(value, bool):
            if self.low is not None and size < self.low:
                return f"expected at least {self.low:g}, got {size:g}"
            if self.high is not None and size > self.high:
                return f"expected at most {self.high:g}, got {size:g}"
        if self.pattern and isinstance(value, str) and not _matches(self.pattern, value):
            return f"{value!r} does not match {self.pattern}"
        return None


def problems(kind: ResourceType, values: Mapping[str, Any]) -> Iterator[Problem]:
    """Give the values that every source which speaks of them refuses."""
    for name, value in values.items():
        limits = limits_of(kind).get(name.lower(), ())
        for item in _scalars(value) if limits and not contains_unknown(value) else ():
            reasons = [limit.reason(item) for limit in limits]
            if all(reasons):
                yield Problem(name, str(reasons[0]))


def _scalars(value: object) -> list[object]:
    if is_list(value):
        return [item for item in value if isinstance(item, str | int | float)]  # pyright: ignore[reportUnknownVariableType]
    return [] if is_map(value) else [value]


@cache
def _matches(pattern: str, value: str) -> bool:
    try:
        return re.search(pattern, value) is not None
    except re.error:
        return True  # AWS's patterns are Java's; one that Python cannot read refuses nothing.


_LIMITS: dict[str, Mapping[str, tuple[Limit, ...]]] = {}


def limits_of(kind: ResourceType) -> Mapping[str, tuple[Limit, ...]]:
    """Give what is said of a type's inputs, by their names in lower case."""
    if kind.token not in _LIMITS:
        found: dict[str, tuple[Limit, ...]] = {}
        for source in (_of_api(kind), _of_cloudformation(kind)):
            for name, limit in source:
                if limit != Limit():
                    found[name.lower()] = (*found.get(name.lower(), ()), limit)
        _LIMITS[kind.token] = found
    return _LIMITS[kind.token]


def models_of(kind: ResourceType) -> list[str]:
    """Give the names of the models that say anything of a type's inputs."""
    names = [(f"{_service(kind)}:{kind.create_operation}", _of_api), (cloudformation_name(kind), _of_cloudformation)]
    inputs = {name.lower() for name in schema_of(kind.token).inputs}
    return [name for name, source in names if any(n.lower() in inputs and one != Limit() for n, one in source(kind))]


def _service(kind: ResourceType) -> str:
    return _SERVICES.get(kind.service, kind.service.lower().replace(" ", "-"))


def _of_api(kind: ResourceType) -> Iterator[tuple[str, Limit]]:
    shape = _input_of(_service(kind), kind.create_operation)
    if shape is None:
        return
    for name, member in shape.members.items():
        inner = member.member if isinstance(member, ListShape) else member
        yield name, _of_shape(inner)


@cache
def _input_of(service: str, operation: str) -> StructureShape | None:
    """Give the input of an API operation; None where botocore knows no such service or operation."""
    try:
        session: Any = boto3.Session()._session  # pyright: ignore[reportPrivateUsage, reportUnknownMemberType, reportUnknownVariableType, reportAttributeAccessIssue]
        model = session.get_service_model(service)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        return model.operation_model(operation).input_shape  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    except (UnknownServiceError, OperationNotFoundError):
        return None


def _of_shape(shape: Shape) -> Limit:
    said = shape.metadata
    numeric = shape.type_name in ("integer", "long", "float", "double")
    if shape.type_name != "string" and not numeric:
        return Limit()
    enumeration: list[str] = said.get("enum", [])
    return Limit(frozenset(enumeration), str(said.get("pattern", "")), said.get("min"), said.get("max"))


def _of_cloudformation(kind: ResourceType) -> Iterator[tuple[str, Limit]]:
    schema = cast("Mapping[str, Any]", cloudformation_schema(kind) or {})
    properties: Mapping[str, Mapping[str, Any]] = schema.get("properties", {})
    for name, given in properties.items():
        said = _resolved(given, schema)
        said = _resolved(said.get("items", {}), schema) if said.get("type") == "array" else said
        if said.get("type") in ("string", "integer", "number"):
            low, high = said.get("minLength", said.get("minimum")), said.get("maxLength", said.get("maximum"))
            allowed = frozenset(str(item) for item in said.get("enum", ()))
            yield name, Limit(allowed, str(said.get("pattern", "")), low, high)


def _resolved(given: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    name = str(given.get("$ref", "")).rpartition("/")[2]
    return schema.get("definitions", {}).get(name, {}) if name else given
