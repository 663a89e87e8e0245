from __future__ import annotations

import pytest

from guardrails.rules.evidence.trail import TrailRecords
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

PREFER = TrailRecords.prefer
ALONE = PREFER.partition("  objects:")[0]
TRAIL = "isMultiRegionTrail: true, enableLogFileValidation: true"

test_cases = cases(
    TrailRecords,
    unresolved=Case(
        swap(ALONE, "isMultiRegionTrail: true", 'isMultiRegionTrail: {"fn::unknown": true}'),
        "unresolved trail.isMultiRegionTrail",
    ),
    boundary=Case(
        swap(ALONE, "isMultiRegionTrail: true", 'isMultiRegionTrail: "false"'), "fail trail.isMultiRegionTrail"
    ),
)


def test_one_trail_that_records_everything_is_enough(judge):
    assert judge(TrailRecords, ALONE) == []
    assert judge(TrailRecords, PREFER) == []


@pytest.mark.parametrize("path", ["enableLogging", "includeGlobalServiceEvents"])
def test_what_is_on_by_default_may_not_be_switched_off(judge, path):
    assert judge(TrailRecords, swap(ALONE, TRAIL, f"{TRAIL}, {path}: false")) == [f"fail trail.{path}"]


def test_validation_is_off_by_default_and_every_trail_needs_it(judge):
    assert judge(TrailRecords, swap(ALONE, ", enableLogFileValidation: true", "")) == [
        "fail trail.enableLogFileValidation"
    ]


@pytest.mark.parametrize(
    ("selectors", "recorded"),
    [
        ("eventSelectors: [{readWriteType: WriteOnly}]", False),
        ("eventSelectors: [{includeManagementEvents: false}]", False),
        ("eventSelectors: [{excludeManagementEventSources: [kms.amazonaws.com]}]", True),
        ("eventSelectors: [{readWriteType: WriteOnly}, {readWriteType: All, includeManagementEvents: true}]", True),
        ("advancedEventSelectors: [{fieldSelectors: [{field: eventCategory, equals: [Data]}]}]", False),
        ("advancedEventSelectors: [{fieldSelectors: [{field: eventCategory, equals: [Management]}]}]", True),
        (
            "advancedEventSelectors: [{fieldSelectors: [{field: eventCategory, equals: [Management]},"
            ' {field: readOnly, equals: ["false"]}]}]',
            False,
        ),
    ],
)
def test_selectors_decide_which_management_events_are_recorded(judge, selectors, recorded):
    found = judge(TrailRecords, swap(ALONE, TRAIL, f"{TRAIL}, {selectors}"))
    assert found == ([] if recorded else ["fail trail.eventSelectors"])
