from __future__ import annotations

from guardrails.rules.gateways.transit_isolation import TransitIsolation
from tests.unit.guardrails.rules.rule_cases import ELSEWHERE, Case, cases, swap

AVOID, PREFER = TransitIsolation.avoid, TransitIsolation.prefer
ASSOCIATION = "link.transitGatewayDefaultRouteTableAssociation"
PROPAGATION = "link.transitGatewayDefaultRouteTablePropagation"
test_cases = cases(
    TransitIsolation,
    unresolved=Case(
        swap(PREFER, "Association: false", 'Association: "${elsewhere.value}"') + ELSEWHERE,
        f"unresolved {ASSOCIATION}",
    ),
    boundary=Case(
        swap(AVOID, "{defaultRouteTablePropagation: disable}", "{description: disable}"),
        f"fail {ASSOCIATION}",
        f"fail {PROPAGATION}",
    ),
)


def test_either_side_may_switch_the_default_table_off(judge):
    assert judge(TransitIsolation, PREFER) == []


def test_the_default_is_on_for_both_sides(judge):
    assert judge(TransitIsolation, AVOID) == [f"fail {ASSOCIATION}"]
    plain = swap(AVOID, "{defaultRouteTablePropagation: disable}", "{description: hub}")
    assert judge(TransitIsolation, plain) == [f"fail {ASSOCIATION}", f"fail {PROPAGATION}"]


def test_a_gateway_of_another_account_is_unresolved_until_it_is_declared(judge):
    program = swap(AVOID, '"${hub.id}"', "tgw-0a1b2c3d4e5f60718")
    assert judge(TransitIsolation, program) == [f"unresolved {ASSOCIATION}", f"unresolved {PROPAGATION}"]
    declared = TransitIsolation.example_intent + "externals: [{id: tgw-0a1b2c3d4e5f60718, kind: transit gateway}]\n"
    assert judge(TransitIsolation, program, intent=declared) == []


def test_an_ordinary_vpc_may_use_the_default_table(judge):
    assert judge(TransitIsolation, swap(AVOID, "{Zone: desktop}", "{Zone: web}")) == []
