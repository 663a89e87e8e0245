"""A network that exists already: named parts are imported and protected, everything else is made."""

from __future__ import annotations

import copy
import re
from typing import Any

import pulumi
import pytest

from tests.stack.conftest import cached
from tests.support.examples import example_config
from tests.support.recorder import Recording, record, stack_config

VPC, GATEWAY = "vpc-0123456789abcdef0", "igw-0123456789abcdef0"
SUBNET, TABLE = "subnet-0123456789abcdef0", "rtb-0123456789abcdef0"
EXISTING = {
    "vpc": VPC,
    "internet_gateway": GATEWAY,
    "subnets": {"proxy-1": SUBNET},
    "route_tables": {"proxy-1": TABLE},
}


def room(imports: Any, **changes: Any) -> dict[str, Any]:
    config = copy.deepcopy(stack_config("dev"))
    config["secure-room:network"] |= {"imports": imports, **changes}
    return config


def imported(recording: Recording) -> dict[str, str]:
    return {item.name: item.request.importId for item in recording.registrations if item.request.importId}


def test_nothing_is_imported_unless_it_is_named(stack: str) -> None:
    assert imported(cached(stack, known=False)) == {}


def test_what_is_named_is_imported_and_protected_and_the_rest_is_made() -> None:
    recording = record("dev", config=room(EXISTING))
    assert imported(recording) == {
        "network-room-vpc": VPC,
        "network-egress-gateway": GATEWAY,
        "network-room-proxy-1": SUBNET,
        "network-room-proxy-1-table": TABLE,
    }
    for item in recording.registrations:
        if item.request.importId:
            assert item.protect, item.name
    assert {item.urn for item in recording.registrations} == set(cached("dev", known=False).by_urn())


@pytest.mark.parametrize(
    ("example", "part", "gateway"),
    [("single", "workload", "landing-workload-routes-gateway"), ("relay", "relay", "landing-relay-routes-gateway")],
)
def test_a_vpc_of_the_landing_network_is_imported_alike(example: str, part: str, gateway: str) -> None:
    config = example_config(example)
    config["secure-room:landing"][part]["imports"] = {"vpc": VPC, "internet_gateway": GATEWAY}
    assert imported(record(example, config=config)) == {f"landing-{part}-vpc-vpc": VPC, gateway: GATEWAY}


@pytest.mark.parametrize(
    ("imports", "key"),
    [
        ({"vpc": "vpc-1"}, "network.imports.vpc"),
        ({}, "network.imports.vpc"),
        ({"vpc": VPC, "subnets": {"proxy-9": SUBNET}}, "network.imports.subnets.proxy-9"),
        ({"vpc": VPC, "subnets": {"proxy-1": TABLE}}, "network.imports.subnets.proxy-1"),
        ({"vpc": VPC, "route_tables": {"proxy-1": TABLE, "public-1": TABLE}}, "network.imports.route_tables.proxy-1"),
    ],
)
def test_what_cannot_be_taken_over_is_refused_with_its_key(imports: dict[str, Any], key: str) -> None:
    recording = Recording("dev")
    with pytest.raises(pulumi.RunError, match=re.escape(key)):
        record("dev", config=room(imports), into=recording)
    assert recording.registrations == []
