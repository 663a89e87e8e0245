from __future__ import annotations

from guardrails.rules.directory.multi_factor import MultiFactor
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID, PREFER = MultiFactor.avoid, MultiFactor.prefer
ALONE = PREFER.split("  radius:")[0]


REQUIRED = {"required": True}
test_cases = cases(
    MultiFactor,
    unresolved=Case(swap(PREFER, "MS-CHAPv2", '{"fn::unknown": true}'), "unresolved radius.authenticationProtocol"),
    boundary=Case(ALONE, "fail directory", **REQUIRED),
)


def test_a_second_factor_may_come_from_elsewhere_unless_it_is_asked_for_here(judge):
    assert judge(MultiFactor, ALONE) == []
    assert judge(MultiFactor, ALONE, required=True) == ["fail directory"]
    assert judge(MultiFactor, PREFER, required=True) == []


def test_a_directory_of_unknown_type_is_unresolved_where_a_factor_is_asked_for(judge):
    program = swap(ALONE, "type: MicrosoftAD", 'type: {"fn::unknown": true}')
    assert judge(MultiFactor, program, **REQUIRED) == ["unresolved directory"]
