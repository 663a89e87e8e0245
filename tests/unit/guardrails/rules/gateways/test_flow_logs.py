from __future__ import annotations

from guardrails.rules.gateways.flow_logs import FlowLogs
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

PREFER = FlowLogs.prefer
SUBNETS = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  one: {type: "aws:ec2:Subnet", properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.1.0/24}}
  two: {type: "aws:ec2:Subnet", properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.2.0/24}}
  log-1: {type: "aws:ec2:FlowLog", properties: {subnetId: "${one.id}", trafficType: ALL}}
"""
test_cases = cases(
    FlowLogs,
    unresolved=Case(swap(PREFER, '"${vpc.id}"', '{"fn::unknown": true}'), "unresolved vpc"),
    boundary=Case(SUBNETS, "fail vpc"),
)


def test_a_log_of_all_traffic_passes(judge):
    for deployed in (False, True):
        assert judge(FlowLogs, PREFER, deployed=deployed) == []


def test_a_log_of_a_part_is_refused_where_it_stands(judge):
    assert judge(FlowLogs, FlowLogs.avoid) == ["fail logs.trafficType"]


def test_no_log_at_all_is_the_vpcs_fault(judge):
    assert judge(FlowLogs, PREFER.split("  logs:")[0]) == ["fail vpc"]


def test_the_log_of_another_vpc_is_none(judge):
    other = '  other: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.1.0.0/16}}\n'
    assert judge(FlowLogs, PREFER + other) == ["fail other"]


def test_logs_on_every_subnet_do_as_well(judge):
    both = SUBNETS + '  log-2: {type: "aws:ec2:FlowLog", properties: {subnetId: "${two.id}", trafficType: ALL}}\n'
    assert judge(FlowLogs, both) == []


def test_an_unknown_choice_of_traffic_is_unresolved(judge):
    assert judge(FlowLogs, swap(PREFER, "trafficType: ALL", 'trafficType: {"fn::unknown": true}')) == ["unresolved vpc"]


def test_accepted_and_rejected_traffic_together_are_all_of_it(judge):
    rest = '  rest: {type: "aws:ec2:FlowLog", properties: {vpcId: "${vpc.id}", trafficType: REJECT}}\n'
    assert judge(FlowLogs, FlowLogs.avoid + rest) == []
    assert judge(FlowLogs, FlowLogs.avoid + swap(rest, "REJECT", "ACCEPT")) == ["fail logs.trafficType"]
