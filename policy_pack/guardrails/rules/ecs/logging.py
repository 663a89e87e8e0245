"""ECS013: a container without a log."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, ResourceRule, Severity
from guardrails.rules.ecs.containers import containers, setting


class ContainerLog(ResourceRule):
    """Requires a log driver in every container."""

    id: ClassVar[str] = "ECS013"
    slug: ClassVar[str] = "container-logged"
    title: ClassVar[str] = "Every container has a log"
    rationale: ClassVar[str] = "A task's own output is gone with the task. The proxy's log is who asked for what."
    fix: ClassVar[str] = "Set logConfiguration with a log driver."
    severity: ClassVar[Severity] = Severity.MEDIUM
    kinds: ClassVar[frozenset[str]] = frozenset({"ecs.TaskDefinition"})
    controls: ClassVar[tuple[str, ...]] = ("SH ECS.9",)
    covers: ClassVar[tuple[int, ...]] = (102,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-9",
    )
    avoid: ClassVar[str] = """
resources:
  task:
    type: aws:ecs:TaskDefinition
    properties:
      family: tool
      containerDefinitions: {"fn::toJSON": [{name: tool, image: tool, logConfiguration: {logDriver: none}}]}
"""
    prefer: ClassVar[str] = """
resources:
  task:
    type: aws:ecs:TaskDefinition
    properties:
      family: tool
      containerDefinitions: {"fn::toJSON": [{name: tool, image: tool, logConfiguration: {logDriver: awslogs}}]}
"""

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge one task definition."""
        for where, container in containers(resource):
            path = f"{where}.logConfiguration.logDriver"
            driver = container if isinstance(container, Unknown) else setting(container, "logConfiguration.logDriver")
            if isinstance(driver, Unknown):
                yield self.unresolved(resource, path, driver, "whether it is logged")
            elif driver in {None, "", "none"}:
                yield self.fail(resource, path, "keeps no log", driver or "omitted")
