"""What a stack says of ways between VPCs and to services, known or not."""

from __future__ import annotations

from typing import Any

import pytest

from guardrails.facts.from_pulumi.read import View, from_state
from guardrails.facts.network import Network
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.network import Engine
from tests.support.recorder import UNKNOWN

PROVIDER = "urn:pulumi:dev::p::pulumi:providers:aws::aws"


def resource(kind: str, name: str, inputs: dict[str, Any], **edges: list[str]) -> dict[str, Any]:
    urn = urn_of(kind, name)
    return {
        "urn": urn, "custom": True, "type": kind, "inputs": inputs, "outputs": inputs,
        "propertyDependencies": edges, "provider": f"{PROVIDER}::1",
    }  # fmt: skip


def urn_of(kind: str, name: str) -> str:
    return f"urn:pulumi:dev::p::{kind}::{name}"


def network(*resources: dict[str, Any]) -> Network:
    return Facts(from_state(list(resources), View.OUTPUTS)).network


VPC = "aws:ec2/vpc:Vpc"
TABLE = "aws:ec2/routeTable:RouteTable"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
GATEWAY = "aws:ec2transitgateway/transitGateway:TransitGateway"
ATTACHMENT = "aws:ec2transitgateway/vpcAttachment:VpcAttachment"


@pytest.mark.parametrize(
    ("word", "gateway", "attachment"),
    [(None, False, True), ("enable", True, True), ("disable", False, False), ("perhaps", None, None)],
)
def test_references_to_groups_need_the_gateway_and_the_attachment(
    word: str | None, *, gateway: bool | None, attachment: bool | None
) -> None:
    given = {} if word is None else {"securityGroupReferencingSupport": word}
    found = network(resource(GATEWAY, "hub", given), resource(ATTACHMENT, "spoke", given))
    for one, expected in ((found.transit_gateways[0], gateway), (found.transit_attachments[0], attachment)):
        told = one.group_references
        assert (None if isinstance(told, Unknown) else told) is expected


def test_a_gateway_endpoint_of_which_the_tables_are_not_known_may_be_in_each_of_its_vpc() -> None:
    home = {"vpcId": [urn_of(VPC, "one")]}
    found = network(
        resource(VPC, "one", {"cidrBlock": "10.0.0.0/16"}),
        resource(VPC, "two", {"cidrBlock": "10.1.0.0/16"}),
        resource(TABLE, "near", {"vpcId": UNKNOWN}, **home),
        resource(TABLE, "far", {"vpcId": UNKNOWN}, vpcId=[urn_of(VPC, "two")]),
        resource(
            ENDPOINT, "s3", {"vpcId": UNKNOWN, "serviceName": "com.amazonaws.eu-west-1.s3", "routeTableIds": UNKNOWN},
            **home,
        ),
    )  # fmt: skip
    led = {table.key: [route.blackhole for route in table.routes] for table in found.route_tables}
    assert all(isinstance(one, Unknown) for one in led[urn_of(TABLE, "near")])
    assert len(led[urn_of(TABLE, "near")]) == 1
    assert led[urn_of(TABLE, "far")] == []


def test_a_service_of_ones_own_is_listed_before_its_name_is_known() -> None:
    service = "aws:ec2/vpcEndpointService:VpcEndpointService"
    balancer = urn_of("aws:lb/loadBalancer:LoadBalancer", "front")
    found = network(
        resource("aws:lb/loadBalancer:LoadBalancer", "front", {"loadBalancerType": "network"}),
        resource(service, "own", {"networkLoadBalancerArns": [UNKNOWN]}, networkLoadBalancerArns=[balancer]),
    )
    assert len(found.endpoint_services) == 1
    assert found.endpoint_services[0].balancers


SUBNET, GROUP = "aws:ec2/subnet:Subnet", "aws:ec2/securityGroup:SecurityGroup"
EVERYTHING = [{"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["0.0.0.0/0"]}]
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
TRANSIT, INSTANCE, NACL = "aws:ec2transitgateway", "aws:ec2/instance:Instance", "aws:ec2/networkAcl:NetworkAcl"


def made(kind: str, name: str, identifier: str, **inputs: Any) -> dict[str, Any]:
    return {**resource(kind, name, inputs), "id": identifier}


def two_rooms() -> list[dict[str, Any]]:
    """Two VPCs with a host each, joined by a transit gateway; every table, ACL and group lets everything pass."""
    found = [
        made(GATEWAY, "hub", "tgw-1"),
        made(f"{TRANSIT}/routeTable:RouteTable", "all", "all", transitGatewayId="tgw-1"),
    ]
    return [*found, *room(1, "10.2.0.0/16"), *room(2, "10.1.0.0/16")]


def room(number: int, away: str) -> list[dict[str, Any]]:
    """One VPC with a host, attached to the transit gateway."""
    vpc, subnet, group, table, acl, attached = (
        f"{kind}-{number}" for kind in ("vpc", "subnet", "sg", "rtb", "acl", "tgw-attach")
    )
    allow = [{"ruleNo": 1, "protocol": "-1", "action": "allow", "cidrBlock": "0.0.0.0/0", "fromPort": 0, "toPort": 0}]
    routes = [{"cidrBlock": away, "transitGatewayId": "tgw-1"}]
    at = {"transitGatewayAttachmentId": attached, "transitGatewayRouteTableId": "all"}
    return [
        made(VPC, vpc, vpc, cidrBlock=f"10.{number}.0.0/16", mainRouteTableId=f"main-{number}"),
        made(SUBNET, subnet, subnet, vpcId=vpc, cidrBlock=f"10.{number}.0.0/24", availabilityZone="eu-west-1a"),
        made(GROUP, group, group, vpcId=vpc, ingress=EVERYTHING, egress=EVERYTHING),
        made(TABLE, table, table, vpcId=vpc, routes=routes),
        made(ASSOCIATION, f"table-{number}", f"a-{number}", subnetId=subnet, routeTableId=table),
        made(NACL, acl, acl, vpcId=vpc, ingress=allow, egress=allow),
        made(
            "aws:ec2/networkAclAssociation:NetworkAclAssociation",
            f"filter-{number}",
            f"n-{number}",
            subnetId=subnet,
            networkAclId=acl,
        ),
        made(
            INSTANCE,
            f"i-{number}",
            f"i-{number}",
            subnetId=subnet,
            vpcSecurityGroupIds=[group],
            privateIp=f"10.{number}.0.5",
        ),
        made(ATTACHMENT, attached, attached, vpcId=vpc, subnetIds=[subnet], transitGatewayId="tgw-1"),
        made(f"{TRANSIT}/routeTableAssociation:RouteTableAssociation", f"transit-{number}", f"t-{number}", **at),
        made(f"{TRANSIT}/routeTablePropagation:RouteTablePropagation", f"learnt-{number}", f"p-{number}", **at),
    ]


MAIN = made(
    "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation", "main", "m", vpcId="vpc-1", routeTableId="elsewhere"
)


def answer(resources: list[dict[str, Any]]) -> tuple[bool | None, list[str]]:
    found = network(*resources)
    reached = Engine(found, {}).reach("10.1.0.5/32", "10.2.0.5/32", protocol="tcp")
    return reached.reachable, [gap.what for gap in found.gaps]


def test_two_rooms_reach_each_other() -> None:
    assert answer(two_rooms()) == (True, [])


@pytest.mark.parametrize(
    ("name", "prop"),
    [("table-1", "routeTableId"), ("filter-1", "networkAclId"), ("transit-1", "transitGatewayRouteTableId")],
)
def test_what_stands_in_no_resource_of_the_state_leaves_the_answer_open(name: str, prop: str) -> None:
    """A subnet or an attachment whose table or ACL another stack made: nobody here knows what is in it."""
    resources = two_rooms()
    (one,) = [item for item in resources if item["urn"].endswith(f"::{name}")]
    one["inputs"][prop] = "made-elsewhere"
    told, gaps = answer(resources)
    assert told is None
    assert gaps == [f"{one['urn']}.{prop}"]


def test_a_main_table_that_another_stack_made_leaves_the_answer_open_where_it_holds() -> None:
    resources = [*two_rooms(), MAIN]
    told, gaps = answer(resources)
    assert told is True, "the subnet has a table of its own"
    assert gaps == [f"{MAIN['urn']}.routeTableId"]
    told, _ = answer([item for item in resources if not item["urn"].endswith("::table-1")])
    assert told is None


def without(resources: list[dict[str, Any]], *names: str) -> list[dict[str, Any]]:
    return [item for item in resources if item["urn"].split("::")[-1].rsplit("-", 1)[0] not in names]


def changed(resources: list[dict[str, Any]], name: str, **inputs: Any) -> list[dict[str, Any]]:
    return [
        {**item, "inputs": {**item["inputs"], **inputs}, "outputs": {**item["outputs"], **inputs}}
        if item["urn"].endswith(f"::{name}")
        else item
        for item in resources
    ]


def test_a_transit_gateway_joins_what_is_attached_by_itself() -> None:
    """AWS's defaults: every attachment is associated with the default table and propagates into it."""
    assert answer(without(two_rooms(), "transit", "learnt")) == (True, [])


FLAGS = {
    "defaultRouteTableAssociation": ("hub", "disable", "perhaps"),
    "defaultRouteTablePropagation": ("hub", "disable", "perhaps"),
    "transitGatewayDefaultRouteTableAssociation": ("tgw-attach-1", False, UNKNOWN),
    "transitGatewayDefaultRouteTablePropagation": ("tgw-attach-2", False, UNKNOWN),
}


@pytest.mark.parametrize("flag", FLAGS)
def test_either_side_may_keep_an_attachment_out_of_the_default_table(flag: str) -> None:
    name, off, open_ = FLAGS[flag]
    joined = without(two_rooms(), "transit", "learnt")
    assert answer(changed(joined, name, **{flag: off}))[0] is False
    assert answer(changed(joined, name, **{flag: open_}))[0] is None


def test_an_attachment_with_an_association_of_its_own_is_in_that_table_alone() -> None:
    resources = without(two_rooms(), "learnt")
    assert answer(resources)[0] is False, "the table of their own has no route"
    (own,) = [item for item in resources if item["urn"].endswith("::transit-1")]
    open_end = changed(resources, "transit-1", transitGatewayAttachmentId=UNKNOWN)
    assert answer([item for item in open_end if not item["urn"].endswith("::transit-2")])[0] is None, own


def test_whoever_accepts_the_attachment_says_whether_it_is_in_the_default_table() -> None:
    accepter = made(
        f"{TRANSIT}/vpcAttachmentAccepter:VpcAttachmentAccepter", "accepted", "tgw-attach-1",
        transitGatewayAttachmentId="tgw-attach-1", transitGatewayDefaultRouteTableAssociation=False,
    )  # fmt: skip
    assert answer([*without(two_rooms(), "transit", "learnt"), accepter])[0] is False


@pytest.mark.parametrize("side", ["Association", "Propagation"])
def test_a_default_table_that_was_changed_leaves_open_who_is_in_which(side: str) -> None:
    moved = made(
        f"{TRANSIT}/defaultRouteTable{side}:DefaultRouteTable{side}", "moved", "m",
        transitGatewayId="tgw-1", transitGatewayRouteTableId="all",
    )  # fmt: skip
    assert answer([*without(two_rooms(), "transit", "learnt"), moved])[0] is None


def default_vpc(*more: dict[str, Any]) -> bool | None:
    """Whether a host in AWS's default VPC reaches the internet."""
    home = made("aws:ec2/defaultVpc:DefaultVpc", "home", "vpc-0", cidrBlock="172.31.0.0/16", mainRouteTableId="rtb-0")
    place = made(
        "aws:ec2/defaultSubnet:DefaultSubnet", "place", "subnet-0",
        vpcId="vpc-0", cidrBlock="172.31.0.0/20", availabilityZone="eu-west-1a",
    )  # fmt: skip
    host = made(INSTANCE, "host", "i-0", subnetId="subnet-0", privateIp="172.31.0.5", publicIp="192.0.2.5")
    return Engine(network(home, place, host, *more), {}).reach("172.31.0.5/32", "internet", protocol="tcp").reachable


def test_aws_makes_a_default_vpc_with_a_way_to_the_internet() -> None:
    assert default_vpc() is True
    adopted = made(
        "aws:ec2/defaultRouteTable:DefaultRouteTable", "main", "rtb-0", defaultRouteTableId="rtb-0", vpcId="vpc-0"
    )
    assert default_vpc(adopted) is False, "who adopts its main table removes every route that is not stated"
