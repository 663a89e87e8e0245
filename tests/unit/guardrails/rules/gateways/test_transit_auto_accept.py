from __future__ import annotations

from guardrails.rules.gateways.transit_auto_accept import TransitAutoAccept
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID = TransitAutoAccept.avoid
test_cases = cases(
    TransitAutoAccept,
    unresolved=Case(swap(AVOID, "enable", '{"fn::unknown": true}'), "unresolved hub.autoAcceptSharedAttachments"),
    boundary=Case(swap(AVOID, "enable", "Enable"), "fail hub.autoAcceptSharedAttachments"),
)


def test_the_providers_default_passes(judge):
    assert judge(TransitAutoAccept, TransitAutoAccept.prefer) == []


def test_automatic_acceptance_is_refused(judge):
    assert judge(TransitAutoAccept, TransitAutoAccept.avoid) == ["fail hub.autoAcceptSharedAttachments"]


def test_only_the_word_disable_is_off(judge):
    assert judge(TransitAutoAccept, swap(TransitAutoAccept.avoid, "enable", "disable")) == []
    assert judge(TransitAutoAccept, swap(TransitAutoAccept.avoid, "enable", '"true"')) != []
