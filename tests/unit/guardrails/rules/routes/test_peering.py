from __future__ import annotations

from guardrails.rules.fail_closed.unreadable_network import UnreadableNetwork
from guardrails.rules.routes.peering import PeeringRoute
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID = PeeringRoute.avoid
HALVES = (
    swap(AVOID, "destinationCidrBlock: 10.1.0.0/16", "destinationCidrBlock: 10.1.1.0/25")
    + """
  more:
    type: aws:ec2:Route
    properties:
      routeTableId: ${room.mainRouteTableId}
      destinationCidrBlock: 10.1.0.0/23
      vpcPeeringConnectionId: ${link.id}
"""
)
test_cases = cases(
    PeeringRoute,
    unresolved=Case(
        swap(AVOID, "destinationCidrBlock: 10.1.0.0/16", 'destinationCidrBlock: {"fn::unknown": true}'),
        "unresolved wide.destinationCidrBlock",
        also=(UnreadableNetwork,),
    ),
    boundary=Case(HALVES, "fail more"),
)


def test_the_declared_block_and_its_parts_pass(judge):
    for block in ("10.1.1.0/24", "10.1.1.128/25"):
        assert judge(PeeringRoute, swap(AVOID, "10.1.0.0/16\n      vpcP", f"{block}\n      vpcP")) == []


def test_the_way_back_serves_the_other_side_of_the_flow(judge):
    program = (
        AVOID.split("  wide:")[0]
        + """
  apps: {type: "aws:ec2:Subnet", properties: {vpcId: "${work.id}", cidrBlock: 10.1.1.0/24}}
  back:
    type: aws:ec2:Route
    properties:
      routeTableId: ${work.mainRouteTableId}
      destinationCidrBlock: 10.0.0.0/24
      vpcPeeringConnectionId: ${link.id}
"""
    )
    assert judge(PeeringRoute, program) == []
    assert judge(
        PeeringRoute, swap(program, "destinationCidrBlock: 10.0.0.0/24", "destinationCidrBlock: 10.0.0.0/23")
    ) == ["fail back"]
