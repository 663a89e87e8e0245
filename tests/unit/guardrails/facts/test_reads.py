"""What a program only reads (`Vpc.get`) is not the stack's: a preview does not show it, and so no state file does."""

from __future__ import annotations

from typing import Any

from guardrails.config import configure
from guardrails.facts.from_pulumi.read import View, from_state, state_resources
from guardrails.facts.stack import Facts
from guardrails.findings.report import judge
from tests.policy.support.programs import Program, intent_of

PROGRAM = Program("""
resources:
  tokyo: {type: "pulumi:providers:aws", properties: {region: ap-northeast-1, allowedAccountIds: ["111122223333"]}}
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}, options: {provider: "${tokyo}"}}
  subnet:
    type: aws:ec2:Subnet
    properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.1.0/24}
    options: {provider: "${tokyo}"}
""")


def found(raw: list[dict[str, Any]], intent: str = "") -> list[str]:
    kept = state_resources({"deployment": {"resources": raw}}, "state")
    views = [Facts(from_state(kept, view), intent=intent_of(intent)) for view in View]
    return [entry.rule.id for entry in judge(configure({}).judgement, *views).entries if entry.blocks]


def test_a_network_that_is_only_read_is_somebody_elses() -> None:
    raw = PROGRAM.state(deployed=True)
    assert found(raw) == ["GWY001"]
    read = next(item for item in raw if item["urn"].endswith("::vpc"))
    read["external"] = True
    assert found(raw) == ["FCL007"]
    assert found(raw, f"version: 1\nexternals: [{{id: {read['id']}, cidrs: [10.0.0.0/16]}}]") == []
