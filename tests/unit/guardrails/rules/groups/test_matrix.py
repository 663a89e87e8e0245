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
