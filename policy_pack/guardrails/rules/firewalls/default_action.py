"""NFW001: a firewall policy that lets pass what no rule names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, ResourceRule, Severity

_POLICY = "firewallPolicy"
_STATELESS = ("statelessDefaultActions", "statelessFragmentDefaultActions")
_CLOSED = frozenset({"aws:drop", "aws:forward_to_sfe"})
_DROPS = frozenset({"aws:drop_strict", "aws:drop_established", "aws:drop_established_app_layer"})


class DefaultAction(ResourceRule):
    """Requires that a firewall policy drops, or inspects, what its rules do not name."""

    id: ClassVar[str] = "NFW001"
    slug: ClassVar[str] = "firewall-drops-by-default"
    title: ClassVar[str] = "A firewall policy drops what no rule allows"
    rationale: ClassVar[str] = (
        "A stateless default of aws:pass lets every packet by before any stateful rule sees it, fragments included. In "
        "the stateful engine the default order passes whatever no rule matches; only strict order can drop it."
    )
    fix: ClassVar[str] = (
        "Forward stateless defaults to the stateful engine (aws:forward_to_sfe), choose STRICT_ORDER, and set "
        "aws:drop_strict or aws:drop_established as stateful default."
    )
    severity: ClassVar[Severity] = Severity.HIGH
    kinds: ClassVar[frozenset[str]] = frozenset({"networkfirewall.FirewallPolicy"})
    controls: ClassVar[tuple[str, ...]] = ("SH NetworkFirewall.3", "SH NetworkFirewall.4", "SH NetworkFirewall.5")
    covers: ClassVar[tuple[int, ...]] = (53,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/network-firewall/latest/developerguide/stateless-default-actions.html",
        "https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_StatefulEngineOptions.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/networkfirewall-controls.html",
    )
    avoid: ClassVar[str] = """
resources:
  policy:
    type: aws:networkfirewall:FirewallPolicy
    properties:
      firewallPolicy:
        statelessDefaultActions: ["aws:forward_to_sfe"]
        statelessFragmentDefaultActions: ["aws:pass"]
        statefulEngineOptions: {ruleOrder: STRICT_ORDER}
        statefulDefaultActions: ["aws:alert_strict", "aws:drop_strict"]
        statefulRuleGroupReferences: [{priority: 1, resourceArn: "arn:aws:network-firewall:x:1:stateful-rulegroup/a"}]
"""
    prefer: ClassVar[str] = """
resources:
  policy:
    type: aws:networkfirewall:FirewallPolicy
    properties:
      firewallPolicy:
        statelessDefaultActions: ["aws:forward_to_sfe"]
        statelessFragmentDefaultActions: ["aws:drop"]
        statefulEngineOptions: {ruleOrder: STRICT_ORDER}
        statefulDefaultActions: ["aws:alert_strict", "aws:drop_strict"]
        statefulRuleGroupReferences: [{priority: 1, resourceArn: "arn:aws:network-firewall:x:1:stateful-rulegroup/a"}]
"""

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge one firewall policy."""
        whole = resource.get(_POLICY)
        if isinstance(whole, Unknown):
            yield self.unresolved(resource, _POLICY, whole, "what it does by default cannot be told")
            return
        for name in _STATELESS:
            yield from self._stateless(resource, f"{_POLICY}.{name}")
        yield from self._stateful(resource)

    def _stateless(self, resource: Resource, path: str) -> Iterator[Finding]:
        actions = resource.items(path)
        unknown = _unknown(actions)
        known = [] if isinstance(actions, Unknown) else actions
        if not _CLOSED.isdisjoint(item for item in known if isinstance(item, str)):
            return
        if unknown is not None:
            yield self.unresolved(resource, path, unknown, "what it does by default cannot be told")
        else:
            yield self.fail(resource, path, "lets packets pass that no stateless rule names", known)

    def _stateful(self, resource: Resource) -> Iterator[Finding]:
        if resource.get(f"{_POLICY}.statelessDefaultActions") == ["aws:drop"]:
            return  # nothing gets to the stateful engine but what a stateless rule forwards
        order_path = f"{_POLICY}.statefulEngineOptions.ruleOrder"
        order = resource.get(order_path, "DEFAULT_ACTION_ORDER")
        if isinstance(order, Unknown):
            yield self.unresolved(resource, order_path, order, "what it does by default cannot be told")
            return
        if order != "STRICT_ORDER":
            yield self.fail(
                resource, order_path, "passes what no stateful rule matches: the order is not strict", order
            )
            return
        path = f"{_POLICY}.statefulDefaultActions"
        actions = resource.items(path)
        unknown = _unknown(actions)
        known = [] if isinstance(actions, Unknown) else actions
        if not _DROPS.isdisjoint(item for item in known if isinstance(item, str)):
            return
        if unknown is not None:
            yield self.unresolved(resource, path, unknown, "what it does by default cannot be told")
        else:
            yield self.fail(resource, path, "passes what no stateful rule matches", known)


def _unknown(actions: object) -> Unknown | None:
    if isinstance(actions, Unknown):
        return actions
    listed: list[object] = actions if isinstance(actions, list) else []  # pyright: ignore[reportUnknownVariableType]
    return next((item for item in listed if isinstance(item, Unknown)), None)
