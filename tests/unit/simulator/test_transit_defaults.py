"""What a transit gateway does with its attachments by itself, as AWS's provider shows it and as the API tells it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from guardrails.facts.from_pulumi.read import View, from_state
from guardrails.facts.stack import Facts
from guardrails.network import Engine
from simulator import inputs as checking
from simulator.account import Account
from simulator.creation import Session
from simulator.errors import OperationError
from simulator.operations import Operations
from simulator.settling import Made
from simulator.wire import Decoded

# moto keeps its objects in module globals: these tests share one process, one account at a time.
pytestmark = pytest.mark.xdist_group("emulator")

TOKYO = "ap-northeast-1"
TRANSIT = "aws:ec2transitgateway"
PROVIDER = "urn:pulumi:dev::p::pulumi:providers:aws::aws"
OPEN = [{"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["0.0.0.0/0"]}]


class Stack:
    """Objects made one after the other in an account with its API side, and the state that they leave."""

    def __init__(self, folder: Path) -> None:
        self.session = Session("111122223333", TOKYO)
        self.operations = Operations(Account(folder), emulate=True)
        self.state: list[dict[str, Any]] = []

    def make(self, kind: str, name: str, **inputs: Any) -> Made:
        """Make an object of the given inputs and of those that the provider adds."""
        urn = f"urn:pulumi:dev::p::{kind}::{name}"
        whole = {**inputs, **checking.additions(kind, urn, inputs, {}, b"")}
        made = self.operations.create(self.session, urn, Decoded(whole, frozenset()))
        outputs = {**made.outputs, "id": made.id}
        self.state.append(
            {"urn": urn, "custom": True, "id": made.id, "type": kind, "inputs": inputs, "outputs": outputs,
             "provider": f"{PROVIDER}::1"}
        )  # fmt: skip
        return made

    def room(self, number: int, gateway: str, **flags: bool) -> Made:
        """A VPC with a host, attached to the gateway; gives the attachment."""
        vpc = self.make("aws:ec2/vpc:Vpc", f"vpc-{number}", cidrBlock=f"10.{number}.0.0/16")
        subnet = self.make(
            "aws:ec2/subnet:Subnet", f"subnet-{number}",
            vpcId=vpc.id, cidrBlock=f"10.{number}.0.0/24", availabilityZone=f"{TOKYO}a",
        )  # fmt: skip
        attachment = self.make(
            f"{TRANSIT}/vpcAttachment:VpcAttachment", f"attachment-{number}",
            vpcId=vpc.id, subnetIds=[subnet.id], transitGatewayId=gateway, **flags,
        )  # fmt: skip
        self.make(
            "aws:ec2/route:Route", f"route-{number}",
            routeTableId=vpc.outputs["mainRouteTableId"], destinationCidrBlock="10.0.0.0/8", transitGatewayId=gateway,
        )  # fmt: skip
        group = self.make(
            "aws:ec2/securityGroup:SecurityGroup", f"group-{number}", vpcId=vpc.id, ingress=OPEN, egress=OPEN
        )
        self.make(
            "aws:ec2/instance:Instance", f"host-{number}",
            ami="ami-0123456789abcdef0", instanceType="t3.micro", subnetId=subnet.id, vpcSecurityGroupIds=[group.id],
        )  # fmt: skip
        return attachment

    def described(self, operation: str, **parameters: Any) -> list[str]:
        """The attachments that the API lists."""
        world = self.operations.world(self.session)
        assert world is not None
        (listed,) = [
            value for value in world.call("ec2", TOKYO, operation, parameters).values() if isinstance(value, list)
        ]
        return sorted(one["TransitGatewayAttachmentId"] for one in listed)

    def reaches(self) -> bool | None:
        """Whether the first host reaches the second, as the guard reads the state."""
        hosts = [item["id"] for item in self.state if "Instance" in item["type"]]
        network = Facts(from_state(json.loads(json.dumps(self.state)), View.OUTPUTS)).network
        return Engine(network, {}).reach(hosts[0], hosts[1], protocol="tcp").reachable


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    one = Stack(tmp_path)
    yield one
    one.operations.account.close()


FLAGS = ("transitGatewayDefaultRouteTableAssociation", "transitGatewayDefaultRouteTablePropagation")


def test_an_attachment_joins_the_default_table_unless_it_says_no(stack: Stack) -> None:
    hub = stack.make(f"{TRANSIT}/transitGateway:TransitGateway", "hub")
    assert (hub.outputs["defaultRouteTableAssociation"], hub.outputs["amazonSideAsn"]) == ("enable", 64512)
    one, two = stack.room(1, hub.id), stack.room(2, hub.id)
    assert [one.outputs[flag] for flag in FLAGS] == [True, True]
    table = hub.outputs["associationDefaultRouteTableId"]
    joined = sorted((one.id, two.id))
    asked = {"TransitGatewayRouteTableId": table}
    assert stack.described("get_transit_gateway_route_table_associations", **asked) == joined
    assert stack.described("get_transit_gateway_route_table_propagations", **asked) == joined
    assert stack.reaches() is True


@pytest.mark.parametrize("flag", FLAGS)
def test_an_attachment_that_says_no_is_in_no_default_table(stack: Stack, flag: str) -> None:
    hub = stack.make(f"{TRANSIT}/transitGateway:TransitGateway", "hub")
    one, two = stack.room(1, hub.id, **{flag: False}), stack.room(2, hub.id, **{flag: False})
    assert [one.outputs[name] for name in FLAGS] == [name != flag for name in FLAGS]
    side = "associations" if flag == FLAGS[0] else "propagations"
    table = {"TransitGatewayRouteTableId": hub.outputs["associationDefaultRouteTableId"]}
    assert stack.described(f"get_transit_gateway_route_table_{side}", **table) == []
    assert one.id != two.id
    assert stack.reaches() is False


def test_a_gateway_without_default_tables_joins_nobody(stack: Stack) -> None:
    hub = stack.make(
        f"{TRANSIT}/transitGateway:TransitGateway", "hub",
        defaultRouteTableAssociation="disable", defaultRouteTablePropagation="disable",
    )  # fmt: skip
    one, _ = stack.room(1, hub.id), stack.room(2, hub.id)
    assert [one.outputs[flag] for flag in FLAGS] == [False, False]
    assert stack.reaches() is False
    for side in ("associations", "propagations"):
        table = {"TransitGatewayRouteTableId": hub.outputs["associationDefaultRouteTableId"]}
        assert stack.described(f"get_transit_gateway_route_table_{side}", **table) == []


def test_an_attachment_in_the_default_table_is_refused_a_second_one(stack: Stack) -> None:
    """As AWS does: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html"""
    hub = stack.make(f"{TRANSIT}/transitGateway:TransitGateway", "hub")
    one = stack.room(1, hub.id)
    table = stack.make(f"{TRANSIT}/routeTable:RouteTable", "own", transitGatewayId=hub.id)
    association = f"{TRANSIT}/routeTableAssociation:RouteTableAssociation"
    both = {"transitGatewayAttachmentId": one.id, "transitGatewayRouteTableId": table.id}
    with pytest.raises(OperationError, match="already associated"):
        stack.make(association, "own", **both)
    assert stack.make(association, "instead", **both, replaceExistingAssociation=True).id
    listed = stack.described("get_transit_gateway_route_table_associations", TransitGatewayRouteTableId=table.id)
    assert listed == [one.id]
    default = hub.outputs["associationDefaultRouteTableId"]
    assert stack.described("get_transit_gateway_route_table_associations", TransitGatewayRouteTableId=default) == []
