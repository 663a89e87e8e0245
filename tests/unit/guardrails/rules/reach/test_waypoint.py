from __future__ import annotations

from guardrails.rules.reach.waypoint import Waypoint
from tests.unit.guardrails.rules.rule_cases import ELSEWHERE, Case, cases, swap

AVOID = Waypoint.avoid
LOST = swap(AVOID, "associatePublicIpAddress: true", 'associatePublicIpAddress: "${elsewhere.value}"') + ELSEWHERE
OWN = 'routeTableId: "${own.id}", destinationCidrBlock: '
HALF = swap(swap(AVOID, f"{OWN}0.0.0.0/0", f"{OWN}128.0.0.0/1"), "cidrIpv4: 0.0.0.0/0", "cidrIpv4: 128.0.0.0/2")
test_cases = cases(
    Waypoint,
    unresolved=Case(LOST, "unresolved proxy.proxy -> internet"),
    boundary=Case(HALF, "fail proxy.proxy -> internet"),
)
