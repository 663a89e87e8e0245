from __future__ import annotations

import pytest

from guardrails.rules.fail_closed.unreadable_network import UnreadableNetwork
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

PREFER = UnreadableNetwork.prefer
test_cases = cases(
    UnreadableNetwork,
    unresolved=Case(UnreadableNetwork.avoid, "unresolved rule.cidrIpv4"),
    boundary=Case(swap(PREFER, "10.1.0.0/24", "10.1.0.0/33"), "unresolved rule.cidrIpv4"),
)


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("ipProtocol: tcp", "ipProtocol: sctpx", "ipProtocol"),
        ("ipProtocol: tcp", "ipProtocol: 256", "ipProtocol"),
        ("fromPort: 443", "fromPort: 444", "fromPort"),
        ("toPort: 443", "toPort: 65536", "fromPort"),
        ("toPort: 443", "toPort: https", "fromPort"),
        (", cidrIpv4: 10.1.0.0/24", "", "cidrIpv4"),
        ("10.1.0.0/24", "10.1.0.0/255.255.255.x", "cidrIpv4"),
    ],
)
def test_what_aws_would_refuse_is_not_read_as_something_harmless(judge, old, new, path):
    assert judge(UnreadableNetwork, swap(PREFER, old, new)) == [f"unresolved rule.{path}"]


@pytest.mark.parametrize("name", ["TCP", '"6"', "6", '"-1"', "all", "icmpv6", '"58"', "esp", "254"])
def test_protocols_are_read_by_name_and_number(judge, name):
    assert judge(UnreadableNetwork, swap(PREFER, "ipProtocol: tcp", f"ipProtocol: {name}")) == []


def test_host_bits_make_no_other_network(judge):
    assert judge(UnreadableNetwork, swap(PREFER, "10.1.0.0/24", "10.1.0.77/24")) == []


LISTED = """
resources:
  group:
    type: aws:ec2:SecurityGroup
    properties:
      vpcId: vpc-1
      egress: [{protocol: tcp, fromPort: 443, toPort: 443, cidrBlocks: [10.0.0.0/8, 10.1.0.0/24]}]
  table:
    type: aws:ec2:RouteTable
    properties: {vpcId: vpc-1, routes: [{cidrBlock: 10.9.0.0/16, transitGatewayId: tgw-1}]}
"""


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("10.0.0.0/8", "10.0.0.0/8x", "group.egress[0].cidrBlocks"),
        ("10.0.0.0/8", "anywhere", "group.egress[0].cidrBlocks"),
        ("protocol: tcp", "protocol: tpc", "group.egress[0].cidrBlocks"),
        ("toPort: 443", "toPort: 70000", "group.egress[0].cidrBlocks"),
        ("cidrBlock: 10.9.0.0/16", "cidrBlock: 10.9/16", "table.routes[0]"),
    ],
)
def test_what_stands_in_a_list_is_read_as_well(judge, old, new, told):
    assert judge(UnreadableNetwork, swap(LISTED, old, new)) == [f"unresolved {told}"]


def test_a_list_that_can_be_read_passes(judge):
    assert judge(UnreadableNetwork, LISTED) == []
