from __future__ import annotations

import pytest

from guardrails.rules.fail_closed.opaque_document import OpaqueDocument
from guardrails.rules.iam.admin import Admin
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

POLICY = """
resources:
  policy:
    type: aws:iam:Policy
    properties:
      policy:
        fn::toJSON: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: ACTION, Resource: RESOURCE}]}
"""


def policy(action: str, resource: str = '"*"') -> str:
    return swap(swap(POLICY, "ACTION", action), "RESOURCE", resource)


test_cases = cases(
    Admin,
    unresolved=Case(
        swap(policy('"*"'), 'Resource: "*"', 'Resource: {"fn::unknown": true}'),
        "unresolved policy.policy",
        also=(OpaqueDocument,),
    ),
    boundary=Case(policy('["s3:GetObject", "?*"]', '"arn:aws:*:*:*:*"'), "fail policy.policy.Statement[0]"),
)


@pytest.mark.parametrize("action", ['"*"', '["*:*"]', '"**"', '"*:?*"', '"*?"'])
@pytest.mark.parametrize("resource", ['"*"', '["arn:aws:s3:::a", "**"]', '"arn:*:*:*:*:*"', '"arn:aws-cn:*:*:*:*"'])
def test_everything_in_any_spelling(judge, action, resource):
    assert judge(Admin, policy(action, resource)) == ["fail policy.policy.Statement[0]"]


@pytest.mark.parametrize("resource", ['"arn:aws:s3:::room"', '"arn:aws:iam::111122223333:role/*"', '"arn:aws:s3:::*"'])
def test_everything_on_something_is_another_matter(judge, resource):
    assert judge(Admin, policy('"*"', resource)) == []


def test_everything_but_some_resources_is_everything(judge):
    assert judge(Admin, swap(policy('"*"', '"arn:aws:s3:::a"'), "Resource", "NotResource")) == [
        "fail policy.policy.Statement[0]"
    ]


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("aws:iam:RolePolicy", "policy"),
        ("aws:iam:UserPolicy", "policy"),
        ("aws:iam:GroupPolicy", "policy"),
        ("aws:ssoadmin:PermissionSetInlinePolicy", "inlinePolicy"),
    ],
)
def test_inline_policies_of_every_kind_are_read(judge, kind, path):
    program = swap(swap(policy('"*"'), "aws:iam:Policy", kind), "      policy:", f"      {path}:")
    assert judge(Admin, program) == [f"fail policy.{path}.Statement[0]"]


def test_a_roles_own_inline_policies_are_read(judge):
    inline = '{name: a, policy: {"fn::toJSON": {Statement: {Effect: allow, action: "*", Resource: "*", Sid: whoever}}}}'
    program = f'resources:\n  role: {{type: "aws:iam:Role", properties: {{inlinePolicies: [{inline}]}}}}\n'
    assert judge(Admin, program) == ["fail role.inlinePolicies[0].policy.Statement[0]"]


def test_an_element_given_twice_is_not_read_as_the_harmless_one(judge):
    text = '{"Statement": [{"Effect": "Allow", "Action": "*", "action": "s3:GetObject", "Resource": "*"}]}'
    program = f"resources:\n  policy: {{type: 'aws:iam:Policy', properties: {{policy: '{text}'}}}}\n"
    assert judge(Admin, program, also=(OpaqueDocument,)) == ["unresolved policy.policy"]
