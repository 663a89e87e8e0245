"""What is off unless a stack asks for it, asked for."""

from __future__ import annotations

import copy
import json
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
    assert set(entries) == {"100.64.0.0/24", "100.64.1.0/24"}
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


def test_the_owner_of_production_may_let_the_program_do_that_side_too() -> None:
    config = copy.deepcopy(stack_config("prod"))
    config["secure-room:network"]["production"]["access"] = {
        "role_arn": "arn:aws:iam::777788889999:role/secure-room-peering",
        "route_table_ids": ["rtb-0a1b2c3d"],
        "security_group_ids": ["sg-0a1b2c3d"],
    }
    recording = record("prod", config=config)
    provider = recording.named("production")
    assert provider.inputs["allowedAccountIds"] == '["777788889999"]'
    (component,) = recording.of("secureroom:network:Acceptance")
    made = [item for item in recording.registrations if item.parent == component.urn]
    assert {item.provider.rsplit("::", 1)[0] for item in made} == {provider.urn}
    (accepter,) = recording.of("aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter")
    assert accepter.inputs["autoAccept"] is True
    routes = [item for item in made if item.type == "aws:ec2/route:Route"]
    assert {item.inputs["destinationCidrBlock"] for item in routes} == {"10.40.0.0/21", "10.40.8.0/21"}
    assert {item.property_dependencies["vpcPeeringConnectionId"] for item in routes} == {(accepter.urn,)}
    rules = [item for item in made if "IngressRule" in item.type]
    assert {(item.inputs["cidrIpv4"], item.inputs["fromPort"], item.inputs["toPort"]) for item in rules} == {
        ("10.40.0.0/20", 443.0, 443.0),
        ("10.40.0.0/20", 5432.0, 5432.0),
    }
    others = [item for item in recording.registrations if item.type.startswith("aws:") and item not in made]
    assert provider.urn not in {item.provider.rsplit("::", 1)[0] for item in others}


def test_the_perimeter_may_be_the_organisation_s(stack: str) -> None:
    config = copy.deepcopy(stack_config(stack))
    config["secure-room:account"]["organization_id"] = "o-a1b2c3d4e5"
    config["secure-room:network"]["endpoints"]["perimeter"] = "organization"
    for item in record(stack, config=config).of("aws:ec2/vpcEndpoint:VpcEndpoint"):
        (within,) = (s for s in json.loads(item.inputs["policy"])["Statement"] if s["Sid"] == "WithinPerimeter")
        assert within["Condition"] == {
            "StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5", "aws:ResourceOrgID": "o-a1b2c3d4e5"}
        }
