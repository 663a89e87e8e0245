"""Landing networks that the settings refuse, each with the key to mend."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from components.settings import SettingsError, from_mapping

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
def test_what_cannot_be_built_is_refused(
    raw: Raw, put: Callable[..., Any], example: str, path: str, value: object, key: str
) -> None:
    assert key in problems(put(raw(example), f"landing.{path}", value))


def test_a_resolver_rule_for_every_name_cannot_be_written(raw: Raw, put: Callable[..., Any]) -> None:
    found = problems(put(raw("attach"), "landing.workload.resolution.domains", ["."]))
    assert any(key.startswith("landing.workload.resolution.domains") for key in found)


def test_more_entries_than_an_acl_holds_are_refused_before_aws_does(raw: Raw, put: Callable[..., Any]) -> None:
    ranges = [f"192.0.{third}.0/24" for third in range(8, 16)]
    assert "20" in problems(put(raw("relay"), "landing.relay.vendor", ranges))["landing.relay"]
