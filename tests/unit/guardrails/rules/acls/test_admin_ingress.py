from __future__ import annotations

from guardrails.rules.acls.admin_ingress import AdminIngress
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

ACL = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  acl: {type: "aws:ec2:NetworkAcl", properties: {vpcId: "${vpc.id}"}}
  entry:
    type: aws:ec2:NetworkAclRule
    properties:
      networkAclId: ${acl.id}
      ruleNumber: 100
      ruleAction: allow
      protocol: tcp
      fromPort: 22
      toPort: 22
      cidrBlock: 0.0.0.0/0
"""
test_cases = cases(
    AdminIngress,
    unresolved=Case(swap(ACL, "0.0.0.0/0", '{"fn::unknown": true}'), "unresolved entry"),
    boundary=Case(
        swap(swap(ACL, "protocol: tcp", 'protocol: "-1"'), "cidrBlock: 0.0.0.0/0", 'ipv6CidrBlock: "::/0"'),
        *["fail acl.ingress"] * 4,
    ),
)


def test_a_deny_before_the_allow_holds(judge):
    assert judge(AdminIngress, AdminIngress.prefer) == []


def test_a_deny_after_the_allow_does_not(judge):
    found = judge(AdminIngress, AdminIngress.avoid)
    assert set(found) == {"fail acl.ingress"}


def test_a_standalone_entry_counts_like_an_inline_one(judge):
    for deployed in (False, True):
        assert judge(AdminIngress, ACL, deployed=deployed) == ["fail acl.ingress"]


def test_two_halves_are_the_world(judge):
    half = swap(ACL, "cidrBlock: 0.0.0.0/0", "cidrBlock: 0.0.0.0/1")
    other = swap(swap(half.split("acl.id}")[1], "100", "110"), "0.0.0.0/1", "128.0.0.0/1")
    entry = '  more:\n    type: aws:ec2:NetworkAclRule\n    properties:\n      networkAclId: "${acl.id}"' + other
    assert judge(AdminIngress, half + entry) == ["fail acl.ingress"]


def test_an_office_and_private_ranges_are_not_the_world(judge):
    assert judge(AdminIngress, swap(ACL, "0.0.0.0/0", "203.0.113.0/24")) == []
    assert judge(AdminIngress, swap(ACL, "0.0.0.0/0", "10.0.0.0/8")) == []


def test_replies_to_high_ports_are_no_administration(judge):
    assert judge(AdminIngress, swap(ACL, "fromPort: 22\n      toPort: 22", "fromPort: 1024\n      toPort: 65535")) == []


def test_a_default_acl_that_was_adopted_as_aws_made_it_is_no_filter_to_judge(judge):
    adopted = swap(
        ACL,
        'aws:ec2:NetworkAcl", properties: {vpcId: "${vpc.id}"}',
        'aws:ec2:DefaultNetworkAcl", properties: {defaultNetworkAclId: "${vpc.defaultNetworkAclId}"}',
    )
    assert judge(AdminIngress, swap(adopted, "protocol: tcp", 'protocol: "-1"')) == []
    assert judge(AdminIngress, adopted) == ["fail acl.ingress"]


def test_an_egress_entry_is_not_judged(judge):
    assert judge(AdminIngress, swap(ACL, "ruleNumber: 100", "ruleNumber: 100\n      egress: true")) == []


def test_an_unknown_number_leaves_the_order_open(judge):
    assert judge(AdminIngress, swap(ACL, "ruleNumber: 100", 'ruleNumber: {"fn::unknown": true}')) == [
        "unresolved acl.ingress"
    ]


def test_a_protocol_by_number_or_in_capitals_is_the_same(judge):
    for name in ('"6"', "6", "TCP"):
        assert judge(AdminIngress, swap(ACL, "protocol: tcp", f"protocol: {name}")) == ["fail acl.ingress"]
