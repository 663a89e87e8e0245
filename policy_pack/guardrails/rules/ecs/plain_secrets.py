"""ECS012: a secret in a container's environment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.resource import Resource, Value
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, ResourceRule, Severity
from guardrails.rules.ecs.containers import containers, setting

_NAME = re.compile(
    r"(^|_)(PASSWORD|PASSWD|PWD|SECRET|SECRET_?KEY|PRIVATE_?KEY|API_?KEY|ACCESS_?KEY|TOKEN|CREDENTIALS?)$",
    re.IGNORECASE,
)
_KEY_ID = re.compile(r"\b(AKIA|ASIA)[A-Z0-9]{16}\b")
"""Forms of an access key id (IAM user guide, "IAM identifiers": unique ID prefixes)."""
_REFERENCE = re.compile(r"^(arn:|/|s3://|https?://[^@]*$)")
"""A place where the secret is, rather than the secret."""


class PlainSecrets(ResourceRule):
    """Refuses variables that are named like a secret, or hold an access key; the value is never shown."""

    id: ClassVar[str] = "ECS012"
    slug: ClassVar[str] = "no-secret-in-environment"
    title: ClassVar[str] = "No container gets a secret as a plain environment variable"
    rationale: ClassVar[str] = (
        "The environment of a task definition is kept for ever in each revision and can be read by whoever may "
        "describe it."
    )
    fix: ClassVar[str] = "Use `secrets` with valueFrom: the ARN of a Secrets Manager secret or a parameter."
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
            variables = setting(container, "environment")
            if isinstance(variables, Unknown):
                yield self.unresolved(resource, f"{where}.environment", variables)
            for index, item in enumerate(variables if isinstance(variables, list) else ()):
                path = f"{where}.environment[{index}].value"
                if isinstance(item, Unknown):
                    yield self.unresolved(resource, path, item)
                elif _secret(item):
                    name = item.get("name") if isinstance(item, dict) else ""
                    yield self.fail(resource, path, "looks like a secret in plain text", f"variable {name}")


def _secret(item: Value) -> bool:
    if not isinstance(item, dict):
        return False
    name, value = item.get("name"), item.get("value")
    if isinstance(value, str) and _KEY_ID.search(value):
        return True
    given = isinstance(value, Unknown) or (isinstance(value, str) and bool(value) and not _REFERENCE.match(value))
    return given and isinstance(name, str) and bool(_NAME.search(name))
