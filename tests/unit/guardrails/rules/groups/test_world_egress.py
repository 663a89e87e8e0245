from __future__ import annotations

from guardrails.rules.fail_closed.unreadable_network import UnreadableNetwork
from guardrails.rules.groups.world_egress import WorldEgress
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID, PREFER = WorldEgress.avoid, WorldEgress.prefer
HALVES = (
    AVOID
    + """
  rest:
    type: aws:vpc:SecurityGroupEgressRule
    properties: {securityGroupId: "${desktops.id}", ipProtocol: tcp, fromPort: 0, toPort: 65535, cidrIpv4: 128.0.0.0/1}
"""
)
test_cases = cases(
    WorldEgress,
    unresolved=Case(
        swap(AVOID, "0.0.0.0/0", '{"fn::unknown": true}'), "unresolved out.cidrIpv4", also=(UnreadableNetwork,)
    ),
    boundary=Case(swap(AVOID, "cidrIpv4: 0.0.0.0/0", 'cidrIpv6: "2000::/3"'), "fail out.cidrIpv6"),
)


def test_a_port_that_the_flow_does_not_name_is_refused(judge):
    assert judge(WorldEgress, swap(PREFER, "toPort: 443", "toPort: 444")) == ["fail out.cidrIpv4"]


def test_a_group_outside_of_the_stack_is_not_opened_from_here_either(judge):
    program = swap(AVOID, '"${desktops.id}"', "sg-0a1b2c3d4e5f60718")
    assert judge(WorldEgress, program) == ["fail out.cidrIpv4"]


def test_halves_in_two_rules_are_the_whole(judge):
    program = swap(HALVES, "0.0.0.0/0", "0.0.0.0/1")
    assert "fail out.cidrIpv4" in judge(WorldEgress, program)


def test_without_an_intent_only_the_undirected_way_out_is_told(judge):
    assert judge(WorldEgress, AVOID, intent="") == ["fail out.cidrIpv4"]
    assert judge(WorldEgress, PREFER, intent="") == []
