"""ECS012: a secret in a container's environment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.resource import Resource, Value
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, ResourceRule, Severity
from guardrails.rules.ecs.containers import containers, setting
from guardrails.rules.secret_forms import is_argument, is_secret


class PlainSecrets(ResourceRule):
    """Refuses variables that are named like a secret, or hold an access key; the value is never shown."""

    id: ClassVar[str] = "ECS012"
    slug: ClassVar[str] = "no-secret-in-environment"
    title: ClassVar[str] = "No container gets a secret as a plain environment variable"
    rationale: ClassVar[str] = (
        "The environment of a task definition is kept for ever in each revision and can be read by whoever may "
        "describe it; so are the arguments and the log driver's options."
    )
    fix: ClassVar[str] = (
        "Use `secrets` (`secretOptions` for the log) with valueFrom, the ARN of a Secrets Manager secret or of a "
        "parameter."
    )
    severity: ClassVar[Severity] = Severity.HIGH
    kinds: ClassVar[frozenset[str]] = frozenset({"ecs.TaskDefinition"})
    controls: ClassVar[tuple[str, ...]] = ("SH ECS.8",)
    covers: ClassVar[tuple[int, ...]] = (73, 102)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-8",
    )
    avoid: ClassVar[str] = """
resources:
  task:
    type: aws:ecs:TaskDefinition
    properties:
      family: tool
      containerDefinitions:
        fn::toJSON: [{name: tool, image: tool, environment: [{name: DB_PASSWORD, value: hunter2}]}]
"""
    prefer: ClassVar[str] = """
resources:
  task:
    type: aws:ecs:TaskDefinition
    properties:
      family: tool
      containerDefinitions:
        fn::toJSON:
          - name: tool
            image: tool
            environment: [{name: TOKENIZER, value: fast}, {name: DB_SECRET, value: /room/database}]
            secrets: [{name: DB_PASSWORD, valueFrom: "arn:aws:secretsmanager:x:1:secret:a"}]
"""

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge one task definition."""
        for where, container in containers(resource):
            if isinstance(container, Unknown):
                yield self.unresolved(resource, where, container, "what its environment holds cannot be told")
                continue
            yield from self._environment(resource, where, setting(container, "environment"))
            yield from self._options(resource, where, setting(container, "logConfiguration.options"))
            for part in ("command", "entryPoint"):
                yield from self._arguments(resource, f"{where}.{part}", setting(container, part))

    def _environment(self, resource: Resource, where: str, variables: Value) -> Iterator[Finding]:
        if isinstance(variables, Unknown):
            yield self.unresolved(resource, f"{where}.environment", variables)
        for index, item in enumerate(variables if isinstance(variables, list) else ()):
            path = f"{where}.environment[{index}].value"
            name, value = setting(item, "name"), setting(item, "value")
            missing = next((one for one in (item, name) if isinstance(one, Unknown)), None)
            if missing is not None:
                yield self.unresolved(resource, path, missing)
            elif is_secret(name, value):
                yield self.fail(resource, path, "looks like a secret in plain text", f"variable {name}")

    def _options(self, resource: Resource, where: str, options: Value) -> Iterator[Finding]:
        for name, value in options.items() if isinstance(options, dict) else ():
            if is_secret(name, value):
                why = "gives a secret to the log driver in plain text, not by secretOptions"
                yield self.fail(resource, f"{where}.logConfiguration.options", why, f"option {name}")

    def _arguments(self, resource: Resource, where: str, arguments: Value) -> Iterator[Finding]:
        for index, item in enumerate(arguments if isinstance(arguments, list) else ()):
            if isinstance(item, str) and is_argument(item):
                yield self.fail(resource, f"{where}[{index}]", "looks like a secret in plain text", f"part {index}")
