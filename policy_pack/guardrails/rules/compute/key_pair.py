"""CMP001: instances with a key pair."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, ResourceRule, Severity

_PATHS = {
    "ec2.Instance": "keyName",
    "ec2.SpotInstanceRequest": "keyName",
    "ec2.LaunchTemplate": "keyName",
    "ec2.LaunchConfiguration": "keyName",
    "eks.NodeGroup": "remoteAccess.ec2SshKey",
}


class KeyPair(ResourceRule):
    """Refuses key pairs: hosts are administered through Session Manager."""

    id: ClassVar[str] = "CMP001"
    slug: ClassVar[str] = "no-key-pair"
    title: ClassVar[str] = "No instance has a key pair"
    rationale: ClassVar[str] = (
        "Who holds the private key logs in past IAM, past the session log and after leaving the company. On Windows it "
        "also decrypts the Administrator password."
    )
    fix: ClassVar[str] = "Leave keyName out and use Session Manager."
    severity: ClassVar[Severity] = Severity.HIGH
    kinds: ClassVar[frozenset[str]] = frozenset(_PATHS)
    covers: ClassVar[tuple[int, ...]] = (107,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager.html",
    )
    avoid: ClassVar[str] = """
resources:
  host: {type: "aws:ec2:Instance", properties: {ami: ami-1, keyName: ops}}
"""
    prefer: ClassVar[str] = """
resources:
  host: {type: "aws:ec2:Instance", properties: {ami: ami-1}}
"""

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge one instance or template."""
        path = _PATHS[resource.kind]
        name = resource.get(path)
        if isinstance(name, Unknown):
            yield self.unresolved(resource, path, name, "whether it has a key pair")
        elif name is not None and name != "":
            yield self.fail(resource, path, "has a key pair", name)
