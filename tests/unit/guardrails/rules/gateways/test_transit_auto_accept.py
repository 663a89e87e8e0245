from __future__ import annotations

from guardrails.rules.gateways.transit_auto_accept import TransitAutoAccept
from tests.unit.guardrails.rules.rule_cases import swap


def test_the_providers_default_passes(judge):
    assert judge(TransitAutoAccept, TransitAutoAccept.prefer) == []


def test_automatic_acceptance_is_refused(judge):
    assert judge(TransitAutoAccept, TransitAutoAccept.avoid) == ["fail hub.autoAcceptSharedAttachments"]


def test_only_the_word_disable_is_off(judge):
    assert judge(TransitAutoAccept, swap(TransitAutoAccept.avoid, "enable", "disable")) == []
    assert judge(TransitAutoAccept, swap(TransitAutoAccept.avoid, "enable", '"true"')) != []


def test_an_unknown_value_is_unresolved(judge):
    program = swap(TransitAutoAccept.avoid, "enable", '{"fn::unknown": true}')
    assert judge(TransitAutoAccept, program) == ["unresolved hub.autoAcceptSharedAttachments"]
