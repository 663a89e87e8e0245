from __future__ import annotations

import pytest

from guardrails.rules.fail_closed.opaque_document import OpaqueDocument
from guardrails.rules.keys.decrypt_everything import DecryptEverything
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID, PREFER = DecryptEverything.avoid, DecryptEverything.prefer
ROLE = """
  role: {type: "aws:iam:Role", properties: {assumeRolePolicy: "{}", permissionsBoundary: "${policy.arn}"}}
"""
ATTACHED = """
  attach: {type: "aws:iam:RolePolicyAttachment", properties: {role: "${role.name}", policyArn: "${policy.arn}"}}
"""


OPAQUE = swap(AVOID, '"arn:aws:kms:*:111122223333:key/*"', '"${key.arn}"') + '  key: {type: "aws:kms:Key"}\n'
test_cases = cases(
    DecryptEverything,
    unresolved=Case(OPAQUE, "unresolved policy.policy", also=(OpaqueDocument,)),
    boundary=Case(swap(AVOID, ":key/*", ":k*"), "fail policy.policy.Statement[0]"),
)


def test_every_key_is_refused(judge):
    for deployed in (False, True):
        assert judge(DecryptEverything, AVOID, deployed=deployed) == ["fail policy.policy.Statement[0]"]


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ('{StringEquals: {"kms:ViaService": secretsmanager.ap-northeast-1.amazonaws.com}}', False),
        ('{StringLike: {"kms:ViaService": "*"}}', True),
        ('{StringEqualsIfExists: {"kms:ViaService": s3.ap-northeast-1.amazonaws.com}}', True),
        ('{StringLike: {"kms:ViaService": "*.ap-northeast-1.amazonaws.com"}}', True),
        ('{StringLike: {"kms:ViaService": "s3.*.amazonaws.com"}}', False),
        ('{"ForAnyValue:StringLike": {"kms:ResourceAliases": "alias/room-*"}}', False),
        ('{"ForAnyValue:StringLike": {"kms:ResourceAliases": "alias/*"}}', True),
        ('{StringEquals: {"aws:RequestedRegion": ap-northeast-1}}', True),
    ],
)
def test_only_a_condition_that_narrows_the_keys_helps(judge, condition, found):
    program = swap(AVOID, 'key/*"}', f'key/*", Condition: {condition}}}')
    assert bool(judge(DecryptEverything, program)) is found


def test_a_boundary_grants_nothing_until_it_is_attached(judge):
    for deployed in (False, True):
        assert judge(DecryptEverything, AVOID + ROLE, deployed=deployed) == []
        assert judge(DecryptEverything, AVOID + ROLE + ATTACHED, deployed=deployed) != []


def test_re_encrypting_from_a_key_reads_it(judge):
    assert judge(DecryptEverything, swap(AVOID, "kms:De*", "KMS:ReEncrypt*")) != []
    assert judge(DecryptEverything, swap(AVOID, "kms:De*", "kms:Describe*")) == []


@pytest.mark.parametrize("key", ["key/????????-*", "key/mrk-*", "*", "?ey/*"])
def test_a_pattern_that_names_no_key_names_all(judge, key):
    assert judge(DecryptEverything, swap(AVOID, ":key/*", f":{key}")) == ["fail policy.policy.Statement[0]"]
