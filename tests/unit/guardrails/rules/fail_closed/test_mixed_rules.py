from __future__ import annotations

from guardrails.rules.fail_closed.mixed_rules import MixedRules
from guardrails.rules.fail_closed.unreadable_network import UnreadableNetwork
from tests.unit.guardrails.rules.rule_cases import ELSEWHERE, Case, cases, swap

AVOID = MixedRules.avoid
TABLE = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  table:
    type: aws:ec2:RouteTable
    properties: {vpcId: "${vpc.id}", routes: [{cidrBlock: 10.1.0.0/16, transitGatewayId: tgw-1}]}
  more:
    type: aws:ec2:Route
    properties: {routeTableId: "${table.id}", destinationCidrBlock: 10.2.0.0/16, transitGatewayId: tgw-1}
"""
INLINE = "ingress: [{protocol: tcp, fromPort: 443, toPort: 443, cidrBlocks: [10.0.1.0/24]}]"
test_cases = cases(
    MixedRules,
    unresolved=Case(
        swap(AVOID, INLINE, "ingress: ${elsewhere.value}") + ELSEWHERE,
        "unresolved group.ingress",
        also=(UnreadableNetwork,),
    ),
    boundary=Case(
        swap(
            swap(AVOID, "aws:vpc:SecurityGroupIngressRule", "aws:ec2:SecurityGroupRule"),
            "ipProtocol: tcp, fromPort: 80, toPort: 80, cidrIpv4: 10.0.1.0/24",
            "type: ingress, protocol: tcp, fromPort: 80, toPort: 80, cidrBlocks: [10.0.1.0/24]",
        ),
        "fail group.ingress[0].cidrBlocks",
    ),
)


def test_routes_are_mixed_the_same_way(judge):
    assert judge(MixedRules, TABLE) == ["fail table.routes[0]"]


def test_what_a_refresh_read_back_is_no_second_writing(judge):
    program = swap(TABLE, "cidrBlock: 10.1.0.0/16", "cidrBlock: 10.2.0.0/16")
    assert judge(MixedRules, program) == []


def test_the_route_that_a_gateway_endpoint_writes_is_nobodys_second_writing(judge):
    endpoint = """
  storage:
    type: aws:ec2:VpcEndpoint
    properties: {vpcId: "${vpc.id}", serviceName: com.amazonaws.ap-northeast-1.s3, routeTableIds: ["${table.id}"]}
"""
    assert judge(MixedRules, TABLE.split("  more:", maxsplit=1)[0] + endpoint) == []
    assert judge(MixedRules, TABLE + endpoint) == ["fail table.routes[0]"]


def test_entries_of_an_acl_are_mixed_too(judge):
    program = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  acl:
    type: aws:ec2:NetworkAcl
    properties:
      vpcId: ${vpc.id}
      ingress: [{ruleNo: 100, action: allow, protocol: "-1", fromPort: 0, toPort: 0, cidrBlock: 10.0.0.0/16}]
  more:
    type: aws:ec2:NetworkAclRule
    properties: {networkAclId: "${acl.id}", ruleNumber: 200, ruleAction: deny, protocol: tcp, cidrBlock: 10.0.0.0/16}
"""
    assert judge(MixedRules, program) == ["fail acl.ingress[0]"]
