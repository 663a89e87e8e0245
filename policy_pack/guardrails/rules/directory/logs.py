"""DIR001: a directory whose security log nobody keeps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.roles import Role
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, Rule, Severity
from guardrails.rules.companions import companions

_MANAGED = "MicrosoftAD"


class DirectoryLogs(Rule):
    """Requires that the controllers' security log is forwarded to a log group."""

    id: ClassVar[str] = "DIR001"
    slug: ClassVar[str] = "directory-logs-forwarded"
    title: ClassVar[str] = "A managed directory forwards its security log"
    rationale: ClassVar[str] = (
        "Nobody but AWS can log on to the controllers. Without forwarding, who signed in, who failed to, and who was "
        "made an administrator is not known to anybody."
    )
    fix: ClassVar[str] = "Add a directoryservice.LogSubscription for the directory and its log group."
    severity: ClassVar[Severity] = Severity.MEDIUM
    covers: ClassVar[tuple[int, ...]] = (114,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/directoryservice/latest/admin-guide/ms_ad_enable_log_forwarding.html",
    )
    avoid: ClassVar[str] = """
resources:
  directory: {type: "aws:directoryservice:Directory", properties: {name: room.example.com, type: MicrosoftAD}}
  samba: {type: "aws:directoryservice:Directory", properties: {name: lab.example.com}}
"""
    prefer: ClassVar[str] = """
resources:
  directory: {type: "aws:directoryservice:Directory", properties: {name: room.example.com, type: MicrosoftAD}}
  logs:
    type: aws:directoryservice:LogSubscription
    properties: {directoryId: "${directory.id}", logGroupName: /room/directory}
  samba: {type: "aws:directoryservice:Directory", properties: {name: lab.example.com}}
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge every managed directory; AWS forwards logs of no other type, and SimpleAD is the provider's default."""
        logs = companions(facts, ("directoryservice.LogSubscription",), "directoryId", Role.DIRECTORY)
        for directory in facts.of("directoryservice.Directory"):
            kind = directory.get("type", "SimpleAD")
            if kind != _MANAGED and not isinstance(kind, Unknown):
                continue
            if logs.of(directory.urn):
                continue
            missing = kind if isinstance(kind, Unknown) else logs.loose
            if missing is not None:
                yield self.unresolved(directory, "", missing, "whether its security log is forwarded")
            else:
                yield self.fail(directory, "", "does not forward its security log")
