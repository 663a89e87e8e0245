"""The typed policy builder: what it writes, and what it refuses to write."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.iam.boundary import boundary_policy
from components.iam.place import Place
from components.iam.policy import Condition, Policy, Principals, allow, deny, trust, trust_plain
from components.vocabulary import Environment

ACCOUNT = "111122223333"
TLS = Condition("Bool", "aws:SecureTransport", ("true",))
PLACE = Place(ACCOUNT, "ap-northeast-1", Environment.DEV)


def test_writes_a_document_as_aws_reads_it() -> None:
    policy = Policy(
        (
            allow("Read", ["s3:GetObject"], ["arn:aws:s3:::b/*"], when=[TLS]),
            deny("Rest", ["s3:PutObject", "s3:DeleteObject"], ["*"], principals=Principals.anyone()),
        )
    )
    assert json.loads(policy.json()) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Read",
                "Effect": "Allow",
                "Action": "s3:GetObject",
                "Resource": "arn:aws:s3:::b/*",
                "Condition": {"Bool": {"aws:SecureTransport": "true"}},
            },
            {
                "Sid": "Rest",
                "Effect": "Deny",
                "Principal": "*",
                "Action": ["s3:PutObject", "s3:DeleteObject"],
                "Resource": "*",
            },
        ],
    }


def test_conditions_of_one_operator_stand_together() -> None:
    when = (
        Condition("StringEquals", "aws:PrincipalAccount", ("1",)),
        Condition("StringEquals", "aws:PrincipalTag/a", ("2", "3")),
    )
    statement = allow("A", ["s3:GetObject"], ["*"], when=when)
    assert statement.document()["Condition"] == {
        "StringEquals": {"aws:PrincipalAccount": "1", "aws:PrincipalTag/a": ["2", "3"]}
    }


@pytest.mark.parametrize("action", ["s3", "s3:", "S3:GetObject", "s3:Get Object", "s3.GetObject", ""])
def test_refuses_what_is_no_action(action: str) -> None:
    with pytest.raises(ValueError, match="actions are service:Name"):
        allow("A", [action], ["*"])


def test_refuses_to_allow_everything() -> None:
    with pytest.raises(ValueError, match="never meant"):
        allow("A", ["*"], ["*"])
    with pytest.raises(ValueError, match="needs a condition"):
        allow("A", ["s3:GetObject"], ["*"], principals=Principals.anyone())


def test_refuses_a_condition_that_would_overwrite_another() -> None:
    twice = (Condition("Bool", "aws:SecureTransport", ("true",)), Condition("Bool", "aws:SecureTransport", ("false",)))
    with pytest.raises(ValueError, match="given twice"):
        Policy((allow("A", ["s3:GetObject"], ["*"], when=twice),)).document()


def test_refuses_repeated_statement_ids_and_empty_policies() -> None:
    one = allow("A", ["s3:GetObject"], ["*"])
    with pytest.raises(ValueError, match="repeat"):
        Policy((one, one))
    with pytest.raises(ValueError, match="at least one"):
        Policy(())


def test_refuses_what_is_not_known_yet() -> None:
    with pytest.raises(TypeError, match="known strings"):
        allow("A", ["s3:GetObject"], [object()])


@given(st.lists(st.sampled_from(["s3:GetObject", "kms:Decrypt", "logs:PutLogEvents"]), min_size=1, unique=True))
def test_the_same_policy_is_the_same_text(actions: list[str]) -> None:
    assert Policy((allow("A", actions, ["*"]),)).json() == Policy((allow("A", tuple(actions), ("*",)),)).json()


def test_a_service_that_tells_its_source_is_trusted_for_this_account_only() -> None:
    document = trust("ecs-tasks.amazonaws.com", ACCOUNT, source_arn=PLACE.arn("ecs", "*")).document()
    (statement,) = document["Statement"]
    assert statement["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
        "ArnLike": {"aws:SourceArn": f"arn:aws:ecs:ap-northeast-1:{ACCOUNT}:*"},
    }
    assert "Resource" not in statement
    (plain,) = trust_plain("ec2.amazonaws.com").document()["Statement"]
    assert "Condition" not in plain


def test_the_boundary_never_lets_a_role_change_identities() -> None:
    text = boundary_policy(PLACE).json()
    allowed = [action for s in boundary_policy(PLACE).statements if s.effect == "Allow" for action in s.actions]
    assert not any(action.split(":")[0] in {"iam", "organizations", "sts", "ec2"} for action in allowed)
    assert not any("*" in action for action in allowed)
    assert len(text) <= 6144  # AWS' limit of a managed policy


def test_names_are_known_before_anything_exists() -> None:
    assert PLACE.role("flow-log") == f"arn:aws:iam::{ACCOUNT}:role/secure-room-dev-flow-log"
    assert PLACE.log_group("flow/room") == f"arn:aws:logs:ap-northeast-1:{ACCOUNT}:log-group:/secure-room/dev/flow/room"
    assert len(PLACE.log_bucket) <= 63
