from __future__ import annotations

import pytest

from guardrails.rules.ecs.public_address import PublicAddress
from tests.unit.guardrails.rules.rule_cases import Case, cases, one, swap

AVOID = PublicAddress.avoid
PATH = "networkConfiguration.assignPublicIp"
test_cases = cases(
    PublicAddress,
    unresolved=Case(swap(AVOID, '"true"', '{"fn::unknown": true}'), f"unresolved proxy.{PATH}"),
    boundary=Case(AVOID, f"fail proxy.{PATH}"),
)


@pytest.mark.parametrize(
    ("kind", "properties", "path"),
    [
        ("aws:ecs:TaskSet", "networkConfiguration: {assignPublicIp: SWITCH}", PATH),
        (
            "aws:cloudwatch:EventTarget",
            "ecsTarget: {networkConfiguration: {assignPublicIp: SWITCH}}",
            f"ecsTarget.{PATH}",
        ),
        (
            "aws:scheduler:Schedule",
            "target: {ecsParameters: {networkConfiguration: {assignPublicIp: SWITCH}}}",
            f"target.ecsParameters.{PATH}",
        ),
        (
            "aws:pipes:Pipe",
            "targetParameters: {ecsTaskParameters: {networkConfiguration: "
            "{awsVpcConfiguration: {assignPublicIp: SWITCH}}}}",
            "targetParameters.ecsTaskParameters.networkConfiguration.awsVpcConfiguration.assignPublicIp",
        ),
    ],
)
def test_whatever_starts_a_task_may_give_it_an_address(judge, kind, properties, path):
    program = one(kind, properties)
    for on in ("true", '"true"') if kind != "aws:pipes:Pipe" else ("ENABLED",):
        assert judge(PublicAddress, swap(program, "SWITCH", on)) == [f"fail one.{path}"]
    off = "false" if kind != "aws:pipes:Pipe" else "DISABLED"
    assert judge(PublicAddress, swap(program, "SWITCH", off)) == []


@pytest.mark.parametrize("path", ["containerProperties", "ecsProperties"])
def test_a_batch_job_says_it_in_json(judge, path):
    job = '{"fn::toJSON": {taskProperties: [{networkConfiguration: {assignPublicIp: SWITCH}}]}}'
    program = one("aws:batch:JobDefinition", f"{path}: {job}")
    assert judge(PublicAddress, swap(program, "SWITCH", "ENABLED")) == [f"fail one.{path}"]
    assert judge(PublicAddress, swap(program, "SWITCH", "DISABLED")) == []
    assert judge(PublicAddress, swap(program, job, "no JSON")) == [f"unresolved one.{path}"]
