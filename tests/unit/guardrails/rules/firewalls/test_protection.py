from __future__ import annotations

from guardrails.rules.firewalls.protection import Protection
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

ON = "deleteProtection: true"
test_cases = cases(
    Protection,
    unresolved=Case(
        swap(Protection.prefer, ON, 'deleteProtection: {"fn::unknown": true}'), "unresolved firewall.deleteProtection"
    ),
    boundary=Case(swap(Protection.prefer, ON, 'deleteProtection: "false"'), "fail firewall.deleteProtection"),
)


def test_a_protected_firewall_passes(judge):
    assert judge(Protection, Protection.prefer) == []


def test_both_default_to_off(judge):
    assert judge(Protection, Protection.avoid) == ["fail firewall.subnetChangeProtection"]
    plain = swap(Protection.avoid, ", deleteProtection: true", "")
    assert judge(Protection, plain) == ["fail firewall.deleteProtection", "fail firewall.subnetChangeProtection"]


def test_text_counts_as_the_provider_reads_it(judge):
    assert judge(Protection, swap(Protection.prefer, ON, 'deleteProtection: "true"')) == []
