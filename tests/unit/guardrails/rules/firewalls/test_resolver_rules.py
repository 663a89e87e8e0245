from __future__ import annotations

from guardrails.rules.firewalls.resolver_rules import ResolverRules
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID, PREFER = ResolverRules.avoid, ResolverRules.prefer
LITERAL = swap(AVOID, '"${everything.id}"', "rslvr-rr-0123456789abcdef0")

test_cases = cases(
    ResolverRules,
    unresolved=Case(
        swap(PREFER, "[{ip: 10.100.0.53}]", '[{ip: {"fn::unknown": true}}]'), "unresolved company.targetIps"
    ),
    # Declared is one address, not what begins like it.
    boundary=Case(swap(PREFER, "10.100.0.53}]", "10.100.0.5}]"), "fail company.targetIps"),
)


def test_a_server_outside_is_told_and_a_declared_one_is_not(judge):
    for deployed in (False, True):
        assert judge(ResolverRules, AVOID, deployed=deployed) == ["fail everything.targetIps"]
        assert judge(ResolverRules, PREFER, deployed=deployed) == []


def test_one_of_ones_own_is_no_stranger(judge):
    assert judge(ResolverRules, swap(AVOID, "9.9.9.9", "10.0.1.5")) == []


def test_a_directory_of_the_stack_may_be_asked_before_its_addresses_are_known(judge):
    directory = '  corp: {type: "aws:directoryservice:Directory", properties: {name: corp.example, password: x}}\n'
    program = swap(AVOID, "[{ip: 9.9.9.9}]", '[{ip: "${corp.dnsIpAddresses}"}]') + directory
    assert judge(ResolverRules, program) == []


def test_a_rule_that_no_protected_vpc_uses_is_not_judged(judge):
    assert judge(ResolverRules, AVOID.split("  use:")[0]) == []


def test_a_rule_outside_of_the_stack_must_be_declared(judge):
    assert judge(ResolverRules, LITERAL) == ["unresolved use.resolverRuleId"]
    declared = ResolverRules.example_intent + "externals: [{id: rslvr-rr-0123456789abcdef0}]\n"
    assert judge(ResolverRules, LITERAL, intent=declared) == []


def test_what_aws_makes_in_every_vpc_needs_no_word(judge):
    assert (
        judge(ResolverRules, swap(LITERAL, "rslvr-rr-0123456789abcdef0", "rslvr-autodefined-rr-internet-resolver"))
        == []
    )


def test_a_directory_forwards_to_known_servers_alone(judge):
    forwarder = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  partner:
    type: aws:directoryservice:ConditionalForwarder
    properties: {directoryId: d-1, remoteDomainName: partner.example, dnsIps: [10.100.0.53, 192.0.2.53]}
"""
    assert judge(ResolverRules, forwarder) == ["fail partner.dnsIps"]
    assert judge(ResolverRules, swap(forwarder, ", 192.0.2.53", "")) == []
