"""ECS010: a container that can leave its box."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.resource import Resource, Value, as_bool
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, ResourceRule, Severity
from guardrails.rules.ecs.containers import containers, setting

_HOST_MODES = {
    "pidMode": "shows the host's processes",
    "ipcMode": "shares its host's memory segments",
    "networkMode": "shares its host's network, the host's role and metadata included",
}
_CAPABILITIES = frozenset(
    {"ALL", "SYS_ADMIN", "SYS_MODULE", "SYS_RAWIO", "SYS_PTRACE", "SYS_BOOT", "SYS_TIME", "NET_ADMIN",
     "DAC_READ_SEARCH", "BPF", "PERFMON", "MAC_ADMIN", "MAC_OVERRIDE", "CHECKPOINT_RESTORE"}
)  # fmt: skip
_HOST_FOLDERS = frozenset({"/", "/boot", "/dev", "/etc", "/proc", "/root", "/sys", "/var", "/var/lib"})
_ENGINE_FOLDERS = (
    "/run", "/var/run", "/var/lib/docker", "/var/lib/containerd", "/var/lib/ecs", "/var/lib/kubelet",
)  # fmt: skip
"""Folders of a host that hold its secrets, and those with the socket through which any container can be started."""


class Isolation(ResourceRule):
    """Refuses privileged containers, the host's namespaces, and capabilities that undo the isolation."""

    id: ClassVar[str] = "ECS010"
    slug: ClassVar[str] = "container-isolated"
    title: ClassVar[str] = "No container is privileged or shares its host's namespaces"
    rationale: ClassVar[str] = (
        "A privileged container is root on its host, and so in every other task there. The host's process or network "
        "namespace shows it the others' memory and traffic, the host's role included."
    )
    fix: ClassVar[str] = (
        "Leave privileged, pidMode, ipcMode, capabilities.add and host paths out; use network mode awsvpc."
    )
    severity: ClassVar[Severity] = Severity.HIGH
    kinds: ClassVar[frozenset[str]] = frozenset({"ecs.TaskDefinition"})
    controls: ClassVar[tuple[str, ...]] = (
        "CKV_AWS_334",
        "CKV_AWS_335",
        "SH ECS.1",
        "SH ECS.3",
        "SH ECS.4",
        "SH ECS.17",
    )
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
        for path, why in _HOST_MODES.items():
            mode = resource.get(path)
            if isinstance(mode, Unknown):
                yield self.unresolved(resource, path, mode)
            elif mode == "host":
                yield self.fail(resource, path, why, mode)
        yield from self._volumes(resource)
        for where, container in containers(resource):
            if isinstance(container, Unknown):
                yield self.unresolved(resource, where, container, "how its containers are isolated cannot be told")
            else:
                yield from self._container(resource, where, container)

    def _volumes(self, resource: Resource) -> Iterator[Finding]:
        volumes = resource.items("volumes")
        if isinstance(volumes, Unknown):
            yield self.unresolved(resource, "volumes", volumes, "what of its host it mounts cannot be told")
            return
        for index in range(len(volumes)):
            path = f"volumes[{index}].hostPath"
            mounted = resource.get(f"volumes.{index}.hostPath")
            if isinstance(mounted, Unknown):
                yield self.unresolved(resource, path, mounted, "what of its host it mounts cannot be told")
            elif isinstance(mounted, str) and mounted and _runs_host(mounted):
                yield self.fail(resource, path, "mounts what runs its host into a container", mounted)

    def _container(self, resource: Resource, where: str, container: dict[str, Value]) -> Iterator[Finding]:
        privileged = as_bool(setting(container, "privileged") or False, f"{resource.urn}.{where}.privileged")
        if isinstance(privileged, Unknown):
            yield self.unresolved(resource, f"{where}.privileged", privileged)
        elif privileged:
            yield self.fail(resource, f"{where}.privileged", "is root on its host", "true")
        for path, why, bad in (
            ("linuxParameters.capabilities.add", "has a capability that undoes its isolation", _undoes),
            ("dockerSecurityOptions", "switches off what confines it", _unconfined),
        ):
            value = setting(container, path)
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, Unknown):
                    yield self.unresolved(resource, f"{where}.{path}", item)
                elif isinstance(item, str) and bad(item):
                    yield self.fail(resource, f"{where}.{path}", why, item)


def _runs_host(path: str) -> bool:
    folder = posixpath.normpath("/" + path.lstrip("/"))
    return folder in _HOST_FOLDERS or f"{folder}/".startswith(tuple(f"{item}/" for item in _ENGINE_FOLDERS))


def _undoes(capability: str) -> bool:
    return capability.upper().removeprefix("CAP_") in _CAPABILITIES


def _unconfined(option: str) -> bool:
    """`apparmor:unconfined`, `seccomp=unconfined`, `label:disable` (API: ContainerDefinition)."""
    return re.split(r"[:=]", option.lower(), maxsplit=1)[-1] in {"unconfined", "disable"}
