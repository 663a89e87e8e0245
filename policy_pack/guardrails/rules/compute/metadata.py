"""CMP003: instance metadata without a session token."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, ResourceRule, Severity


@dataclass(frozen=True, slots=True)
class Options:
    """`most_hops`: the largest hop limit; 2 lets containers on the instance reach the metadata."""

    most_hops: int = 1


class Metadata(ResourceRule):
    """Requires IMDSv2 and a short hop limit, or no metadata at all."""

    id: ClassVar[str] = "CMP003"
    slug: ClassVar[str] = "metadata-needs-token"
    title: ClassVar[str] = "Instance metadata needs a session token (IMDSv2)"
    rationale: ClassVar[str] = (
        "With version 1 any request that an attacker can make the host send yields the role's credentials. Whether it "
        "is off by default depends on the AMI and on the account, so it is to be said."
    )
    fix: ClassVar[str] = "Set metadataOptions.httpTokens to required and httpPutResponseHopLimit to 1."
    severity: ClassVar[Severity] = Severity.HIGH
    kinds: ClassVar[frozenset[str]] = frozenset({"ec2.Instance", "ec2.LaunchTemplate", "ec2.LaunchConfiguration"})
    controls: ClassVar[tuple[str, ...]] = ("CKV_AWS_79", "CKV_AWS_341", "SH EC2.8", "SH EC2.170")
    covers: ClassVar[tuple[int, ...]] = (28,)
    options_type: ClassVar[type[Options]] = Options
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html",
    )
    avoid: ClassVar[str] = """
resources:
  host: {type: "aws:ec2:Instance", properties: {ami: ami-1, metadataOptions: {httpTokens: optional}}}
"""
    prefer: ClassVar[str] = """
resources:
  host: {type: "aws:ec2:Instance", properties: {ami: ami-1, metadataOptions: {httpTokens: required}}}
"""

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge one instance or template."""
        endpoint = resource.get("metadataOptions.httpEndpoint", "enabled")
        if endpoint == "disabled":
            return
        tokens = resource.get("metadataOptions.httpTokens", "optional")
        if isinstance(tokens, Unknown):
            yield self.unresolved(resource, "metadataOptions.httpTokens", tokens)
        elif tokens != "required":
            yield self.fail(resource, "metadataOptions.httpTokens", "answers without a session token", tokens)
        hops = resource.number("metadataOptions.httpPutResponseHopLimit", 1)
        if isinstance(hops, Unknown):
            yield self.unresolved(resource, "metadataOptions.httpPutResponseHopLimit", hops)
        elif hops is not None and hops > self.options.most_hops:
            path = "metadataOptions.httpPutResponseHopLimit"
            yield self.fail(resource, path, f"lets the metadata travel {hops} hops", hops)
