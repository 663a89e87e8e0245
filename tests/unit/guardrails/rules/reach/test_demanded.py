from __future__ import annotations

from guardrails.rules.reach.demanded import Demanded
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

PREFER = Demanded.prefer
PEER, LOST = "referencedSecurityGroupId: ${desk.id}", 'referencedSecurityGroupId: {"fn::unknown": true}'
BESIDE = swap(swap(PREFER, "fromPort: 5432", "fromPort: 5433"), "toPort: 5432", "toPort: 65535")
test_cases = cases(
    Demanded,
    unresolved=Case(swap(PREFER, PEER, LOST), "unresolved one.desktop -> server"),
    boundary=Case(BESIDE, "fail one.desktop -> server"),
)
