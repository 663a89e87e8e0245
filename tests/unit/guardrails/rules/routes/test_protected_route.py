from __future__ import annotations

import pytest

from guardrails.rules.routes.protected_route import ProtectedRoute
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID, PREFER = ProtectedRoute.avoid, ProtectedRoute.prefer
TABLE = """
  table: {type: "aws:ec2:RouteTable", properties: {vpcId: "${vpc.id}"}}
  use: {type: "aws:ec2:RouteTableAssociation", properties: {routeTableId: "${table.id}", subnetId: "${desktops.id}"}}
"""
STAGES = pytest.mark.parametrize("deployed", [False, True], ids=["preview", "deployed"])
test_cases = cases(
    ProtectedRoute,
    unresolved=Case(AVOID + swap(TABLE, '"${desktops.id}"', '{"fn::unknown": true}'), "unresolved desktops"),
    boundary=Case(swap(AVOID, "128.0.0.0/1", "8.8.8.8/32"), "fail half"),
)


def test_a_table_of_its_own_frees_the_subnet_of_the_main_ones_routes(judge):
    assert judge(ProtectedRoute, AVOID + TABLE) == []


@STAGES
def test_an_inline_route_of_the_main_table_counts(judge, deployed):
    program = (
        AVOID.split("  half:")[0]
        + """
  main:
    type: aws:ec2:DefaultRouteTable
    properties:
      defaultRouteTableId: ${vpc.defaultRouteTableId}
      routes: [{cidrBlock: 0.0.0.0/0, gatewayId: "${igw.id}"}]
"""
    )
    assert judge(ProtectedRoute, program, deployed=deployed) == ["fail main.routes[0]"]


@STAGES
def test_another_main_table_takes_the_place_of_the_vpcs_own(judge, deployed):
    swapped = (
        AVOID
        + """
  table: {type: "aws:ec2:RouteTable", properties: {vpcId: "${vpc.id}"}}
  main: {type: "aws:ec2:MainRouteTableAssociation", properties: {vpcId: "${vpc.id}", routeTableId: "${table.id}"}}
"""
    )
    assert judge(ProtectedRoute, swapped, deployed=deployed) == []
    out = """
  out:
    type: aws:ec2:Route
    properties: {routeTableId: "${table.id}", destinationIpv6CidrBlock: "::/1", egressOnlyGatewayId: "${eigw.id}"}
  eigw: {type: "aws:ec2:EgressOnlyInternetGateway", properties: {vpcId: "${vpc.id}"}}
"""
    assert judge(ProtectedRoute, swapped + out, deployed=deployed) == ["fail out"]


def test_two_tables_for_one_subnet_or_two_main_ones_leave_it_open(judge):
    second = swap(TABLE, "table: {", "second: {").replace("use:", "again:").replace("table.id", "second.id")
    assert judge(ProtectedRoute, AVOID + TABLE + second) == ["unresolved desktops"]
    main = """
  first: {type: "aws:ec2:MainRouteTableAssociation", properties: {vpcId: "${vpc.id}", routeTableId: "${table.id}"}}
  last: {type: "aws:ec2:MainRouteTableAssociation", properties: {vpcId: "${vpc.id}", routeTableId: "${other.id}"}}
  table: {type: "aws:ec2:RouteTable", properties: {vpcId: "${vpc.id}"}}
  other: {type: "aws:ec2:RouteTable", properties: {vpcId: "${vpc.id}"}}
"""
    assert judge(ProtectedRoute, AVOID + main) == ["unresolved desktops"]


@STAGES
def test_a_prefix_list_as_destination_is_a_route_too(judge, deployed):
    program = (
        swap(AVOID, "destinationCidrBlock: 128.0.0.0/1", 'destinationPrefixListId: "${list.id}"')
        + """
  list: {type: "aws:ec2:ManagedPrefixList", properties: {addressFamily: IPv4, maxEntries: 1, name: l}}
"""
    )
    assert judge(ProtectedRoute, program, deployed=deployed) == ["fail half"]


def test_a_nat_gateway_needs_a_flow_through_it(judge):
    nat = swap(AVOID, 'gatewayId: "${igw.id}"}', 'natGatewayId: "${nat.id}"}') + (
        '  nat: {type: "aws:ec2:NatGateway", properties: {subnetId: "${desktops.id}"}}\n'
    )
    assert judge(ProtectedRoute, nat) == ["fail half"]
    flow = "flows:\n  - {name: out, from: desktop, to: internet, ports: [443], via: nat}\n"
    assert judge(ProtectedRoute, nat, intent=ProtectedRoute.example_intent + flow) == []
    assert judge(ProtectedRoute, AVOID, intent=ProtectedRoute.example_intent + flow) == ["fail half"]


def test_a_vpn_gateway_named_as_a_gateway_is_none_of_the_internet(judge):
    program = swap(AVOID, 'gatewayId: "${igw.id}"}', 'gatewayId: "${vgw.id}"}')
    assert (
        judge(ProtectedRoute, program + '  vgw: {type: "aws:ec2:VpnGateway", properties: {vpcId: "${vpc.id}"}}\n') == []
    )
