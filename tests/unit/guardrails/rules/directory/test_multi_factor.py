from __future__ import annotations

from guardrails.rules.directory.multi_factor import MultiFactor
from tests.unit.guardrails.rules.rule_cases import swap

AVOID, PREFER = MultiFactor.avoid, MultiFactor.prefer
ALONE = PREFER.split("  radius:")[0]


def test_a_protocol_that_proves_without_sending_passes(judge):
    assert judge(MultiFactor, PREFER) == []


def test_pap_is_refused(judge):
    assert judge(MultiFactor, AVOID) == ["fail radius.authenticationProtocol"]


def test_a_second_factor_may_come_from_elsewhere_unless_it_is_asked_for_here(judge):
    assert judge(MultiFactor, ALONE) == []
    assert judge(MultiFactor, ALONE, required=True) == ["fail directory"]
    assert judge(MultiFactor, PREFER, required=True) == []


def test_an_unknown_protocol_is_unresolved(judge):
    assert judge(MultiFactor, swap(PREFER, "MS-CHAPv2", '{"fn::unknown": true}')) == [
        "unresolved radius.authenticationProtocol"
    ]
