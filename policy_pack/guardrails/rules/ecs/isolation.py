"""ECS010: a container that can leave its box."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.resource import Resource, Value, as_bool
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, ResourceRule, Severity
from guardrails.rules.ecs.containers import containers, setting

_HOST_MODES = ("pidMode", "ipcMode")
_CAPABILITIES = frozenset(
    {"ALL", "SYS_ADMIN", "SYS_MODULE", "SYS_RAWIO", "SYS_PTRACE", "NET_ADMIN", "DAC_READ_SEARCH", "BPF", "SYS_BOOT"}
)


class Isolation(ResourceRule):
    """Refuses privileged containers, the host's namespaces, and capabilities that undo the isolation."""

    id: ClassVar[str] = "ECS010"
    slug: ClassVar[str] = "container-isolated"
    title: ClassVar[str] = "No container is privileged or shares its host's namespaces"
    rationale: ClassVar[str] = (
        "A privileged container is root on its host, and so in every other task there. The host's process or network "
        "namespace shows it the others' memory and traffic, the host's role included."
    )
    fix: ClassVar[str] = "Leave privileged, pidMode, ipcMode and capabilities.add out; use network mode awsvpc."
    severity: ClassVar[Severity] = Severity.HIGH
    kinds: ClassVar[frozenset[str]] = frozenset({"ecs.TaskDefinition"})
    controls: ClassVar[tuple[str, ...]] = ("CKV_AWS_334", "CKV_AWS_335", "SH ECS.1", "SH ECS.3", "SH ECS.4")
    covers: ClassVar[tuple[int, ...]] = (102,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html",
    )
    avoid: ClassVar[str] = """
resources:
  task:
    type: aws:ecs:TaskDefinition
    properties:
      family: tool
      containerDefinitions:
        fn::toJSON: [{name: tool, image: tool, linuxParameters: {capabilities: {add: [SYS_ADMIN]}}}]
"""
    prefer: ClassVar[str] = """
resources:
  task:
    type: aws:ecs:TaskDefinition
    properties:
      family: tool
      networkMode: awsvpc
      containerDefinitions:
        fn::toJSON: [{name: tool, image: tool, privileged: false, linuxParameters: {capabilities: {drop: [ALL]}}}]
"""

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge one task definition."""
        for path in _HOST_MODES:
            mode = resource.get(path)
            if isinstance(mode, Unknown):
                yield self.unresolved(resource, path, mode)
            elif mode == "host":
                yield self.fail(resource, path, "shares a namespace of its host", mode)
        host_network = resource.get("networkMode")
        if isinstance(host_network, Unknown):
            yield self.unresolved(resource, "networkMode", host_network)
        for where, container in containers(resource):
            if isinstance(container, Unknown):
                yield self.unresolved(resource, where, container, "how its containers are isolated cannot be told")
            else:
                yield from self._container(resource, where, container, host_network)

    def _container(
        self, resource: Resource, where: str, container: dict[str, Value], network: Value
    ) -> Iterator[Finding]:
        privileged = as_bool(setting(container, "privileged") or False, f"{resource.urn}.{where}.privileged")
        if isinstance(privileged, Unknown):
            yield self.unresolved(resource, f"{where}.privileged", privileged)
        elif privileged:
            yield self.fail(resource, f"{where}.privileged", "is root on its host", name_of(container))
        added = setting(container, "linuxParameters.capabilities.add")
        for item in added if isinstance(added, list) else [added]:
            path = f"{where}.linuxParameters.capabilities.add"
            if isinstance(item, Unknown):
                yield self.unresolved(resource, path, item)
            elif isinstance(item, str) and item.upper().removeprefix("CAP_") in _CAPABILITIES:
                yield self.fail(resource, path, "has a capability that undoes its isolation", item)
        if network == "host" and setting(container, "user") in {None, "", "root", "0", "root:root", "0:0"}:
            yield self.fail(resource, f"{where}.user", "runs as root in its host's network", name_of(container))


def name_of(container: dict[str, Value]) -> str:
    """Give a container's name."""
    name = container.get("name")
    return name if isinstance(name, str) else ""
