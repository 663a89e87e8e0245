from __future__ import annotations

from guardrails.rules.directory.logs import DirectoryLogs
from tests.unit.guardrails.rules.rule_cases import swap

AVOID, PREFER = DirectoryLogs.avoid, DirectoryLogs.prefer


def test_a_forwarded_log_passes(judge):
    for deployed in (False, True):
        assert judge(DirectoryLogs, PREFER, deployed=deployed) == []


def test_a_managed_directory_without_one_is_refused_a_simple_one_cannot_have_it(judge):
    assert judge(DirectoryLogs, AVOID) == ["fail directory"]


def test_the_log_of_another_directory_is_none(judge):
    assert judge(DirectoryLogs, swap(PREFER, "${directory.id}", "${samba.id}")) == ["fail directory"]


def test_a_type_or_subscription_that_is_unknown_is_unresolved(judge):
    assert judge(DirectoryLogs, swap(AVOID, "type: MicrosoftAD", 'type: {"fn::unknown": true}')) == [
        "unresolved directory"
    ]
    assert judge(DirectoryLogs, swap(PREFER, '"${directory.id}"', '{"fn::unknown": true}')) == ["unresolved directory"]
