"""What is off unless a stack asks for it, asked for."""

from __future__ import annotations

import copy
from typing import Any

from tests.support.recorder import Recording, record, stack_config


def recorded(stack: str, **network: Any) -> Recording:
    config = copy.deepcopy(stack_config(stack))
    config["secure-room:network"].update(network)
    return record(stack, config=config)


def test_desktops_may_have_a_block_of_their_own(stack: str) -> None:
    recording = recorded(stack, desktop_cidr="100.64.0.0/22")
    (block,) = recording.of("aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation")
    assert block.inputs["cidrBlock"] == "100.64.0.0/22"
    desktops = [item for item in recording.of("aws:ec2/subnet:Subnet") if item.inputs["tags"]["Zone"] == "desktop"]
    assert {item.inputs["cidrBlock"] for item in desktops} == {"100.64.0.0/24", "100.64.1.0/24"}
    assert all(block.urn in item.depends_on for item in desktops)


def test_every_filter_follows_the_desktops_to_their_own_block() -> None:
    recording = recorded("dev", desktop_cidr="100.64.0.0/22")
    entries = [
        item.inputs["cidrBlock"]
        for item in recording.of("aws:ec2/networkAclRule:NetworkAclRule")
        if "-proxy-acl-ingress-2" in item.name or "-endpoint-acl-ingress-2" in item.name
    ]
    assert set(entries) == {"100.64.0.0/23"}
    back = [
        item.inputs["destinationCidrBlock"]
        for item in recording.of("aws:ec2/route:Route")
        if "production" in item.name and "vpcPeeringConnectionId" in item.inputs
    ]
    assert sorted(back) == ["100.64.0.0/24", "100.64.1.0/24"]


def test_public_access_may_be_blocked_for_the_account(stack: str) -> None:
    kind = "aws:ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions"
    assert not recorded(stack).of(kind)
    (options,) = recorded(stack, block_public_access="block-ingress").of(kind)
    assert options.inputs["internetGatewayBlockMode"] == "block-ingress"


def test_the_dns_firewall_may_be_left_out_and_questions_are_still_written_down(stack: str) -> None:
    recording = recorded(stack, dns_firewall=False)
    assert not recording.of("aws:route53/resolverFirewallRule:ResolverFirewallRule")
    assert recording.of("aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation")
