"""Failures on demand happen where the plan says, before or after the effect, and a retry goes through."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from simulator.faults import FaultPlan

VPC = "aws:ec2/vpc:Vpc"


def test_the_numbered_create_fails_and_leaves_nothing(serving: Any, tmp_path: Path, refused: Any) -> None:
    aws = serving.driver(tmp_path, FaultPlan(fail_create=(2,)))
    aws.create(VPC, cidrBlock="10.0.0.0/16")
    with pytest.raises(refused, match=r"simulated fault at create 2 \(aws:ec2/vpc:Vpc\), before"):
        aws.create(VPC, cidrBlock="10.1.0.0/16")
    assert len(aws.invoke("aws:ec2/getVpcs:getVpcs")["ids"]) == 1
    aws.create(VPC, cidrBlock="10.1.0.0/16")


def test_a_lost_answer_leaves_the_object(serving: Any, tmp_path: Path, refused: Any) -> None:
    aws = serving.driver(tmp_path, FaultPlan(fail_create=(1,), after_effect=True))
    with pytest.raises(refused, match="after it took effect"):
        aws.create(VPC, "it", cidrBlock="10.0.0.0/16")
    assert len(aws.invoke("aws:ec2/getVpcs:getVpcs")["ids"]) == 1


def test_each_create_may_fail_once(serving: Any, tmp_path: Path, refused: Any) -> None:
    aws = serving.driver(tmp_path, FaultPlan(fail_each_create_once=True))
    for name in ("one", "two"):
        with pytest.raises(refused, match="simulated fault"):
            aws.create(VPC, name, cidrBlock="10.0.0.0/16")
        aws.create(VPC, name, cidrBlock="10.0.0.0/16")


def test_counting_goes_on_after_a_restart(serving: Any, tmp_path: Path, refused: Any) -> None:
    plan = FaultPlan(fail_create=(2,))
    serving.driver(tmp_path, plan).create(VPC, cidrBlock="10.0.0.0/16")
    serving.close()
    with pytest.raises(refused, match="create 2"):
        serving.driver(tmp_path, plan).create(VPC, cidrBlock="10.1.0.0/16")


@pytest.mark.parametrize(
    ("kind", "words"),
    [("throttling", "RequestLimitExceeded"), ("timeout", "deadline exceeded"), ("denied", "UnauthorizedOperation")],
)
def test_failures_come_in_the_words_of_their_kind(
    serving: Any, tmp_path: Path, refused: Any, kind: str, words: str
) -> None:
    aws = serving.driver(tmp_path, FaultPlan(fail_create=(1,), kind=kind))
    with pytest.raises(refused, match=words):
        aws.create(VPC, cidrBlock="10.0.0.0/16")


@pytest.mark.parametrize(
    "plan",
    [
        '{"fail_create": [0]}',
        '{"fail_create": [true]}',
        '{"kind": "odd"}',
        '{"after_effect": 1}',
        '{"kill_at_create": -1}',
    ],
)
def test_malformed_plans_are_refused(tmp_path: Path, plan: str) -> None:
    file = tmp_path / "plan.json"
    file.write_text(plan)
    with pytest.raises(ValueError, match=r"plan\.json"):
        FaultPlan.load(file)
