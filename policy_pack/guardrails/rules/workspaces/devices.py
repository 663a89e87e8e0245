"""WSP004: desktops from browsers and telephones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, ResourceRule, Severity

_PROPERTIES = "workspaceAccessProperties"


@dataclass(frozen=True, slots=True)
class Options:
    """`denied`: device types that must be said to be denied; AWS documents no default for them."""

    denied: tuple[str, ...] = ("deviceTypeWeb", "deviceTypeAndroid", "deviceTypeIos", "deviceTypeChromeos")


class Devices(ResourceRule):
    """Requires that a registration denies web browsers and mobile devices."""

    id: ClassVar[str] = "WSP004"
    slug: ClassVar[str] = "device-types-closed"
    title: ClassVar[str] = "Desktops are not reached from web browsers and mobile devices"
    rationale: ClassVar[str] = (
        "A browser is on any machine, a telephone in any pocket: a room whose machines are managed is not entered "
        "from there. What a registration leaves out is decided by AWS, which documents no default."
    )
    fix: ClassVar[str] = (
        "Set deviceTypeWeb, deviceTypeAndroid, deviceTypeIos and deviceTypeChromeos of workspaceAccessProperties to "
        "DENY, or take from the option `denied` what is meant."
    )
    severity: ClassVar[Severity] = Severity.MEDIUM
    kinds: ClassVar[frozenset[str]] = frozenset({"workspaces.Directory"})
    covers: ClassVar[tuple[int, ...]] = (111,)
    options_type: ClassVar[type[Options]] = Options
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/workspaces/latest/api/API_WorkspaceAccessProperties.html",
        "https://docs.aws.amazon.com/workspaces/latest/adminguide/update-directory-details.html",
    )
    avoid: ClassVar[str] = """
resources:
  room:
    type: aws:workspaces:Directory
    properties:
      directoryId: d-1
      workspaceAccessProperties:
        {deviceTypeWeb: ALLOW, deviceTypeAndroid: DENY, deviceTypeIos: DENY, deviceTypeChromeos: DENY}
"""
    prefer: ClassVar[str] = """
resources:
  room:
    type: aws:workspaces:Directory
    properties:
      directoryId: d-1
      workspaceAccessProperties:
        {deviceTypeWeb: DENY, deviceTypeAndroid: DENY, deviceTypeIos: DENY, deviceTypeChromeos: DENY,
         deviceTypeWindows: ALLOW}
"""

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge one registration."""
        stated = resource.get(_PROPERTIES)
        if stated is None and self.options.denied:
            yield self.fail(
                resource, _PROPERTIES, "leaves it to AWS from which devices desktops are reached", "omitted"
            )
            return
        for name in self.options.denied:
            path = f"{_PROPERTIES}.{name}"
            value = resource.get(path)
            if isinstance(value, Unknown):
                yield self.unresolved(resource, path, value, "whether desktops are reached from there")
            elif value != "DENY":
                yield self.fail(resource, path, "lets desktops be reached from there", value or "omitted")
