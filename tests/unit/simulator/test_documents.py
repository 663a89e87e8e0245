"""Policy documents: the grammar that AWS enforces before it evaluates anything."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simulator.documents import valid_policy

GOOD: dict[str, Any] = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}


def _fault(*statements: dict[str, Any], **top: Any) -> str | None:
    document = {"Version": "2012-10-17", "Statement": list(statements), **top}
    return valid_policy(identity=True)("policy", json.dumps(document))


def test_a_good_document() -> None:
    assert _fault(GOOD) is None
    assert _fault({**GOOD, "Condition": {"ForAnyValue:StringEqualsIfExists": {"aws:SourceVpce": "vpce-1"}}}) is None


@pytest.mark.parametrize(
    "change",
    [
        {"Effect": "allow"},
        {"Action": None},
        {"Resource": None},
        {"NotAction": "s3:*"},
        {"Action": "GetObject"},
        {"Action": "s3:Get:Object"},
        {"Principal": "*"},
        {"Principals": "*"},
        {"Sid": "with space"},
        {"Condition": {"StringIs": {"a": "b"}}},
        {"Condition": {"StringEquals": {}}},
        {"Condition": []},
    ],
)
def test_malformed_statements(change: dict[str, Any]) -> None:
    statement = {name: value for name, value in {**GOOD, **change}.items() if value is not None}
    assert (_fault(statement) or "").startswith("MalformedPolicyDocument")


def test_malformed_documents() -> None:
    check = valid_policy(identity=True)
    assert "invalid JSON" in (check("policy", "{") or "")
    assert check("policy", "[]") is not None
    assert _fault() is not None
    assert _fault(GOOD, Version="2020-01-01") is not None
    assert _fault(GOOD, Extra=1) is not None
    assert _fault({**GOOD, "Sid": "a"}, {**GOOD, "Sid": "a"}) is not None


def test_size_counts_without_white_space() -> None:
    text = json.dumps({"Version": "2012-10-17", "Statement": [GOOD]}, indent=40)
    assert valid_policy(len("".join(text.split())), identity=True)("policy", text) is None
    assert "LimitExceeded" in (valid_policy(len("".join(text.split())) - 1, identity=True)("policy", text) or "")


def test_a_trust_policy_names_a_principal() -> None:
    check = valid_policy(principal=True)
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole"}
    assert check("p", json.dumps({"Version": "2012-10-17", "Statement": statement})) is not None
    assert (
        check(
            "p",
            json.dumps(
                {"Version": "2012-10-17", "Statement": {**statement, "Principal": {"Service": "ec2.amazonaws.com"}}}
            ),
        )
        is None
    )
