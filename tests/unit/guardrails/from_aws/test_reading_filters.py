"""How security groups and network ACLs become facts."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest

from guardrails.facts.network import (
    ALL_PORTS,
    ANY_PROTOCOL,
    Direction,
    GroupRef,
    Ports,
    PrefixListRef,
)
from guardrails.facts.values import Ref, Unknown
from tests.unit.guardrails.from_aws.aws_answers import (
    ACCOUNT,
    SUBNET,
    VPC,
    Read,
    group,
    one,
    permission,
    subnet,
    vpc,
)

ANY = "0.0.0.0/0"
ALIVE = [("running", 1), ("stopped", 1), ("terminated", 0), ("shutting-down", 0)]


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
