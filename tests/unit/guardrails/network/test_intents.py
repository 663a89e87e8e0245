"""Intents: what they do not name is forbidden, what they demand must be possible, and waypoints are crossed."""

from __future__ import annotations

import ipaddress
from typing import Any

import pytest

from guardrails.facts.intent import parse_intent
from guardrails.facts.network import EndpointKind, PrefixList
from guardrails.facts.values import Origin, Unknown
from guardrails.network import Engine
from guardrails.network.breaches import Breach, Kind
from guardrails.network.intents import Assertions
from tests.unit.guardrails.network.build_network import Build

ZONES = {
    "desk": {"cidrs": ["10.0.1.0/24"]},
    "proxy": {"cidrs": ["10.0.2.0/24"], "relay": True},
    "data": {"cidrs": ["10.0.4.0/24"]},
}
TO_PROXY = {"name": "desk-to-proxy", "from": "desk", "to": "proxy", "ports": [3128], "required": True}
TO_WORLD = {"name": "proxy-out", "from": "proxy", "to": "internet", "ports": [443], "via": "nat", "required": True}


def room(**rules: list[str]) -> Build:
    """Desktops, a proxy before a NAT gateway, and data; `rules` adds to a zone's group."""
    build = Build().vpc("vpc-a", "10.0.0.0/16").igw("igw-1", "vpc-a").nat("nat-1", "public", "10.0.3.5", "203.0.113.5")
    wanted = {
        "desk": ["out tcp 3128 sg-proxy"],
        "proxy": ["in tcp 3128 sg-desk", "out tcp 443 0.0.0.0/0"],
        "data": [],
        "public": [],
    }
    for number, (name, own) in enumerate({**wanted}.items(), 1):
        third = {"desk": 1, "proxy": 2, "public": 3, "data": 4}[name]
        build.subnet(name, "vpc-a", f"10.0.{third}.0/24", zone=f"az{number % 2}")
        build.group(f"sg-{name}", "vpc-a", *own, *rules.get(name, []))
        if name != "public":
            build.host(f"host-{name}", name, groups=(f"sg-{name}",))
    build.table("rtb-proxy", "vpc-a", "0.0.0.0/0 > nat-1", subnets=("proxy",))
    return build.table("rtb-public", "vpc-a", "0.0.0.0/0 > igw-1", subnets=("public",))


def breaches(build: Build, *flows: dict[str, Any], zones: dict[str, Any] | None = None) -> list[Breach]:
    intent = parse_intent({"version": 1, "zones": zones or ZONES, "flows": list(flows)}, "test")
    return Assertions(Engine(build.network(), trusts_peers=True), intent).breaches()


def told(found: list[Breach]) -> set[tuple[str, str, str]]:
    return {(one.kind.value, one.source, one.target) for one in found}


def test_a_room_as_intended_has_no_breach() -> None:
    assert breaches(room(), TO_PROXY, TO_WORLD) == []


def test_what_no_flow_names_is_forbidden() -> None:
    opened = room(desk=["out tcp 5432 sg-data"], data=["in tcp 5432 sg-desk"])
    found = breaches(opened, TO_PROXY, TO_WORLD)
    assert told(found) == {("forbidden-connection", "desk", "data")}
    assert found[0].certain
    assert found[0].subject == "host-desk"


def test_a_port_beyond_the_permitted_ones_is_forbidden() -> None:
    opened = room(desk=["out tcp 22 sg-proxy"], proxy=["in tcp 22 sg-desk"])
    assert told(breaches(opened, TO_PROXY, TO_WORLD)) == {("forbidden-connection", "desk", "proxy")}


def test_a_closed_demand_is_a_breach() -> None:
    build = room()
    build.nacl("acl", "vpc-a", "1 allow out any - 0.0.0.0/0", subnets=("desk",))
    found = breaches(build, TO_PROXY, TO_WORLD)
    assert told(found) == {("demanded-connection", "desk", "proxy")}
    assert "network ACL" in found[0].why


def test_an_exit_without_its_waypoint_is_a_breach() -> None:
    build = room()
    build.parts["interfaces"] = [one for one in build.parts["interfaces"] if one.key != "host-proxy"]
    build.host("host-proxy", "proxy", groups=("sg-proxy",), public=True)
    build.parts["route_tables"] = [one for one in build.parts["route_tables"] if one.key != "rtb-proxy"]
    build.table("rtb-proxy", "vpc-a", "0.0.0.0/0 > igw-1", subnets=("proxy",))
    assert told(breaches(build, TO_PROXY, TO_WORLD)) == {
        ("missed-waypoint", "proxy", "internet"),
        ("demanded-connection", "proxy", "internet"),
    }


def test_the_internet_may_not_come_in_unnamed() -> None:
    build = room(data=["in tcp 443 0.0.0.0/0"])
    build.host("host-open", "data", groups=("sg-data",), public=True)
    build.table("rtb-data", "vpc-a", "0.0.0.0/0 > igw-1", subnets=("data",))
    assert ("forbidden-connection", "internet", "data") in told(breaches(build, TO_PROXY, TO_WORLD))


def test_an_unknown_input_makes_a_breach_uncertain_and_is_named() -> None:
    opened = room(data=["in tcp 5432 sg-desk"])
    opened.parts["interfaces"] = [one for one in opened.parts["interfaces"] if one.key != "host-desk"]
    opened.host("host-desk", "desk", groups=Unknown("desk.groups", "a test"))
    found = breaches(opened, TO_WORLD)
    forbidden = [one for one in found if one.kind is Kind.FORBIDDEN and one.target == "data"]
    assert [one.certain for one in forbidden] == [False]
    assert forbidden[0].unknowns[0].what == "host-desk.groups"


def test_a_stolen_host_reaches_what_it_may_and_a_relay_ends_the_chain() -> None:
    opened = room(
        proxy=["out tcp 5432 sg-data"],
        desk=["out tcp 22 sg-data"],
        data=["in tcp 22 sg-desk", "in tcp 5432 sg-proxy", "out tcp 8080 sg-late"],
    )
    opened.subnet("late", "vpc-a", "10.0.5.0/24").group("sg-late", "vpc-a", "in tcp 8080 sg-data")
    opened.host("host-late", "late", groups=("sg-late",))
    flows = [
        {"name": "a", "from": "desk", "to": "data", "ports": [22]},
        {"name": "b", "from": "data", "to": "late", "ports": [8080]},
        {"name": "c", "from": "proxy", "to": "data", "ports": [5432]},
    ]
    zones = {**ZONES, "late": {"cidrs": ["10.0.5.0/24"]}}
    found = breaches(opened, TO_PROXY, TO_WORLD, *flows, zones=zones)
    assert told(found) == {("stepping-stone", "desk", "late"), ("stepping-stone", "proxy", "late")}
    assert [hop.node for hop in found[0].path] == ["desk", "data", "late"]


def test_a_load_balancer_takes_no_host_over_and_its_callers_do() -> None:
    build = room(data=["in tcp 22 sg-desk", "in tcp 5432 sg-lb", "out tcp 8080 sg-late"])
    build.subnet("lb", "vpc-a", "10.0.6.0/24").group("sg-lb", "vpc-a", "out tcp 5432 sg-data")
    build.host("node", "lb", groups=("sg-lb",), owner_kind="load-balancer")
    build.subnet("late", "vpc-a", "10.0.5.0/24").group("sg-late", "vpc-a", "in tcp 8080 sg-data")
    build.host("host-late", "late", groups=("sg-late",))
    flows = [
        {"name": "b", "from": "data", "to": "late", "ports": [8080]},
        {"name": "c", "from": "lb", "to": "data", "ports": [5432]},
    ]
    zones = {**ZONES, "lb": {"cidrs": ["10.0.6.0/24"]}, "late": {"cidrs": ["10.0.5.0/24"]}}
    assert told(breaches(build, TO_PROXY, TO_WORLD, *flows, zones=zones)) == set()
    build.host("host-beside", "lb", groups=("sg-lb",))
    found = breaches(build, TO_PROXY, TO_WORLD, *flows, zones=zones)
    assert told(found) == {("stepping-stone", "lb", "late")}, "a host beside it is one that can be taken over"


@pytest.mark.parametrize("named", [True, False])
def test_the_service_behind_a_gateway_endpoint_must_be_named(named: bool) -> None:
    build = room(data=["out tcp 443 pl-s3"]).endpoint("vpce-s3", "vpc-a", EndpointKind.GATEWAY)
    build.add("prefix_lists", PrefixList(key="pl-s3", id="pl-s3", origin=Origin("pl-s3"), aws_managed=True))
    build.table("rtb-data", "vpc-a", "pl-s3 > vpce-s3", subnets=("data",))
    build.parts["endpoints"] = [
        type(one)(
            **{**build.base("vpce-s3"), "kind": one.kind, "vpc": one.vpc, "service": "com.amazonaws.eu-west-1.s3"}
        )
        for one in build.parts["endpoints"]
    ]
    flow = {"name": "s3", "from": "data", "to": "aws:s3", "ports": [443]}
    found = breaches(build, TO_PROXY, TO_WORLD, *([flow] if named else []))
    assert told(found) == (set() if named else {("forbidden-connection", "data", "aws:s3")})


def test_a_zone_beyond_a_peering_is_judged_by_its_blocks() -> None:
    build = room(desk=["out tcp 5432 10.60.0.0/16"])
    build.peering(
        "pcx-1", "vpc-a", "vpc-away",
        requester_cidrs=(ipaddress.ip_network("10.0.0.0/16"),), accepter_cidrs=(ipaddress.ip_network("10.60.0.0/16"),),
    )  # fmt: skip
    build.table("rtb-desk", "vpc-a", "10.60.16.0/23 > pcx-1", subnets=("desk",))
    zones = {**ZONES, "work": {"cidrs": ["10.60.16.0/23"]}}
    flow = {"name": "work", "from": "desk", "to": "work", "ports": [5432], "required": True}
    assert breaches(build, TO_PROXY, TO_WORLD, flow, zones=zones) == []
    wider = build
    wider.parts["route_tables"] = [one for one in wider.parts["route_tables"] if one.key != "rtb-desk"]
    wider.table("rtb-desk", "vpc-a", "10.60.0.0/16 > pcx-1", subnets=("desk",))
    assert told(breaches(wider, TO_PROXY, TO_WORLD, flow, zones=zones)) == {
        ("forbidden-connection", "desk", "premises")
    }


# -- within a zone ----------------------------------------------------------------------------------------------------

LATERAL = {"name": "desk-to-desk", "from": "desk", "to": "desk", "ports": [445]}


def neighbours(*addresses: str) -> Build:
    """Desktops that their group lets talk to each other."""
    build = room(desk=["in tcp 445 sg-desk", "out tcp 445 sg-desk"])
    build.parts["interfaces"] = [one for one in build.parts["interfaces"] if one.key != "host-desk"]
    for number, address in enumerate(addresses):
        build.host(f"host-desk-{number}", "desk", address, groups=("sg-desk",))
    return build


def test_hosts_of_one_zone_may_only_talk_where_a_flow_names_it() -> None:
    build = neighbours("10.0.1.10", "10.0.1.11")
    found = breaches(build, TO_PROXY, TO_WORLD)
    assert told(found) == {("forbidden-connection", "desk", "desk")}
    assert "another host of desk" in found[0].why
    assert breaches(build, TO_PROXY, TO_WORLD, LATERAL) == []
    assert told(breaches(build, TO_PROXY, TO_WORLD, {**LATERAL, "ports": [446]})) == {
        ("forbidden-connection", "desk", "desk")
    }


def test_a_lone_host_has_nobody_to_talk_to_in_its_zone() -> None:
    assert breaches(neighbours("10.0.1.10"), TO_PROXY, TO_WORLD) == []


def test_a_class_of_many_may_talk_among_itself_though_it_is_one_interface_of_the_facts() -> None:
    build = room(desk=["in tcp 445 sg-desk", "out tcp 445 sg-desk"])
    build.parts["interfaces"] = [one for one in build.parts["interfaces"] if one.key != "host-desk"]
    build.host("host-desks", "desk", groups=("sg-desk",), owner="desks", owner_kind="workspaces")
    assert told(breaches(build, TO_PROXY, TO_WORLD)) == {("forbidden-connection", "desk", "desk")}


def test_a_flow_within_a_zone_can_be_demanded() -> None:
    closed = room()
    closed.host("host-desk-2", "desk", groups=("sg-desk",))
    assert breaches(neighbours("10.0.1.10", "10.0.1.11"), TO_PROXY, TO_WORLD, {**LATERAL, "required": True}) == []
    assert told(breaches(closed, TO_PROXY, TO_WORLD, {**LATERAL, "required": True})) == {
        ("demanded-connection", "desk", "desk")
    }


# -- middleboxes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [EndpointKind.GATEWAY_LOAD_BALANCER, EndpointKind.FIREWALL])
def test_an_endpoint_that_hands_packets_on_is_nobody_that_could_open_a_connection(kind: EndpointKind) -> None:
    """It has no group, and forwards for others: what it is asked for is a waypoint, not an end."""
    build = (
        room().subnet("inspection", "vpc-a", "10.0.5.0/24", zone="az0").endpoint("vpce-fw", "vpc-a", kind, "inspection")
    )
    build.host("eni-fw", "inspection", groups=(), owner="vpce-fw", owner_kind="vpc-endpoint", filtered=False)
    zones = {**ZONES, "inspection": {"cidrs": ["10.0.5.0/24"], "relay": True}}
    assert breaches(build, TO_PROXY, TO_WORLD, zones=zones) == []
    build.table("rtb-inspection", "vpc-a", "0.0.0.0/0 > nat-1", subnets=("inspection",))
    build.parts["route_tables"] = [one for one in build.parts["route_tables"] if one.key != "rtb-proxy"]
    build.table("rtb-proxy", "vpc-a", "0.0.0.0/0 > vpce-fw", subnets=("proxy",))
    build.parts["route_tables"] = [one for one in build.parts["route_tables"] if one.key != "rtb-public"]
    build.table("rtb-public", "vpc-a", "0.0.0.0/0 > igw-1", "10.0.2.0/24 > vpce-fw", subnets=("public",))
    assert breaches(build, TO_PROXY, {**TO_WORLD, "via": "firewall"}, zones=zones) == []
