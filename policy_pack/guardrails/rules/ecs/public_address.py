"""ECS002: tasks with a public address."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.resource import Resource, Value, as_bool, frozen
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, ResourceRule, Severity

_TASKS = "networkConfiguration.assignPublicIp"
_PATHS = {
    "ecs.Service": _TASKS,
    "ecs.TaskSet": _TASKS,
    "cloudwatch.EventTarget": f"ecsTarget.{_TASKS}",
    "scheduler.Schedule": f"target.ecsParameters.{_TASKS}",
    "pipes.Pipe": "targetParameters.ecsTaskParameters.networkConfiguration.awsVpcConfiguration.assignPublicIp",
}
"""Whatever starts tasks: a service, or a rule, schedule or pipe that runs one."""
_JOBS = {"batch.JobDefinition": ("containerProperties", "ecsProperties", "nodeProperties")}
"""Properties that hold what AWS Batch runs as JSON."""
_SWITCH = "assignpublicip"


class PublicAddress(ResourceRule):
    """Refuses public addresses on the tasks of services, task sets, event rules, schedules, pipes and batch jobs."""

    id: ClassVar[str] = "ECS002"
    slug: ClassVar[str] = "no-public-address-on-tasks"
    title: ClassVar[str] = "No ECS task gets a public address"
    rationale: ClassVar[str] = "A task with a public address can be reached from, and leave to, the internet past NAT."
    fix: ClassVar[str] = "Set networkConfiguration.assignPublicIp to false and reach AWS through endpoints or NAT."
    severity: ClassVar[Severity] = Severity.HIGH
    kinds: ClassVar[frozenset[str]] = frozenset({*_PATHS, *_JOBS})
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
        """Judge one service, one schedule, or one kind of job."""
        for path in _JOBS.get(resource.kind, ()):
            yield from self._job(resource, path)
        if resource.kind in _PATHS:
            path = _PATHS[resource.kind]
            yield from self._value(resource, path, resource.get(path, default=False))

    def _job(self, resource: Resource, path: str) -> Iterator[Finding]:
        value = resource.get(path)
        if isinstance(value, str) and value:
            try:
                value = frozen(json.loads(value))
            except (ValueError, RecursionError):
                yield self.unresolved(resource, path, "not JSON", "whether its tasks get public addresses")
                return
        if isinstance(value, Unknown):
            yield self.unresolved(resource, path, value, "whether its tasks get public addresses")
        for switch in _switches(value):
            yield from self._value(resource, path, switch)

    def _value(self, resource: Resource, path: str, value: Value) -> Iterator[Finding]:
        words = {"enabled": True, "disabled": False}
        known = words.get(value.lower()) if isinstance(value, str) else None
        assigned = as_bool(value, f"{resource.urn}.{path}") if known is None else known
        if isinstance(assigned, Unknown):
            yield self.unresolved(resource, path, assigned)
        elif assigned:
            yield self.fail(resource, path, "gives its tasks public addresses", value)


def _switches(value: Value) -> Iterator[Value]:
    """Give the value of each switch in an object, however deep."""
    if isinstance(value, list):
        for item in value:
            yield from _switches(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from [item] if key.lower() == _SWITCH else _switches(item)
