from __future__ import annotations

from guardrails.rules.firewalls.protection import Protection
from tests.unit.guardrails.rules.rule_cases import swap


def test_a_protected_firewall_passes(judge):
    assert judge(Protection, Protection.prefer) == []


def test_both_default_to_off(judge):
    assert judge(Protection, Protection.avoid) == ["fail firewall.subnetChangeProtection"]
    plain = swap(Protection.avoid, ", deleteProtection: true", "")
    assert judge(Protection, plain) == ["fail firewall.deleteProtection", "fail firewall.subnetChangeProtection"]


def test_text_counts_as_the_provider_reads_it(judge):
    assert judge(Protection, swap(Protection.prefer, "deleteProtection: true", 'deleteProtection: "true"')) == []
    assert judge(Protection, swap(Protection.prefer, "deleteProtection: true", 'deleteProtection: "false"')) != []


def test_an_unknown_value_is_unresolved(judge):
    program = swap(Protection.prefer, "deleteProtection: true", 'deleteProtection: {"fn::unknown": true}')
    assert judge(Protection, program) == ["unresolved firewall.deleteProtection"]
