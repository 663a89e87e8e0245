"""ECS016: a shell in a task that leaves no trace."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.resource import Resource
from guardrails.facts.roles import Role
from guardrails.facts.stack import Facts
from guardrails.facts.values import Ref, Unknown
from guardrails.rules.base import Finding, Rule, Severity

_EXEC = "configuration.executeCommandConfiguration"
_LOG = f"{_EXEC}.logConfiguration"
_PLACES = (("cloudWatchLogGroupName", "cloudWatchEncryptionEnabled"), ("s3BucketName", "s3BucketEncryptionEnabled"))


class ExecLogged(Rule):
    """Requires that a cluster logs the commands that its services let be run in their tasks."""

    id: ClassVar[str] = "ECS016"
    slug: ClassVar[str] = "exec-logged"
    title: ClassVar[str] = "Where ECS Exec is on, its sessions are logged and encrypted"
    rationale: ClassVar[str] = (
        "ECS Exec is a shell in the container with the task's role. By default its output goes to the task's own log, "
        "if it has one; what was typed is kept nowhere that outlasts the task."
    )
    fix: ClassVar[str] = (
        "Leave enableExecuteCommand off, or set logging OVERRIDE with an encrypted log group or bucket, and kmsKeyId, "
        "in the cluster's executeCommandConfiguration."
    )
    severity: ClassVar[Severity] = Severity.MEDIUM
    controls: ClassVar[tuple[str, ...]] = ("CKV_AWS_223", "CKV_AWS_224")
    covers: ClassVar[tuple[int, ...]] = (103,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html",
        "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ExecuteCommandConfiguration.html",
    )
    avoid: ClassVar[str] = """
resources:
  cluster: {type: "aws:ecs:Cluster", properties: {name: room}}
  service: {type: "aws:ecs:Service", properties: {cluster: "${cluster.arn}", enableExecuteCommand: true}}
"""
    prefer: ClassVar[str] = """
resources:
  cluster:
    type: aws:ecs:Cluster
    properties:
      name: room
      configuration:
        executeCommandConfiguration:
          kmsKeyId: alias/room
          logging: OVERRIDE
          logConfiguration: {cloudWatchLogGroupName: /room/exec, cloudWatchEncryptionEnabled: true}
  service: {type: "aws:ecs:Service", properties: {cluster: "${cluster.arn}", enableExecuteCommand: true}}
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge every service and its cluster."""
        for service in facts.of("ecs.Service"):
            enabled = service.flag("enableExecuteCommand", default=False)
            if isinstance(enabled, Unknown):
                yield self.unresolved(service, "enableExecuteCommand", enabled, "whether a shell can be had")
            elif enabled:
                yield from self._service(service, facts)

    def _service(self, service: Resource, facts: Facts) -> Iterator[Finding]:
        ref = facts.ref(service, "cluster", Role.CLUSTER)
        cluster = facts.resource(ref)
        if cluster is None:
            missing = ref if isinstance(ref, Unknown) else _outside(ref)
            yield self.unresolved(service, "cluster", missing, "whether its cluster logs such sessions")
            return
        for path in ("configuration", _EXEC, f"{_EXEC}.logging", _LOG):
            value = cluster.get(path)
            if isinstance(value, Unknown):
                yield self.unresolved(cluster, path, value, "whether sessions are logged")
                return
        logging = cluster.get(f"{_EXEC}.logging", "DEFAULT")
        if logging != "OVERRIDE":
            yield self.fail(cluster, f"{_EXEC}.logging", "keeps no log of its own of sessions in its tasks", logging)
            return
        yield from self._log(cluster)

    def _log(self, cluster: Resource) -> Iterator[Finding]:
        places = [(name, flag) for name, flag in _PLACES if cluster.get(f"{_LOG}.{name}") not in (None, "")]
        if not places:
            yield self.fail(cluster, _LOG, "names no log group and no bucket for the log of sessions")
        for _name, flag in places:
            encrypted = cluster.flag(f"{_LOG}.{flag}", default=False)
            if isinstance(encrypted, Unknown):
                yield self.unresolved(cluster, f"{_LOG}.{flag}", encrypted)
            elif not encrypted:
                yield self.fail(cluster, f"{_LOG}.{flag}", "does not require that the log of sessions is encrypted")
        if cluster.get(f"{_EXEC}.kmsKeyId") in (None, ""):
            yield self.fail(cluster, f"{_EXEC}.kmsKeyId", "does not encrypt sessions with a key")


def _outside(ref: object) -> str:
    name = ref.literal if isinstance(ref, Ref) and ref.literal else "the cluster"
    return f"{name} is not in the stack"
