"""Route tables: which route a packet takes, and what happens at each kind of gateway."""

from __future__ import annotations

import ipaddress

import pytest

from guardrails.facts.network import BlockPublicAccess, EndpointKind, PrefixList, RouteOrigin
from guardrails.facts.values import Origin
from guardrails.network import reach
from guardrails.sets import IntervalSet
from tests.unit.guardrails.network.build_network import Build, route, two_subnets

HTTPS = IntervalSet.of(443)


def verdict(build: Build, source: str, destination: str, **more: object) -> bool | None:
    return reach(build.network(), source, destination, ports=HTTPS, **more).reachable


def internet(*, public: bool = True) -> Build:
    """A subnet with a route to an internet gateway, one to a NAT gateway, and one host in each."""
    return (
        two_subnets()
        .igw("igw-1", "vpc-a")
        .nat("nat-1", "subnet-2", "10.0.2.5", "203.0.113.5")
        .table("rtb-1", "vpc-a", "0.0.0.0/0 > nat-1", subnets=("subnet-1",))
        .table("rtb-2", "vpc-a", "0.0.0.0/0 > igw-1", subnets=("subnet-2",))
        .host("web", "subnet-2", "10.0.2.80", publics=("203.0.113.80",) if public else ())
    )


def test_an_internet_gateway_serves_only_mapped_addresses() -> None:
    assert verdict(internet(), "web", "internet") is True
    assert verdict(internet(), "internet", "web") is True
    assert verdict(internet(public=False), "web", "internet") is False
    assert verdict(internet(public=False), "internet", "web") is False
    assert verdict(internet(), "eni-2", "internet") is False


def test_addresses_are_taken_as_written() -> None:
    assert verdict(internet(), "internet", "203.0.113.80") is True
    assert verdict(internet(), "internet", "10.0.2.80") is False
    assert verdict(internet(), "eni-1", "203.0.113.80") is True
    assert verdict(internet(), "eni-2", "203.0.113.80") is False
    assert verdict(internet(), "eni-2", "10.0.2.80") is True


def test_a_nat_gateway_opens_outwards_only() -> None:
    assert verdict(internet(), "eni-1", "internet") is True
    assert verdict(internet(), "internet", "eni-1") is False
    assert verdict(internet(), "internet", "nat-1") is False


def test_a_nat_gateway_needs_its_own_way_out() -> None:
    build = two_subnets().igw("igw-1", "vpc-a").nat("nat-1", "subnet-2", "10.0.2.5", "203.0.113.5")
    build.table("rtb-1", "vpc-a", "0.0.0.0/0 > nat-1", subnets=("subnet-1",))
    assert verdict(build, "eni-1", "internet") is False


def test_a_private_nat_gateway_reaches_no_internet() -> None:
    build = two_subnets().igw("igw-1", "vpc-a").nat("nat-1", "subnet-2", "10.0.2.5")
    build.table("rtb-1", "vpc-a", "0.0.0.0/0 > nat-1", subnets=("subnet-1",))
    build.table("rtb-2", "vpc-a", "0.0.0.0/0 > igw-1", subnets=("subnet-2",))
    assert verdict(build, "eni-1", "internet") is False


def test_the_acl_of_the_nat_subnet_sees_both_legs() -> None:
    entries = ["1 allow in any - 10.0.0.0/16", "1 allow out any - 0.0.0.0/0"]
    assert verdict(internet().nacl("acl", "vpc-a", *entries, subnets=("subnet-2",)), "eni-1", "internet") is False
    entries.append("2 allow in tcp 1024-65535 0.0.0.0/0")
    assert verdict(internet().nacl("acl", "vpc-a", *entries, subnets=("subnet-2",)), "eni-1", "internet") is True


def test_the_group_of_a_host_sees_the_nat_gateways_public_address() -> None:
    build = internet().group("sg-nat", "vpc-a", "in tcp 443 203.0.113.5/32")
    build.host("shop", "subnet-2", "10.0.2.81", groups=("sg-nat",), publics=("203.0.113.81",))
    assert verdict(build, "eni-1", "203.0.113.81") is True
    assert verdict(build, "web", "203.0.113.81") is False
    assert verdict(build, "eni-1", "10.0.2.81") is False


def test_a_detached_gateway_or_one_of_another_vpc_leads_nowhere() -> None:
    for vpc in (None, "vpc-b"):
        build = two_subnets().vpc("vpc-b", "10.9.0.0/16").igw("igw-1", vpc)
        build.table("rtb-2", "vpc-a", "0.0.0.0/0 > igw-1", subnets=("subnet-2",))
        build.host("web", "subnet-2", "10.0.2.80", publics=("203.0.113.80",))
        assert verdict(build, "web", "internet") is False
        assert verdict(build, "internet", "web") is False


def test_the_main_table_holds_where_nothing_is_associated() -> None:
    build = two_subnets().igw("igw-1", "vpc-a").table("rtb-main", "vpc-a", "0.0.0.0/0 > igw-1", main=True)
    build.host("web", "subnet-1", "10.0.1.80", publics=("203.0.113.80",))
    assert verdict(build, "web", "internet") is True
    build.table("rtb-own", "vpc-a", subnets=("subnet-1",))
    assert verdict(build, "web", "internet") is False


def test_two_halves_of_the_internet_are_the_internet() -> None:
    build = (
        two_subnets().igw("igw-1", "vpc-a").table("rtb", "vpc-a", "0.0.0.0/1 > igw-1", "128.0.0.0/1 > igw-1", main=True)
    )
    build.host("web", "subnet-1", "10.0.1.80", publics=("203.0.113.80",))
    answer = reach(build.network(), "web", "internet", ports=HTTPS)
    assert answer.to_json()["flows"][0]["destination"] == ["internet"]


@pytest.mark.parametrize(
    ("routes", "works"),
    [
        (["0.0.0.0/0 > igw-1", "198.51.100.0/24 > blackhole"], False),
        (["0.0.0.0/0 > blackhole", "198.51.100.0/24 > igw-1"], True),
        (["0.0.0.0/0 > igw-1", "198.51.100.0/25 > blackhole"], False),
        (["0.0.0.0/0 > igw-1", "198.51.100.128/25 > blackhole"], True),
    ],
)
def test_the_longest_prefix_wins(routes: list[str], works: bool) -> None:
    build = two_subnets().igw("igw-1", "vpc-a").table("rtb", "vpc-a", *routes, main=True)
    build.host("web", "subnet-1", "10.0.1.80", publics=("203.0.113.80",))
    assert verdict(build, "web", "198.51.100.7") is works


def test_equal_prefixes_prefer_static_over_propagated_routes() -> None:
    learned = route("198.51.100.0/24 > vgw-1", RouteOrigin.PROPAGATED)
    build = two_subnets().igw("igw-1", "vpc-a").vgw("vgw-1", "vpc-a")
    build.host("web", "subnet-1", "10.0.1.80", publics=("203.0.113.80",))
    only = build.table("rtb", "vpc-a", learned, "0.0.0.0/0 > igw-1", main=True)
    assert verdict(only, "web", "198.51.100.7") is False
    build.parts["route_tables"].clear()
    both = build.table("rtb", "vpc-a", learned, "198.51.100.0/24 > igw-1", main=True)
    assert verdict(both, "web", "198.51.100.7") is True


def test_a_propagated_route_never_beats_the_local_one() -> None:
    learned = route("10.0.2.0/24 > vgw-1", RouteOrigin.PROPAGATED_VPN_BGP)
    build = two_subnets().vgw("vgw-1", "vpc-a").table("rtb", "vpc-a", learned, main=True)
    assert verdict(build, "eni-1", "eni-2") is True


def listed(key: str, *cidrs: str, aws: bool = False) -> PrefixList:
    entries = tuple(ipaddress.ip_network(cidr) for cidr in cidrs) if cidrs else None
    return PrefixList(key=key, id=key, origin=Origin(key), entries=entries, aws_managed=aws)


def test_prefix_list_routes_count_entry_by_entry() -> None:
    build = two_subnets().igw("igw-1", "vpc-a").add("prefix_lists", listed("pl-1", "198.51.100.0/24", "192.0.2.0/24"))
    build.table("rtb", "vpc-a", "pl-1 > igw-1", "198.51.100.0/24 > blackhole", main=True)
    build.host("web", "subnet-1", "10.0.1.80", publics=("203.0.113.80",))
    assert verdict(build, "web", "192.0.2.7") is True
    assert verdict(build, "web", "198.51.100.7") is False
    assert verdict(build, "web", "198.18.0.1") is False


@pytest.mark.parametrize("spelled", [True, False])
def test_a_gateway_endpoint_serves_its_service_and_is_not_the_internet(spelled: bool) -> None:
    build = two_subnets().endpoint("vpce-s3", "vpc-a", EndpointKind.GATEWAY)
    build.add("prefix_lists", listed("pl-s3", *(["52.219.0.0/20"] if spelled else []), aws=True))
    build.table("rtb", "vpc-a", "pl-s3 > vpce-s3", subnets=("subnet-1",))
    assert verdict(build, "eni-1", "vpce-s3") is True
    assert verdict(build, "eni-2", "vpce-s3") is False
    assert verdict(build, "eni-1", "internet") is False
    if spelled:
        assert verdict(build, "eni-1", "52.219.0.9") is True
        assert verdict(build, "eni-2", "52.219.0.9") is False


def test_ipv6_leaves_by_the_egress_only_gateway_and_nothing_comes_in() -> None:
    build = (
        Build()
        .vpc("vpc-a", "10.0.0.0/16", "2600:1f14:1::/56")
        .subnet("subnet-1", "vpc-a", "10.0.1.0/24", "2600:1f14:1:1::/64")
        .subnet("subnet-2", "vpc-a", "10.0.2.0/24", "2600:1f14:1:2::/64")
        .open_group()
        .host("inner", "subnet-1", "10.0.1.10", "2600:1f14:1:1::10")
        .host("outer", "subnet-2", "10.0.2.10", "2600:1f14:1:2::10")
        .igw("eigw-1", "vpc-a", egress_only=True)
        .igw("igw-1", "vpc-a")
        .table("rtb-1", "vpc-a", "::/0 > eigw-1", subnets=("subnet-1",))
        .table("rtb-2", "vpc-a", "::/0 > igw-1", subnets=("subnet-2",))
    )
    assert verdict(build, "inner", "internet") is True
    assert verdict(build, "internet", "inner") is False
    assert verdict(build, "outer", "internet") is True
    assert verdict(build, "internet", "outer") is True
    assert verdict(build, "inner", "8.8.8.8") is False
    assert verdict(build, "internet", "2600:1f14:1:2::10") is True


@pytest.mark.parametrize(
    ("mode", "out", "into", "by_nat"),
    [
        (BlockPublicAccess.OFF, True, True, True),
        (BlockPublicAccess.INGRESS, False, False, True),
        (BlockPublicAccess.BIDIRECTIONAL, False, False, False),
    ],
)
def test_block_public_access_overrides_routes(mode: BlockPublicAccess, out: bool, into: bool, by_nat: bool) -> None:
    build = internet()
    build.parts["vpcs"].clear()
    build.vpc("vpc-a", "10.0.0.0/16", block_public_access=mode)
    assert verdict(build, "web", "internet") is out
    assert verdict(build, "internet", "web") is into
    assert verdict(build, "eni-1", "internet") is by_nat


def test_a_subnets_own_exclusion_lifts_the_block() -> None:
    build = internet()
    build.parts["vpcs"].clear()
    build.vpc("vpc-a", "10.0.0.0/16", block_public_access=BlockPublicAccess.BIDIRECTIONAL)
    build.parts["subnets"].pop()
    build.subnet("subnet-2", "vpc-a", "10.0.2.0/24", block_public_access=BlockPublicAccess.OFF)
    assert verdict(build, "internet", "web") is True


def premises(*routes: str) -> Build:
    build = two_subnets().vgw("vgw-1", "vpc-a").vpn("vpn-1", "vgw-1", *routes)
    return build.table("rtb", "vpc-a", "10.100.0.0/16 > vgw-1", main=True)


def test_a_vpn_gateway_reaches_what_its_connection_routes() -> None:
    assert verdict(premises("10.100.0.0/16"), "eni-1", "10.100.3.4") is True
    assert verdict(premises("10.100.0.0/16"), "10.100.3.4", "eni-1") is True
    assert verdict(premises("10.100.0.0/24"), "eni-1", "10.100.3.4") is False
    assert verdict(premises(), "eni-1", "10.100.3.4") is True
    assert verdict(premises("10.100.0.0/16"), "eni-1", "10.101.0.1") is False


def test_a_vpn_gateway_without_a_connection_leads_nowhere() -> None:
    build = two_subnets().vgw("vgw-1", "vpc-a").table("rtb", "vpc-a", "10.100.0.0/16 > vgw-1", main=True)
    assert verdict(build, "eni-1", "10.100.3.4") is False
    assert verdict(build, "10.100.3.4", "eni-1") is False


def test_a_vpn_gateway_is_no_way_to_the_internet() -> None:
    build = premises("0.0.0.0/0").igw("igw-1", "vpc-a")
    build.parts["route_tables"].clear()
    build.table("rtb", "vpc-a", "0.0.0.0/0 > vgw-1", main=True)
    assert verdict(build, "eni-1", "internet") is False


def test_propagation_brings_the_vpns_static_routes() -> None:
    build = two_subnets().vgw("vgw-1", "vpc-a").vpn("vpn-1", "vgw-1", "10.100.0.0/16")
    build.table("rtb", "vpc-a", main=True, propagating=("vgw-1",))
    assert verdict(build, "eni-1", "10.100.3.4") is True
    assert verdict(build, "eni-1", "10.101.3.4") is False


def test_premises_need_the_way_back() -> None:
    build = two_subnets().vgw("vgw-1", "vpc-a").vpn("vpn-1", "vgw-1", "10.100.0.0/16")
    answer = reach(build.network(), "10.100.3.4", "eni-1", ports=HTTPS)
    assert answer.reachable is False
    assert answer.blocked_by is not None
    assert answer.blocked_by.reply
    assert reach(build.network(), "10.100.3.4", "eni-1", ports=HTTPS, one_way=True).reachable is True


def test_a_public_address_may_be_that_of_a_service_whose_list_is_not_spelled_out() -> None:
    build = two_subnets().endpoint("vpce-s3", "vpc-a", EndpointKind.GATEWAY)
    build.add("prefix_lists", listed("pl-s3", aws=True)).table("rtb", "vpc-a", "pl-s3 > vpce-s3", subnets=("subnet-1",))
    answer = reach(build.network(), "eni-1", "52.219.0.9", ports=HTTPS)
    assert answer.reachable is None
    assert [unknown.what for unknown in answer.unknowns] == ["vpce-s3"]
    assert verdict(build, "eni-2", "52.219.0.9") is False
    assert verdict(build, "eni-1", "internet") is False
