"""What a deployed resource answers of another resource's policy is one policy, told where it is stated."""

from __future__ import annotations

import json
from typing import Any

import pytest

from guardrails.facts.from_pulumi.read import View, from_state
from guardrails.facts.stack import Facts
from guardrails.findings.run import run_rules
from guardrails.rules.base import Rule
from guardrails.rules.iam.managed_admin import ManagedAdmin
from guardrails.rules.iam.service_wildcard import ServiceWildcard
from guardrails.rules.policies.any_principal import AnyPrincipal
from tests.policy.support.programs import Program

PUBLIC = {"Effect": "Allow", "Principal": "*", "Action": ["s3:GetObject"], "Resource": "arn:aws:s3:::room/*"}
ALL = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
STACK = """
resources:
  bucket: {type: "aws:s3:Bucket", properties: {bucket: room}}
  open:
    type: aws:s3:BucketPolicy
    properties: {bucket: "${bucket.id}", policy: {"fn::toJSON": {Statement: PUBLIC}}}
  role: {type: "aws:iam:Role", properties: {name: app, assumeRolePolicy: "{}"}}
  wide:
    type: aws:iam:RolePolicy
    properties: {role: app, policy: {"fn::toJSON": {Statement: ALL}}}
  admin:
    type: aws:iam:RolePolicyAttachment
    properties: {role: "${role.name}", policyArn: "ADMIN"}
"""


def subjects(rule: type[Rule], answers: dict[str, dict[str, Any]]) -> set[str]:
    text = STACK.replace("PUBLIC", json.dumps(PUBLIC)).replace("ALL", json.dumps(ALL)).replace("ADMIN", ADMIN)
    raw = Program(text).state(deployed=True)
    for item in raw:
        item.setdefault("outputs", {}).update(answers.get(item["urn"].rpartition("::")[2], {}))
    found = run_rules([rule()], Facts(from_state(raw, View.OUTPUTS)))
    return {item.subject.rpartition("::")[2] for item in found}


@pytest.mark.parametrize(
    ("rule", "holder", "answer", "other", "stated"),
    [
        (
            AnyPrincipal,
            "bucket",
            {"policy": json.dumps({"Statement": [{**PUBLIC, "Principal": {"AWS": "*"}, "Action": "s3:GetObject"}]})},
            {"policy": json.dumps({"Statement": [{**PUBLIC, "Action": "s3:PutObject"}]})},
            "open",
        ),
        (
            ServiceWildcard,
            "role",
            {"inlinePolicies": [{"name": "wide", "policy": json.dumps({"Statement": [ALL]})}]},
            {"inlinePolicies": [{"name": "more", "policy": json.dumps({"Statement": [{**ALL, "Action": "iam:*"}]})}]},
            "wide",
        ),
        (
            ManagedAdmin,
            "role",
            {"managedPolicyArns": [ADMIN]},
            {"managedPolicyArns": [ADMIN.replace("Administrator", "PowerUser")]},
            "admin",
        ),
    ],
    ids=["bucket policy", "inline policy", "attachment"],
)
def test_an_answer_is_told_only_if_nothing_states_it(
    rule: type[Rule], holder: str, answer: dict[str, Any], other: dict[str, Any], stated: str
) -> None:
    assert subjects(rule, {}) == {stated}
    assert subjects(rule, {holder: answer}) == {stated}
    assert subjects(rule, {holder: other}) == {stated, holder}


def test_the_policy_of_a_topic_is_no_answer_of_itself() -> None:
    program = Program("""
resources:
  open:
    type: aws:sns:TopicPolicy
    properties:
      arn: arn:aws:sns:eu-west-1:111122223333:jobs
      policy: {"fn::toJSON": {Statement: {Effect: Allow, Principal: "*", Action: "SNS:Publish", Resource: "*"}}}
""")
    for deployed in (False, True):
        found = run_rules([AnyPrincipal()], program.facts(deployed=deployed, view=View.OUTPUTS))
        assert [item.path for item in found] == ["policy.Statement[0]"]
