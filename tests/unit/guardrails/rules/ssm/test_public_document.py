from __future__ import annotations

from guardrails.rules.ssm.public_document import PublicDocument
from tests.unit.guardrails.rules.rule_cases import swap

AVOID, PREFER = PublicDocument.avoid, PublicDocument.prefer


def test_named_accounts_pass(judge):
    assert judge(PublicDocument, PREFER) == []


def test_all_in_any_case_among_others_is_everybody(judge):
    assert judge(PublicDocument, AVOID) == ["fail document.permissions.accountIds"]
    assert judge(PublicDocument, swap(PREFER, "111122223333", "All")) == ["fail document.permissions.accountIds"]


def test_a_document_that_is_not_shared_passes(judge):
    assert judge(PublicDocument, swap(PREFER, ', permissions: {type: Share, accountIds: "111122223333"}', "")) == []


def test_unknown_accounts_are_unresolved(judge):
    assert judge(PublicDocument, swap(PREFER, '"111122223333"', '{"fn::unknown": true}')) == [
        "unresolved document.permissions.accountIds"
    ]
