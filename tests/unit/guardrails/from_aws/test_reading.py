"""How each kind of answer becomes a fact: states, defaults, duplicates, references, and what is only told elsewhere."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from guardrails.facts.network import (
    ALL_PORTS,
    ANY_PROTOCOL,
    BlockPublicAccess,
    Direction,
    EndpointKind,
    GroupRef,
    Network,
    Ports,
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
    group,
    interface,
    permission,
    subnet,
    table,
    vpc,
)

ANY = "0.0.0.0/0"
ALIVE = [("running", 1), ("stopped", 1), ("terminated", 0), ("shutting-down", 0)]


def one(items: tuple[Any, ...]) -> Any:
    assert len(items) == 1
    return items[0]


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


class TestGroups:
    def test_permissions_unfold_into_one_rule_a_peer(self, read: Read) -> None:
        ingress = [
            permission(
                "tcp",
                443,
                IpRanges=[{"CidrIp": "10.0.0.0/8"}, {"CidrIp": "192.168.0.0/16"}],
                Ipv6Ranges=[{"CidrIpv6": "::/0"}],
                PrefixListIds=[{"PrefixListId": "pl-1"}],
                UserIdGroupPairs=[{"GroupId": "sg-2", "UserId": ACCOUNT}],
            )
        ]

        rules = one(read({"a.json": {"SecurityGroups": [group("sg-1", ingress)]}}).groups).rules

        assert [rule.peer for rule in rules] == [
            ip_network("10.0.0.0/8"),
            ip_network("192.168.0.0/16"),
            ip_network("::/0"),
            PrefixListRef(Ref(None, "pl-1")),
            GroupRef(Ref(None, "sg-2")),
        ]
        assert {(rule.direction, rule.protocol, rule.ports) for rule in rules} == {
            (Direction.INGRESS, 6, Ports(443, 443))
        }

    @pytest.mark.parametrize(
        ("printed", "protocol", "ports"),
        [
            (permission("-1"), ANY_PROTOCOL, ALL_PORTS),
            (permission("udp", 1000, 2000), 17, Ports(1000, 2000)),
            (permission("icmp", -1, -1), 1, Ports(-1, -1)),
            (permission("icmp", 8, 0), 1, Ports(8, 0)),
            (permission("icmp", 3, 4), 1, Ports(3, 4)),
            (permission("icmpv6", 128, -1), 58, Ports(128, -1)),
            (permission("50", 1, 2), 50, ALL_PORTS),
            (permission("0"), 0, ALL_PORTS),
            (permission("TCP", 22), 6, Ports(22, 22)),
        ],
    )
    def test_protocols_and_ports(self, printed: dict[str, Any], protocol: int, ports: Ports, read: Read) -> None:
        printed = {**printed, "IpRanges": [{"CidrIp": ANY}]}

        rule = one(one(read({"a.json": {"SecurityGroups": [group("sg-1", [printed])]}}).groups).rules)

        assert (rule.protocol, rule.ports) == (protocol, ports)

    @pytest.mark.parametrize(
        "printed",
        [
            permission("nonsense", 1, IpRanges=[{"CidrIp": ANY}]),
            permission("tcp", 9, 1, IpRanges=[{"CidrIp": ANY}]),
            permission("300", IpRanges=[{"CidrIp": ANY}]),
            permission("tcp", 1, IpRanges=[{"Description": "no block"}]),
        ],
    )
    def test_a_rule_that_cannot_be_is_never_dropped_alone(self, printed: dict[str, Any], read: Read) -> None:
        network = read({"a.json": {"SecurityGroups": [group("sg-1", [printed])]}})

        assert network.groups == ()
        assert network.incomplete == ("groups",)

    def test_flat_rules_make_the_same_group(self, read: Read) -> None:
        folded = group(
            "sg-1",
            [permission("tcp", 22, UserIdGroupPairs=[{"GroupId": "sg-2", "UserId": ACCOUNT}])],
            [permission("-1", IpRanges=[{"CidrIp": ANY}])],
        )
        common = {"GroupId": "sg-1", "GroupOwnerId": ACCOUNT}
        flat = [
            {
                **common,
                "SecurityGroupRuleId": "sgr-1",
                "IsEgress": False,
                "IpProtocol": "tcp",
                "FromPort": 22,
                "ToPort": 22,
                "ReferencedGroupInfo": {"GroupId": "sg-2", "UserId": ACCOUNT},
            },
            {
                **common,
                "SecurityGroupRuleId": "sgr-2",
                "IsEgress": True,
                "IpProtocol": "-1",
                "FromPort": -1,
                "ToPort": -1,
                "CidrIpv4": ANY,
            },
        ]
        bare = {key: value for key, value in folded.items() if not key.startswith("IpPermissions")}

        def rules(answers: dict[str, Any]) -> list[tuple[object, ...]]:
            held = one(read({"a.json": answers}).groups)
            assert held.complete is True
            return [(rule.direction, rule.protocol, rule.ports, rule.peer) for rule in held.rules]

        alone = rules({"SecurityGroups": [folded]})
        assert rules({"SecurityGroups": [bare], "SecurityGroupRules": flat}) == alone
        assert rules({"SecurityGroups": [folded], "SecurityGroupRules": flat}) == alone

    def test_a_rule_that_only_one_listing_has_is_uncertain(self, read: Read) -> None:
        folded = group("sg-1", [permission("tcp", 22, IpRanges=[{"CidrIp": ANY}])])
        flat = {
            "GroupId": "sg-1",
            "SecurityGroupRuleId": "sgr-1",
            "IsEgress": False,
            "IpProtocol": "tcp",
            "FromPort": 23,
            "ToPort": 23,
            "CidrIpv4": ANY,
        }

        rules = one(read({"a.json": {"SecurityGroups": [folded], "SecurityGroupRules": [flat]}}).groups).rules

        assert len(rules) == 2
        assert all(isinstance(rule.ports, Unknown) for rule in rules)

    def test_egress_that_is_not_printed_is_not_known(self, read: Read) -> None:
        printed = group("sg-1")
        del printed["IpPermissionsEgress"]

        assert isinstance(one(read({"a.json": {"SecurityGroups": [printed]}}).groups).complete, Unknown)

    @pytest.mark.parametrize("status", ["deleted", "rejected", "expired", "pending-acceptance"])
    def test_a_stale_reference_is_no_rule(self, status: str, read: Read) -> None:
        pair = {"GroupId": "sg-2", "UserId": ACCOUNT, "VpcPeeringConnectionId": "pcx-1", "PeeringStatus": status}

        held = one(
            read({"a.json": {"SecurityGroups": [group("sg-1", [permission("-1", UserIdGroupPairs=[pair])])]}}).groups
        )

        assert held.rules == ()


class TestNacls:
    def nacl(self, *entries: dict[str, Any], **more: Any) -> dict[str, Any]:
        association = {"NetworkAclAssociationId": "aclassoc-1", "NetworkAclId": "acl-1", "SubnetId": SUBNET}
        final = {"RuleNumber": 32767, "RuleAction": "deny", "Protocol": "-1", "CidrBlock": ANY, "Egress": False}
        held = [*entries, final, {**final, "Egress": True}]
        return {"NetworkAclId": "acl-1", "VpcId": VPC, "Associations": [association], "Entries": held, **more}

    def entry(self, protocol: str, **more: Any) -> dict[str, Any]:
        return {
            "RuleNumber": 100,
            "RuleAction": "allow",
            "Protocol": protocol,
            "CidrBlock": ANY,
            "Egress": False,
            **more,
        }

    def test_entries(self, read: Read) -> None:
        entries = [
            self.entry("6", PortRange={"From": 1024, "To": 65535}),
            self.entry("1", IcmpTypeCode={"Type": 8, "Code": -1}, RuleNumber=110, Egress=True),
            self.entry("-1", RuleNumber=120, RuleAction="deny"),
        ]

        nacl = one(read({"a.json": {"NetworkAcls": [self.nacl(*entries)]}}).nacls)

        assert [(e.number, e.direction, e.allow, e.protocol, e.ports, e.icmp) for e in nacl.entries] == [
            (100, Direction.INGRESS, True, 6, Ports(1024, 65535), None),
            (110, Direction.EGRESS, True, 1, ALL_PORTS, Ports(8, -1)),
            (120, Direction.INGRESS, False, ANY_PROTOCOL, ALL_PORTS, None),
        ]

    def test_a_bad_entry_costs_the_whole_list(self, read: Read) -> None:
        network = read(
            {"a.json": {"Vpcs": [vpc()], "Subnets": [subnet()], "NetworkAcls": [self.nacl(self.entry("x"))]}}
        )

        stand_in = one(network.nacls)
        assert isinstance(stand_in.complete, Unknown)
        assert stand_in.subnets == (Ref(SUBNET),)
        assert not any(line.startswith("NetworkAcls") for line in network.assumptions)

    def test_the_kind_is_absent(self, read: Read) -> None:
        network = read({"a.json": {"Vpcs": [vpc()], "Subnets": [subnet()]}})

        stand_in = one(network.nacls)
        assert stand_in.complete is True
        assert [(e.number, e.allow) for e in stand_in.entries] == [(100, True), (101, True)] * 2
        assert any(line.startswith("NetworkAcls: ") for line in network.assumptions)

    def test_one_account_was_asked_for_its_acls_and_the_other_was_not(self, read: Read) -> None:
        network = read(
            {
                f"{ACCOUNT}/eu-west-1/a.json": {"Vpcs": [vpc()], "Subnets": [subnet()], "NetworkAcls": []},
                "444455556666/eu-west-1/a.json": {
                    "Vpcs": [vpc("vpc-2")],
                    "Subnets": [subnet("subnet-2", VpcId="vpc-2")],
                },
            }
        )

        known = {one(nacl.subnets).key: nacl.complete for nacl in network.nacls}
        assert isinstance(known[SUBNET], Unknown)
        assert known["subnet-2"] is True


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


class TestInterfaces:
    def instance(self, **more: Any) -> dict[str, Any]:
        return {"InstanceId": "i-1", "State": {"Name": "running"}, "Tags": [{"Key": "Name", "Value": "web"}], **more}

    def test_both_listings_are_one_interface(self, read: Read) -> None:
        attachment = {"AttachmentId": "eni-attach-1", "DeviceIndex": 0, "Status": "attached"}
        nested = interface("eni-1", Attachment=attachment)
        listed = interface("eni-1", Attachment={**attachment, "InstanceId": "i-1"}, DenyAllIgwTraffic=False)

        network = read(
            {
                "a.json": {"Reservations": [{"Instances": [self.instance(NetworkInterfaces=[nested])]}]},
                "b.json": {"NetworkInterfaces": [listed]},
            }
        )

        held = one(network.interfaces)
        assert (held.key, held.owner, held.owner_kind, held.owner_name) == ("eni-1", "i-1", "instance", "web")
        assert held.addresses == (ip_address("10.0.1.10"),)

    def test_an_instance_without_any_interface_still_is_a_place(self, read: Read) -> None:
        instance = self.instance(
            SubnetId=SUBNET,
            PrivateIpAddress="10.0.1.10",
            PublicIpAddress="198.51.100.1",
            SecurityGroups=[{"GroupId": "sg-1"}],
            SourceDestCheck=False,
        )

        held = one(read({"a.json": {"Reservations": [{"Instances": [instance]}]}}).interfaces)

        assert held.public_mappings == ((ip_address("10.0.1.10"), ip_address("198.51.100.1")),)
        assert held.source_dest_check is False
        assert held.groups == (Ref(None, "sg-1"),)

    def test_elastic_addresses_find_their_private_address(self, read: Read) -> None:
        held = interface("eni-1")
        held["PrivateIpAddresses"].append({"Primary": False, "PrivateIpAddress": "10.0.1.11"})
        addresses = [
            {"PublicIp": "198.51.100.1", "NetworkInterfaceId": "eni-1", "PrivateIpAddress": "10.0.1.11"},
            {"PublicIp": "198.51.100.2", "AllocationId": "eipalloc-2"},
        ]

        fact = one(read({"a.json": {"NetworkInterfaces": [held], "Addresses": addresses}}).interfaces)

        assert fact.public is True
        assert fact.public_mappings == ((ip_address("10.0.1.11"), ip_address("198.51.100.1")),)

    @pytest.mark.parametrize(
        ("kind", "description", "groups", "filtered", "owner_kind"),
        [
            ("nat_gateway", "Interface for NAT Gateway nat-1", (), False, "nat-gateway"),
            ("natGateway", "", (), False, "nat-gateway"),
            ("network_load_balancer", "ELB net/n/1", (), False, "load-balancer"),
            ("network_load_balancer", "ELB net/n/1", ("sg-1",), True, "load-balancer"),
            ("gateway_load_balancer_endpoint", "VPC Endpoint Interface vpce-1", (), False, "vpc-endpoint"),
            ("vpc_endpoint", "VPC Endpoint Interface vpce-1", ("sg-1",), True, "vpc-endpoint"),
            ("transit_gateway", "", (), False, "transit-gateway"),
            ("interface", "RDSNetworkInterface", ("sg-1",), True, "rds"),
            ("interface", "", ("sg-1",), True, "interface"),
        ],
    )
    def test_services_interfaces(
        self, kind: str, description: str, groups: tuple[str, ...], filtered: bool, owner_kind: str, read: Read
    ) -> None:
        printed = interface("eni-1", groups=groups, InterfaceType=kind, Description=description)

        held = one(read({"a.json": {"NetworkInterfaces": [printed]}}).interfaces)

        assert (held.filtered, held.owner_kind) == (filtered, owner_kind)

    def test_an_interface_that_is_attached_to_nothing(self, read: Read) -> None:
        assert (
            one(read({"a.json": {"NetworkInterfaces": [interface("eni-1", Status="available")]}}).interfaces).attached
            is False
        )

    def test_groups_that_are_not_printed_are_not_known(self, read: Read) -> None:
        printed = interface("eni-1")
        del printed["Groups"]

        assert isinstance(one(read({"a.json": {"NetworkInterfaces": [printed]}}).interfaces).groups, Unknown)

    def test_a_listing_of_interfaces_is_exhaustive(self, read: Read) -> None:
        network = read({"a.json": {"Vpcs": [vpc()], "NetworkInterfaces": []}})

        assert network.exhaustive == ("interfaces",)
        assert not any(line.startswith("NetworkInterfaces") for line in network.assumptions)

    def test_a_listing_of_instances_is_taken_to_be(self, read: Read) -> None:
        network = read({"a.json": {"Vpcs": [vpc()], "Reservations": []}})

        assert network.exhaustive == ("interfaces",)
        assert any(line.startswith("NetworkInterfaces") for line in network.assumptions)

    def test_neither_is_nothing(self, read: Read) -> None:
        assert read({"a.json": {"Vpcs": [vpc()]}}).exhaustive == ()


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
