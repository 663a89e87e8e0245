"""A stack with inspection: every way between the proxy and the world crosses the endpoint of the same AZ, both ways."""

from __future__ import annotations

import copy
from functools import cache

import pytest

from tests.stack.conftest import cached
from tests.support.recorder import Recording, Registration, record, stack_config

ENGINES = {
    "network_firewall": {"engine": "network_firewall"},
    "gateway_load_balancer": {
        "engine": "gateway_load_balancer",
        "service_name": "com.amazonaws.vpce.ap-northeast-1.vpce-svc-0123456789abcdef0",
    },
}


@cache
def inspecting(stack: str, engine: str, *, known: bool) -> Recording:
    config = copy.deepcopy(stack_config(stack))
    config["secure-room:network"]["inspection"] = ENGINES[engine]
    return record(stack, known=known, config=config)


@pytest.fixture(params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def inspected(stack: str, known: bool, engine: str) -> Recording:
    return inspecting(stack, engine, known=known)


def targets(recording: Recording, item: Registration, key: str) -> list[Registration]:
    return [recording.by_urn()[urn] for urn in item.property_dependencies.get(key, ())]


def routes(recording: Recording, tier: str) -> list[tuple[str, Registration]]:
    """The AZ and the route, for every route of a tier."""
    zone_of_table = {
        targets(recording, item, "routeTableId")[0].urn: targets(recording, item, "subnetId")[0]
        for item in recording.of("aws:ec2/routeTableAssociation:RouteTableAssociation")
    }
    found = []
    for route in recording.of("aws:ec2/route:Route"):
        subnet = zone_of_table[targets(recording, route, "routeTableId")[0].urn]
        if subnet.inputs["tags"]["Zone"] == tier:
            found.append((subnet.inputs["availabilityZoneId"], route))
    return found


def test_the_proxy_s_way_out_is_the_endpoint_and_the_endpoint_s_the_nat_gateway(inspected: Recording) -> None:
    for tier, key in (("proxy", "vpcEndpointId"), ("inspection", "natGatewayId")):
        found = routes(inspected, tier)
        assert found
        for _, route in found:
            assert route.inputs["destinationCidrBlock"] == "0.0.0.0/0"
            assert key in route.inputs


def test_what_returns_is_led_to_the_endpoint_by_the_proxy_s_whole_subnet(inspected: Recording) -> None:
    proxies = {
        item.inputs["availabilityZoneId"]: item.inputs["cidrBlock"]
        for item in inspected.of("aws:ec2/subnet:Subnet")
        if item.inputs["tags"]["Zone"] == "proxy"
    }
    back = {
        zone: route.inputs["destinationCidrBlock"]
        for zone, route in routes(inspected, "public")
        if "vpcEndpointId" in route.inputs
    }
    assert back == proxies


def test_each_zone_uses_its_own_endpoint_in_both_directions(stack: str, engine: str) -> None:
    recording = inspecting(stack, engine, known=True)
    used: dict[str, set[str]] = {}
    for tier in ("proxy", "public"):
        for zone, route in routes(recording, tier):
            if "vpcEndpointId" in route.inputs:
                used.setdefault(zone, set()).add(route.inputs["vpcEndpointId"])
    assert all(len(endpoints) == 1 for endpoints in used.values())
    assert len(set().union(*used.values())) == len(used)
    if engine == "network_firewall":
        names = {zone["name"]: zone["id"] for zone in stack_config(stack)["secure-room:account"]["zones"]}
        (firewall,) = recording.of("aws:networkfirewall/firewall:Firewall")
        (status,) = firewall.outputs["firewallStatuses"]
        assert used == {
            names[state["availabilityZone"]]: {state["attachments"][0]["endpointId"]} for state in status["syncStates"]
        }


def test_at_preview_the_route_s_edge_is_the_firewall_or_the_endpoint(stack: str, engine: str) -> None:
    recording = inspecting(stack, engine, known=False)
    kinds = {
        target.type
        for tier in ("proxy", "public")
        for _, route in routes(recording, tier)
        for target in targets(recording, route, "vpcEndpointId")
    }
    firewall = "aws:networkfirewall/firewall:Firewall"
    assert kinds == {firewall if engine == "network_firewall" else "aws:ec2/vpcEndpoint:VpcEndpoint"}


def test_the_firewall_drops_what_is_not_listed_in_strict_order(stack: str) -> None:
    recording = inspecting(stack, "network_firewall", known=False)
    (policy,) = recording.of("aws:networkfirewall/firewallPolicy:FirewallPolicy")
    content = policy.inputs["firewallPolicy"]
    assert content["statefulEngineOptions"]["ruleOrder"] == "STRICT_ORDER"
    assert "aws:drop_established" in content["statefulDefaultActions"]
    assert content["statelessDefaultActions"] == ["aws:forward_to_sfe"]
    (firewall,) = recording.of("aws:networkfirewall/firewall:Firewall")
    assert firewall.inputs["deleteProtection"] is (stack == "prod")
    (logging,) = recording.of("aws:networkfirewall/loggingConfiguration:LoggingConfiguration")
    kinds = {entry["logType"] for entry in logging.inputs["loggingConfiguration"]["logDestinationConfigs"]}
    assert kinds == {"ALERT", "FLOW"}


def inspects(recording: Recording) -> bool:
    tiers = {item.inputs["tags"]["Zone"] for item in recording.of("aws:ec2/subnet:Subnet")}
    firewalls = recording.of("aws:networkfirewall/firewall:Firewall")
    assert bool(firewalls) == ("inspection" in tiers)
    return bool(firewalls)


def test_production_inspects_and_the_small_stack_does_not() -> None:
    assert {stack: inspects(cached(stack, known=False)) for stack in ("dev", "prod")} == {"dev": False, "prod": True}


def test_inspection_is_off_unless_asked_for(stack: str) -> None:
    config = copy.deepcopy(stack_config(stack))
    config["secure-room:network"].pop("inspection", None)
    assert not inspects(record(stack, config=config))


@pytest.mark.parametrize("opened", [False, True])
def test_a_protected_firewall_keeps_its_subnets_until_they_may_change(opened: bool) -> None:
    config = copy.deepcopy(stack_config("prod"))
    config["secure-room:network"]["inspection"] = {"engine": "network_firewall", "subnet_changes": opened}
    (firewall,) = record("prod", config=config).of("aws:networkfirewall/firewall:Firewall")
    assert (firewall.inputs["deleteProtection"], firewall.inputs["subnetChangeProtection"]) == (True, not opened)


def test_what_the_firewall_blocks_is_counted(stack: str) -> None:
    recording = inspecting(stack, "network_firewall", known=False)
    (counted,) = recording.of("aws:cloudwatch/logMetricFilter:LogMetricFilter")
    (group,) = targets(recording, counted, "logGroupName")
    assert group.inputs["name"].endswith("/firewall/alert")
    assert "blocked" in counted.inputs["pattern"]
    assert counted.inputs["metricTransformation"]["value"] == "1"
