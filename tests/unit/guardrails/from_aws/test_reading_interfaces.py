"""How network interfaces become facts, whoever lists them."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

import pytest

from guardrails.facts.values import Ref, Unknown
from tests.unit.guardrails.from_aws.aws_answers import (
    SUBNET,
    Read,
    interface,
    one,
    vpc,
)

ANY = "0.0.0.0/0"
ALIVE = [("running", 1), ("stopped", 1), ("terminated", 0), ("shutting-down", 0)]


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
