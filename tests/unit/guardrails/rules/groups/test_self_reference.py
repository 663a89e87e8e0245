from __future__ import annotations

from guardrails.rules.fail_closed.unresolved_edge import UnresolvedEdge
from guardrails.rules.groups.self_reference import SelfReference
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID = SelfReference.avoid
ALONE = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  desktops: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}"}}
  rule:
    type: aws:vpc:SecurityGroupIngressRule
    properties: {securityGroupId: "${desktops.id}", ipProtocol: "-1", referencedSecurityGroupId: "${desktops.id}"}
"""
test_cases = cases(
    SelfReference,
    unresolved=Case(
        swap(AVOID, "self: true", 'self: {"fn::unknown": true}'),
        "unresolved desktops.ingress[0].self",
        also=(UnresolvedEdge,),
    ),
    boundary=Case(ALONE, "fail rule.referencedSecurityGroupId"),
)


def test_every_tcp_port_is_everything_that_a_desktop_serves(judge):
    program = swap(AVOID, 'protocol: "-1", fromPort: 0, toPort: 0', "protocol: tcp, fromPort: 1, toPort: 65535")
    assert judge(SelfReference, program) == ["fail desktops.ingress[0].self"]


def test_another_group_is_not_oneself(judge):
    program = ALONE + '  other: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}"}}\n'
    program = swap(program, 'referencedSecurityGroupId: "${desktops.id}"', 'referencedSecurityGroupId: "${other.id}"')
    assert judge(SelfReference, program) == []
