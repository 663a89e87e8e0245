"""WSP003: who may reach the desktops' login."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.from_pulumi.network.common import cidr
from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.facts.values import IPNetwork, Unknown
from guardrails.rules.base import Finding, ResourceRule, Severity
from guardrails.rules.ranges import is_world

_SOURCES = {"workspaces.IpGroup": ("rules", "source"), "workspacesweb.IpAccessSettings": ("ipRules", "ipRange")}


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
    kinds: ClassVar[frozenset[str]] = frozenset({*_SOURCES, "workspaces.Directory"})
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
        """Judge one group, portal setting or registration."""
        if resource.kind == "workspaces.Directory":
            yield from self._registration(resource)
            return
        path, field = _SOURCES[resource.kind]
        listed = resource.items(path)
        if isinstance(listed, Unknown):
            yield self.unresolved(resource, path, listed)
            return
        if not listed:
            yield self.fail(resource, path, "is empty: it admits nobody")
        blocks: list[IPNetwork] = []
        for index, item in enumerate(listed):
            where = f"{path}[{index}].{field}"
            source = item.get(field) if isinstance(item, dict) else item
            block = cidr(source, f"{resource.urn}.{where}")
            if isinstance(block, Unknown):
                yield self.unresolved(resource, where, block, "whom it admits cannot be told")
            else:
                blocks.append(block)
        if is_world(blocks):
            yield self.fail(resource, path, "admits the whole internet", " + ".join(map(str, blocks)))

    def _registration(self, resource: Resource) -> Iterator[Finding]:
        groups = resource.get("ipGroupIds")
        if isinstance(groups, Unknown):
            yield self.unresolved(resource, "ipGroupIds", groups, "whether it has an IP access control group")
        elif groups is None or groups == []:
            yield self.fail(resource, "ipGroupIds", "has no IP access control group: every address may log in")
