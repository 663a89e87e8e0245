from __future__ import annotations

import pytest

from guardrails.rules.evidence.detectors import DetectorsOn
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID = DetectorsOn.avoid

test_cases = cases(
    DetectorsOn,
    unresolved=Case(swap(AVOID, "enable: false", 'enable: {"fn::unknown": true}'), "unresolved detector.enable"),
    boundary=Case(swap(AVOID, "enable: false", 'enable: "false"'), "fail detector.enable"),
)


@pytest.mark.parametrize(
    ("kind", "properties", "found"),
    [
        ("cfg:RecorderStatus", "{name: default, isEnabled: false}", ["fail one.isEnabled"]),
        ("macie2:Account", "{status: PAUSED}", ["fail one.status"]),
        ("macie2:Account", "{}", []),
        (
            "cloudtrail:EventDataStore",
            "{terminationProtectionEnabled: false}",
            ["fail one.terminationProtectionEnabled"],
        ),
    ],
)
def test_a_switch_is_read_as_the_service_does(judge, kind, properties, found):
    assert judge(DetectorsOn, f'resources:\n  one: {{type: "aws:{kind}", properties: {properties}}}\n') == found
