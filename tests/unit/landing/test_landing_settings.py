"""Landing networks that the settings refuse, each with the key to mend."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from components.settings import SettingsError, from_mapping
from tests.support.settings import put

Raw = Callable[[str], dict[str, Any]]
SERVICE = "com.amazonaws.vpce.ap-northeast-1.vpce-svc-0123456789abcdef0"


def problems(raw: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(SettingsError) as caught:
        from_mapping(raw)
    return {problem.key: problem.rule for problem in caught.value.problems}


def test_every_example_is_accepted(raw: Raw, example: str) -> None:
    assert from_mapping(raw(example)).landing is not None


def test_without_the_section_there_is_no_landing_network(raw: Raw) -> None:
    settings = raw("relay")
    del settings["landing"]
    assert from_mapping(settings).landing is None


def test_an_unknown_key_is_an_error(raw: Raw) -> None:
    settings = raw("relay")
    settings["landing"]["relay"]["remote_suport"] = "192.0.2.0/30"
    assert any("remote_suport" in key for key in problems(settings))


@pytest.mark.parametrize(
    ("example", "path", "value", "key"),
    [
        ("relay", "relay.cidr", "10.20.4.0/24", "landing.relay.cidr"),
        ("relay", "relay.cidr", "10.30.4.0/24", "landing.relay.cidr"),
        ("relay", "relay.cidr", "172.17.4.0/24", "landing.relay.cidr"),
        ("relay", "relay.cidr", "192.0.2.0/24", "landing.relay.cidr"),
        ("relay", "relay.cidr", "10.200.4.0/24", "landing.relay.cidr"),
        ("relay", "relay.cidr", "10.70.0.0/26", "landing.relay"),
        ("relay", "relay.vendor", ["10.1.0.0/24"], "landing.relay.vendor[0]"),
        ("relay", "relay.vendor", ["0.0.0.0/0"], "landing.relay.vendor[0]"),
        ("relay", "relay.remote_support", "0.0.0.0/1", "landing.relay.remote_support"),
        ("relay", "relay.hosts.1.name", "nss-web", "landing.relay.hosts[1].name"),
        ("relay", "relay.receivers.0.cidr", "198.51.100.0/28", "landing.relay.receivers[0].cidr"),
        ("attach", "transit.gateway_id", ..., "landing.transit.gateway_id"),
        ("attach", "transit.owner_id", ..., "landing.transit.owner_id"),
        ("attach", "transit", ..., "landing.workload.services"),
        ("attach", "workload.cidr", "172.20.0.0/20", "landing.workload.cidr"),
        ("attach", "workload.corporate_cidr", "10.100.8.0/25", "landing.workload.corporate_cidr"),
        ("attach", "workload.inspection.service_name", ..., "landing.workload.inspection.service_name"),
        ("attach", "workload.clients.1.prefix_list", "offices", "landing.workload.clients[1].prefix_list"),
        ("attach", "workload.clients.1.cidr", "10.101.0.0/24", "landing.workload.clients[1]"),
        ("attach", "workload.services.0.cidr", ..., "landing.workload.services[0]"),
        ("attach", "workload.clients.1", ..., "landing.workload.prefix_lists.branches"),
        (
            "attach",
            "workload.prefix_lists.branches.max_entries",
            1,
            "landing.workload.prefix_lists.branches.max_entries",
        ),
        (
            "attach",
            "workload.prefix_lists.branches.cidrs.1",
            "10.100.64.0/24",
            "landing.workload.prefix_lists.branches.cidrs[1]",
        ),
        ("attach", "workload.prefix_lists.branches.cidrs.1", "10.90.0.0/16", "landing.workload.corporate_cidr"),
        ("single", "workload.provider.principals.0", "*", "landing.workload.provider.principals[0]"),
        (
            "single",
            "workload.provider.principals.0",
            "arn:aws:iam::111122223333:root",
            "landing.workload.provider.principals[0]",
        ),
        ("single", "workload.provider.principals", [], "landing.workload.provider.principals"),
        ("single", "workload.provider.clients", ["0.0.0.0/0"], "landing.workload.provider.clients[0]"),
        ("single", "workload.provider.clients", ["10.80.0.0/24"], "landing.workload.provider.clients[0]"),
        ("single", "workload.provider.clients", ["10.20.0.0/24"], "landing.workload.provider.clients[0]"),
        ("single", "workload.provider.targets.0", "10.80.0.3", "landing.workload.provider.targets[0]"),
        ("single", "workload.provider.targets.0", "10.80.1.255", "landing.workload.provider.targets[0]"),
        ("single", "workload.provider.targets.0", "10.80.10.20", "landing.workload.provider.targets[0]"),
        ("single", "workload.provider.targets.0", "10.80.2.20", "landing.workload.provider.targets[1]"),
        ("single", "workload.keepers", [], "landing.workload.keepers"),
        ("single", "workload.keepers.0", "arn:aws:iam::999999999999:role/deployer", "landing.workload.keepers[0]"),
        (
            "single",
            "workload.secret.rotation_role_arn",
            "arn:aws:iam::999999999999:role/rotation",
            "landing.workload.secret.rotation_role_arn",
        ),
        ("single", "workload.bucket.endpoint_ids", ["vpce-*"], "landing.workload.bucket.endpoint_ids[0]"),
        ("single", "workload.secret.vpc_id", "*", "landing.workload.secret.vpc_id"),
        ("inline", "workload.inspection.service_name", SERVICE, "landing.workload.inspection.service_name"),
        ("inline", "workload.allow_list", [".amazonaws.com"], "landing.workload.allow_list"),
        ("inline", "workload.egress", "hub", "landing.workload.egress"),
        ("hub", "hub", ..., "landing.workload.egress"),
        ("hub", "workload.egress", "nat", "landing.hub"),
        ("hub", "transit.gateway_id", "tgw-0a1b2c3d4e5f60718", "landing.transit.gateway_id"),
        ("hub", "workload.inspection", {"engine": "network_firewall"}, "landing.workload.inspection.engine"),
        ("hub", "hub.cidr", "10.80.4.0/24", "landing.hub.cidr"),
        ("hub", "hub.cidr", "10.85.0.0/25", "landing.hub"),
    ],
)
def test_what_cannot_be_built_is_refused(raw: Raw, example: str, path: str, value: object, key: str) -> None:
    assert key in problems(put(raw(example), f"landing.{path}", value))


def test_a_resolver_rule_for_every_name_cannot_be_written(raw: Raw) -> None:
    found = problems(put(raw("attach"), "landing.workload.resolution.domains", ["."]))
    assert any(key.startswith("landing.workload.resolution.domains") for key in found)


def test_keepers_without_anything_that_is_bound_are_refused(raw: Raw) -> None:
    settings = put(put(raw("single"), "landing.workload.bucket", ...), "landing.workload.secret", ...)
    assert "landing.workload.keepers" in problems(settings)


def test_a_role_that_deploys_is_a_keeper(raw: Raw) -> None:
    settings = put(raw("single"), "landing.workload.keepers", ...)
    settings["account"]["role_arn"] = "arn:aws:iam::111122223333:role/deployer"
    assert from_mapping(settings).landing is not None


def test_a_prefix_list_counts_as_many_rules_as_it_may_ever_have(raw: Raw) -> None:
    settings = put(raw("attach"), "landing.workload.prefix_lists.branches.max_entries", 30)
    client = {"prefix_list": "branches", "port": 8443, "description": "Branches"}
    settings["landing"]["workload"]["clients"].append(client)
    found = problems(settings)["landing.workload"]
    assert "instance group would have 61 ingress rules" in found


def test_more_entries_than_an_acl_holds_are_refused_before_aws_does(raw: Raw) -> None:
    ranges = [f"192.0.{third}.0/24" for third in range(8, 16)]
    assert "20" in problems(put(raw("relay"), "landing.relay.vendor", ranges))["landing.relay"]
