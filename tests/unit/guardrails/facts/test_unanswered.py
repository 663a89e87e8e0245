"""An unknown that no dependency explains: the program's own, or one that the provider will compute?"""

from __future__ import annotations

import pytest

from guardrails.facts.from_pulumi.read import View, from_stack_request, from_state
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from tests.policy.support.programs import Program
from tests.policy.support.wire import stack_request

LOST = '{"fn::unknown": true}'
NETWORK = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  subnet: {type: "aws:ec2:Subnet", properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.1.0/24}}
  group: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}"}}
  thing: {type: "%s", properties: {%s}}
"""
USELESS = pytest.mark.parametrize(
    ("token", "lost", "told"),
    [
        ("aws:ec2:InternetGateway", "vpcId: %s", "the gateway's VPC"),
        ("aws:ec2:VpnGateway", "vpcId: %s", "the gateway's VPC"),
        ("aws:lb:LoadBalancer", "subnets: %s", "thing.subnets"),
        (
            "aws:ec2:VpcEndpoint",
            'vpcEndpointType: Interface, serviceName: com.amazonaws.eu-west-1.logs, vpcId: "${vpc.id}", subnetIds: %s',
            "thing.subnetIds",
        ),
    ],
)


def open_ends(facts: Facts) -> list[str]:
    network = facts.network
    gateways = [*network.internet_gateways, *network.vpn_gateways]
    found = [f"{item.origin.subject} the gateway's VPC" for item in gateways if isinstance(item.vpc, Unknown)]
    return [*found, *(gap.what for gap in network.gaps)]


@USELESS
def test_what_would_be_of_no_use_without_it_is_an_open_end_at_the_gate(token: str, lost: str, told: str) -> None:
    raw = Program(NETWORK % (token, lost % LOST)).state(deployed=False)
    assert any(told in end for end in open_ends(Facts(from_stack_request(stack_request(raw)))))


@USELESS
def test_a_state_file_tells_that_it_was_given(token: str, lost: str, told: str) -> None:
    raw = Program(NETWORK % (token, lost % LOST)).state(deployed=False)
    facts = Facts(from_state(raw, View.OUTPUTS))
    (thing,) = [item for item in facts.resources if item.name == "thing"]
    assert any(isinstance(value, Unknown) for value in thing.props.values())
    assert thing.unanswered == frozenset()


def test_what_a_program_leaves_out_is_no_open_end_where_another_resource_says_it() -> None:
    text = NETWORK % ("aws:ec2:InternetGateway", "")
    ends = 'internetGatewayId: "${thing.id}", vpcId: "${vpc.id}"'
    text += f'  join: {{type: "aws:ec2:InternetGatewayAttachment", properties: {{{ends}}}}}\n'
    facts = Facts(from_stack_request(stack_request(Program(text).state(deployed=False))))
    assert open_ends(facts) == []


def test_what_a_program_leaves_out_and_the_provider_computes_is_left_out() -> None:
    facts = Facts(from_stack_request(stack_request(Program(NETWORK % ("aws:sqs:Queue", "")).state(deployed=False))))
    assert "ingress" not in facts.of("ec2.SecurityGroup")[0].props
    assert "ingress" in facts.of("ec2.SecurityGroup")[0].unanswered
