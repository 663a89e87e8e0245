from __future__ import annotations

from guardrails.rules.fail_closed.unreadable_network import UnreadableNetwork
from guardrails.rules.routes.overlap import Overlap
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID = Overlap.avoid
SUBNETS = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  wide: {type: "aws:ec2:Subnet", properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.0.0/20}}
  between: {type: "aws:ec2:Subnet", properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.1.0/24}}
  inside: {type: "aws:ec2:Subnet", properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.8.0/24}}
"""
test_cases = cases(
    Overlap,
    unresolved=Case(
        swap(AVOID, "10.0.128.0/20", '{"fn::unknown": true}'), "unresolved work.cidrBlock", also=(UnreadableNetwork,)
    ),
    boundary=Case(SUBNETS, "fail between.cidrBlock", "fail inside.cidrBlock"),
)


def test_a_subnet_outside_of_its_vpc_is_told(judge):
    program = swap(SUBNETS.split("  between:", maxsplit=1)[0], "10.0.0.0/20", "10.1.0.0/20")
    assert judge(Overlap, program) == ["fail wide.cidrBlock"]


def test_a_second_block_of_the_vpc_is_the_vpc_too(judge):
    more = """
  more:
    type: aws:ec2:VpcIpv4CidrBlockAssociation
    properties: {vpcId: "${vpc.id}", cidrBlock: 10.1.0.0/16}
"""
    program = swap(SUBNETS.split("  between:", maxsplit=1)[0], "10.0.0.0/20", "10.1.0.0/20")
    assert judge(Overlap, program + more) == []
    assert judge(Overlap, swap(AVOID, "10.0.128.0/20", "10.1.0.0/20") + swap(more, "vpc.id", "room.id")) == [
        "fail link.peerVpcId"
    ]


def test_neighbours_do_not_overlap(judge):
    assert judge(Overlap, swap(AVOID, "10.0.128.0/20", "10.1.0.0/16")) == []


def test_two_networks_on_one_transit_gateway_are_joined(judge):
    links = """
  hub: {type: "aws:ec2transitgateway:TransitGateway"}
  one: {type: "aws:ec2transitgateway:VpcAttachment", properties: {transitGatewayId: "${hub.id}", vpcId: "${room.id}"}}
  two: {type: "aws:ec2transitgateway:VpcAttachment", properties: {transitGatewayId: "${hub.id}", vpcId: "${work.id}"}}
"""
    assert judge(Overlap, AVOID.split("  link:")[0] + links) == ["fail two.vpcId"]
