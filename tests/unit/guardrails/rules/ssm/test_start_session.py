from __future__ import annotations

import pytest

from guardrails.rules.fail_closed.opaque_document import OpaqueDocument
from guardrails.rules.ssm.start_session import StartSession
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

POLICY = """
resources:
  policy:
    type: aws:iam:GroupPolicy
    properties:
      group: operators
      policy:
        fn::toJSON: {Statement: [{Effect: Allow, Action: "ssm:StartSession", Resource: RESOURCE}]}
"""
REMOTE = "arn:aws:ssm:*::document/AWS-StartPortForwardingSessionToRemoteHost"
DENY = f', {{Effect: Deny, Action: "ssm:*", Resource: "{REMOTE}"}}]}}\n'


test_cases = cases(
    StartSession,
    unresolved=Case(
        swap(POLICY, "RESOURCE", '"${host.arn}"') + '  host: {type: "aws:ec2:Instance"}\n',
        "unresolved policy.policy",
        also=(OpaqueDocument,),
    ),
    boundary=Case(
        swap(POLICY, "RESOURCE", '"arn:aws:ec2:*:111122223333:instance/i-0*"'), "fail policy.policy.Statement[0]"
    ),
)


def test_a_pattern_that_holds_the_remote_host_document_is_refused(judge):
    assert judge(StartSession, StartSession.avoid) == ["fail policy.policy.Statement[0]"]


@pytest.mark.parametrize(
    "resource",
    [
        '"arn:aws:ec2:*:*:instance/*"', '"arn:aws:ec2:ap-northeast-1:111122223333:instance/i-*"',
        '"arn:aws:ssm:*:111122223333:managed-instance/mi-*"', '"arn:aws:ecs:*:*:task/*"',
        '"arn:aws:ec2:*:*:instance/i-0????????????????"', '"arn:aws:ec2:*:*:i*"',
    ],
)  # fmt: skip
def test_any_host_is_refused(judge, resource):
    assert judge(StartSession, swap(POLICY, "RESOURCE", resource)) == ["fail policy.policy.Statement[0]"]


def test_everything_is_both(judge):
    assert len(judge(StartSession, swap(POLICY, "RESOURCE", '"*"'))) >= 1


def test_one_host_and_its_own_document_pass(judge):
    one = '["arn:aws:ec2:*:*:instance/i-0a1b2c3d4e5f60718", "arn:aws:ssm:*:*:document/SSM-SessionManagerRunShell"]'
    assert judge(StartSession, swap(POLICY, "RESOURCE", one)) == []


def test_a_deny_beside_it_takes_the_document_away(judge):
    documents = swap(POLICY, "RESOURCE", '"arn:aws:ssm:*:*:document/*"')
    assert judge(StartSession, documents) == ["fail policy.policy.Statement[0]"]
    assert judge(StartSession, swap(documents, "]}\n", DENY)) == []


def test_a_deny_of_all_other_documents_takes_it_away_too(judge):
    documents = swap(POLICY, "RESOURCE", '"arn:aws:ssm:*:*:document/*"')
    allowed = '["arn:aws:ssm:*:*:document/SSM-SessionManagerRunShell", "arn:aws:ec2:*:*:instance/*"]'
    deny = f', {{Effect: Deny, Action: "ssm:StartSession", NotResource: {allowed}}}]}}\n'
    assert judge(StartSession, swap(documents, "]}\n", deny)) == []
    spared = swap(deny, "document/SSM-SessionManagerRunShell", "document/AWS-*")
    assert judge(StartSession, swap(documents, "]}\n", spared)) == ["fail policy.policy.Statement[0]"]


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ('{StringEquals: {"ssm:resourceTag/Zone": bastion}}', False),
        ('{StringLike: {"ssm:resourceTag/Owner": "$${aws:username}"}}', False),
        ('{StringLike: {"ssm:resourceTag/Zone": "*"}}', True),
        ('{StringEqualsIfExists: {"aws:ResourceTag/Zone": bastion}}', True),
        ('{Bool: {"ssm:SessionDocumentAccessCheck": "true"}}', True),
    ],
)
def test_only_a_tag_of_the_host_narrows_the_hosts(judge, condition, found):
    program = swap(POLICY, "RESOURCE", f'"arn:aws:ec2:*:*:instance/*", Condition: {condition}')
    assert bool(judge(StartSession, program)) is found
