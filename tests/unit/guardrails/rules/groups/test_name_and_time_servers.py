from __future__ import annotations

import pytest

from guardrails.rules.groups.name_and_time_servers import NameAndTimeServers
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID, PREFER = NameAndTimeServers.avoid, NameAndTimeServers.prefer
test_cases = cases(
    NameAndTimeServers,
    unresolved=Case(swap(AVOID, "9.9.9.9/32", '{"fn::unknown": true}'), "unresolved resolver.cidrIpv4"),
    boundary=Case(
        swap(AVOID, "ipProtocol: udp, fromPort: 50", 'ipProtocol: "17", fromPort: "53"'), "fail resolver.cidrIpv4"
    ),
)


def test_servers_inside_the_vpc_pass(judge):
    assert judge(NameAndTimeServers, PREFER) == []


def test_time_is_judged_like_names(judge):
    assert judge(NameAndTimeServers, swap(AVOID, "fromPort: 50, toPort: 60", "fromPort: 123, toPort: 123")) == [
        "fail resolver.cidrIpv4"
    ]


def test_amazons_own_time_service_needs_no_declaration(judge):
    assert judge(NameAndTimeServers, swap(AVOID, "9.9.9.9/32", "169.254.169.123/32")) == []


def test_a_declared_flow_permits_its_servers_and_no_more(judge):
    flow = "flows:\n  - {name: dns, from: desktop, to: 9.9.9.0/24, protocol: udp, ports: [53]}\n"
    intent = NameAndTimeServers.example_intent + flow
    assert judge(NameAndTimeServers, AVOID, intent=intent) == []
    assert judge(NameAndTimeServers, swap(AVOID, "9.9.9.9/32", "9.9.8.0/23"), intent=intent) != []


def test_a_group_of_no_protected_zone_is_not_judged(judge):
    assert judge(NameAndTimeServers, swap(AVOID, "{Zone: desktop}", "{Zone: web}")) == []


DHCP = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  desks:
    type: aws:ec2:Subnet
    properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.1.0/24, tags: {Zone: desktop}}
  options: {type: "aws:ec2:VpcDhcpOptions", properties: {domainNameServers: [NAMES], ntpServers: [169.254.169.123]}}
  use:
    type: aws:ec2:VpcDhcpOptionsAssociation
    properties: {vpcId: "${vpc.id}", dhcpOptionsId: "${options.id}"}
"""


@pytest.mark.parametrize(
    ("names", "found"),
    [
        ("AmazonProvidedDNS", []),
        ("10.0.2.5", []),
        ("10.0.2.5, 8.8.8.8", ["fail options.domainNameServers"]),
        ('{"fn::unknown": true}', ["unresolved options.domainNameServers"]),
    ],
)
def test_servers_that_a_vpc_hands_out_are_judged_as_well(judge, names, found):
    program = swap(DHCP, "NAMES", names)
    for deployed in (False, True):
        assert judge(NameAndTimeServers, program, deployed=deployed) == found
    assert judge(NameAndTimeServers, swap(program, "{Zone: desktop}", "{Zone: web}")) == []


def test_options_outside_of_the_stack_are_declared_or_not_known(judge):
    program = swap(DHCP, '"${options.id}"', "dopt-0a1b2c3d")
    assert judge(NameAndTimeServers, swap(program, "NAMES", "8.8.8.8")) == ["unresolved use.dhcpOptionsId"]
    declared = NameAndTimeServers.example_intent + "externals: [{id: dopt-0a1b2c3d}]\n"
    assert judge(NameAndTimeServers, swap(program, "NAMES", "8.8.8.8"), intent=declared) == []
