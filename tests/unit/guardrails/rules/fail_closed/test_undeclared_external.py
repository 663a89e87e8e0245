from __future__ import annotations

from guardrails.facts.from_pulumi.read import View
from guardrails.findings.run import run_rules
from guardrails.rules.fail_closed.undeclared_external import UndeclaredExternal
from guardrails.rules.fail_closed.unresolved_edge import UnresolvedEdge
from tests.policy.support.programs import Program
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID, PREFER = UndeclaredExternal.avoid, UndeclaredExternal.prefer
OTHERS = '"123456789012/sg-0fedcba9876543210"'
test_cases = cases(
    UndeclaredExternal,
    unresolved=Case(
        swap(AVOID, "sg-0123456789abcdef0", '{"fn::unknown": true}'),
        "unresolved rule.referencedSecurityGroupId",
        also=(UnresolvedEdge,),
    ),
    boundary=Case(swap(PREFER, "sg-0fedcba9876543210", "sg-0fedcba98765432100"), "fail rule.referencedSecurityGroupId"),
)


def test_a_literal_id_of_the_stacks_own_group_is_no_stranger_once_it_is_known(judge):
    program = swap(AVOID, "sg-0123456789abcdef0", "${group.id}")
    for deployed in (False, True):
        assert judge(UndeclaredExternal, program, deployed=deployed) == []


def test_without_an_intent_nothing_is_declared(judge):
    assert judge(UndeclaredExternal, PREFER, intent="") == ["fail rule.referencedSecurityGroupId"]


def test_a_subnet_in_a_vpc_of_somebody_else_is_told(judge):
    program = """
resources:
  subnet: {type: "aws:ec2:Subnet", properties: {vpcId: vpc-0123456789abcdef0, cidrBlock: 10.0.1.0/24}}
"""
    assert judge(UndeclaredExternal, program, intent="") == ["fail subnet.vpc"]


def test_an_outside_object_is_told_once_however_often_it_is_used():
    program = """
resources:
  one: {type: "aws:ec2:Subnet", properties: {vpcId: vpc-0123456789abcdef0, cidrBlock: 10.0.1.0/24}}
  two: {type: "aws:ec2:Subnet", properties: {vpcId: vpc-0123456789abcdef0, cidrBlock: 10.0.2.0/24}}
  group: {type: "aws:ec2:SecurityGroup", properties: {vpcId: vpc-0123456789abcdef0}}
  other: {type: "aws:ec2:SecurityGroup", properties: {vpcId: vpc-0fedcba9876543210}}
"""
    told = run_rules([UndeclaredExternal()], Program(program).facts(deployed=True, view=View.OUTPUTS))
    assert [(item.subject.rpartition("::")[2], item.value) for item in told] == [
        ("group", "vpc-0123456789abcdef0"),
        ("other", "vpc-0fedcba9876543210"),
    ]
    assert told[0].witness == "the VPC it is in: group.vpc, one.vpc, two.vpc"
    assert told[1].witness == ""
