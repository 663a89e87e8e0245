"""ECS002: tasks with a public address."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, ResourceRule, Severity

_PATHS = {
    "ecs.Service": "networkConfiguration.assignPublicIp",
    "ecs.TaskSet": "networkConfiguration.assignPublicIp",
    "cloudwatch.EventTarget": "ecsTarget.networkConfiguration.assignPublicIp",
    "scheduler.Schedule": "target.ecsParameters.networkConfiguration.assignPublicIp",
}
"""Whatever starts tasks: a service, or a rule or schedule that runs one."""


class PublicAddress(ResourceRule):
    """Refuses public addresses on the tasks of services, task sets, event rules and schedules."""

    id: ClassVar[str] = "ECS002"
    slug: ClassVar[str] = "no-public-address-on-tasks"
    title: ClassVar[str] = "No ECS task gets a public address"
    rationale: ClassVar[str] = "A task with a public address can be reached from, and leave to, the internet past NAT."
    fix: ClassVar[str] = "Set networkConfiguration.assignPublicIp to false and reach AWS through endpoints or NAT."
    severity: ClassVar[Severity] = Severity.HIGH
    kinds: ClassVar[frozenset[str]] = frozenset(_PATHS)
    controls: ClassVar[tuple[str, ...]] = ("CKV_AWS_333", "SH ECS.2", "SH ECS.16")
    covers: ClassVar[tuple[int, ...]] = (40, 102)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html",
    )
    avoid: ClassVar[str] = """
resources:
  proxy:
    type: aws:ecs:Service
    properties: {networkConfiguration: {subnets: [subnet-1], assignPublicIp: "true"}}
"""
    prefer: ClassVar[str] = """
resources:
  proxy:
    type: aws:ecs:Service
    properties: {networkConfiguration: {subnets: [subnet-1]}}
"""

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge one service, or one schedule."""
        path = _PATHS[resource.kind]
        assigned = resource.flag(path, default=False)
        if isinstance(assigned, Unknown):
            yield self.unresolved(resource, path, assigned)
        elif assigned:
            yield self.fail(resource, path, "gives its tasks public addresses", resource.get(path))
