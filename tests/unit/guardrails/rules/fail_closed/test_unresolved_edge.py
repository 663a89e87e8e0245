from __future__ import annotations

import pytest

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


OUTSIDE = """
resources:
  more:
    type: aws:vpc:SecurityGroupIngressRule
    properties: {securityGroupId: sg-0a1b2c3d4e5f60718, ipProtocol: tcp, fromPort: 1, toPort: 1, cidrIpv4: 10.0.0.0/24}
"""


@pytest.mark.parametrize(
    ("token", "prop", "ident"),
    [
        ("aws:vpc:SecurityGroupIngressRule", "securityGroupId", "sg-0a1b2c3d4e5f60718"),
        ("aws:ec2:Route", "routeTableId", "rtb-0a1b2c3d4e5f60718"),
        ("aws:ec2:NetworkAclRule", "networkAclId", "acl-0a1b2c3d4e5f60718"),
        ("aws:ec2:ManagedPrefixListEntry", "prefixListId", "pl-0a1b2c3d4e5f60718"),
    ],
)
def test_what_changes_an_object_outside_of_the_stack_needs_it_declared(judge, token, prop, ident):
    program = swap(swap(swap(OUTSIDE, "aws:vpc:SecurityGroupIngressRule", token), "securityGroupId", prop),
                   "sg-0a1b2c3d4e5f60718", ident)  # fmt: skip
    assert judge(UnresolvedEdge, program) == [f"unresolved more.{prop}"]
    declared = f"{{version: 1, externals: [{{id: {ident}, reason: the platform team's}}]}}"
    assert judge(UnresolvedEdge, program, intent=declared) == []


def test_a_route_without_a_target_is_an_open_end(judge):
    program = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  table: {type: "aws:ec2:RouteTable", properties: {vpcId: "${vpc.id}"}}
  nowhere: {type: "aws:ec2:Route", properties: {routeTableId: "${table.id}", destinationCidrBlock: 0.0.0.0/0}}
"""
    assert judge(UnresolvedEdge, program) == ["unresolved nowhere.target"]
