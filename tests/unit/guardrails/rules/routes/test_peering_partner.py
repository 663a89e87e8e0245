from __future__ import annotations

from guardrails.rules.routes.peering_partner import PeeringPartner
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID, PREFER = PeeringPartner.avoid, PeeringPartner.prefer
RESOLVES = (
    AVOID.split("  link:")[0]
    + """
  other: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.1.0.0/16}}
  link: {type: "aws:ec2:VpcPeeringConnection", properties: {vpcId: "${vpc.id}", peerVpcId: "${other.id}"}}
  names:
    type: aws:ec2:PeeringConnectionOptions
    properties: {vpcPeeringConnectionId: "${link.id}", requester: {allowRemoteVpcDnsResolution: "true"}}
"""
)
test_cases = cases(
    PeeringPartner,
    unresolved=Case(swap(RESOLVES, '"true"', '{"fn::unknown": true}'), "unresolved link.allowRemoteVpcDnsResolution"),
    boundary=Case(RESOLVES, "fail link.allowRemoteVpcDnsResolution"),
)


def test_the_declared_account_passes(judge):
    assert judge(PeeringPartner, PREFER) == []


def test_another_region_than_the_declared_one_is_refused(judge):
    program = swap(PREFER, "peerVpcId:", "peerRegion: us-east-1, peerVpcId:")
    assert judge(PeeringPartner, program) == ["fail link.peerRegion"]
