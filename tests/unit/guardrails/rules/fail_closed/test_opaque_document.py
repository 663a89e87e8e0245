from __future__ import annotations

import pytest

from guardrails.rules.fail_closed.opaque_document import OpaqueDocument
from tests.unit.guardrails.rules.rule_cases import Case, cases

ONE = """
resources:
  policy: {type: "aws:iam:Policy", properties: {policy: '%s'}}
"""
GOOD = '{"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}'
test_cases = cases(
    OpaqueDocument,
    unresolved=Case(OpaqueDocument.avoid, "unresolved policy.policy"),
    boundary=Case(ONE % GOOD.replace('"Action"', '"Actions"'), "unresolved policy.policy"),
)


def test_one_statement_without_a_list_can_be_read(judge):
    assert judge(OpaqueDocument, ONE % GOOD) == []


@pytest.mark.parametrize("text", ["{}", "[]", "null", "{", '{"Statement": []}', '{"Statement": ["x"]}', "plain text"])
def test_what_is_no_policy_is_told(judge, text):
    assert judge(OpaqueDocument, ONE % text) == ["unresolved policy.policy"]
