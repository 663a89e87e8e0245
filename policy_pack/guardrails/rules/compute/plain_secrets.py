"""CMP005: a secret in plain text in what a function, a build or a host is started with."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.resource import Resource, Value
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, ResourceRule, Scope, Severity
from guardrails.rules.policies.common import elsewhere
from guardrails.rules.secret_forms import holds_secret, is_secret

_SCRIPTS = ("userData", "userDataBase64")
_HOSTS = frozenset({"ec2.Instance", "ec2.SpotInstanceRequest", "ec2.LaunchTemplate", "ec2.LaunchConfiguration"})
_FUNCTION, _BUILD = "lambda.Function", "codebuild.Project"
_VARIABLES = {_FUNCTION: "environment.variables", _BUILD: "environment.environmentVariables"}


class PlainSecrets(ResourceRule):
    """Refuses variables that hold or are named like a secret, and scripts that hold one; no value is ever shown."""

    id: ClassVar[str] = "CMP005"
    slug: ClassVar[str] = "no-secret-at-start"
    title: ClassVar[str] = "No function, build or host is started with a secret in plain text"
    rationale: ClassVar[str] = (
        "A function's variables and a build's are read by whoever may describe them, and a host's user data by every "
        "process on it, through the metadata. All three stand in the program's state as well."
    )
    fix: ClassVar[str] = (
        "Give the ARN of a Secrets Manager secret or the name of a parameter and read it at run time; a build takes "
        "them by the types SECRETS_MANAGER and PARAMETER_STORE."
    )
    severity: ClassVar[Severity] = Severity.HIGH
    scope: ClassVar[Scope] = Scope.EARLY
    kinds: ClassVar[frozenset[str]] = _HOSTS | {_FUNCTION, _BUILD}
    controls: ClassVar[tuple[str, ...]] = ("CKV_AWS_45", "CKV_AWS_46", "SH CodeBuild.2")
    covers: ClassVar[tuple[int, ...]] = (73,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html",
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/codebuild-controls.html#codebuild-2",
    )
    avoid: ClassVar[str] = """
resources:
  respond:
    type: aws:lambda:Function
    properties: {role: r, environment: {variables: {LOG_LEVEL: debug, DB_PASSWORD: hunter2}}}
"""
    prefer: ClassVar[str] = """
resources:
  respond:
    type: aws:lambda:Function
    properties:
      role: r
      environment:
        variables: {LOG_LEVEL: debug, DB_SECRET: "arn:aws:secretsmanager:x:1:secret:a", TOKENS_PER_CALL: "40"}
  build:
    type: aws:codebuild:Project
    properties:
      environment: {environmentVariables: [{name: DB_PASSWORD, type: SECRETS_MANAGER, value: room/database}]}
"""

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge one function, build or host."""
        path = _VARIABLES.get(resource.kind)
        if path is None:
            yield from self._scripts(resource)
            return
        value = resource.get(path)
        if isinstance(value, Unknown):
            yield from self._unknown(resource, path, value)
        for name, held in _named(value):
            if not is_secret(name, held):
                continue
            if isinstance(held, Unknown):
                yield from self._unknown(resource, path, held)
            else:
                yield self.fail(resource, path, "looks like a secret in plain text", f"variable {name}")

    def _scripts(self, resource: Resource) -> Iterator[Finding]:
        for path in _SCRIPTS:
            text = resource.get(path)
            if isinstance(text, Unknown):
                yield from self._unknown(resource, path, text)
            elif isinstance(text, str) and any(map(holds_secret, (text, _decoded(text)))):
                yield self.fail(resource, path, "holds a secret in plain text")

    def _unknown(self, resource: Resource, path: str, value: Unknown) -> Iterator[Finding]:
        """What another resource of the stack tells is most often the secret's ARN: it is judged in the state."""
        if not elsewhere(resource, path.split(".", maxsplit=1)[0]):
            yield self.unresolved(resource, path, value, "whether it holds a secret cannot be told")


def _named(value: Value) -> Iterator[tuple[str, Value]]:
    """Give variables with their names: those of an object, or of a list of objects that have a type."""
    if isinstance(value, dict):
        yield from value.items()
    for item in value if isinstance(value, list) else []:
        if isinstance(item, dict) and item.get("type") in {None, "", "PLAINTEXT"}:
            yield str(item.get("name")), item.get("value")


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return ""
