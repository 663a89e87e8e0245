"""ECS017: a container that runs as root."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, ResourceRule, Severity
from guardrails.rules.ecs.containers import containers, is_windows, setting


class ContainerUser(ResourceRule):
    """Requires a user other than root, said in the task definition."""

    id: ClassVar[str] = "ECS017"
    slug: ClassVar[str] = "container-not-root"
    title: ClassVar[str] = "Every container runs as a user that is not root"
    rationale: ClassVar[str] = (
        "Root in a container is root on the kernel that it shares, should it get out. Without a user the image "
        "decides, and most images start as root."
    )
    fix: ClassVar[str] = "Set user to a number of your own, such as 10001:10001, and give the image's files to it."
    severity: ClassVar[Severity] = Severity.MEDIUM
    kinds: ClassVar[frozenset[str]] = frozenset({"ecs.TaskDefinition"})
    controls: ClassVar[tuple[str, ...]] = ("SH ECS.20",)
    covers: ClassVar[tuple[int, ...]] = (102,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-20",
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html",
    )
    avoid: ClassVar[str] = """
resources:
  task:
    type: aws:ecs:TaskDefinition
    properties:
      family: tool
      containerDefinitions:
        fn::toJSON: [{name: tool, image: tool, user: "0:1000"}]
"""
    prefer: ClassVar[str] = """
resources:
  task:
    type: aws:ecs:TaskDefinition
    properties:
      family: tool
      containerDefinitions:
        fn::toJSON: [{name: tool, image: tool, user: "10001:10001"}]
"""

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge one task definition; Windows containers cannot have the setting (ECS developer guide)."""
        if is_windows(resource):
            return
        for where, container in containers(resource):
            path = f"{where}.user"
            user = container if isinstance(container, Unknown) else setting(container, "user")
            if isinstance(user, Unknown):
                yield self.unresolved(resource, path, user, "as which user it runs")
            elif user is None or user == "":
                yield self.fail(resource, path, "leaves it to the image whether it runs as root", "omitted")
            elif str(user).split(":", 1)[0] in {"root", "0"}:
                yield self.fail(resource, path, "runs as root", str(user))
