from __future__ import annotations

import pytest

from guardrails.rules.gateways.hybrid_link import HybridLink
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID, PREFER = HybridLink.avoid, HybridLink.prefer
NETWORK = AVOID.split("  vgw:")[0]
test_cases = cases(
    HybridLink,
    unresolved=Case(
        swap(AVOID, 'vpcId: "${vpc.id}", vpnG', 'vpcId: {"fn::unknown": true}, vpnG'), "unresolved attach.vpcId"
    ),
    boundary=Case(PREFER, "fail vgw.vpcId", intent=swap(HybridLink.example_intent, "192.168.8.0/24", "10.0.128.0/24")),
)


def test_a_link_for_a_declared_flow_to_the_outside_passes(judge):
    assert judge(HybridLink, PREFER) == []


def test_a_gateway_on_a_vpc_without_such_a_flow_is_refused(judge):
    for deployed in (False, True):
        assert judge(HybridLink, AVOID, deployed=deployed) == ["fail attach.vpcId"]


def test_a_flow_within_the_stacks_own_networks_declares_no_link(judge):
    intent = swap(HybridLink.example_intent, "192.168.8.0/24", "10.0.9.0/24")
    assert judge(HybridLink, PREFER, intent=intent) == ["fail vgw.vpcId"]


def test_a_link_named_as_an_external_passes(judge):
    intent = HybridLink.example_intent + "externals: [{id: attach, kind: VPN}]\n"
    assert judge(HybridLink, AVOID, intent=intent) == []


@pytest.mark.parametrize(
    "link",
    [
        'link: {type: "aws:vpclattice:ServiceNetworkVpcAssociation", properties: {vpcIdentifier: "${vpc.id}"}}',
        'link: {type: "aws:ec2transitgateway:InstanceConnectEndpoint", properties: {subnetId: "${desktops.id}"}}',
        'link: {type: "aws:ram:ResourceAssociation", properties: {resourceArn: "${desktops.arn}"}}',
        'link: {type: "aws:ram:ResourceShareAssociationsExclusive", properties: {resourceArns: ["${desktops.arn}"]}}',
        'link: {type: "aws:ec2clientvpn:NetworkAssociation", properties: {subnetId: "${desktops.id}"}}',
    ],
)
def test_other_doors_are_links_too(judge, link):
    assert [item.split(".")[0] for item in judge(HybridLink, f"{NETWORK}  {link}\n")] == ["fail link"]


def test_a_link_to_nobody_knows_where_is_unresolved(judge):
    program = swap(AVOID, 'properties: {vpcId: "${vpc.id}", vpn', 'properties: {vpcId: {"fn::unknown": true}, vpn')
    assert judge(HybridLink, program) == ["unresolved attach.vpcId"]


def test_an_ordinary_vpc_may_have_links(judge):
    assert judge(HybridLink, swap(AVOID, "{Zone: desktop}", "{Zone: web}")) == []
