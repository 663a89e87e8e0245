from __future__ import annotations

from guardrails.rules.workspaces.browser_portal import BrowserPortal
from tests.unit.guardrails.rules.rule_cases import swap

PREFER = BrowserPortal.prefer


def test_a_portal_that_lets_nothing_out_passes(judge):
    assert judge(BrowserPortal, PREFER) == []


def test_downloading_is_refused_pasting_into_the_room_is_not(judge):
    assert judge(BrowserPortal, BrowserPortal.avoid) == ["fail settings.downloadAllowed"]


def test_what_is_forbidden_is_an_option(judge):
    assert judge(BrowserPortal, PREFER, forbidden=("pasteAllowed",)) == ["fail settings.pasteAllowed"]


def test_an_unknown_value_is_unresolved(judge):
    program = swap(PREFER, "printAllowed: Disabled", 'printAllowed: {"fn::unknown": true}')
    assert judge(BrowserPortal, program) == ["unresolved settings.printAllowed"]
