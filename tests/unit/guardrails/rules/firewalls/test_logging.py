from __future__ import annotations

from guardrails.rules.firewalls.logging import FirewallLogs
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID, PREFER = FirewallLogs.avoid, FirewallLogs.prefer
DESTINATION = "- {logType: ALERT, logDestinationType: CloudWatchLogs, logDestination: {logGroup: /room/firewall}}"

test_cases = cases(
    FirewallLogs,
    unresolved=Case(swap(PREFER, "firewallArn: ${wall.arn}", 'firewallArn: {"fn::unknown": true}'), "unresolved wall"),
    boundary=Case(swap(PREFER, DESTINATION, "[]"), "fail wall"),
)


def test_a_firewall_with_a_destination_passes(judge):
    for deployed in (False, True):
        assert judge(FirewallLogs, PREFER, deployed=deployed) == []
        assert judge(FirewallLogs, AVOID, deployed=deployed) == ["fail wall"]


def test_the_log_of_another_firewall_is_none(judge):
    other = '  second: {type: "aws:networkfirewall:Firewall", properties: {firewallPolicyArn: p}}\n'
    assert judge(FirewallLogs, PREFER + other) == ["fail second"]
