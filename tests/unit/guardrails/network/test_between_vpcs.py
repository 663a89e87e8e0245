"""Peering connections and transit gateways."""

from __future__ import annotations

import ipaddress

import pytest

from guardrails.facts.network import EndpointKind
from guardrails.facts.values import Unknown
from guardrails.network import Engine, reach
from guardrails.sets import IntervalSet
from tests.unit.guardrails.network.build_network import Build

HTTPS = IntervalSet.of(443)
OPEN = ("in any - 0.0.0.0/0", "out any - 0.0.0.0/0")


def verdict(build: Build, source: str, destination: str, **more: object) -> bool | None:
    return reach(build.network(), source, destination, ports=HTTPS, **more).reachable


def reason(build: Build, source: str, destination: str) -> str:
    blocked = reach(build.network(), source, destination, ports=HTTPS).blocked_by
    assert blocked is not None
    return blocked.reason


def vpcs(*names: str) -> Build:
    """VPCs a, b, c... with 10.N.0.0/16, one subnet and host in each of two zones, open groups."""
    build = Build()
    for number, name in enumerate(names):
        build.vpc(f"vpc-{name}", f"10.{number}.0.0/16")
        build.group(f"sg-{name}", f"vpc-{name}", *OPEN)
        for zone in (1, 2):
            build.subnet(f"{name}{zone}", f"vpc-{name}", f"10.{number}.{zone}.0/24", zone=f"az{zone}")
            build.host(f"host-{name}{zone}", f"{name}{zone}", f"10.{number}.{zone}.10", groups=(f"sg-{name}",))
    return build


def peered() -> Build:
    return (
        vpcs("a", "b", "c")
        .peering("pcx-ab", "vpc-a", "vpc-b")
        .peering("pcx-bc", "vpc-b", "vpc-c")
        .table("rtb-a", "vpc-a", "10.1.0.0/16 > pcx-ab", "10.2.0.0/16 > pcx-ab", main=True)
        .table("rtb-b", "vpc-b", "10.0.0.0/16 > pcx-ab", "10.2.0.0/16 > pcx-bc", main=True)
        .table("rtb-c", "vpc-c", "10.1.0.0/16 > pcx-bc", "10.0.0.0/16 > pcx-bc", main=True)
    )


def test_peering_joins_two_vpcs_with_routes_on_both_sides() -> None:
    assert verdict(peered(), "host-a1", "host-b1") is True
    assert verdict(peered(), "host-b2", "host-a1") is True
    one_sided = (
        vpcs("a", "b").peering("pcx-ab", "vpc-a", "vpc-b").table("rtb", "vpc-a", "10.1.0.0/16 > pcx-ab", main=True)
    )
    assert verdict(one_sided, "host-a1", "host-b1") is False
    assert verdict(one_sided, "host-a1", "host-b1", one_way=True) is True


def test_peering_is_not_transitive() -> None:
    assert verdict(peered(), "host-a1", "host-c1") is False
    assert "not transitive" in reason(peered(), "host-a1", "host-c1")


@pytest.mark.parametrize(
    ("stated", "beyond"),
    [(("10.8.0.0/16",), False), (("10.8.0.0/16", None), True), ((), True)],
    ids=["all", "some", "none"],
)
def test_a_peer_that_is_not_listed_takes_what_its_connection_states(
    stated: tuple[str | None, ...], *, beyond: bool
) -> None:
    cidrs = tuple(Unknown("cidr") if one is None else ipaddress.ip_network(one) for one in stated)
    build = vpcs("a").peering("pcx", "vpc-a", "vpc-far", accepter_cidrs=cidrs)
    build.table("rtb", "vpc-a", "0.0.0.0/0 > pcx", main=True)
    engine = Engine(build.network(), trusts_peers=True)
    assert engine.reach("host-a1", "10.8.1.1", ports=HTTPS).reachable is True
    assert engine.reach("host-a1", "10.9.1.1", ports=HTTPS).reachable is beyond


def test_there_is_no_edge_to_edge_routing_through_a_peering() -> None:
    build = vpcs("a", "b").peering("pcx-ab", "vpc-a", "vpc-b").igw("igw-b", "vpc-b")
    build.nat("nat-b", "b1", "10.1.1.5", "203.0.113.5").endpoint("vpce-s3", "vpc-b", EndpointKind.GATEWAY)
    build.vgw("vgw-b", "vpc-b").vpn("vpn-b", "vgw-b", "10.100.0.0/16")
    build.table("rtb-a", "vpc-a", "0.0.0.0/0 > pcx-ab", main=True)
    build.table("rtb-b", "vpc-b", "10.0.0.0/16 > pcx-ab", "10.100.0.0/16 > vgw-b", "0.0.0.0/0 > igw-b", main=True)
    for place in ("internet", "10.100.0.1", "198.51.100.1"):
        assert verdict(build, "host-a1", place) is False


def test_group_references_hold_across_a_peering_within_a_region() -> None:
    build = peered().group("sg-db", "vpc-b", "in tcp 443 sg-a", "out any - 0.0.0.0/0")
    build.host("db", "b1", "10.1.1.20", groups=("sg-db",))
    assert verdict(build, "host-a1", "db") is True
    assert verdict(build, "host-c1", "db") is False
    apart = vpcs("a", "b").peering(
        "pcx-ab", "vpc-a", "vpc-b", requester_region="eu-west-1", accepter_region="us-east-1"
    )
    apart.table("rtb-a", "vpc-a", "10.1.0.0/16 > pcx-ab", main=True)
    apart.table("rtb-b", "vpc-b", "10.0.0.0/16 > pcx-ab", main=True)
    apart.group("sg-db", "vpc-b", "in tcp 443 sg-a").host("db", "b1", "10.1.1.20", groups=("sg-db",))
    assert verdict(apart, "host-a1", "db") is False


def test_an_interface_endpoint_is_reached_over_a_peering() -> None:
    build = peered().endpoint("vpce-ssm", "vpc-b", EndpointKind.INTERFACE, "b1", groups=("sg-b",))
    assert verdict(build, "host-a1", "vpce-ssm") is True


# -- transit gateways -------------------------------------------------------------------------------------------------


def hub(*, b_zones: tuple[int, ...] = (1, 2)) -> Build:
    """VPCs a, b, c on one transit gateway, all on one table that all propagate to."""
    build = vpcs("a", "b", "c").tgw("tgw-1")
    for name in "abc":
        subnets = tuple(f"{name}{zone}" for zone in (b_zones if name == "b" else (1, 2)))
        build.attachment(f"att-{name}", "tgw-1", f"vpc-{name}", *subnets)
        build.table(f"rtb-{name}", f"vpc-{name}", "10.0.0.0/8 > tgw-1", main=True)
    return build


ALL = ("att-a", "att-b", "att-c")


def test_a_transit_gateway_forwards_by_the_table_of_the_incoming_attachment() -> None:
    build = hub().transit_table("t-1", "tgw-1", associated=ALL, propagated=ALL)
    assert verdict(build, "host-a1", "host-b2") is True
    assert verdict(build, "host-c2", "host-a1") is True


def test_association_and_propagation_are_separate() -> None:
    build = hub().transit_table("t-1", "tgw-1", associated=ALL, propagated=("att-a", "att-b"))
    assert verdict(build, "host-a1", "host-b1") is True
    assert verdict(build, "host-a1", "host-c1") is False
    assert verdict(build, "host-c1", "host-a1") is False
    assert verdict(build, "host-c1", "host-a1", one_way=True) is True
    unassociated = hub().transit_table("t-1", "tgw-1", associated=("att-a",), propagated=ALL)
    assert verdict(unassociated, "host-a1", "host-b1") is False


def test_domains_are_kept_apart_by_tables() -> None:
    build = hub()
    build.transit_table("t-spoke", "tgw-1", associated=("att-a", "att-b"), propagated=("att-c",))
    build.transit_table("t-shared", "tgw-1", associated=("att-c",), propagated=ALL)
    assert verdict(build, "host-a1", "host-c1") is True
    assert verdict(build, "host-c1", "host-b1") is True
    assert verdict(build, "host-a1", "host-b1") is False


@pytest.mark.parametrize(
    ("static", "works"),
    [("10.1.0.0/16 > blackhole", False), ("10.1.0.0/16 > att-c", False), ("10.0.0.0/8 > blackhole", True)],
)
def test_static_routes_come_before_propagated_ones_of_the_same_prefix(static: str, works: bool) -> None:
    build = hub().transit_table("t-1", "tgw-1", static, associated=ALL, propagated=ALL)
    assert verdict(build, "host-a1", "host-b1") is works


def test_only_zones_with_an_attachment_subnet_reach_the_gateway() -> None:
    build = hub(b_zones=(1,)).transit_table("t-1", "tgw-1", associated=ALL, propagated=ALL)
    assert verdict(build, "host-a1", "host-b1") is True
    assert verdict(build, "host-b2", "host-a1") is False
    assert verdict(build, "host-a1", "host-b2") is False
    assert verdict(build, "host-a1", "host-b2", one_way=True) is True


def test_what_enters_a_vpc_uses_the_table_of_the_attachments_subnet() -> None:
    build = hub().transit_table("t-1", "tgw-1", "0.0.0.0/0 > att-b", associated=ALL, propagated=ALL)
    build.igw("igw-b", "vpc-b").nat("nat-b", "b2", "10.1.2.5", "203.0.113.5")
    build.parts["route_tables"] = [table for table in build.parts["route_tables"] if table.key != "rtb-a"]
    build.table("rtb-a", "vpc-a", "0.0.0.0/0 > tgw-1", main=True)
    assert verdict(build, "host-a1", "internet") is False
    build.table("rtb-b1", "vpc-b", "0.0.0.0/0 > nat-b", "10.0.0.0/8 > tgw-1", subnets=("b1",))
    build.table("rtb-b2", "vpc-b", "0.0.0.0/0 > igw-b", "10.0.0.0/8 > tgw-1", subnets=("b2",))
    assert verdict(build, "host-a1", "internet") is True
    assert verdict(build, "host-a2", "internet") is False


def test_the_acls_of_the_attachments_subnet_are_passed_as_documented() -> None:
    build = hub().subnet("b3", "vpc-b", "10.1.3.0/24", zone="az1")
    build.host("host-b3", "b3", "10.1.3.10", groups=("sg-b",))
    build.transit_table("t-1", "tgw-1", associated=ALL, propagated=ALL)
    open_in = ["1 allow in any - 0.0.0.0/0", "1 allow out any - 10.1.0.0/16"]
    assert verdict(build.nacl("acl-b1", "vpc-b", *open_in, subnets=("b1",)), "host-a1", "host-b3") is True
    assert verdict(build, "host-a1", "host-b1") is False
    build.parts["nacls"].clear()
    no_out = ["1 allow in any - 0.0.0.0/0"]
    assert verdict(build.nacl("acl-b1", "vpc-b", *no_out, subnets=("b1",)), "host-a1", "host-b3") is False


def test_groups_are_not_referred_to_across_a_transit_gateway_unless_enabled() -> None:
    for enabled in (False, True):
        build = hub().transit_table("t-1", "tgw-1", associated=ALL, propagated=ALL)
        build.parts["transit_gateways"].clear()
        build.tgw("tgw-1", group_references=enabled)
        build.group("sg-db", "vpc-b", "in tcp 443 sg-a").host("db", "b1", "10.1.1.20", groups=("sg-db",))
        assert verdict(build, "host-a1", "db") is enabled


def inspected(*, appliance: bool) -> Build:
    """VPC b inspects what passes between a and c: each attachment subnet sends to the endpoint of its own zone."""
    build = vpcs("a", "b", "c").tgw("tgw-1")
    for name in "abc":
        subnets = (f"{name}1", f"{name}2") if name != "b" else ("t1", "t2")
        build.attachment(f"att-{name}", "tgw-1", f"vpc-{name}", *subnets, appliance_mode=appliance and name == "b")
    for zone in (1, 2):
        build.subnet(f"t{zone}", "vpc-b", f"10.1.10{zone}.0/24", zone=f"az{zone}")
        build.endpoint(f"vpce-{zone}", "vpc-b", EndpointKind.FIREWALL, f"b{zone}")
        build.table(f"rtb-t{zone}", "vpc-b", f"0.0.0.0/0 > vpce-{zone}", subnets=(f"t{zone}",))
    build.table("rtb-b", "vpc-b", "10.0.0.0/8 > tgw-1", main=True)
    build.table("rtb-a", "vpc-a", "10.0.0.0/8 > tgw-1", main=True)
    build.table("rtb-c", "vpc-c", "10.0.0.0/8 > tgw-1", main=True)
    build.transit_table("t-spoke", "tgw-1", "0.0.0.0/0 > att-b", associated=("att-a", "att-c"))
    return build.transit_table("t-inspect", "tgw-1", associated=("att-b",), propagated=("att-a", "att-c"))


def test_without_appliance_mode_replies_of_another_zone_meet_another_firewall() -> None:
    assert verdict(inspected(appliance=False), "host-a1", "host-c1") is True
    assert verdict(inspected(appliance=False), "host-a1", "host-c2") is False
    assert "middlebox" in reason(inspected(appliance=False), "host-a1", "host-c2")


def test_appliance_mode_keeps_both_directions_in_one_zone() -> None:
    assert verdict(inspected(appliance=True), "host-a1", "host-c1") is True
    assert verdict(inspected(appliance=True), "host-a1", "host-c2") is True


def two_hubs() -> Build:
    build = vpcs("a", "b").tgw("tgw-1").tgw("tgw-2")
    build.attachment("att-a", "tgw-1", "vpc-a", "a1", "a2").attachment("att-b", "tgw-2", "vpc-b", "b1", "b2")
    build.attachment("att-peer", "tgw-1", "tgw-2", kind="peering")
    build.table("rtb-a", "vpc-a", "10.0.0.0/8 > tgw-1", main=True)
    return build.table("rtb-b", "vpc-b", "10.0.0.0/8 > tgw-2", main=True)


def test_peered_gateways_forward_by_static_routes_only() -> None:
    static = two_hubs()
    static.transit_table(
        "t-1", "tgw-1", "10.1.0.0/16 > att-peer", associated=("att-a", "att-peer"), propagated=("att-a",)
    )
    static.transit_table(
        "t-2", "tgw-2", "10.0.0.0/16 > att-peer", associated=("att-b", "att-peer"), propagated=("att-b",)
    )
    assert verdict(static, "host-a1", "host-b1") is True
    dynamic = two_hubs()
    both = ("att-a", "att-peer")
    dynamic.transit_table("t-1", "tgw-1", associated=both, propagated=both)
    dynamic.transit_table("t-2", "tgw-2", associated=("att-b", "att-peer"), propagated=("att-b", "att-peer"))
    assert verdict(dynamic, "host-a1", "host-b1") is False


def test_a_vpn_on_the_gateway_reaches_premises_by_its_tables() -> None:
    build = hub().vpn("vpn-1", "tgw-1", "10.100.0.0/16").attachment("att-v", "tgw-1", "vpn-1", kind="vpn")
    build.transit_table("t-1", "tgw-1", associated=(*ALL, "att-v"), propagated=(*ALL, "att-v"))
    assert verdict(build, "host-a1", "10.100.1.1") is True
    assert verdict(build, "10.100.1.1", "host-b2") is True
    assert verdict(build, "host-a1", "10.101.1.1") is False
