"""NFW002: a firewall that a single call can take away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, ResourceRule, Severity

_PROTECTIONS = {
    "deleteProtection": "can be deleted by one call",
    "subnetChangeProtection": "can lose its endpoints by one call",
}


class Protection(ResourceRule):
    """Requires AWS's own protection against deleting a firewall and against taking its endpoints away."""

    id: ClassVar[str] = "NFW002"
    slug: ClassVar[str] = "firewall-protected"
    title: ClassVar[str] = "A firewall is protected against deletion and against change of its subnets"
    rationale: ClassVar[str] = (
        "Routes point at the firewall's endpoints. Whoever deletes one closes the network, and the quick mend is a "
        "route past it."
    )
    fix: ClassVar[str] = "Set deleteProtection and subnetChangeProtection to true (both default to false)."
    severity: ClassVar[Severity] = Severity.MEDIUM
    kinds: ClassVar[frozenset[str]] = frozenset({"networkfirewall.Firewall"})
    controls: ClassVar[tuple[str, ...]] = ("CKV_AWS_344", "SH NetworkFirewall.9", "SH NetworkFirewall.10")
    covers: ClassVar[tuple[int, ...]] = (53,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/network-firewall/latest/developerguide/firewall-settings.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/networkfirewall-controls.html",
    )
    avoid: ClassVar[str] = """
resources:
  firewall:
    type: aws:networkfirewall:Firewall
    properties: {firewallPolicyArn: "arn:aws:network-firewall:x:1:firewall-policy/a", deleteProtection: true}
"""
    prefer: ClassVar[str] = """
resources:
  firewall:
    type: aws:networkfirewall:Firewall
    properties:
      firewallPolicyArn: arn:aws:network-firewall:x:1:firewall-policy/a
      deleteProtection: true
      subnetChangeProtection: true
"""

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge one firewall."""
        for path, why in _PROTECTIONS.items():
            value = resource.flag(path, default=False)
            if isinstance(value, Unknown):
                yield self.unresolved(resource, path, value)
            elif not value:
                yield self.fail(resource, path, why)
