from __future__ import annotations

from guardrails.rules.firewalls.inspected_exit import InspectedExit
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID, PREFER = InspectedExit.avoid, InspectedExit.prefer
test_cases = cases(
    InspectedExit,
    unresolved=Case(swap(AVOID, ', natGatewayId: "${nat.id}"', ""), "unresolved out"),
    boundary=Case(
        swap(
            "\n".join(line for line in AVOID.splitlines() if not line.startswith("  use:")),
            'routeTableId: "${table.id}"',
            'routeTableId: "${vpc.mainRouteTableId}"',
        ),
        "fail out",
    ),
)


def test_a_route_to_the_firewalls_endpoint_passes(judge):
    assert judge(InspectedExit, PREFER) == []


def test_a_narrow_route_past_it_is_refused(judge):
    for deployed in (False, True):
        assert judge(InspectedExit, AVOID, deployed=deployed) == ["fail out"]


def test_the_main_table_counts_where_none_is_associated(judge):
    lines = [line for line in AVOID.splitlines() if not line.startswith("  use:")]
    main = swap("\n".join(lines), 'routeTableId: "${table.id}"', 'routeTableId: "${vpc.mainRouteTableId}"')
    assert judge(InspectedExit, main) == ["fail out"]


def test_without_that_waypoint_the_route_is_no_concern_of_this_rule(judge):
    assert judge(InspectedExit, AVOID, intent=swap(InspectedExit.example_intent, "via: firewall", "via: nat")) == []
