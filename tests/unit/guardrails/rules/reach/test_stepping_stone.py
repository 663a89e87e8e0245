from __future__ import annotations

from guardrails.rules.fail_closed.unresolved_edge import UnresolvedEdge
from guardrails.rules.reach.stepping_stone import SteppingStone
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID = SteppingStone.avoid
PEER, LOST = "referencedSecurityGroupId: ${serve.id}", 'referencedSecurityGroupId: {"fn::unknown": true}'
BY_NUMBER = swap(AVOID, "ipProtocol: tcp\n      fromPort: 445", 'ipProtocol: "6"\n      fromPort: "445"')
test_cases = cases(
    SteppingStone,
    unresolved=Case(swap(AVOID, PEER, LOST), "unresolved further.referencedSecurityGroupId", also=(UnresolvedEdge,)),
    boundary=Case(BY_NUMBER, "fail two.desktop -> store"),
)
