"""GWY002: a transit gateway that anyone it is shared with may join."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, ResourceRule, Severity

_PROPERTY = "autoAcceptSharedAttachments"


class TransitAutoAccept(ResourceRule):
    """Refuses automatic acceptance of attachments from other accounts."""

    id: ClassVar[str] = "GWY002"
    slug: ClassVar[str] = "no-transit-auto-accept"
    title: ClassVar[str] = "A transit gateway accepts no attachment by itself"
    rationale: ClassVar[str] = (
        "With automatic acceptance every account that the gateway is shared with joins the network by its own decision."
    )
    fix: ClassVar[str] = "Leave autoAcceptSharedAttachments at its default, disable, and accept each attachment."
    severity: ClassVar[Severity] = Severity.HIGH
    kinds: ClassVar[frozenset[str]] = frozenset({"ec2transitgateway.TransitGateway"})
    controls: ClassVar[tuple[str, ...]] = ("CKV_AWS_331", "SH EC2.23")
    beside_network: ClassVar[frozenset[str] | None] = frozenset()
    covers: ClassVar[tuple[int, ...]] = (42,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-23",
    )
    avoid: ClassVar[str] = """
resources:
  hub: {type: "aws:ec2transitgateway:TransitGateway", properties: {autoAcceptSharedAttachments: enable}}
"""
    prefer: ClassVar[str] = """
resources:
  hub: {type: "aws:ec2transitgateway:TransitGateway", properties: {description: hub}}
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge what resources state, or the gateways of an account."""
        yield from super().check(facts)
        for gateway in facts.network.transit_gateways if facts.seen is not None else ():
            if isinstance(gateway.auto_accept, Unknown):
                yield self.unresolved(gateway.origin, "", gateway.auto_accept)
            elif gateway.auto_accept:
                yield self.fail(gateway.origin, "", "accepts attachments of other accounts by itself")

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge one transit gateway."""
        value = resource.get(_PROPERTY, "disable")
        if isinstance(value, Unknown):
            yield self.unresolved(resource, _PROPERTY, value)
        elif value != "disable":
            yield self.fail(resource, _PROPERTY, "accepts attachments of other accounts by itself", value)
