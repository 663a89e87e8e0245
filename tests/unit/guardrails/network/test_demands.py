"""Demands: every host of the source, and of the goal one host, one in each zone or subnet, or each of them."""

from __future__ import annotations

import ipaddress
from dataclasses import replace
from typing import Any

import pytest

from guardrails.facts.intent import parse_intent
from guardrails.facts.network import EndpointKind
from guardrails.facts.values import Unknown
from guardrails.network import Engine
from guardrails.network.breaches import Breach
from guardrails.network.intents import Assertions
from tests.unit.guardrails.network.build_network import Build

ZONES = {"desk": {"cidrs": ["10.0.0.0/23"]}, "directory": {"cidrs": ["10.0.2.0/23"]}}
LDAP = {"name": "ldap", "from": "desk", "to": "directory", "ports": [389]}


def office(*, without: str = "", entries: dict[str, list[str]] | None = None) -> Build:
    """Desktops and controllers, one of each in both availability zones, each subnet with its own table and ACL."""
    build = Build().vpc("vpc-a", "10.0.0.0/16")
    build.group("sg-desk", "vpc-a", "out tcp 389 sg-directory").group("sg-directory", "vpc-a", "in tcp 389 sg-desk")
    for third, (name, zone) in enumerate(
        (("desk-1", "az1"), ("desk-2", "az2"), ("directory-1", "az1"), ("directory-2", "az2"))
    ):
        build.subnet(name, "vpc-a", f"10.0.{third}.0/24", zone=zone)
        own = (entries or {}).get(name, ["1 allow in any - 0.0.0.0/0", "1 allow out any - 0.0.0.0/0"])
        build.nacl(f"acl-{name}", "vpc-a", *own, subnets=(name,))
        if name != without:
            build.host(f"host-{name}", name, f"10.0.{third}.10", groups=(f"sg-{name.split('-')[0]}",))
    return build


def breaches(build: Build, *flows: dict[str, Any], zones: dict[str, Any] | None = None) -> list[Breach]:
    intent = parse_intent({"version": 1, "zones": zones or ZONES, "flows": list(flows)}, "test")
    found = Assertions(Engine(build.network(), trusts_peers=True), intent).breaches()
    assert {one.kind.value for one in found} <= {"demanded-connection"}
    return found


def asked(demand: Any, **more: Any) -> dict[str, Any]:
    return {**LDAP, "required": demand, **more}


DEMANDS = (True, "any-host", "each-az", "each-subnet", "each-host")


@pytest.mark.parametrize("demand", DEMANDS)
def test_a_goal_that_answers_everywhere_meets_every_demand(demand: Any) -> None:
    assert breaches(office(), asked(demand)) == []


DEAF = {"directory-2": ["1 allow out any - 0.0.0.0/0"]}


@pytest.mark.parametrize(
    ("demand", "lacking"),
    [
        (True, []),
        ("each-az", ["directory in az2"]),
        ("each-subnet", ["directory in subnet directory-2"]),
        ("each-host", ["directory in host host-directory-2"]),
    ],
)
def test_one_deaf_zone_is_missed_by_those_who_ask_for_each(demand: Any, lacking: list[str]) -> None:
    found = breaches(office(entries=DEAF), asked(demand))
    assert [one.target for one in found] == lacking
    assert all(one.certain for one in found)


@pytest.mark.parametrize(("demand", "lacking"), [(True, []), ("each-az", ["directory in az2"]), ("each-host", [])])
def test_a_subnet_that_nobody_is_in_counts_among_zones_and_not_among_hosts(demand: Any, lacking: list[str]) -> None:
    found = breaches(office(without="directory-2"), asked(demand))
    assert [one.target for one in found] == lacking
    assert all("nobody is there" in one.why for one in found)


def test_every_host_of_the_source_is_asked() -> None:
    found = breaches(office(entries={"desk-2": ["1 allow in any - 0.0.0.0/0"]}), asked(True))
    assert [(one.subject, one.target) for one in found] == [("host-desk-2", "directory")]


def test_every_address_of_a_class_is_asked() -> None:
    """Two desktops alike in one subnet, of which the controllers' ACLs admit only one."""
    only = ["1 allow in any - 10.0.0.10/32", "2 allow in any - 10.0.1.0/24", "1 allow out any - 0.0.0.0/0"]
    build = office(entries={"directory-1": only, "directory-2": only})
    assert breaches(build, asked(True)) == []
    build.host("host-desk-3", "desk-1", "10.0.0.11", groups=("sg-desk",))
    assert [one.target for one in breaches(build, asked(True))] == ["directory"]


def test_the_missing_ports_are_named() -> None:
    (found,) = breaches(office(), asked(True, ports=[389, 636]))
    assert "on tcp 636" in found.why


def test_an_unknown_availability_zone_makes_what_is_missed_uncertain() -> None:
    build = office(entries=DEAF)
    build.parts["subnets"] = [
        replace(one, zone_id=Unknown("az", "a test"), zone=Unknown("az", "a test")) for one in build.parts["subnets"]
    ]
    (found,) = breaches(build, asked("each-az"))
    assert (found.target, found.certain) == ("directory in directory-2", False)
    assert "availabilityZone" in found.unknowns[0].what


def test_a_source_without_any_place_in_the_network_cannot_reach_anything() -> None:
    zones = {**ZONES, "ghost": {"cidrs": ["192.168.0.0/24"], "tags": {"Zone": "ghost"}}}
    build = Build().vpc("vpc-a", "10.0.0.0/16")
    found = breaches(build, asked(True, **{"from": "ghost"}), zones={**zones, "ghost": {"tags": {"Zone": "ghost"}}})
    assert ["nothing of ghost is in this network" in one.why for one in found] == [True]


# -- services ---------------------------------------------------------------------------------------------------------

SERVED = {"desk": {"cidrs": ["10.0.0.0/24"]}, "endpoint": {"cidrs": ["10.0.4.0/23"]}}
TO_SERVICES = {"name": "apis", "from": "desk", "to": "endpoint", "ports": [443], "services": ["ssm", "ecr.api"]}


def served(*services: str) -> Build:
    """One desktop, and an interface endpoint for each service in two zones."""
    build = Build().vpc("vpc-a", "10.0.0.0/16").subnet("desk", "vpc-a", "10.0.0.0/24", zone="az1")
    build.group("sg-desk", "vpc-a", "out tcp 443 10.0.4.0/23").group("sg-e", "vpc-a", "in tcp 443 10.0.0.0/24")
    build.host("host-desk", "desk", groups=("sg-desk",))
    for number in (1, 2):
        build.subnet(f"endpoint-{number}", "vpc-a", f"10.0.{3 + number}.0/24", zone=f"az{number}")
    for name in services:
        service, _, only = name.partition("@")
        subnets = (only,) if only else ("endpoint-1", "endpoint-2")
        build.endpoint(f"vpce-{service}", "vpc-a", EndpointKind.INTERFACE, *subnets, groups=("sg-e",))
        made = build.parts["endpoints"]
        made[-1] = replace(made[-1], service=f"com.amazonaws.eu-west-1.{service}")
    return build


@pytest.mark.parametrize(
    ("services", "demand", "lacking"),
    [
        (("ssm", "ecr.api"), "each-az", []),
        (("ssm",), True, ["endpoint for ecr.api"]),
        (("ssm", "ecr.api@endpoint-1"), True, []),
        (("ssm", "ecr.api@endpoint-1"), "each-az", ["endpoint for ecr.api in az2"]),
    ],
)
def test_each_named_service_is_asked_for(services: tuple[str, ...], demand: Any, lacking: list[str]) -> None:
    found = breaches(served(*services), {**TO_SERVICES, "required": demand}, zones=SERVED)
    assert [one.target for one in found] == lacking


def test_a_flow_to_named_services_permits_no_other() -> None:
    intent = parse_intent({"version": 1, "zones": SERVED, "flows": [TO_SERVICES]}, "test")

    def told(*services: str) -> set[tuple[str, str]]:
        found = Assertions(Engine(served(*services).network()), intent).breaches()
        return {(one.kind.value, one.target) for one in found}

    assert told("ssm", "ecr.api") == set()
    assert told("ssm", "kms") == {("forbidden-connection", "endpoint")}


# -- other goals ------------------------------------------------------------------------------------------------------


def beyond(route: str) -> Build:
    build = Build().vpc("vpc-a", "10.0.0.0/16").subnet("desk", "vpc-a", "10.0.0.0/24")
    build.group("sg-desk", "vpc-a", "out tcp 5432 10.60.16.0/23").host("host-desk", "desk", groups=("sg-desk",))
    here, there = ipaddress.ip_network("10.0.0.0/16"), ipaddress.ip_network("10.60.0.0/16")
    build.peering("pcx-1", "vpc-a", "vpc-away", requester_cidrs=(here,), accepter_cidrs=(there,))
    return build.table("rtb-desk", "vpc-a", f"{route} > pcx-1", subnets=("desk",))


@pytest.mark.parametrize(("route", "met"), [("10.60.16.0/23", True), ("10.60.16.0/24", False)])
def test_of_a_zone_behind_a_peering_every_address_must_be_reachable(route: str, met: bool) -> None:
    zones = {"desk": {"cidrs": ["10.0.0.0/24"]}, "work": {"cidrs": ["10.60.16.0/23"]}}
    flow = {"name": "work", "from": "desk", "to": "work", "ports": [5432], "required": True}
    assert (breaches(beyond(route), flow, zones=zones) == []) is met


@pytest.mark.parametrize(("route", "met"), [("10.60.16.0/24", True), ("10.60.16.0/25", False)])
def test_of_a_subnet_that_waits_for_its_first_host_every_address_must_be_reachable(route: str, met: bool) -> None:
    build = beyond(route).vpc("vpc-away", "10.60.0.0/16").subnet("work", "vpc-away", "10.60.16.0/24")
    build.table("rtb-work", "vpc-away", "10.0.0.0/16 > pcx-1", subnets=("work",))
    zones = {"desk": {"cidrs": ["10.0.0.0/24"]}, "work": {"cidrs": ["10.60.16.0/24"]}}
    flow = {"name": "work", "from": "desk", "to": "work", "ports": [5432], "required": "each-subnet"}
    assert (breaches(build, flow, zones=zones) == []) is met


def test_a_peer_of_which_nothing_is_known_leaves_a_demand_unresolved() -> None:
    build = beyond("10.60.16.0/23")
    build.parts["peerings"] = [replace(one, accepter_cidrs=()) for one in build.parts["peerings"]]
    zones = {"desk": {"cidrs": ["10.0.0.0/24"]}, "work": {"cidrs": ["10.60.16.0/23"]}}
    (found,) = breaches(
        build, {"name": "work", "from": "desk", "to": "work", "ports": [5432], "required": True}, zones=zones
    )
    assert (found.certain, found.unknowns[0].what) == (False, "pcx-1")


@pytest.mark.parametrize(("route", "met"), [("0.0.0.0/0", True), ("0.0.0.0/1", False), ("10.0.0.0/8", False)])
def test_of_the_internet_every_address_must_be_reachable(route: str, met: bool) -> None:
    build = Build().vpc("vpc-a", "10.0.0.0/16").igw("igw-1", "vpc-a").nat("nat-1", "public", "10.0.1.5", "203.0.113.5")
    build.subnet("desk", "vpc-a", "10.0.0.0/24").subnet("public", "vpc-a", "10.0.1.0/24")
    build.group("sg-desk", "vpc-a", "out tcp 443 0.0.0.0/0").host("host-desk", "desk", groups=("sg-desk",))
    build.table("rtb-desk", "vpc-a", f"{route} > nat-1", subnets=("desk",))
    build.table("rtb-public", "vpc-a", "0.0.0.0/0 > igw-1", subnets=("public",))
    flow = {"name": "out", "from": "desk", "to": "internet", "ports": [443], "via": "nat", "required": True}
    assert (breaches(build, flow, zones={"desk": {"cidrs": ["10.0.0.0/24"]}}) == []) is met


@pytest.mark.parametrize("open_to", ["0.0.0.0/0", "203.0.113.0/28"])
def test_a_demand_of_the_internet_is_judged_as_well(open_to: str) -> None:
    build = Build().vpc("vpc-a", "10.0.0.0/16").igw("igw-1", "vpc-a").subnet("web", "vpc-a", "10.0.0.0/24")
    build.group("sg-web", "vpc-a", f"in tcp 443 {open_to}")
    build.host("host-web", "web", "10.0.0.10", groups=("sg-web",), publics=("198.51.100.9",))
    build.table("rtb-web", "vpc-a", "0.0.0.0/0 > igw-1", subnets=("web",))
    flow = {"name": "visit", "from": "internet", "to": "web", "ports": [443], "required": True}
    found = breaches(build, flow, zones={"web": {"cidrs": ["10.0.0.0/24"]}})
    assert [one.source for one in found] == ([] if open_to == "0.0.0.0/0" else ["internet"])


@pytest.mark.parametrize(
    ("protocol", "rule", "met"),
    [("icmp", "icmp 8-8", True), ("icmp", "icmp 3-3", False), ("any", "any -", True), ("any", "tcp 0-65535", False)],
)
def test_an_echo_is_enough_for_icmp_and_every_port_is_asked_of_any_protocol(
    protocol: str, rule: str, met: bool
) -> None:
    build = (
        Build().vpc("vpc-a", "10.0.0.0/16").subnet("one", "vpc-a", "10.0.0.0/24").subnet("two", "vpc-a", "10.0.1.0/24")
    )
    build.group("sg-one", "vpc-a", f"out {rule} 0.0.0.0/0").group("sg-two", "vpc-a", f"in {rule} 0.0.0.0/0")
    build.host("a", "one", groups=("sg-one",)).host("b", "two", groups=("sg-two",))
    flow = {"name": "talk", "from": "one", "to": "two", "protocol": protocol, "required": True}
    zones = {"one": {"cidrs": ["10.0.0.0/24"]}, "two": {"cidrs": ["10.0.1.0/24"]}}
    assert (breaches(build, flow, zones=zones) == []) is met


def test_a_relay_is_asked_for_on_both_sides() -> None:
    build = Build().vpc("vpc-a", "10.0.0.0/16")
    for third, name in enumerate(("desk", "relay", "data")):
        build.subnet(name, "vpc-a", f"10.0.{third}.0/24")
    build.group("sg-desk", "vpc-a", "out tcp 3128 sg-relay").group("sg-data", "vpc-a", "in tcp 5432 sg-relay")
    build.group("sg-relay", "vpc-a", "in tcp 3128 sg-desk", "out tcp 5432 sg-data")
    build.host("a", "desk", groups=("sg-desk",)).host("c", "data", groups=("sg-data",))
    build.host("b", "relay", groups=("sg-relay",))
    zones = {name: {"cidrs": [f"10.0.{third}.0/24"]} for third, name in enumerate(("desk", "relay", "data"))}
    zones["relay"]["relay"] = True
    legs = [
        {"name": "in", "from": "desk", "to": "relay", "ports": [3128]},
        {"name": "on", "from": "relay", "to": "data", "ports": [5432]},
    ]
    through = {"name": "through", "from": "desk", "to": "data", "via": "relay", "ports": [5432], "required": True}
    assert breaches(build, *legs, through, zones=zones) == []
    lacking = breaches(build, *legs, {**through, "ports": [5433]}, zones=zones)
    assert [(one.source, one.target) for one in lacking] == [("relay", "data")]
