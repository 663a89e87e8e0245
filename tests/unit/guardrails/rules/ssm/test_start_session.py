from __future__ import annotations

import pytest

from guardrails.rules.fail_closed.opaque_document import OpaqueDocument
from guardrails.rules.ssm.start_session import StartSession
from tests.unit.guardrails.rules.rule_cases import swap

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


def test_tagged_hosts_and_listed_documents_pass(judge):
    assert judge(StartSession, StartSession.prefer) == []


def test_a_pattern_that_holds_the_remote_host_document_is_refused(judge):
    assert judge(StartSession, StartSession.avoid) == ["fail policy.policy.Statement[0]"]


@pytest.mark.parametrize(
    "resource",
    [
        '"arn:aws:ec2:*:*:instance/*"', '"arn:aws:ec2:ap-northeast-1:111122223333:instance/i-*"',
        '"arn:aws:ssm:*:111122223333:managed-instance/mi-*"', '"arn:aws:ecs:*:*:task/*"',
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


def test_an_opaque_policy_is_unresolved(judge):
    program = swap(POLICY, "RESOURCE", '"${host.arn}"') + '  host: {type: "aws:ec2:Instance"}\n'
    assert judge(StartSession, program, also=(OpaqueDocument,)) == ["unresolved policy.policy"]
