from __future__ import annotations

from guardrails.rules.fail_closed.unreadable_network import UnreadableNetwork
from guardrails.rules.groups.matrix import Matrix
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID, PREFER = Matrix.avoid, Matrix.prefer
test_cases = cases(
    Matrix,
    unresolved=Case(
        swap(AVOID, "10.0.0.0/22", '{"fn::unknown": true}'), "unresolved wide.cidrIpv4", also=(UnreadableNetwork,)
    ),
    boundary=Case(swap(PREFER, "fromPort: 3128, toPort: 3128", "fromPort: 3128, toPort: 3129"), "fail exact.cidrIpv4"),
)


def test_the_zones_own_block_and_every_part_of_it_pass(judge):
    for part in ("10.0.0.0/23", "10.0.0.0/24", "10.0.1.255/32"):
        assert judge(Matrix, swap(PREFER, "10.0.1.0/24", part)) == []


def test_the_other_protocol_is_another_flow(judge):
    assert judge(Matrix, swap(PREFER, "ipProtocol: tcp", "ipProtocol: udp")) == ["fail exact.cidrIpv4"]


def test_the_other_direction_is_another_flow(judge):
    assert judge(Matrix, swap(PREFER, "SecurityGroupIngressRule", "SecurityGroupEgressRule")) == ["fail exact.cidrIpv4"]


def test_a_declared_group_outside_of_the_stack_is_held_to_the_flows_as_well(judge):
    program = swap(PREFER, "cidrIpv4: 10.0.1.0/24", "referencedSecurityGroupId: sg-0fedcba9876543210")
    external = "externals: [{id: sg-0fedcba9876543210, reason: monitoring%s}]\n"
    found = ["fail exact.referencedSecurityGroupId"]
    for known, expected in (("", []), (", cidrs: [10.0.0.0/24]", []), (", cidrs: [10.9.0.0/24]", found)):
        assert judge(Matrix, program, intent=Matrix.example_intent + external % known) == expected
    wider = swap(program, "toPort: 3128", "toPort: 3129")
    assert judge(Matrix, wider, intent=Matrix.example_intent + external % "") == found


def test_of_a_group_outside_only_flows_with_places_outside_speak(judge):
    inside = swap(
        PREFER,
        "  exact:",
        '  desks: {type: "aws:ec2:Subnet", properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.0.0/24}}\n  exact:',
    )
    program = swap(inside, "cidrIpv4: 10.0.1.0/24", "referencedSecurityGroupId: sg-0fedcba9876543210")
    intent = Matrix.example_intent + "externals: [{id: sg-0fedcba9876543210, reason: monitoring}]\n"
    assert judge(Matrix, program, intent=intent) == ["fail exact.referencedSecurityGroupId"]
