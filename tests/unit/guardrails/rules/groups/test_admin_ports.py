from __future__ import annotations

from guardrails.rules.fail_closed.unreadable_network import UnreadableNetwork
from guardrails.rules.groups.admin_ports import AdminPorts
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID = AdminPorts.avoid
test_cases = cases(
    AdminPorts,
    unresolved=Case(
        swap(AVOID, "10.0.0.0/8", '{"fn::unknown": true}'), "unresolved open.cidrIpv4", also=(UnreadableNetwork,)
    ),
    boundary=Case(
        swap(AVOID, "ipProtocol: tcp, fromPort: 3000, toPort: 4000", 'ipProtocol: "6", fromPort: 0, toPort: "135"'),
        "fail open.cidrIpv4",
    ),
)


def test_a_single_host_is_a_caller(judge):
    assert judge(AdminPorts, swap(AVOID, "10.0.0.0/8", "10.0.0.9/32")) == []


def test_all_protocols_open_administration_too(judge):
    program = swap(AVOID, "ipProtocol: tcp, fromPort: 3000, toPort: 4000", 'ipProtocol: "-1"')
    assert judge(AdminPorts, program) == ["fail open.cidrIpv4"]
