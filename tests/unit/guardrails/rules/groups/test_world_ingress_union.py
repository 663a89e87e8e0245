from __future__ import annotations

from guardrails.rules.groups.world_ingress_union import WorldIngressUnion
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID = WorldIngressUnion.avoid
HALVES = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  web: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}"}}
  lower:
    type: aws:vpc:SecurityGroupIngressRule
    properties: {securityGroupId: "${web.id}", ipProtocol: "-1", cidrIpv4: 10.0.0.0/8}
  upper:
    type: aws:ec2:SecurityGroupRule
    properties:
      {type: ingress, securityGroupId: "${web.id}", protocol: tcp, fromPort: 1, toPort: 1023, cidrBlocks: [8.0.0.0/9]}
  third:
    type: aws:vpc:SecurityGroupIngressRule
    properties: {securityGroupId: "${web.id}", ipProtocol: tcp, fromPort: 443, toPort: 443, cidrIpv4: 8.128.0.0/9}
"""
test_cases = cases(
    WorldIngressUnion,
    unresolved=Case(swap(AVOID, '"${list.id}"', "pl-0123456789abcdef0"), "unresolved all.prefixListId"),
    boundary=Case(HALVES, "fail web.ingress"),
)


def test_entries_of_their_own_are_part_of_the_list(judge):
    entry = 'type: "aws:ec2:ManagedPrefixListEntry", properties: {prefixListId: "${list.id}", cidr: 128.0.0.0/1}'
    program = swap(AVOID, ", {cidr: 128.0.0.0/1}", "") + f"  more: {{{entry}}}\n"
    assert judge(WorldIngressUnion, program) == ["fail web.ingress"]


def test_other_ports_do_not_add_up(judge):
    assert judge(WorldIngressUnion, swap(HALVES, "fromPort: 443, toPort: 443", "fromPort: 2443, toPort: 2443")) == []


def test_a_list_outside_of_the_stack_is_what_the_intent_says_of_it(judge):
    program = swap(AVOID, '"${list.id}"', "pl-0123456789abcdef0")
    for block, found in (("10.8.0.0/24", []), ("0.0.0.0/1", ["fail web.ingress"])):
        intent = f"{{version: 1, externals: [{{id: pl-0123456789abcdef0, cidrs: [{block}]}}]}}"
        assert judge(WorldIngressUnion, program, intent=intent) == found
