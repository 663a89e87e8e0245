"""What a change does to each topology, as in development and as in production: exact plans, nothing lost."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from tests.support.examples import example_in
from tests.support.plans import Plan, planned
from tests.support.recorder import Recording, record

Config = dict[str, Any]
ENVIRONMENTS = ("dev", "prod")
ZONE = {"name": "ap-northeast-1d", "id": "apne1-az2"}

PER_SUBNET = ("Subnet", "RouteTable", "RouteTableAssociation", "NetworkAclAssociation")
ENDPOINTS = 7
"""Endpoints of the workload: six interfaces that gain a subnet, and the gateway endpoint that gains a table."""
ROOM_IN_PRODUCTION = {**dict.fromkeys(PER_SUBNET, 3), "Route": 2, "NatGateway": 1, "Eip": 1}
"""The room's proxy, public and endpoint tiers, which are in every AZ there."""
ROOM_ENDPOINTS = 8

CREATED: dict[str, dict[str, int]] = {
    # instance, public, endpoint, service
    "single": {**dict.fromkeys(PER_SUBNET, 4), "Route": 2, "NatGateway": 1, "Eip": 1},
    # and inspection: aside, onward, to the internet, and back aside
    "inline": {**dict.fromkeys(PER_SUBNET, 4), "Route": 4, "NatGateway": 1, "Eip": 1},
    # instance, endpoint, transit; the hub's transit, inspection, public
    "hub": {**dict.fromkeys(PER_SUBNET, 6), "Route": 6, "NatGateway": 1, "Eip": 1},
    # all five; seven ways aside and onward, one out, one back, and every transit table knows the new subnet
    "attach": {**dict.fromkeys(PER_SUBNET, 5), "Route": 21, "NatGateway": 1, "Eip": 1, "VpcEndpoint": 1},
    # as many AZs as hosts
    "relay": {},
}
UPDATED: dict[str, dict[str, int]] = {
    "single": {"VpcEndpoint": ENDPOINTS, "LoadBalancer": 1},
    "inline": {"VpcEndpoint": ENDPOINTS, "Firewall": 1, "RuleGroup": 1},
    "hub": {"VpcEndpoint": ENDPOINTS, "Firewall": 1, "VpcAttachment": 2},
    "attach": {"VpcEndpoint": ENDPOINTS, "VpcAttachment": 1},
    "relay": {},
}


@cache
def before(name: str, environment: str) -> Recording:
    return record(name, known=True, config=example_in(name, environment))


def apply(name: str, environment: str, change: Callable[[Config], None]) -> Plan:
    config = example_in(name, environment)
    change(config)
    return planned(before(name, environment), record(name, known=True, config=config))


def landing(config: Config) -> Config:
    return config["secure-room:landing"]


def together(*counts: dict[str, int]) -> dict[str, int]:
    return {key: sum(one.get(key, 0) for one in counts) for one in counts for key in one}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
@pytest.mark.parametrize("name", CREATED)
def test_an_az_more_adds_its_part_of_every_tier_and_moves_nothing(name: str, environment: str) -> None:
    found = apply(name, environment, lambda config: config["secure-room:account"]["zones"].append(ZONE))
    assert (found.replaced, found.deleted) == (frozenset(), frozenset())
    room = environment == "prod"
    created = found.kinds("created")
    entries = created.pop("NetworkAclRule", 0)
    assert created == together(CREATED[name], ROOM_IN_PRODUCTION if room else {})
    assert bool(entries) == bool(created)
    updated = found.kinds("updated")
    assert updated == together(UPDATED[name], {"VpcEndpoint": ROOM_ENDPOINTS} if room else {})


@pytest.mark.parametrize(
    ("name", "inspecting"),
    [
        ("single", set()),
        ("inline", {"RuleGroup landing-workload-inspection-rules"}),
        ("hub", {"RuleGroup landing-hub-inspection-rules"}),
        ("attach", set()),  # the vendor's appliances have their own list
    ],
)
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_an_allow_list_entry_changes_the_names_and_what_inspects(
    name: str, inspecting: set[str], environment: str
) -> None:
    found = apply(name, environment, lambda config: landing(config)["workload"]["allow_list"].append("pypi.org"))
    assert found == Plan(
        updated=frozenset({"ResolverFirewallDomainList landing-workload-resolver-allowed"} | inspecting)
    )


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_a_service_of_the_company_adds_its_ways_and_entries(environment: str) -> None:
    service = {"cidr": "10.101.0.0/24", "port": 443, "description": "Artefacts"}
    found = apply("attach", environment, lambda config: landing(config)["workload"]["services"].append(service))
    assert (found.updated, found.replaced, found.deleted) == (frozenset(), frozenset(), frozenset())
    created = found.kinds("created")
    assert created == {"Route": 4, "SecurityGroupEgressRule": 1, "NetworkAclRule": created["NetworkAclRule"]}
    routes = {name for name in found.created if name.startswith("Route ")}
    assert routes == {
        f"Route landing-workload-routes-{tier}-{number}-10-101-0-0-24"
        for tier in ("instance", "inspection")
        for number in (1, 2)
    }


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_a_receiver_more_adds_its_ways_and_entries(environment: str) -> None:
    receiver = {"cidr": "10.201.4.0/28", "port": 6514, "description": "Second SIEM"}
    found = apply("relay", environment, lambda config: landing(config)["relay"]["receivers"].append(receiver))
    assert (found.updated, found.replaced, found.deleted) == (frozenset(), frozenset(), frozenset())
    assert found.kinds("created") == {
        "Route": 2,
        "SecurityGroupEgressRule": 1,
        "NetworkAclRule": 2,
        "VpnConnectionRoute": 1,
    }


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_a_range_more_in_a_prefix_list_changes_the_list_and_adds_its_ways(environment: str) -> None:
    def more(config: Config) -> None:
        landing(config)["workload"]["prefix_lists"]["branches"]["cidrs"].append("10.100.66.0/24")

    found = apply("attach", environment, more)
    assert found.updated == {"ManagedPrefixList landing-workload-groups-list-branches"}
    assert (found.replaced, found.deleted) == (frozenset(), frozenset())
    created = found.kinds("created")
    assert created == {"Route": 4, "NetworkAclRule": created["NetworkAclRule"]}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_a_caller_of_the_service_more_adds_a_rule_and_its_entries_and_may_ask(environment: str) -> None:
    def more(config: Config) -> None:
        provider = landing(config)["workload"]["provider"]
        provider["clients"].append("10.141.0.0/24")
        provider["principals"].append("arn:aws:iam::666677778888:root")

    found = apply("single", environment, more)
    assert found.updated == {"VpcEndpointService landing-parts-provider-service"}
    assert (found.replaced, found.deleted) == (frozenset(), frozenset())
    assert found.kinds("created") == {"SecurityGroupIngressRule": 1, "NetworkAclRule": 2}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_naming_the_endpoint_and_the_vpc_changes_two_policies_in_place(environment: str) -> None:
    def later(config: Config) -> None:
        workload = landing(config)["workload"]
        workload["bucket"]["endpoint_ids"] = ["vpce-0fedcba9876543210"]
        workload["secret"]["vpc_id"] = "vpc-0fedcba9876543210"

    assert apply("single", environment, later) == Plan(
        updated=frozenset({"BucketPolicy landing-parts-bucket-data-policy", "SecretPolicy landing-parts-secret-policy"})
    )


def test_a_user_of_the_room_is_no_matter_of_the_landing_network() -> None:
    found = apply("hub", "prod", lambda config: config["secure-room:desktops"]["users"].append({"name": "kenji.ito"}))
    assert found == Plan(created=frozenset({"Workspace room-desktops-kenji.ito"}))
