from __future__ import annotations

from guardrails.rules.directory.logs import DirectoryLogs
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID, PREFER = DirectoryLogs.avoid, DirectoryLogs.prefer


test_cases = cases(
    DirectoryLogs,
    unresolved=Case(swap(PREFER, '"${directory.id}"', '{"fn::unknown": true}'), "unresolved directory"),
    boundary=Case(swap(PREFER, "${directory.id}", "${samba.id}"), "fail directory"),
)


def test_a_managed_directory_without_one_is_refused_a_simple_one_cannot_have_it(judge):
    assert judge(DirectoryLogs, AVOID) == ["fail directory"]


def test_a_directory_of_unknown_type_is_unresolved(judge):
    program = swap(AVOID, "type: MicrosoftAD", 'type: {"fn::unknown": true}')
    assert judge(DirectoryLogs, program) == ["unresolved directory"]
