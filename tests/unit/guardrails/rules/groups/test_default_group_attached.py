from __future__ import annotations

from guardrails.rules.groups.default_group_attached import DefaultGroupAttached
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

HOST = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  subnet: {type: "aws:ec2:Subnet", properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.1.0/24}}
  group: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}"}}
  host: {type: "aws:ec2:Instance", properties: {subnetId: "${subnet.id}", vpcSecurityGroupIds: ["${group.id}"]}}
"""
test_cases = cases(
    DefaultGroupAttached,
    unresolved=Case(swap(HOST, '["${group.id}"]', '[{"fn::unknown": true}]'), "unresolved host"),
    boundary=Case(swap(HOST, '["${group.id}"]', '["${vpc.defaultSecurityGroupId}"]'), "fail host"),
)


def test_a_host_with_its_own_group_passes(judge):
    assert judge(DefaultGroupAttached, HOST) == []


def test_a_host_without_a_group_gets_the_default_one(judge):
    program = swap(HOST, ', vpcSecurityGroupIds: ["${group.id}"]', "")
    assert judge(DefaultGroupAttached, program) == ["fail host"]


def test_a_host_of_a_vpc_outside_of_the_stack_gets_that_vpcs_default_group(judge):
    program = swap(swap(HOST, ', vpcSecurityGroupIds: ["${group.id}"]', ""), "${subnet.id}", "subnet-0a1b2c3d")
    assert judge(DefaultGroupAttached, program) == ["fail host"]


def test_a_launch_template_names_the_groups_instead(judge):
    program = swap(HOST, 'vpcSecurityGroupIds: ["${group.id}"]', 'launchTemplate: {id: "${template.id}"}')
    template = '  template: {type: "aws:ec2:LaunchTemplate", properties: {vpcSecurityGroupIds: ["${group.id}"]}}\n'
    assert judge(DefaultGroupAttached, program + template) == []
    none = swap(template, 'vpcSecurityGroupIds: ["${group.id}"]', "imageId: ami-1")
    assert judge(DefaultGroupAttached, program + none) == ["fail host"]


def test_a_launch_template_outside_of_the_stack_leaves_it_open(judge):
    program = swap(HOST, 'vpcSecurityGroupIds: ["${group.id}"]', "launchTemplate: {id: lt-0a1b2c3d}")
    assert judge(DefaultGroupAttached, program) == ["unresolved host"]


def test_a_nat_gateway_has_no_group_and_needs_none(judge):
    program = HOST + '  nat: {type: "aws:ec2:NatGateway", properties: {subnetId: "${subnet.id}"}}\n'
    assert judge(DefaultGroupAttached, program) == []
