from __future__ import annotations

import pytest

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


OWN = RESOLVES.split("  names:")[0]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("", []),
        ('peerOwnerId: "111122223333", ', []),
        ("peerRegion: ap-northeast-1, ", []),
        ('peerOwnerId: "999900001111", ', ["fail link.peerOwnerId"]),
        ("peerRegion: us-east-1, ", ["fail link.peerRegion"]),
    ],
)
def test_a_vpc_of_the_stacks_own_is_in_its_accounts_and_regions(judge, said: str, told: list[str]) -> None:
    assert judge(PeeringPartner, swap(OWN, "peerVpcId:", f"{said}peerVpcId:")) == told
