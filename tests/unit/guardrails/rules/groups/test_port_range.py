from __future__ import annotations

from guardrails.rules.fail_closed.unreadable_network import UnreadableNetwork
from guardrails.rules.groups.port_range import PortRange
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID = PortRange.avoid
test_cases = cases(
    PortRange,
    unresolved=Case(
        swap(AVOID, "toPort: 9000", 'toPort: {"fn::unknown": true}'),
        "unresolved host.ingress[0].toPort",
        also=(UnreadableNetwork,),
    ),
    boundary=Case(
        swap(AVOID, "protocol: tcp, fromPort: 1024, toPort: 9000", "protocol: all, fromPort: 0, toPort: 0"),
        "fail host.ingress[0].cidrBlocks",
    ),
)


def test_the_widest_range_is_counted_with_both_ends(judge):
    assert judge(PortRange, swap(AVOID, "toPort: 9000", "toPort: 2047")) == []
    assert judge(PortRange, swap(AVOID, "toPort: 9000", "toPort: 2048")) == ["fail host.ingress[0].cidrBlocks"]


def test_the_dynamic_range_is_what_some_protocols_need(judge):
    assert judge(PortRange, swap(AVOID, "fromPort: 1024, toPort: 9000", "fromPort: 49152, toPort: 65535")) == []


def test_the_limit_is_an_option(judge):
    assert judge(PortRange, AVOID, most_ports=10_000) == []
