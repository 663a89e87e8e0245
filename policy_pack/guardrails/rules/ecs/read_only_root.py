"""ECS011: a container that can change its own programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.resource import Resource, as_bool
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, ResourceRule, Severity
from guardrails.rules.ecs.containers import containers, is_windows, setting


class ReadOnlyRoot(ResourceRule):
    """Requires a read-only root filesystem in every Linux container."""

    id: ClassVar[str] = "ECS011"
    slug: ClassVar[str] = "container-root-read-only"
    title: ClassVar[str] = "Every container's root filesystem is read-only"
    rationale: ClassVar[str] = (
        "The image is pinned by its digest; what the container writes over it while it runs is not. An intruder who "
        "can write can also stay."
    )
    fix: ClassVar[str] = "Set readonlyRootFilesystem to true and mount a volume where the program must write."
    severity: ClassVar[Severity] = Severity.MEDIUM
    kinds: ClassVar[frozenset[str]] = frozenset({"ecs.TaskDefinition"})
    controls: ClassVar[tuple[str, ...]] = ("CKV_AWS_336", "SH ECS.5")
    covers: ClassVar[tuple[int, ...]] = (102,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-5",
    )
    avoid: ClassVar[str] = """
resources:
  task:
    type: aws:ecs:TaskDefinition
    properties:
      family: tool
      containerDefinitions:
        fn::toJSON: [{name: tool, image: tool, readonlyRootFilesystem: true}, {name: side, image: side}]
"""
    prefer: ClassVar[str] = """
resources:
  task:
    type: aws:ecs:TaskDefinition
    properties:
      family: tool
      containerDefinitions:
        fn::toJSON: [{name: tool, image: tool, readonlyRootFilesystem: true}]
"""

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge one task definition; Windows containers cannot have it (ECS developer guide)."""
        if is_windows(resource):
            return
        for where, container in containers(resource):
            path = f"{where}.readonlyRootFilesystem"
            if isinstance(container, Unknown):
                yield self.unresolved(resource, where, container, "whether its root is read-only")
                continue
            value = as_bool(setting(container, "readonlyRootFilesystem") or False, f"{resource.urn}.{path}")
            if isinstance(value, Unknown):
                yield self.unresolved(resource, path, value)
            elif not value:
                yield self.fail(resource, path, "can write over its own programs", "false or omitted")
