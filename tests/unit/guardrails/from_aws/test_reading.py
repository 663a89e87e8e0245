"""How answers become facts: states, duplicates, kinds that are absent altogether."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest

from guardrails.facts.values import Ref, Unknown
from tests.unit.guardrails.from_aws.aws_answers import (
    ACCOUNT,
    SUBNET,
    VPC,
    Read,
    group,
    interface,
    one,
    permission,
    subnet,
    table,
    vpc,
)

ANY = "0.0.0.0/0"
ALIVE = [("running", 1), ("stopped", 1), ("terminated", 0), ("shutting-down", 0)]


class TestStates:
    """What is being made, refused or taken away is absent; configuration counts, telemetry does not."""

    @pytest.mark.parametrize(
        ("kind", "item", "field", "counts"),
        [
            ("Vpcs", vpc(State="pending"), "vpcs", False),
            ("Subnets", subnet(State="pending"), "subnets", False),
            ("NatGateways", {"NatGatewayId": "nat-1", "State": "available", "SubnetId": SUBNET}, "nat_gateways", True),
            ("NatGateways", {"NatGatewayId": "nat-1", "State": "pending", "SubnetId": SUBNET}, "nat_gateways", False),
            ("NatGateways", {"NatGatewayId": "nat-1", "State": "failed", "SubnetId": SUBNET}, "nat_gateways", False),
            ("VpcEndpoints", {"VpcEndpointId": "vpce-1", "State": "Available"}, "endpoints", True),
            ("VpcEndpoints", {"VpcEndpointId": "vpce-1", "State": "pendingAcceptance"}, "endpoints", False),
            ("VpcEndpoints", {"VpcEndpointId": "vpce-1", "State": "rejected"}, "endpoints", False),
            ("VpnGateways", {"VpnGatewayId": "vgw-1", "State": "deleted"}, "vpn_gateways", False),
            ("VpnConnections", {"VpnConnectionId": "vpn-1", "State": "deleting"}, "vpn_connections", False),
            ("TransitGateways", {"TransitGatewayId": "tgw-1", "State": "modifying"}, "transit_gateways", True),
            ("TransitGateways", {"TransitGatewayId": "tgw-1", "State": "deleted"}, "transit_gateways", False),
            (
                "virtualInterfaces",
                {"virtualInterfaceId": "dxvif-1", "virtualInterfaceState": "down"},
                "virtual_interfaces",
                True,
            ),
            (
                "virtualInterfaces",
                {"virtualInterfaceId": "dxvif-1", "virtualInterfaceState": "confirming"},
                "virtual_interfaces",
                False,
            ),
        ],
    )
    def test_state(self, kind: str, item: dict[str, Any], field: str, counts: bool, read: Read) -> None:
        assert bool(getattr(read({"a.json": {kind: [item]}}), field)) is counts

    @pytest.mark.parametrize("code", ["pending-acceptance", "rejected", "expired", "failed", "deleted", "provisioning"])
    def test_a_route_over_a_peering_that_is_not_active_is_a_blackhole(self, code: str, read: Read) -> None:
        sides = {"RequesterVpcInfo": {"VpcId": VPC}, "AccepterVpcInfo": {"VpcId": "vpc-2"}}
        peering = {"VpcPeeringConnectionId": "pcx-1", "Status": {"Code": code}, **sides}
        route = {"DestinationCidrBlock": "10.2.0.0/16", "VpcPeeringConnectionId": "pcx-1", "State": "active"}

        network = read({"a.json": {"RouteTables": [table("rtb-1", [route])], "VpcPeeringConnections": [peering]}})

        assert network.peerings == ()
        assert one(network.route_tables).routes[1].blackhole is True

    @pytest.mark.parametrize(
        ("state", "counts"), [("running", 1), ("stopped", 1), ("terminated", 0), ("shutting-down", 0)]
    )
    def test_an_instances_interfaces_live_as_long_as_it(self, state: str, counts: int, read: Read) -> None:
        instance = {
            "InstanceId": "i-1",
            "State": {"Code": 0, "Name": state},
            "NetworkInterfaces": [interface("eni-1")],
        }

        network = read({"a.json": {"Reservations": [{"Instances": [instance]}]}})

        assert len(network.interfaces) == counts

    def test_a_block_that_is_going_is_not_the_vpcs_any_more(self, read: Read) -> None:
        blocks = [
            {"CidrBlock": cidr, "CidrBlockState": {"State": state}}
            for cidr, state in (("10.0.0.0/16", "associated"), ("10.1.0.0/16", "disassociating"))
        ]

        network = read({"a.json": {"Vpcs": [vpc(CidrBlockAssociationSet=blocks)]}})

        assert one(network.vpcs).cidrs == (ip_network("10.0.0.0/16"),)


class TestDuplicates:
    def test_a_peering_that_both_accounts_list_is_one(self, read: Read) -> None:
        sides = {"RequesterVpcInfo": {"VpcId": VPC, "Region": "eu-west-1"}, "AccepterVpcInfo": {"VpcId": "vpc-2"}}
        peering = {"VpcPeeringConnectionId": "pcx-1", "Status": {"Code": "active"}, **sides}

        network = read(
            {
                f"{ACCOUNT}/eu-west-1/a.json": {"VpcPeeringConnections": [{**peering, "Tags": []}]},
                "444455556666/eu-west-1/a.json": {"VpcPeeringConnections": [peering]},
            }
        )

        assert one(network.peerings).key == "pcx-1"
        assert network.gaps == ()

    def test_the_owners_answer_comes_before_the_guests(self, read: Read) -> None:
        network = read(
            {
                "444455556666/subnets.json": {
                    "Subnets": [subnet(AvailabilityZone="eu-west-1c", MapPublicIpOnLaunch=True)]
                },
                f"{ACCOUNT}/subnets.json": {"Subnets": [subnet()]},
            }
        )

        assert one(network.subnets).zone == "eu-west-1a"

    def test_two_answers_that_contradict_each_other_give_none(self, read: Read) -> None:
        route = {"DestinationCidrBlock": ANY, "GatewayId": "igw-1", "State": "active"}

        network = read(
            {"a.json": {"RouteTables": [table("rtb-1", [])]}, "b.json": {"RouteTables": [table("rtb-1", [route])]}}
        )

        assert "rtb-1" not in {item.key for item in network.route_tables}
        assert network.incomplete == ("route_tables",)

    def test_the_order_of_a_list_is_no_contradiction(self, read: Read) -> None:
        rules = [permission("tcp", 22, IpRanges=[{"CidrIp": ANY}]), permission("tcp", 80, IpRanges=[{"CidrIp": ANY}])]

        network = read(
            {
                "a.json": {"SecurityGroups": [group("sg-1", rules)]},
                "b.json": {"SecurityGroups": [group("sg-1", rules[::-1])]},
            }
        )

        assert len(one(network.groups).rules) == 2


class TestAbsentKinds:
    def test_a_vpc_that_only_its_parts_name(self, read: Read) -> None:
        network = read({"a.json": {"RouteTables": [table("rtb-1", [])], "Subnets": [subnet()]}})

        assert one(network.vpcs).cidrs == (ip_network("10.0.0.0/16"),)
        assert any(line.startswith("Vpcs: ") for line in network.assumptions)

    def test_an_internet_gateway_that_only_an_active_route_names(self, read: Read) -> None:
        route = {"DestinationCidrBlock": ANY, "GatewayId": "igw-1", "State": "active"}

        network = read({"a.json": {"Vpcs": [vpc()], "RouteTables": [table("rtb-1", [route])]}})

        assert one(network.internet_gateways).vpc == Ref(VPC, VPC)
        assert any(line.startswith("InternetGateways: ") for line in network.assumptions)

    def test_an_internet_gateway_that_is_missing_from_the_listing_is_not_made_up(self, read: Read) -> None:
        route = {"DestinationCidrBlock": ANY, "GatewayId": "igw-1", "State": "active"}

        network = read({"a.json": {"Vpcs": [vpc()], "InternetGateways": [], "RouteTables": [table("rtb-1", [route])]}})

        assert network.internet_gateways == ()
        assert one(network.route_tables).routes[1].target == Ref(None, "igw-1")

    def test_a_main_table_that_is_missing_from_the_listing_is_unknown(self, read: Read) -> None:
        network = read({"a.json": {"Vpcs": [vpc()], "RouteTables": []}})

        assert isinstance(one(one(network.route_tables).routes).destination, Unknown)
        assert network.gaps

    def test_a_default_acl_that_lists_no_subnet_is_taken_to_hold(self, read: Read) -> None:
        nacl = {"NetworkAclId": "acl-1", "VpcId": VPC, "IsDefault": True, "Entries": [], "Associations": []}

        network = read({"a.json": {"Vpcs": [vpc()], "Subnets": [subnet()], "NetworkAcls": [nacl]}})

        assert one(network.nacls).key == "acl-1"
        assert any(line.startswith("NetworkAcls: ") for line in network.assumptions)

    def test_nothing_is_assumed_where_everything_was_asked(self, read: Read) -> None:
        nacl: dict[str, Any] = {"NetworkAclId": "acl-1", "VpcId": VPC, "IsDefault": True, "Entries": []}
        nacl["Associations"] = [{"NetworkAclId": "acl-1", "SubnetId": SUBNET}]
        network = read(
            {
                "a.json": {
                    "Vpcs": [vpc()],
                    "Subnets": [subnet()],
                    "RouteTables": [table("rtb-1", [])],
                    "NetworkAcls": [nacl],
                    "SecurityGroups": [],
                    "NetworkInterfaces": [],
                }
            }
        )

        assert network.assumptions == ()
        assert network.gaps == ()
