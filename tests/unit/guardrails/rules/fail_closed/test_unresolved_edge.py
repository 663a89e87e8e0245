from __future__ import annotations

from guardrails.rules.fail_closed.unresolved_edge import UnresolvedEdge
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID, PREFER = UnresolvedEdge.avoid, UnresolvedEdge.prefer
MERGED = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  one: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}"}}
  two: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}"}}
  group:
    type: aws:ec2:SecurityGroup
    properties:
      vpcId: ${vpc.id}
      ingress:
        - {protocol: tcp, fromPort: 443, toPort: 443, securityGroups: ["${one.id}"]}
        - {protocol: tcp, fromPort: 22, toPort: 22, securityGroups: ["${two.id}"]}
"""
test_cases = cases(
    UnresolvedEdge,
    unresolved=Case(AVOID, "unresolved rule.referencedSecurityGroupId"),
    boundary=Case(MERGED, "unresolved group.ingress[0].securityGroups", "unresolved group.ingress[1].securityGroups"),
)


def test_one_list_with_all_of_the_merged_targets_is_told_apart(judge):
    program = swap(
        MERGED,
        """
        - {protocol: tcp, fromPort: 443, toPort: 443, securityGroups: ["${one.id}"]}
        - {protocol: tcp, fromPort: 22, toPort: 22, securityGroups: ["${two.id}"]}
""",
        """
        - {protocol: tcp, fromPort: 443, toPort: 443, securityGroups: ["${one.id}", "${two.id}"]}
""",
    )
    assert judge(UnresolvedEdge, program) == []


def test_ids_tell_everything_apart_once_they_are_known(judge):
    assert judge(UnresolvedEdge, MERGED, deployed=True) == []


def test_a_route_without_a_target_is_an_open_end(judge):
    program = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  table: {type: "aws:ec2:RouteTable", properties: {vpcId: "${vpc.id}"}}
  nowhere: {type: "aws:ec2:Route", properties: {routeTableId: "${table.id}", destinationCidrBlock: 0.0.0.0/0}}
"""
    assert judge(UnresolvedEdge, program) == ["unresolved nowhere.target"]
