from __future__ import annotations

from guardrails.rules.acls.protected_default_acl import ProtectedDefaultAcl
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID, PREFER = ProtectedDefaultAcl.avoid, ProtectedDefaultAcl.prefer
ADOPTED = """
  default: {type: "aws:ec2:DefaultNetworkAcl", properties: {defaultNetworkAclId: "${vpc.defaultNetworkAclId}"}}
"""
INLINE = "Id}, ingress: [{ruleNo: 100, action: allow, protocol: '-1', fromPort: 0, toPort: 0, cidrBlock: 0.0.0.0/0}]}}"
test_cases = cases(
    ProtectedDefaultAcl,
    unresolved=Case(
        swap(PREFER, 'subnetId: "${desktops.id}"', 'subnetId: {"fn::unknown": true}'), "unresolved desktops"
    ),
    boundary=Case(AVOID + swap(ADOPTED, 'Id}"}}', INLINE.replace("Id}", 'Id}"', 1)), "fail desktops"),
)


def test_an_acl_of_its_own_passes(judge):
    for deployed in (False, True):
        assert judge(ProtectedDefaultAcl, PREFER, deployed=deployed) == []


def test_an_acl_that_lists_the_subnet_itself_is_the_same(judge):
    program = swap(AVOID, 'NetworkAcl", properties: {', 'NetworkAcl", properties: {subnetIds: ["${desktops.id}"], ')
    assert judge(ProtectedDefaultAcl, program) == []


def test_two_acls_for_one_subnet_leave_it_open_and_the_default_one_gives_way(judge):
    second = '  second: {type: "aws:ec2:NetworkAcl", properties: {vpcId: "${vpc.id}", subnetIds: ["${desktops.id}"]}}\n'
    assert judge(ProtectedDefaultAcl, PREFER + second) == ["unresolved desktops"]
    answered = swap(ADOPTED, 'Id}"}}', 'Id}", subnetIds: ["${desktops.id}"]}}')
    assert judge(ProtectedDefaultAcl, PREFER + answered) == []


def test_falling_back_to_the_open_default_is_refused(judge):
    assert judge(ProtectedDefaultAcl, AVOID) == ["fail desktops"]


def test_an_adopted_default_without_entries_lets_nothing_pass(judge):
    assert judge(ProtectedDefaultAcl, AVOID + ADOPTED) == []


def test_an_ordinary_subnet_is_not_judged(judge):
    assert judge(ProtectedDefaultAcl, swap(AVOID, "{Zone: desktop}", "{Zone: web}")) == []
