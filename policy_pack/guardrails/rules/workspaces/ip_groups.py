"""WSP003: who may reach the desktops' login."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.from_pulumi.network_common import cidr
from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.facts.values import IPNetwork, Unknown
from guardrails.rules.base import Finding, ResourceRule, Severity
from guardrails.rules.ranges import is_world


class IpGroups(ResourceRule):
    """Requires IP access control groups that restrict."""

    id: ClassVar[str] = "WSP003"
    slug: ClassVar[str] = "login-restricted-by-address"
    title: ClassVar[str] = "The IP access control groups admit neither the world nor ranges that add up to it"
    rationale: ClassVar[str] = (
        "The default group admits every address. A group with 0.0.0.0/1 and 128.0.0.0/1 is no better, and an empty one "
        "locks everybody out."
    )
    fix: ClassVar[str] = "List the addresses of your sites, and put at least one such group on the registration."
    severity: ClassVar[Severity] = Severity.HIGH
    kinds: ClassVar[frozenset[str]] = frozenset({"workspaces.IpGroup", "workspaces.Directory"})
    covers: ClassVar[tuple[int, ...]] = (111,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/workspaces/latest/adminguide/amazon-workspaces-ip-access-control-groups.html",
    )
    avoid: ClassVar[str] = """
resources:
  sites:
    type: aws:workspaces:IpGroup
    properties: {rules: [{source: 0.0.0.0/1}, {source: 128.0.0.0/1}]}
"""
    prefer: ClassVar[str] = """
resources:
  sites:
    type: aws:workspaces:IpGroup
    properties: {rules: [{source: 198.51.100.0/28}]}
  room:
    type: aws:workspaces:Directory
    properties: {directoryId: d-1, ipGroupIds: ["${sites.id}"]}
"""

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge one group or registration."""
        if resource.kind == "workspaces.Directory":
            groups = resource.get("ipGroupIds")
            if groups is None or groups == []:
                yield self.fail(resource, "ipGroupIds", "has no IP access control group: every address may log in")
            return
        listed = resource.items("rules")
        if isinstance(listed, Unknown):
            yield self.unresolved(resource, "rules", listed)
            return
        if not listed:
            yield self.fail(resource, "rules", "is empty: it admits nobody")
        blocks: list[IPNetwork] = []
        for index, item in enumerate(listed):
            path = f"rules[{index}].source"
            source = item.get("source") if isinstance(item, dict) else item
            block = cidr(source, f"{resource.urn}.{path}")
            if isinstance(block, Unknown):
                yield self.unresolved(resource, path, block, "whom it admits cannot be told")
            else:
                blocks.append(block)
        if is_world(blocks):
            yield self.fail(resource, "rules", "admits the whole internet", " + ".join(map(str, blocks)))
