from __future__ import annotations

from guardrails.rules.workspaces.devices import Devices
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID, PREFER = Devices.avoid, Devices.prefer
PATH = "room.workspaceAccessProperties"
test_cases = cases(
    Devices,
    unresolved=Case(
        swap(PREFER, "deviceTypeIos: DENY", 'deviceTypeIos: {"fn::unknown": true}'), f"unresolved {PATH}.deviceTypeIos"
    ),
    boundary=Case(swap(PREFER, "deviceTypeWeb: DENY, ", ""), f"fail {PATH}.deviceTypeWeb"),
)


def test_saying_nothing_is_told_once(judge):
    assert judge(Devices, AVOID.split("      workspaceAccess")[0]) == [f"fail {PATH}"]


def test_what_is_denied_is_an_option(judge):
    assert judge(Devices, AVOID, denied=("deviceTypeIos",)) == []
