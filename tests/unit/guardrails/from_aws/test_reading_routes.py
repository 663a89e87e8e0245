"""How route tables, endpoints and Block Public Access become facts."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest

from guardrails.facts.network import (
    BlockPublicAccess,
    EndpointKind,
    Network,
    PrefixListRef,
    RouteOrigin,
    TargetKind,
)
from guardrails.facts.values import Ref, Unknown
from tests.unit.guardrails.from_aws.aws_answers import (
    ACCOUNT,
    SUBNET,
    VPC,
    Read,
    one,
    subnet,
    table,
    vpc,
)

ANY = "0.0.0.0/0"
ALIVE = [("running", 1), ("stopped", 1), ("terminated", 0), ("shutting-down", 0)]


class TestRoutes:
    @pytest.mark.parametrize(
        ("printed", "kind", "target"),
        [
            ({"GatewayId": "igw-1"}, TargetKind.INTERNET_GATEWAY, "igw-1"),
            ({"GatewayId": "vgw-1"}, TargetKind.VPN_GATEWAY, "vgw-1"),
            ({"GatewayId": "vpce-1"}, TargetKind.ENDPOINT, "vpce-1"),
            ({"NatGatewayId": "nat-1"}, TargetKind.NAT_GATEWAY, "nat-1"),
            ({"TransitGatewayId": "tgw-1"}, TargetKind.TRANSIT_GATEWAY, "tgw-1"),
            ({"VpcPeeringConnectionId": "pcx-1"}, TargetKind.PEERING, "pcx-1"),
            ({"EgressOnlyInternetGatewayId": "eigw-1"}, TargetKind.EGRESS_ONLY_GATEWAY, "eigw-1"),
            ({"InstanceId": "i-1", "NetworkInterfaceId": "eni-1"}, TargetKind.INTERFACE, "eni-1"),
            ({"CarrierGatewayId": "cagw-1"}, TargetKind.CARRIER_GATEWAY, "cagw-1"),
            ({"LocalGatewayId": "lgw-1"}, TargetKind.LOCAL_GATEWAY, "lgw-1"),
            ({"CoreNetworkArn": "arn:aws:networkmanager::1:core-network/c"}, TargetKind.CORE_NETWORK, None),
            ({"OdbNetworkArn": "arn:aws:odb:eu-west-1:1:odb-network/o"}, TargetKind.UNKNOWN, None),
            ({"GatewayId": "xyz-1"}, TargetKind.UNKNOWN, "xyz-1"),
        ],
    )
    def test_targets(self, printed: dict[str, Any], kind: TargetKind, target: str | None, read: Read) -> None:
        printed = {"DestinationCidrBlock": "172.16.0.0/12", "State": "active", **printed}

        gateways = {"InternetGateways": [], "EgressOnlyInternetGateways": []}

        network = read({"a.json": {"RouteTables": [table("rtb-1", [printed])], "Vpcs": [], **gateways}})
        route = one(network.route_tables).routes[1]

        assert route.kind is kind
        assert target is None or route.target == Ref(None, target)

    def test_destinations_origins_and_associations(self, read: Read) -> None:
        printed = [
            {"DestinationIpv6CidrBlock": "::/0", "GatewayId": "igw-1"},
            {"DestinationPrefixListId": "pl-1", "GatewayId": "vpce-1"},
            {"DestinationCidrBlock": "10.9.0.0/16", "GatewayId": "vgw-1", "Origin": "EnableVgwRoutePropagation"},
            {"DestinationCidrBlock": "10.8.0.0/16", "NatGatewayId": "nat-1", "State": "blackhole"},
        ]
        associations = [
            {"Main": False, "SubnetId": SUBNET, "AssociationState": {"State": "associated"}},
            {"Main": False, "SubnetId": "subnet-2", "AssociationState": {"State": "disassociated"}},
            {"Main": False, "GatewayId": "igw-1", "AssociationState": {"State": "associated"}},
        ]

        held = next(
            item
            for item in read(
                {
                    "a.json": {
                        "Subnets": [subnet()],
                        "RouteTables": [
                            table("rtb-1", printed, Associations=associations, PropagatingVgws=[{"GatewayId": "vgw-1"}])
                        ],
                    }
                }
            ).route_tables
            if item.key == "rtb-1"
        )

        assert [route.destination for route in held.routes[1:]] == [
            ip_network("::/0"),
            PrefixListRef(Ref(None, "pl-1")),
            ip_network("10.9.0.0/16"),
            ip_network("10.8.0.0/16"),
        ]
        assert [route.source for route in held.routes][2:] == [
            RouteOrigin.STATIC,
            RouteOrigin.PROPAGATED,
            RouteOrigin.STATIC,
        ]
        assert [route.blackhole for route in held.routes][3:] == [False, True]
        assert held.main is False
        assert held.subnets == (Ref(SUBNET, SUBNET),)
        assert [ref.literal for ref in held.gateways] == ["igw-1"]
        assert [ref.literal for ref in held.propagating] == ["vgw-1"]

    def test_prefix_list_entries_find_their_list(self, read: Read) -> None:
        lists = [
            {"PrefixListId": "pl-0a", "PrefixListName": "spokes", "OwnerId": ACCOUNT, "State": "create-complete"},
            {"PrefixListId": "pl-0b", "PrefixListName": "com.amazonaws.eu-west-1.s3", "OwnerId": "AWS"},
        ]

        network = read(
            {
                "lists.json": {"PrefixLists": lists},
                "entries-spokes.json": {"Entries": [{"Cidr": "10.0.0.0/8"}]},
                "old.json": {"PrefixLists": [{"PrefixListId": "pl-0b", "Cidrs": ["52.218.0.0/17"]}]},
            }
        )

        assert {item.key: (item.entries, item.aws_managed) for item in network.prefix_lists} == {
            "pl-0a": ((ip_network("10.0.0.0/8"),), False),
            "pl-0b": ((ip_network("52.218.0.0/17"),), True),
        }

    def test_entries_that_belong_to_nobody_are_a_gap(self, read: Read) -> None:
        lists = [{"PrefixListId": one, "PrefixListName": one} for one in ("pl-0a", "pl-0b")]

        network = read({"lists.json": {"PrefixLists": lists}, "entries.json": {"Entries": [{"Cidr": "10.0.0.0/8"}]}})

        assert network.incomplete == ("prefix_lists",)
        assert all(isinstance(one(item.entries), Unknown) for item in network.prefix_lists)


class TestBlockPublicAccess:
    def options(self, mode: str) -> dict[str, Any]:
        return {"AwsAccountId": ACCOUNT, "AwsRegion": "eu-west-1", "InternetGatewayBlockMode": mode}

    def exclusion(self, target: str, mode: str, state: str = "create-complete") -> dict[str, Any]:
        arn = f"arn:aws:ec2:eu-west-1:{ACCOUNT}:{target}"
        return {"ExclusionId": "x", "ResourceArn": arn, "InternetGatewayExclusionMode": mode, "State": state}

    def modes(self, network: Network) -> tuple[object, object]:
        return one(network.vpcs).block_public_access, one(network.subnets).block_public_access

    @pytest.mark.parametrize(
        ("exclusions", "expected"),
        [
            ([], (BlockPublicAccess.BIDIRECTIONAL, None)),
            ([(f"vpc/{VPC}", "allow-bidirectional", "create-complete")], (BlockPublicAccess.OFF, None)),
            ([(f"vpc/{VPC}", "allow-egress", "update-complete")], (BlockPublicAccess.INGRESS, None)),
            ([(f"vpc/{VPC}", "allow-egress", "delete-complete")], (BlockPublicAccess.BIDIRECTIONAL, None)),
            (
                [(f"subnet/{SUBNET}", "allow-bidirectional", "create-complete")],
                (BlockPublicAccess.BIDIRECTIONAL, BlockPublicAccess.OFF),
            ),
        ],
    )
    def test_exclusions(self, exclusions: list[tuple[str, str, str]], expected: tuple[object, ...], read: Read) -> None:
        network = read(
            {
                "a.json": {"Vpcs": [vpc()], "Subnets": [subnet()]},
                "b.json": {"VpcBlockPublicAccessOptions": self.options("block-bidirectional")},
                "c.json": {"VpcBlockPublicAccessExclusions": [self.exclusion(*one) for one in exclusions]},
            }
        )

        assert self.modes(network) == expected

    def test_the_mode_that_the_vpc_itself_prints(self, read: Read) -> None:
        states = {"BlockPublicAccessStates": {"InternetGatewayBlockMode": "block-ingress"}}

        network = read({"a.json": {"Vpcs": [vpc(**states)], "Subnets": [subnet(**states)]}})

        assert self.modes(network) == (BlockPublicAccess.INGRESS, None)

    def test_options_of_another_region_say_nothing(self, read: Read) -> None:
        options = {**self.options("off"), "AwsRegion": "us-east-1"}

        network = read({"a.json": {"Vpcs": [vpc()], "Subnets": [subnet()], "VpcBlockPublicAccessOptions": options}})

        assert isinstance(one(network.vpcs).block_public_access, Unknown)


class TestEndpoints:
    def test_kinds(self, read: Read) -> None:
        printed = [
            {"VpcEndpointId": "vpce-1", "VpcEndpointType": "Gateway", "RouteTableIds": ["rtb-1"]},
            {"VpcEndpointId": "vpce-2", "VpcEndpointType": "interface", "SubnetIds": [SUBNET]},
            {"VpcEndpointId": "vpce-3", "VpcEndpointType": "GatewayLoadBalancer"},
            {
                "VpcEndpointId": "vpce-4",
                "VpcEndpointType": "GatewayLoadBalancer",
                "SubnetIds": [SUBNET],
                "Tags": [{"Key": "AWSNetworkFirewallManaged", "Value": "true"}],
            },
            {"VpcEndpointId": "vpce-5", "VpcEndpointType": "Tunnel"},
        ]

        held = {item.key: item for item in read({"a.json": {"VpcEndpoints": printed, "Subnets": [subnet()]}}).endpoints}

        assert [item.kind for item in held.values()][:4] == [
            EndpointKind.GATEWAY,
            EndpointKind.INTERFACE,
            EndpointKind.GATEWAY_LOAD_BALANCER,
            EndpointKind.FIREWALL,
        ]
        assert isinstance(held["vpce-5"].kind, Unknown)
        assert held["vpce-4"].zone == "eu-west-1a"

    def test_a_firewalls_status_tells_its_endpoints(self, read: Read) -> None:
        states = {"eu-west-1a": {"Attachment": {"SubnetId": SUBNET, "EndpointId": "vpce-9", "Status": "READY"}}}
        firewall = {"Firewall": {"FirewallName": "f", "VpcId": VPC}, "FirewallStatus": {"SyncStates": states}}

        held = one(read({"a.json": {"Vpcs": [vpc()], "Subnets": [subnet()]}, "f.json": firewall}).endpoints)

        assert (held.key, held.kind, held.zone) == ("vpce-9", EndpointKind.FIREWALL, "eu-west-1a")
        assert held.vpc == Ref(VPC, VPC)
