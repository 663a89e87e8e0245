"""EVD002: a detector or recorder of the account that is switched off."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, ResourceRule, Severity

_ON: dict[str, tuple[str, tuple[object, ...], str]] = {
    "guardduty.Detector": ("enable", (None, True), "GuardDuty finds nothing"),
    "cfg.RecorderStatus": ("isEnabled", (True,), "AWS Config records no change"),
    "macie2.Account": ("status", (None, "", "ENABLED"), "Macie finds nothing"),
    "cloudtrail.EventDataStore": ("terminationProtectionEnabled", (None, True), "its events can be deleted with it"),
}
"""The property that switches each on, the values that do (None: left out), and what follows from another one."""


class DetectorsOn(ResourceRule):
    """Refuses detectors and recorders that a stack has, and has switched off."""

    id: ClassVar[str] = "EVD002"
    slug: ClassVar[str] = "detectors-stay-on"
    title: ClassVar[str] = "What detects and records is switched on"
    rationale: ClassVar[str] = (
        "A detector that is suspended looks like one in every list of resources. What answers to findings, by itself "
        "or by hand, then has none to answer to."
    )
    fix: ClassVar[str] = "Switch it on; what an account does not need is better taken out than switched off."
    severity: ClassVar[Severity] = Severity.HIGH
    kinds: ClassVar[frozenset[str]] = frozenset(_ON)
    controls: ClassVar[tuple[str, ...]] = ("CKV_AWS_238", "SH GuardDuty.1", "SH Config.1", "SH Macie.1")
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_suspend-disable.html",
        "https://docs.aws.amazon.com/config/latest/developerguide/stop-start-recorder.html",
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/query-event-data-store-termination-protection.html",
    )
    avoid: ClassVar[str] = """
resources:
  detector: {type: "aws:guardduty:Detector", properties: {enable: false}}
"""
    prefer: ClassVar[str] = """
resources:
  detector: {type: "aws:guardduty:Detector", properties: {findingPublishingFrequency: FIFTEEN_MINUTES}}
  recorder: {type: "aws:cfg:RecorderStatus", properties: {name: default, isEnabled: true}}
"""

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge one detector."""
        path, good, why = _ON[resource.kind]
        value = resource.get(path)
        if any(isinstance(one, bool) for one in good) and value is not None:
            value = resource.flag(path, default=True)
        if isinstance(value, Unknown):
            yield self.unresolved(resource, path, value, "whether it is switched on")
        elif value not in good:
            yield self.fail(resource, path, f"is switched off: {why}", value)
