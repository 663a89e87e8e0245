from __future__ import annotations

import pytest

from guardrails.rules.fail_closed.unreadable_network import UnreadableNetwork
from guardrails.rules.groups.world_ingress import WorldIngress
from guardrails.rules.groups.world_ingress_union import WorldIngressUnion
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID = WorldIngress.avoid
INLINE = """
resources:
  web:
    type: aws:ec2:SecurityGroup
    properties:
      vpcId: vpc-1
      ingress: [{protocol: tcp, fromPort: 443, toPort: 443, cidrBlocks: [0.0.0.0/1, 128.0.0.0/1]}]
"""
test_cases = cases(
    WorldIngress,
    unresolved=Case(
        swap(AVOID, "0.0.0.0/0", '{"fn::unknown": true}'), "unresolved open.cidrIpv4", also=(UnreadableNetwork,)
    ),
    boundary=Case(INLINE, "fail web.ingress[0].cidrBlocks"),
)


@pytest.mark.parametrize("block", ["::/0", "::/1", "2000::/3", "0:0:0:0:0:0:0:0/0"])
def test_ipv6_is_the_internet_too(judge, block):
    assert judge(WorldIngress, swap(AVOID, "cidrIpv4: 0.0.0.0/0", f'cidrIpv6: "{block}"')) == ["fail open.cidrIpv6"]


@pytest.mark.parametrize("block", ["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "8.8.8.8/32"])
def test_a_private_or_short_range_is_not(judge, block):
    assert judge(WorldIngress, swap(AVOID, "0.0.0.0/0", block)) == []


WEB = "version: 1\nzones: {web: {tags: {Zone: web}, protected: false}, desktop: {tags: {Zone: desktop}}}\nflows:\n"
HTTPS = WEB + "  - {name: shop, from: internet, to: web, protocol: tcp, ports: [443]}\n"


def grouped(zone: str) -> str:
    return swap(AVOID, '{vpcId: "${vpc.id}"}', f'{{vpcId: "${{vpc.id}}", tags: {{Zone: {zone}}}}}')


def both(judge, program, intent):
    return judge(WorldIngress, program, intent=intent, also=(WorldIngressUnion,))


def test_a_declared_flow_from_the_internet_opens_its_zone(judge):
    assert both(judge, grouped("web"), HTTPS) == []


def test_it_opens_no_other_zone_and_no_group_of_none(judge):
    assert both(judge, grouped("desktop"), HTTPS) == ["fail web.ingress"]
    assert both(judge, AVOID, HTTPS) == ["fail web.ingress"]


def test_it_opens_no_group_outside_of_the_stack_to_which_a_rule_is_added(judge):
    program = swap(AVOID, '"${web.id}"', "sg-0a1b2c3d4e5f60718")
    assert both(judge, program, HTTPS + "externals: [{id: sg-0a1b2c3d4e5f60718}]\n") == ["fail open.ingress"]
    assert both(judge, program, "") == ["fail open.cidrIpv4"]


def test_it_opens_no_other_port_or_protocol(judge):
    for change in ("toPort: 444", "toPort: 65535"):
        assert both(judge, swap(grouped("web"), "toPort: 443", change), HTTPS) == ["fail open.cidrIpv4"]
    for name in ("udp", '"-1"'):
        program = swap(grouped("web"), "ipProtocol: tcp", f"ipProtocol: {name}")
        assert both(judge, program, HTTPS) == ["fail open.cidrIpv4"]
