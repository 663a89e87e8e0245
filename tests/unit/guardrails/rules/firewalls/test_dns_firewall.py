from __future__ import annotations

from guardrails.rules.firewalls.dns_firewall import DnsFirewall
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID, PREFER = DnsFirewall.avoid, DnsFirewall.prefer
INTENT = "{version: 1, zones: {desktop: {tags: {Zone: desktop}, protected: true}}}"
PROTECTED = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  desktops:
    type: aws:ec2:Subnet
    properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.1.0/24, tags: {Zone: desktop}}
"""
test_cases = cases(
    DnsFirewall,
    unresolved=Case(swap(PREFER, '["*"]', '{"fn::unknown": true}'), "unresolved group"),
    boundary=Case(swap(PREFER, '["*"]', '["*.example.org"]'), "fail group"),
)


def test_an_allow_list_with_a_block_of_the_rest_passes(judge):
    for deployed in (False, True):
        assert judge(DnsFirewall, PREFER, deployed=deployed) == []


def test_an_allow_list_alone_blocks_nothing(judge):
    assert judge(DnsFirewall, AVOID) == ["fail group"]


def test_a_block_before_the_allow_or_of_some_names_is_not_the_rest(judge):
    assert judge(DnsFirewall, swap(PREFER, "priority: 20", "priority: 5")) == ["fail group"]
    assert judge(DnsFirewall, swap(PREFER, '["*"]', '["*.example.org"]')) == ["fail group"]


def test_a_deny_list_is_a_deny_list(judge):
    assert judge(DnsFirewall, swap(AVOID, "action: ALLOW", "action: BLOCK")) == []


def test_a_group_that_no_vpc_uses_does_nothing(judge):
    assert judge(DnsFirewall, PREFER.split("  use:")[0]) == ["fail group"]


def test_failing_open_is_refused(judge):
    config = '\n  config: {type: "aws:route53:ResolverFirewallConfig", properties: {firewallFailOpen: ENABLED}}\n'
    assert judge(DnsFirewall, PREFER + config) == ["fail config.firewallFailOpen"]


def test_a_protected_vpc_needs_one_where_that_is_asked_for(judge):
    assert judge(DnsFirewall, PROTECTED, intent=INTENT) == []
    assert judge(DnsFirewall, PROTECTED, intent=INTENT, required=True) == ["fail vpc"]


def test_an_unknown_action_is_unresolved(judge):
    assert judge(DnsFirewall, swap(PREFER, "action: BLOCK", 'action: {"fn::unknown": true}')) == ["unresolved group"]


def test_route_53_answers_names_with_a_dot_at_their_end(judge):
    assert judge(DnsFirewall, swap(PREFER, '["*"]', '["*."]')) == []


def test_an_allow_of_every_name_makes_the_block_after_it_idle(judge):
    for every in ('["*"]', '["*."]', '["example.com", "*"]'):
        assert judge(DnsFirewall, swap(PREFER, "[example.com]", every)) == ["fail allow.firewallDomainListId"]


def test_a_block_of_one_type_of_record_is_not_the_rest(judge):
    assert judge(DnsFirewall, swap(PREFER, "action: BLOCK,", "action: BLOCK, qType: A,")) == ["fail group"]


REST = """
  rest: {type: "aws:route53:ResolverFirewallRuleGroup", properties: {name: rest}}
  block:
    type: aws:route53:ResolverFirewallRule
    properties:
      {name: block, action: BLOCK, priority: 1, firewallRuleGroupId: "${rest.id}", blockResponse: NXDOMAIN,
       firewallDomainListId: "${all.id}"}
  all: {type: "aws:route53:ResolverFirewallDomainList", properties: {name: all, domains: ["*"]}}
  last:
    type: aws:route53:ResolverFirewallRuleGroupAssociation
    properties: {name: rest, priority: 200, firewallRuleGroupId: "${rest.id}", vpcId: "${vpc.id}"}
"""


def test_a_later_group_may_block_the_rest(judge):
    for deployed in (False, True):
        assert judge(DnsFirewall, AVOID + REST, deployed=deployed) == []
    assert judge(DnsFirewall, AVOID + swap(REST, "priority: 200", "priority: 100")) == ["fail group"]
