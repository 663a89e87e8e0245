"""ECS014: a task that has the rights of the agent that starts it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.resource import Resource
from guardrails.facts.roles import Role
from guardrails.facts.stack import Facts
from guardrails.facts.values import Ref, Unknown
from guardrails.rules.base import Finding, Rule, Severity

_EXECUTION, _TASK = "executionRoleArn", "taskRoleArn"


class SeparateRoles(Rule):
    """Refuses one role for starting a task and for the task itself."""

    id: ClassVar[str] = "ECS014"
    slug: ClassVar[str] = "task-role-separate"
    title: ClassVar[str] = "A task's own role is not the one that starts it"
    rationale: ClassVar[str] = (
        "The execution role pulls images and reads the secrets of the task definition. With it as task role, the "
        "program in the container can read all of them at any time."
    )
    fix: ClassVar[str] = "Make two roles, or leave taskRoleArn out where the program calls no AWS API."
    severity: ClassVar[Severity] = Severity.MEDIUM
    controls: ClassVar[tuple[str, ...]] = ("CKV_AWS_249",)
    covers: ClassVar[tuple[int, ...]] = (102,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html",
    )
    avoid: ClassVar[str] = """
resources:
  role: {type: "aws:iam:Role", properties: {assumeRolePolicy: "{}"}}
  task:
    type: aws:ecs:TaskDefinition
    properties:
      {family: tool, containerDefinitions: "[]", executionRoleArn: "${role.arn}", taskRoleArn: "${role.arn}"}
"""
    prefer: ClassVar[str] = """
resources:
  start: {type: "aws:iam:Role", properties: {assumeRolePolicy: "{}"}}
  work: {type: "aws:iam:Role", properties: {assumeRolePolicy: "{}"}}
  task:
    type: aws:ecs:TaskDefinition
    properties:
      {family: tool, containerDefinitions: "[]", executionRoleArn: "${start.arn}", taskRoleArn: "${work.arn}"}
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge every task definition."""
        for task in facts.of("ecs.TaskDefinition"):
            yield from self._task(task, facts)

    def _task(self, task: Resource, facts: Facts) -> Iterator[Finding]:
        execution, own = (facts.ref(task, path, Role.ROLE) for path in (_EXECUTION, _TASK))
        if execution is None or own is None:
            return
        for path, ref in ((_EXECUTION, execution), (_TASK, own)):
            if isinstance(ref, Unknown):
                yield self.unresolved(task, path, ref, "whether its roles are separate")
                return
        if isinstance(execution, Ref) and isinstance(own, Ref) and _same(execution, own, facts):
            yield self.fail(task, _TASK, "is the execution role")


def _same(one: Ref, other: Ref, facts: Facts) -> bool:
    """Tell whether two references are to one role, be it by resource, by ARN or by name."""
    if one.key and other.key:
        return one.key == other.key
    names = {_name(one, facts), _name(other, facts)}
    return len(names) == 1 and None not in names


def _name(ref: Ref, facts: Facts) -> str | None:
    role = facts.resource(ref)
    name = role.get("name") if role is not None else (ref.literal or "").rpartition("/")[2]
    return name if isinstance(name, str) and name else None
