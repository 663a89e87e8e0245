from __future__ import annotations

import pytest

from guardrails.rules.fail_closed.opaque_document import OpaqueDocument
from guardrails.rules.policies.lockout import Lockout
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID, PREFER = Lockout.avoid, Lockout.prefer
WHAT = 'Resource: ["arn:aws:s3:::evidence", "arn:aws:s3:::evidence/*"]'
NAMED = 'ArnNotLike: {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/keeper"}'
FOUND = "fail policy.policy.Statement[0]"
test_cases = cases(
    Lockout,
    unresolved=Case(
        swap(AVOID, WHAT, 'Resource: "${bucket.arn}/*"'), "unresolved policy.policy", also=(OpaqueDocument,)
    ),
    boundary=Case(swap(PREFER, NAMED, 'ArnLike: {"aws:PrincipalArn": "*"}'), FOUND),
)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('Principal: "*"', 'Principal: {AWS: ["*"]}'),
        ('Action: "s3:*"', 'Action: "s3:GetObject"'),
        ('Action: "s3:*"', 'Action: ["s3:Put*", "s3:Delete*"]'),
        ('Action: "s3:*"', 'NotAction: "s3:PutObject"'),
        (WHAT, 'Resource: "*"'),
        (WHAT, 'Resource: "arn:aws:s3:::evidence/*"'),
        (WHAT, 'Resource: "arn:aws:s3:::evidence"'),
    ],
)
def test_a_deny_that_spares_nobody_locks_out(judge, old, new):
    assert judge(Lockout, swap(AVOID, old, new)) == [FOUND]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Effect: Deny", "Effect: Allow"),
        ('Principal: "*"', 'Principal: {AWS: "arn:aws:iam::111122223333:role/guest"}'),
        ('Principal: "*"', 'Principal: {Service: "*"}'),
        ('Principal: "*"', 'NotPrincipal: {AWS: "arn:aws:iam::111122223333:role/keeper"}'),
        # The policy can be deleted, and the data read.
        ('Action: "s3:*"', 'Action: ["s3:PutBucketPolicy", "s3:DeleteObject", "s3:DeleteBucket"]'),
        ('Action: "s3:*"', 'NotAction: ["s3:Get*", "s3:*BucketPolicy"]'),
        (WHAT, 'Resource: "arn:aws:s3:::evidence/quarantine/*"'),
        (WHAT, 'NotResource: "arn:aws:s3:::evidence/*"'),
    ],
)
def test_a_deny_that_leaves_a_way_back_is_no_lockout(judge, old, new):
    assert judge(Lockout, swap(AVOID, old, new)) == []


@pytest.mark.parametrize(
    "condition",
    [
        NAMED,
        'StringNotEquals: {"aws:SourceVpce": vpce-0a1b2c3d4e5f60718}',
        'Bool: {"aws:SecureTransport": "false"}',
        'BoolIfExists: {"aws:MultiFactorAuthPresent": "false"}',
        'StringNotEquals: {"aws:PrincipalOrgID": o-abc123}',
        'NotIpAddress: {"aws:SourceIp": 198.51.100.0/24}',
        'StringLike: {"s3:prefix": "*"}',
    ],
)
def test_a_condition_that_spares_somebody_is_believed(judge, condition):
    assert judge(Lockout, swap(PREFER, NAMED, condition)) == []


@pytest.mark.parametrize("principal", ['"arn:aws:iam::111122223333:root"', '"111122223333"'])
def test_a_deny_for_the_own_account_locks_it_out(judge, principal):
    denied = swap(AVOID, 'Principal: "*"', f"Principal: {{AWS: {principal}}}")
    provider = '  tokyo: {type: "pulumi:providers:aws", properties: {allowedAccountIds: ["111122223333"]}}\n'
    kind = "    type: aws:s3:BucketPolicy\n"
    mine = swap(denied, kind, kind + '    options: {provider: "${tokyo}"}\n') + provider
    assert judge(Lockout, denied) == ["unresolved policy.policy.Statement[0]"]
    assert judge(Lockout, mine) == [FOUND]
    assert judge(Lockout, swap(mine, 'Ids: ["111122223333"]', 'Ids: ["444455556666"]')) == []


def test_two_denials_that_lock_out_only_together_are_told_once(judge):
    first = '{Effect: Deny, Principal: "*", Action: "s3:PutBucketPolicy", Resource: "*"}'
    second = '{Effect: Deny, Principal: "*", Action: "s3:DeleteBucketPolicy", Resource: "*"}'
    both = f"""
resources:
  policy:
    type: aws:s3:BucketPolicy
    properties: {{bucket: evidence, policy: {{fn::toJSON: {{Version: "2012-10-17", Statement: [{first}, {second}]}}}}}}
"""
    assert judge(Lockout, both) == [FOUND]
    assert judge(Lockout, swap(both, first, swap(first, "Put", "Get"))) == []


KEY = """
resources:
  key:
    type: aws:kms:Key
    properties:
      policy:
        fn::toJSON:
          Version: "2012-10-17"
          Statement:
            - {Effect: Allow, Principal: {AWS: "arn:aws:iam::111122223333:root"}, Action: "kms:*", Resource: "*"}
            - {Effect: Allow, Principal: {AWS: "arn:aws:iam::111122223333:role/app"}, Action: "kms:Decrypt",
               Resource: "*"}
"""
ALL = 'Action: "kms:*"'
KEY_DENY = f'            - {{Effect: Deny, Principal: "*", {ALL}, Resource: "*"}}\n'


def test_a_key_that_the_account_manages_is_kept(judge):
    assert judge(Lockout, KEY) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (ALL, 'Action: ["kms:Describe*", "kms:List*"]'),
        (ALL, 'NotAction: "kms:PutKey*"'),
        ('{AWS: "arn:aws:iam::111122223333:root"}', "{Service: logs.amazonaws.com}"),
    ],
)
def test_a_key_whose_policy_lets_nobody_change_it_is_lost(judge, old, new):
    assert judge(Lockout, swap(KEY, old, new)) == ["fail key.policy"]


@pytest.mark.parametrize("action", [ALL, 'Action: "kms:PutKeyPolicy"', 'Action: "kms:Decrypt"'])
def test_a_deny_locks_out_of_a_key(judge, action):
    assert judge(Lockout, KEY + swap(KEY_DENY, ALL, action)) == ["fail key.policy.Statement[2]"]


def test_a_deny_of_what_nobody_needs_to_come_back_is_none(judge):
    assert judge(Lockout, KEY + swap(KEY_DENY, ALL, 'Action: ["kms:ScheduleKeyDeletion", "kms:DisableKey"]')) == []


SECRET = """
resources:
  policy:
    type: aws:secretsmanager:SecretPolicy
    properties:
      secretArn: room
      policy:
        fn::toJSON: {Version: "2012-10-17",
                     Statement: {Effect: Deny, Principal: "*", Action: "secretsmanager:ACTION", Resource: "*"}}
"""


@pytest.mark.parametrize("action", ["*", "GetSecretValue", "*ResourcePolicy"])
def test_a_deny_locks_out_of_a_secret(judge, action):
    assert judge(Lockout, swap(SECRET, "ACTION", action)) == [FOUND]


@pytest.mark.parametrize("action", ["DeleteSecret", "PutResourcePolicy"])
def test_a_secret_that_may_not_be_deleted_or_opened_wider_is_kept(judge, action):
    assert judge(Lockout, swap(SECRET, "ACTION", action)) == []
