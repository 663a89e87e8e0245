"""WSP010: a browser portal from which data can be carried out."""

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
    """`forbidden`: settings that must be Disabled, by default those that carry data out of the room."""

    forbidden: tuple[str, ...] = ("copyAllowed", "downloadAllowed", "printAllowed")


class BrowserPortal(ResourceRule):
    """Refuses copying, downloading and printing from WorkSpaces Secure Browser."""

    id: ClassVar[str] = "WSP010"
    slug: ClassVar[str] = "browser-portal-sealed"
    title: ClassVar[str] = "A browser portal lets nothing be copied, downloaded or printed"
    rationale: ClassVar[str] = (
        "What may be downloaded from the portal is on the user's own machine, outside of the room, and no group or "
        "route sees it go."
    )
    fix: ClassVar[str] = "Set copyAllowed, downloadAllowed and printAllowed to Disabled."
    severity: ClassVar[Severity] = Severity.HIGH
    kinds: ClassVar[frozenset[str]] = frozenset({"workspacesweb.UserSettings"})
    covers: ClassVar[tuple[int, ...]] = (112,)
    options_type: ClassVar[type[Options]] = Options
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/workspaces-web/latest/APIReference/API_UserSettings.html",
    )
    avoid: ClassVar[str] = """
resources:
  settings:
    type: aws:workspacesweb:UserSettings
    properties:
      copyAllowed: Disabled
      downloadAllowed: Enabled
      pasteAllowed: Enabled
      printAllowed: Disabled
      uploadAllowed: Disabled
"""
    prefer: ClassVar[str] = """
resources:
  settings:
    type: aws:workspacesweb:UserSettings
    properties:
      copyAllowed: Disabled
      downloadAllowed: Disabled
      pasteAllowed: Enabled
      printAllowed: Disabled
      uploadAllowed: Disabled
"""

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge one set of user settings."""
        for path in self.options.forbidden:
            value = resource.get(path)
            if isinstance(value, Unknown):
                yield self.unresolved(resource, path, value)
            elif value != "Disabled":
                yield self.fail(resource, path, "lets data be carried out of the room", value)
