"""FCL014: an input that is not known and that a later look cannot tell from a computed one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.from_pulumi.computed import computed_switches
from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, ResourceRule, Severity

_CHOICES = {
    "ecs.Service": {"launchType", "platformVersion"},
    "ec2.VpcPeeringConnection": {"peerOwnerId", "peerRegion"},
    "lb.LoadBalancer": {"ipAddressType"},
    "ec2.VpcEndpoint": {"ipAddressType"},
}
"""Texts that choose between behaviours and that the provider may compute, by kind."""


class UnknownInput(ResourceRule):
    """Says which switches and numbers of network, identity and compute resources are unknown at a preview."""

    id: ClassVar[str] = "FCL014"
    slug: ClassVar[str] = "input-known"
    title: ClassVar[str] = "Every switch of a security-relevant resource is known before deployment"
    rationale: ClassVar[str] = (
        "Once the provider has answered, an input that is unknown looks like one that was left out: the rules would "
        "judge the default instead of what comes."
    )
    fix: ClassVar[str] = "Take the value from configuration, not from the output of another resource."
    severity: ClassVar[Severity] = Severity.MEDIUM
    exemptible: ClassVar[bool] = False
    covers: ClassVar[tuple[int, ...]] = (2,)
    references: ClassVar[tuple[str, ...]] = ("https://www.pulumi.com/docs/iac/concepts/inputs-outputs/",)
    avoid: ClassVar[str] = """
resources:
  host:
    type: aws:ec2:Instance
    properties: {ami: ami-1, associatePublicIpAddress: {"fn::unknown": true}}
"""
    prefer: ClassVar[str] = """
resources:
  host:
    type: aws:ec2:Instance
    properties: {ami: ami-1, associatePublicIpAddress: false}
"""

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge the inputs of one resource that the provider could also compute."""
        looked_at = computed_switches(resource.kind) | _CHOICES.get(resource.kind, set())
        for prop in sorted(looked_at & set(resource.props)):
            value = resource.props[prop]
            if isinstance(value, Unknown):
                yield self.unresolved(resource, prop, value)
