"""What an account holds and a state does not know is listed, and nothing that AWS makes by itself."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network
from typing import Any

import pytest

from guardrails.facts.from_pulumi.read import View, from_state
from guardrails.facts.network import (
    ALL_PORTS,
    Direction,
    Interface,
    Nacl,
    NaclEntry,
    Network,
    Route,
    RouteTable,
    SecurityGroup,
    Subnet,
    TargetKind,
    Vpc,
)
from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.facts.values import Origin, Ref
from guardrails.findings.leftovers import Leftover, leftovers

HERE = Origin("account", "")
VPC, OTHER, SUBNET, GROUP, TABLE, ACL, ROLE = (
    "vpc-0aaaaaaaaaaaaaaaa",
    "vpc-0bbbbbbbbbbbbbbbb",
    "subnet-0aaaaaaaaaaaaaaaa",
    "sg-0aaaaaaaaaaaaaaaa",
    "rtb-0aaaaaaaaaaaaaaaa",
    "acl-0aaaaaaaaaaaaaaaa",
    "host",
)
TAGS = {"Project": "room", "Environment": "dev"}


def stated(kind: str, identifier: str, **outputs: Any) -> dict[str, Any]:
    name = kind.rsplit(":", 1)[-1]
    urn = f"urn:pulumi:dev::room::{kind}::{name}-{identifier}"
    return {"urn": urn, "type": kind, "custom": True, "id": identifier, "inputs": outputs, "outputs": outputs}


STATE = [
    stated("aws:ec2/vpc:Vpc", VPC, cidrBlock="10.0.0.0/16", tags=TAGS, tagsAll=TAGS),
    stated("aws:ec2/subnet:Subnet", SUBNET, vpcId=VPC, cidrBlock="10.0.1.0/24"),
    stated("aws:ec2/securityGroup:SecurityGroup", GROUP, vpcId=VPC, name="web"),
    stated("aws:ec2/routeTable:RouteTable", TABLE, vpcId=VPC),
    stated("aws:ec2/networkAcl:NetworkAcl", ACL, vpcId=VPC),
    stated("aws:iam/role:Role", ROLE, name=ROLE),
    stated("aws:directoryservice/directory:Directory", "d-0123456789", securityGroupId="sg-0dddddddddddddddd"),
]


def account() -> Network:
    """What AWS shows where nobody has changed anything."""
    at = Ref(VPC)
    return Network(
        vpcs=(Vpc(VPC, HERE, tags=tuple(TAGS.items())),),
        subnets=(Subnet(SUBNET, HERE, vpc=at, cidrs=(IPv4Network("10.0.1.0/24"),)),),
        groups=(
            SecurityGroup(GROUP, HERE, vpc=at, name="web"),
            SecurityGroup("sg-0eeeeeeeeeeeeeeee", HERE, vpc=at, name="d-0123456789_workspacesMembers"),
        ),
        route_tables=(RouteTable(TABLE, HERE, vpc=at),),
        nacls=(Nacl(ACL, HERE, vpc=at),),
    )


def compared(live: Network, *others: Resource) -> list[Leftover]:
    known = Facts(from_state(STATE, View.OUTPUTS)).network
    return list(leftovers(STATE, known, live, others))


def seen(kind: str, key: str, **props: Any) -> Resource:
    module, name = kind.split(".")
    return Resource(key, f"aws:{module}/{name[0].lower()}{name[1:]}:{name}", kind, key, props, id=key)


def test_an_account_as_the_state_knows_it_has_nothing_left_behind() -> None:
    assert compared(account()) == []


@pytest.mark.parametrize(
    ("part", "item", "token"),
    [
        ("subnets", Subnet("subnet-0ccccccccccccccc1", HERE, vpc=Ref(VPC)), "aws:ec2/subnet:Subnet"),
        ("groups", SecurityGroup("sg-0ccccccccccccccc1", HERE, vpc=Ref(VPC)), "aws:ec2/securityGroup:SecurityGroup"),
        ("route_tables", RouteTable("rtb-0cccccccccccccc1", HERE, vpc=Ref(VPC)), "aws:ec2/routeTable:RouteTable"),
        ("vpcs", Vpc("vpc-0cccccccccccccc1", HERE, tags=tuple(TAGS.items())), "aws:ec2/vpc:Vpc"),
        (
            "interfaces",
            Interface("eni-0cccccccccccccc1", HERE, owner="eni-0cccccccccccccc1", subnet=Ref(SUBNET)),
            "aws:ec2/networkInterface:NetworkInterface",
        ),
    ],
)
def test_an_object_left_behind_is_listed_with_the_command_that_adopts_it(part: str, item: Any, token: str) -> None:
    live = account()
    (found,) = compared(replace(live, **{part: (*getattr(live, part), item)}))
    assert found.adopt == f"pulumi import {token} NAME {item.key}"


def test_what_lies_in_other_networks_is_not_ours_to_list() -> None:
    live = account()
    stranger = (Vpc(OTHER, HERE), Subnet("subnet-0fffffffffffffff", HERE, vpc=Ref(OTHER)))
    assert compared(replace(live, vpcs=(*live.vpcs, stranger[0]), subnets=(*live.subnets, stranger[1]))) == []


def test_interfaces_that_aws_makes_for_what_the_state_knows_are_not_left_behind() -> None:
    made = Interface("eni-0ccccccccccccccc1", HERE, owner="vpce-0ccccccccccccccc1", subnet=Ref(SUBNET))
    assert compared(replace(account(), interfaces=(made,))) == []


def test_a_route_that_somebody_added_is_listed() -> None:
    route = Route(IPv4Network("0.0.0.0/0"), TargetKind.INTERNET_GATEWAY, Ref("igw-0ccccccccccccccc1"), HERE)
    live = account()
    (found,) = compared(replace(live, route_tables=(replace(live.route_tables[0], routes=(route,)),)))
    assert (found.type, found.id) == ("aws:ec2/route:Route", f"{TABLE}_0.0.0.0/0")


def test_an_entry_of_a_network_acl_that_somebody_added_is_listed() -> None:
    world = IPv4Network("0.0.0.0/0")
    entry = NaclEntry(Direction.EGRESS, 90, True, 6, world, ALL_PORTS, HERE)
    live = account()
    (found,) = compared(replace(live, nacls=(replace(live.nacls[0], entries=(entry,)),)))
    assert (found.type, found.id) == ("aws:ec2/networkAclRule:NetworkAclRule", f"{ACL}:90:6:true")


def test_a_rule_of_a_group_that_somebody_added_is_listed_by_its_own_id() -> None:
    props = {"securityGroupId": GROUP, "ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "cidrIpv4": "0.0.0.0/0"}
    rule = seen("vpc.SecurityGroupIngressRule", "sgr-0ccccccccccccccc1", **props)
    (found,) = compared(account(), rule)
    assert found.id == "sgr-0ccccccccccccccc1"
    elsewhere = seen("vpc.SecurityGroupIngressRule", "sgr-0ccccccccccccccc2", **{**props, "securityGroupId": "sg-0f"})
    assert compared(account(), elsewhere) == []


def test_policies_that_somebody_gave_to_a_role_of_the_state_are_listed() -> None:
    attached = seen("iam.RolePolicyAttachment", "a", role=ROLE, policyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    inline = seen("iam.RolePolicy", "b", role=ROLE, name="more", policy="{}")
    other = seen("iam.RolePolicy", "c", role="somebody-else", name="more", policy="{}")
    found = compared(account(), attached, inline, other)
    assert [one.id for one in found] == [f"{ROLE}:more", f"{ROLE}/arn:aws:iam::aws:policy/AdministratorAccess"]
