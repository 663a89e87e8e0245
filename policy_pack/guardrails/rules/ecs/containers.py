"""What rules about containers share."""

from __future__ import annotations

from collections.abc import Iterator

from guardrails.facts.resource import Resource, Value
from guardrails.facts.values import Unknown
from guardrails.rules.ecs.image_digest import container_definitions


def containers(resource: Resource) -> Iterator[tuple[str, dict[str, Value] | Unknown]]:
    """Give the container definitions of a task definition with their paths; one that cannot be read is unknown."""
    path = "containerDefinitions"
    listed = container_definitions(resource)
    if isinstance(listed, Unknown):
        yield path, listed
        return
    for index, item in enumerate(listed):
        where = f"{path}[{index}]"
        if isinstance(item, dict):
            yield where, item
        else:
            yield where, item if isinstance(item, Unknown) else Unknown(f"{resource.urn}.{where}", "no container")


def setting(container: dict[str, Value], path: str) -> Value:
    """Give a value of a container by its dotted path, None where it is left out."""
    current: Value = container
    for step in path.split("."):
        if isinstance(current, Unknown):
            return current
        current = current.get(step) if isinstance(current, dict) else None
    return current
