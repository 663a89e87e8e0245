"""CMP003: instance metadata without a session token."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, ResourceRule, Severity

_OPTIONS = "metadataOptions"
_DEFAULTS = "ec2.InstanceMetadataDefaults"
"""What instances of the account get that say nothing themselves."""
_TOKENS, _HOPS = f"{_OPTIONS}.httpTokens", f"{_OPTIONS}.httpPutResponseHopLimit"


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
    kinds: ClassVar[frozenset[str]] = frozenset(
        {"ec2.Instance", "ec2.SpotInstanceRequest", "ec2.LaunchTemplate", "ec2.LaunchConfiguration", _DEFAULTS}
    )
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
        """Judge one instance or template; what an instance leaves out, its launch template says."""
        if resource.kind == _DEFAULTS:
            yield from self._defaults(resource)
            return
        if resource.get(f"{_OPTIONS}.httpEndpoint", "enabled") == "disabled":
            return
        tokens = resource.get(_TOKENS)
        if isinstance(tokens, Unknown):
            yield self.unresolved(resource, _TOKENS, tokens)
        elif tokens is None and resource.get("launchTemplate") is not None:
            return  # the finding is about the template; one that is not in the stack has its own (FCL002)
        elif tokens != "required":
            yield self.fail(resource, _TOKENS, "answers without a session token", tokens or "omitted")
        hops = resource.number(_HOPS, 1)
        if isinstance(hops, Unknown):
            yield self.unresolved(resource, _HOPS, hops)
        elif hops is not None and hops > self.options.most_hops:
            yield self.fail(resource, _HOPS, f"lets the metadata travel {hops} hops", hops)

    def _defaults(self, resource: Resource) -> Iterator[Finding]:
        tokens = resource.get("httpTokens")
        if isinstance(tokens, Unknown):
            yield self.unresolved(resource, "httpTokens", tokens)
        elif tokens == "optional":
            yield self.fail(resource, "httpTokens", "makes instances answer without a session token", tokens)
