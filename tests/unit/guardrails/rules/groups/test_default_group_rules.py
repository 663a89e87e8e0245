from __future__ import annotations

from guardrails.rules.groups.default_group_rules import DefaultGroupRules
from tests.unit.guardrails.rules.rule_cases import ELSEWHERE, Case, cases, swap

VPC = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  subnet:
    type: aws:ec2:Subnet
    properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.1.0/24, tags: {Zone: desktop}}
"""
LOCKED = """
  locked: {type: "aws:ec2:DefaultSecurityGroup", properties: {vpcId: "${vpc.id}"}}
"""
INTENT = "{version: 1, zones: {desktop: {tags: {Zone: desktop}, protected: true}}}"
INLINE = 'properties: {vpcId: "${vpc.id}", egress: [{protocol: "-1", fromPort: 0, toPort: 0, self: true}]}}'
test_cases = cases(
    DefaultGroupRules,
    unresolved=Case(
        VPC + swap(LOCKED, 'vpcId: "${vpc.id}"}', 'vpcId: "${vpc.id}", ingress: "${elsewhere.value}"}') + ELSEWHERE,
        "unresolved locked.ingress",
    ),
    boundary=Case(VPC + swap(LOCKED, 'properties: {vpcId: "${vpc.id}"}}', INLINE), "fail locked.egress[0].self"),
)


def test_an_adopted_empty_group_passes(judge):
    assert judge(DefaultGroupRules, VPC + LOCKED, intent=INTENT) == []


def test_a_rule_added_by_the_vpcs_own_attribute_is_found_with_ids_unknown_and_known(judge):
    for deployed in (False, True):
        assert judge(DefaultGroupRules, DefaultGroupRules.avoid, deployed=deployed) == ["fail later.cidrIpv4"]


def test_a_group_left_to_aws_is_refused_where_a_subnet_is_protected(judge):
    assert judge(DefaultGroupRules, VPC, intent=INTENT) == ["fail vpc.defaultSecurityGroupId"]


def test_a_group_left_to_aws_in_an_ordinary_vpc_is_no_noise(judge):
    assert judge(DefaultGroupRules, VPC) == []
    assert judge(DefaultGroupRules, VPC, every_vpc=True) == ["fail vpc.defaultSecurityGroupId"]
