from __future__ import annotations

import pytest

from guardrails.rules.ssm.public_document import PublicDocument
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID, PREFER = PublicDocument.avoid, PublicDocument.prefer


PATH = "document.permissions.accountIds"
test_cases = cases(
    PublicDocument,
    unresolved=Case(swap(PREFER, '"111122223333"', '{"fn::unknown": true}'), f"unresolved {PATH}"),
    boundary=Case(swap(PREFER, "111122223333", "111122223333, All"), f"fail {PATH}"),
)
SETTING = """
resources:
  setting:
    type: aws:ssm:ServiceSetting
    properties:
      settingId: arn:aws:ssm:eu-west-1:111122223333:servicesetting/ssm/documents/console/public-sharing-permission
      settingValue: VALUE
"""


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("Enable", ["fail setting.settingValue"]),
        ("Disable", []),
        ('{"fn::unknown": true}', ["unresolved setting.settingValue"]),
    ],
)
def test_the_account_may_let_none_be_public(judge, value, found):
    assert judge(PublicDocument, swap(SETTING, "VALUE", value)) == found


def test_a_document_that_is_not_shared_passes(judge):
    assert judge(PublicDocument, swap(PREFER, ', permissions: {type: Share, accountIds: "111122223333"}', "")) == []
