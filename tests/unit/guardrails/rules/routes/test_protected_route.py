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


MIDDLEBOX = (
    AVOID.split("  half:")[0]
    + TABLE
    + """
  inspection: {type: "aws:ec2:Subnet", properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.2.0/24}}
  endpoint:
    type: aws:ec2:VpcEndpoint
    properties:
      {vpcId: "${vpc.id}", vpcEndpointType: GatewayLoadBalancer, subnetIds: ["${inspection.id}"],
       serviceName: com.amazonaws.vpce.ap-northeast-1.vpce-svc-1}
  out:
    type: aws:ec2:Route
    properties: {routeTableId: "${table.id}", destinationCidrBlock: 10.9.0.0/16, vpcEndpointId: "${endpoint.id}"}
  nat: {type: "aws:ec2:NatGateway", properties: {subnetId: "${inspection.id}"}}
  behind: {type: "aws:ec2:RouteTable", properties: {vpcId: "${vpc.id}"}}
  uses:
    type: aws:ec2:RouteTableAssociation
    properties: {routeTableId: "${behind.id}", subnetId: "${inspection.id}"}
  leave:
    type: aws:ec2:Route
    properties: {routeTableId: "${behind.id}", destinationCidrBlock: 0.0.0.0/0, natGatewayId: "${nat.id}"}
"""
)
CLOSER = """
  premises:
    type: aws:ec2:Route
    properties:
      {routeTableId: "${behind.id}", destinationCidrBlock: 10.8.0.0/15, transitGatewayId: tgw-0a1b2c3d4e5f60718}
"""
FIREWALL_FLOW = """
version: 1
zones:
  desktop: {tags: {Zone: desktop}, protected: true}
flows:
  - {name: out, from: desktop, to: internet, ports: [443], via: firewall}
"""


@STAGES
def test_a_firewalls_endpoint_leads_where_its_own_subnet_leads(judge, deployed):
    assert judge(ProtectedRoute, MIDDLEBOX, deployed=deployed) == ["fail out"]


@STAGES
def test_a_closer_route_behind_the_endpoint_keeps_it_off_the_internet(judge, deployed):
    assert judge(ProtectedRoute, MIDDLEBOX + CLOSER, deployed=deployed) == []


def test_a_zone_may_leave_behind_a_firewall_where_its_flow_says_so(judge):
    assert judge(ProtectedRoute, MIDDLEBOX, intent=FIREWALL_FLOW) == []


def test_the_subnet_of_a_transit_attachment_routes_what_others_send(judge):
    attached = """
  attachment:
    type: aws:ec2transitgateway:VpcAttachment
    properties: {vpcId: "${vpc.id}", subnetIds: ["${desktops.id}"], transitGatewayId: tgw-0a1b2c3d4e5f60718}
"""
    assert judge(ProtectedRoute, MIDDLEBOX + attached) == []


FOREIGN = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  desktops:
    type: aws:ec2:Subnet
    properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.1.0/24, tags: {Zone: desktop}}
  away:
    type: aws:ec2:Route
    properties: {routeTableId: "${vpc.mainRouteTableId}", destinationCidrBlock: BLOCK, transitGatewayId: tgw-0a1b2c3d}
"""


@pytest.mark.parametrize(
    ("block", "found"),
    [
        ("0.0.0.0/0", ["unresolved away"]),
        ("128.0.0.0/1", ["unresolved away"]),
        ("10.50.0.0/16", []),
        ("198.18.0.0/16", []),
    ],
)
def test_what_a_transit_gateway_outside_of_the_stack_leads_to_is_not_known(judge, block, found):
    intent = ProtectedRoute.example_intent + "externals: [{id: tgw-0a1b2c3d}]\n"
    assert judge(ProtectedRoute, FOREIGN.replace("BLOCK", block), intent=intent) == found


def test_public_addresses_that_a_zone_has_or_may_reach_go_where_they_are_sent(judge):
    own = ProtectedRoute.example_intent.replace("flows:", "") + "  branch: {cidrs: [52.0.0.0/24]}\n"
    assert judge(ProtectedRoute, FOREIGN.replace("BLOCK", "52.0.0.0/25"), intent=own) == []
    out = own + "flows: [{name: out, from: desktop, to: internet, ports: [443]}]\n"
    assert judge(ProtectedRoute, FOREIGN.replace("BLOCK", "0.0.0.0/0"), intent=out) == []


THROUGH_A_HOST = """
  forwarder:
    type: aws:ec2:Instance
    properties: {ami: ami-1, subnetId: "${edge.id}", sourceDestCheck: false}
  edge: {type: "aws:ec2:Subnet", properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.9.0/24, tags: {Zone: public}}}
  way-out:
    type: aws:ec2:Route
    properties:
      routeTableId: ${table.id}
      destinationCidrBlock: 0.0.0.0/0
      networkInterfaceId: ${forwarder.primaryNetworkInterfaceId}
"""


@STAGES
def test_a_host_that_forwards_is_a_way_to_the_gateway_behind_it(judge, deployed):
    assert judge(ProtectedRoute, AVOID + TABLE + THROUGH_A_HOST, deployed=deployed) == ["fail way-out"]
    checked = swap(THROUGH_A_HOST, "sourceDestCheck: false", "sourceDestCheck: true")
    assert judge(ProtectedRoute, AVOID + TABLE + checked, deployed=deployed) == []


@STAGES
def test_a_zone_that_may_leave_may_do_so_through_a_host(judge, deployed):
    flows = "flows: [{name: out, from: desktop, to: internet, ports: [443]}]\n"
    intent = ProtectedRoute.example_intent + flows
    assert judge(ProtectedRoute, AVOID + TABLE + THROUGH_A_HOST, intent=intent, deployed=deployed) == []
