"""ECS015: a file system that a task reads in plain text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, ResourceRule, Severity


class VolumeEncryption(ResourceRule):
    """Requires TLS between a task and its EFS volumes."""

    id: ClassVar[str] = "ECS015"
    slug: ClassVar[str] = "volume-encrypted-in-transit"
    title: ClassVar[str] = "A task's EFS volumes are encrypted in transit"
    rationale: ClassVar[str] = (
        "Without it the files cross the network as they are, and IAM authorization cannot be used."
    )
    fix: ClassVar[str] = "Set transitEncryption to ENABLED in efsVolumeConfiguration (the default is DISABLED)."
    severity: ClassVar[Severity] = Severity.MEDIUM
    kinds: ClassVar[frozenset[str]] = frozenset({"ecs.TaskDefinition"})
    controls: ClassVar[tuple[str, ...]] = ("CKV_AWS_97",)
    covers: ClassVar[tuple[int, ...]] = (102,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EFSVolumeConfiguration.html",
    )
    avoid: ClassVar[str] = """
resources:
  task:
    type: aws:ecs:TaskDefinition
    properties:
      family: tool
      containerDefinitions: "[]"
      volumes: [{name: scratch}, {name: data, efsVolumeConfiguration: {fileSystemId: fs-1}}]
"""
    prefer: ClassVar[str] = """
resources:
  task:
    type: aws:ecs:TaskDefinition
    properties:
      family: tool
      containerDefinitions: "[]"
      volumes: [{name: scratch}, {name: data, efsVolumeConfiguration: {fileSystemId: fs-1, transitEncryption: ENABLED}}]
"""

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge one task definition."""
        volumes = resource.items("volumes")
        if isinstance(volumes, Unknown):
            yield self.unresolved(resource, "volumes", volumes, "what it mounts cannot be told")
            return
        for index in range(len(volumes)):
            where = f"volumes.{index}.efsVolumeConfiguration"
            shown = f"volumes[{index}].efsVolumeConfiguration"
            if resource.get(where) is None:
                continue
            value = resource.get(f"{where}.transitEncryption", "DISABLED")
            if isinstance(value, Unknown):
                yield self.unresolved(resource, f"{shown}.transitEncryption", value)
            elif value != "ENABLED":
                yield self.fail(
                    resource, f"{shown}.transitEncryption", "is mounted without encryption in transit", value
                )
