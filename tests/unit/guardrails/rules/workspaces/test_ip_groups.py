from __future__ import annotations

import pytest

from guardrails.rules.workspaces.ip_groups import IpGroups
from tests.unit.guardrails.rules.rule_cases import ELSEWHERE, Case, cases, swap

AVOID, PREFER = IpGroups.avoid, IpGroups.prefer
SITE = "198.51.100.0/28"
test_cases = cases(
    IpGroups,
    unresolved=Case(swap(PREFER, SITE, '"${elsewhere.value}"') + ELSEWHERE, "unresolved sites.rules[0].source"),
    boundary=Case(AVOID, "fail sites.rules"),
)


@pytest.mark.parametrize("sources", ["0.0.0.0/0", "8.0.0.0/5", "0.0.0.0/2}, {source: 64.0.0.0/2"])
def test_half_the_internet_is_the_internet(judge, sources):
    assert judge(IpGroups, swap(PREFER, SITE, sources)) == ["fail sites.rules"]


def test_an_empty_group_admits_nobody_and_is_told(judge):
    assert judge(IpGroups, swap(PREFER, f"[{{source: {SITE}}}]", "[]")) == ["fail sites.rules"]


@pytest.mark.parametrize(
    ("groups", "found"), [("[]", "fail"), ("null", "fail"), ('{"fn::unknown": true}', "unresolved")]
)
def test_a_registration_has_a_group(judge, groups, found):
    assert judge(IpGroups, swap(PREFER, '["${sites.id}"]', groups)) == [f"{found} room.ipGroupIds"]


def test_a_portal_has_its_own_list(judge):
    portal = 'resources: {at: {type: "aws:workspacesweb:IpAccessSettings", properties: {ipRules: [{ipRange: RANGE}]}}}'
    assert judge(IpGroups, swap(portal, "RANGE", SITE)) == []
    assert judge(IpGroups, swap(portal, "RANGE", "0.0.0.0/0")) == ["fail at.ipRules"]
