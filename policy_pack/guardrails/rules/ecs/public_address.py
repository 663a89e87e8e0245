"""ECS002: tasks with a public address."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, ResourceRule, Severity


class PublicAddress(ResourceRule):
    """Refuses public addresses on ECS services and task sets."""

    id: ClassVar[str] = "ECS002"
    slug: ClassVar[str] = "no-public-address-on-tasks"
    title: ClassVar[str] = "No ECS task gets a public address"
    rationale: ClassVar[str] = "A task with a public address can be reached from, and leave to, the internet past NAT."
    fix: ClassVar[str] = "Set networkConfiguration.assignPublicIp to false and reach AWS through endpoints or NAT."
    severity: ClassVar[Severity] = Severity.HIGH
    kinds: ClassVar[frozenset[str]] = frozenset({"ecs.Service", "ecs.TaskSet"})
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
        """Judge one service."""
        path = "networkConfiguration.assignPublicIp"
        assigned = resource.flag(path, default=False)
        if isinstance(assigned, Unknown):
            yield self.unresolved(resource, path, assigned)
        elif assigned:
            yield self.fail(resource, path, "gives its tasks public addresses", resource.get(path))
