from __future__ import annotations

from guardrails.rules.workspaces.browser_portal import BrowserPortal
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

PREFER = BrowserPortal.prefer


test_cases = cases(
    BrowserPortal,
    unresolved=Case(
        swap(PREFER, "printAllowed: Disabled", 'printAllowed: {"fn::unknown": true}'),
        "unresolved settings.printAllowed",
    ),
    boundary=Case(swap(PREFER, "copyAllowed: Disabled", "copyAllowed: disabled"), "fail settings.copyAllowed"),
)


def test_downloading_is_refused_pasting_into_the_room_is_not(judge):
    assert judge(BrowserPortal, BrowserPortal.avoid) == ["fail settings.downloadAllowed"]


def test_what_is_forbidden_is_an_option(judge):
    assert judge(BrowserPortal, PREFER, forbidden=("pasteAllowed",)) == ["fail settings.pasteAllowed"]
