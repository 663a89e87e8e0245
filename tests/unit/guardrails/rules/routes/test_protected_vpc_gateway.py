from __future__ import annotations

from guardrails.rules.fail_closed.unresolved_edge import UnresolvedEdge
from guardrails.rules.routes.protected_vpc_gateway import ProtectedVpcGateway
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID = ProtectedVpcGateway.avoid
EGRESS = (
    AVOID.split("  igw:")[0]
    + """
  eigw: {type: "aws:ec2:EgressOnlyInternetGateway", properties: {vpcId: "${vpc.id}"}}
"""
)
test_cases = cases(
    ProtectedVpcGateway,
    unresolved=Case(
        swap(AVOID, 'properties: {vpcId: "${vpc.id}", internet', 'properties: {vpcId: {"fn::unknown": true}, internet'),
        "unresolved igw.vpcId",
        also=(UnresolvedEdge,),
    ),
    boundary=Case(EGRESS, "fail eigw.vpcId"),
)


def test_a_public_subnet_beside_the_protected_one_is_what_gateways_are_for(judge):
    public = '  public: {type: "aws:ec2:Subnet", properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.2.0/24}}\n'
    assert judge(ProtectedVpcGateway, AVOID + public) == []


def test_a_flow_to_the_internet_needs_a_gateway(judge):
    flow = "flows:\n  - {name: out, from: desktop, to: internet, ports: [443], via: nat}\n"
    assert judge(ProtectedVpcGateway, AVOID, intent=ProtectedVpcGateway.example_intent + flow) == []
