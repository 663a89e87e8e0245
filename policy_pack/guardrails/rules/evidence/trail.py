"""EVD001: a trail that is off, cannot be validated, or leaves out Regions or management events."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import ClassVar

from guardrails.facts.resource import Resource, Value, as_bool
from guardrails.facts.stack import Facts
from guardrails.facts.values import Maybe, Unknown
from guardrails.rules.base import Finding, Rule, Severity

_KIND = "cloudtrail.Trail"
_EACH = (
    ("enableLogging", True, "records nothing"),
    ("enableLogFileValidation", False, "makes no digests: nobody can tell whether its records were changed"),
)
"""What every trail must have on, with the provider's default where it is left out."""
_TOGETHER = (
    ("isMultiRegionTrail", False, "no trail of the stack records every Region"),
    ("includeGlobalServiceEvents", True, "no trail of the stack records IAM, STS and CloudFront"),
)
"""What one of the stack's trails must have on."""
_BASIC, _ADVANCED = "eventSelectors", "advancedEventSelectors"
_CATEGORY = "eventCategory"


class TrailRecords(Rule):
    """Requires that trails run and are validated, and that one of them records all management events everywhere."""

    id: ClassVar[str] = "EVD001"
    slug: ClassVar[str] = "trail-records-everything"
    title: ClassVar[str] = "Trails are on and validated, and one records all management events of every Region"
    rationale: ClassVar[str] = (
        "Whoever takes an account over works in the Region that nobody records, or changes the records afterwards. A "
        "trail for data events, or for one Region, is fine beside one that records everything."
    )
    fix: ClassVar[str] = (
        "Set isMultiRegionTrail and enableLogFileValidation, leave enableLogging and includeGlobalServiceEvents on, "
        "and let a selector include management events with readWriteType All."
    )
    severity: ClassVar[Severity] = Severity.HIGH
    controls: ClassVar[tuple[str, ...]] = (
        "CKV_AWS_36", "CKV_AWS_67", "CKV_AWS_251", "CKV_AWS_252", "SH CloudTrail.1", "SH CloudTrail.4", "CIS 3.1",
        "CIS 3.2",
    )  # fmt: skip
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/receive-cloudtrail-log-files-from-multiple-regions.html",
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-intro.html",
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/cloudtrail-controls.html",
    )
    avoid: ClassVar[str] = """
resources:
  trail:
    type: aws:cloudtrail:Trail
    properties: {s3BucketName: room-logs, enableLogFileValidation: true}
    options: {protect: true}
"""
    prefer: ClassVar[str] = """
resources:
  trail:
    type: aws:cloudtrail:Trail
    properties: {s3BucketName: room-logs, isMultiRegionTrail: true, enableLogFileValidation: true}
    options: {protect: true}
  objects:
    type: aws:cloudtrail:Trail
    properties:
      s3BucketName: room-logs
      enableLogFileValidation: true
      eventSelectors: [{includeManagementEvents: false, dataResources: [{type: "AWS::S3::Object", values: [a]}]}]
    options: {protect: true}
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge every trail by itself, then all of them together."""
        trails = facts.of(_KIND)
        for trail in trails:
            for path, default, why in _EACH:
                value = trail.flag(path, default=default)
                if isinstance(value, Unknown):
                    yield self.unresolved(trail, path, value, "whether its records can be relied on")
                elif not value:
                    yield self.fail(trail, path, why, value)
        for path, default, why in _TOGETHER:
            yield from self._some(trails, path, _flag(path, default=default), why)
        selecting = "no trail of the stack records all management events"
        yield from self._some(trails, _BASIC, _all_management_events, selecting)

    def _some(
        self, trails: list[Resource], path: str, holds: Callable[[Resource], Maybe[bool]], why: str
    ) -> Iterator[Finding]:
        """Tell the first trail, once, where none of them does what one of them must."""
        found = [(trail, holds(trail)) for trail in trails]
        if any(value is True for _, value in found):
            return
        missing = next(((trail, value) for trail, value in found if isinstance(value, Unknown)), None)
        if missing is not None:
            yield self.unresolved(missing[0], path, missing[1], why)
        elif trails:
            yield self.fail(trails[0], path, why)


def _flag(path: str, *, default: bool) -> Callable[[Resource], Maybe[bool]]:
    return lambda trail: trail.flag(path, default=default)


def _all_management_events(trail: Resource) -> Maybe[bool]:
    """Tell whether a trail records reads and writes of the management events, none of them left out.

    Without selectors it does; a trail has selectors of one kind only.
    """
    basic, advanced = trail.items(_BASIC), trail.items(_ADVANCED)
    if isinstance(basic, Unknown):
        return basic
    if isinstance(advanced, Unknown):
        return advanced
    if not basic and not advanced:
        return True
    told = [*map(_of_basic, basic), *map(_of_advanced, advanced)]
    if any(item is True for item in told):
        return True
    return next((item for item in told if isinstance(item, Unknown)), False)


def _of_basic(selector: Value) -> Maybe[bool]:
    if not isinstance(selector, dict):
        return selector if isinstance(selector, Unknown) else False
    included = as_bool(_or(selector.get("includeManagementEvents"), True), _BASIC)
    kind = _or(selector.get("readWriteType"), "All")
    left_out = selector.get("excludeManagementEventSources")
    for value in (included, kind, left_out):
        if isinstance(value, Unknown):
            return value
    # Calls of KMS and of the RDS data API may be left out for their number: AWS offers just these two.
    return bool(included) and kind == "All"


def _of_advanced(selector: Value) -> Maybe[bool]:
    fields = selector.get("fieldSelectors") if isinstance(selector, dict) else selector
    if isinstance(fields, Unknown):
        return fields
    listed = fields if isinstance(fields, list) else []
    unknown = next((item for item in listed if isinstance(item, Unknown)), None)
    named = {str(item.get("field")): item for item in listed if isinstance(item, dict)}
    if unknown is not None:
        return unknown
    category = named.get(_CATEGORY, {}).get("equals")
    if isinstance(category, Unknown):
        return category
    return category == ["Management"] and set(named) <= {_CATEGORY, "eventSource"}


def _or(value: Value, default: Value) -> Value:
    return default if value is None else value
