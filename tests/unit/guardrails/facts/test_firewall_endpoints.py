"""Once a firewall exists, routes name it by the ids of its endpoints: that is no stranger's object."""

from __future__ import annotations

from guardrails.facts.from_pulumi.read import View
from guardrails.findings.run import run_rules
from guardrails.rules.fail_closed.undeclared_external import UndeclaredExternal
from tests.policy.support.programs import Program

TEXT = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  table: {type: "aws:ec2:RouteTable", properties: {vpcId: "${vpc.id}"}}
  firewall:
    type: aws:networkfirewall:Firewall
    properties:
      vpcId: ${vpc.id}
      firewallStatuses:
        - syncStates:
            - {availabilityZone: ap-northeast-1a, attachments: [{endpointId: vpce-0a1, subnetId: subnet-1}]}
  way:
    type: aws:ec2:Route
    properties: {routeTableId: "${table.id}", destinationCidrBlock: 0.0.0.0/0, vpcEndpointId: ENDPOINT}
"""
INTENT = "version: 1\nzones:\n  desktop: {tags: {Zone: desktop}}\n"


def told(endpoint: str) -> list[str]:
    facts = Program(TEXT.replace("ENDPOINT", endpoint)).facts(deployed=True, view=View.OUTPUTS, intent=INTENT)
    return [item.subject.rsplit("::", 1)[-1] for item in run_rules([UndeclaredExternal()], facts)]


def test_the_firewall_s_own_endpoint_is_known() -> None:
    assert told("vpce-0a1") == []


def test_another_endpoint_is_not() -> None:
    assert told("vpce-0b2") == ["way"]
