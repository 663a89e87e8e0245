"""The network plan: what holds for every stack that the settings accept."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Network
from itertools import combinations
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from components.network.acls import MAX_ENTRIES, AclEntry, plan_acls
from components.network.addresses import TIERS, Addresses, capacity
from components.network.plan import NetworkPlan, Target, plan_network
from components.network.ports import DIRECTORY_PORTS, Direction, Elsewhere, GroupRule, flows, group_rules
from components.settings import from_mapping
from components.vocabulary import Zone
from tests.support.settings import stack_settings

WORLD = IPv4Network("0.0.0.0/0")
THREE_ZONES = [
    {"name": "us-east-1a", "id": "use1-az2"},
    {"name": "us-east-1b", "id": "use1-az4"},
    {"name": "us-east-1c", "id": "use1-az6"},
]


@st.composite
def plans(draw: st.DrawFn) -> NetworkPlan:
    """Plans of stacks that settings accept: any private room, two or three AZs, either production, any ports."""
    raw: dict[str, Any] = stack_settings("dev")
    length = draw(st.integers(16, 21))
    room = IPv4Network(((10 << 24) + draw(st.integers(0, 2 ** (length - 8) - 1)) * 2 ** (32 - length), length))
    assume(not room.overlaps(IPv4Network("10.30.0.0/20")))
    zones = THREE_ZONES[: draw(st.integers(2, 3))]
    ports = draw(
        st.lists(st.tuples(st.sampled_from(["tcp", "udp"]), st.integers(1, 65535)), min_size=1, max_size=6, unique=True)
    )
    subnets = draw(st.integers(1, 3))
    production = {
        "mode": "create",
        "cidr": "10.30.0.0/20",
        "subnets": [
            {"name": f"app-{n}", "cidr": f"10.30.{n}.0/24", "zone": zones[n % len(zones)]["name"]}
            for n in range(subnets)
        ],
        "ports": [{"protocol": protocol, "port": port, "description": "service"} for protocol, port in ports],
    }
    if draw(st.booleans()):
        production |= {"mode": "existing", "vpc_id": "vpc-0a1b2c3d", "owner_id": "777788889999", "region": "us-east-1"}
    raw["allowed"] = {"accounts": ["111122223333"], "regions": ["us-east-1"]}
    raw["account"] = {"id": "111122223333", "region": "us-east-1", "zones": zones}
    raw["network"] = {
        "room_cidr": str(room),
        "desktop_cidr": draw(st.sampled_from([None, "100.64.0.0/22", "100.127.255.192/26"])),
        "nat": draw(st.sampled_from(["single", "per_zone"])),
        "endpoints": {"zones": draw(st.sampled_from(["single", "per_zone"]))},
        "production": production,
        "inspection": {"engine": draw(st.sampled_from(["none", "network_firewall"]))},
    }
    return plan_network(from_mapping(raw))


@given(plans())
def test_subnets_are_disjoint_and_inside_their_vpc(plan: NetworkPlan) -> None:
    for one, other in combinations([*plan.subnets, *plan.production.subnets], 2):
        assert not one.cidr.overlaps(other.cidr)
    for subnet in plan.subnets:
        own = plan.desktop_cidr if subnet.zone is Zone.DESKTOP else None
        assert subnet.cidr.subnet_of(own or plan.room_cidr)
    assert all(subnet.cidr.prefixlen <= 28 for subnet in plan.subnets)


@given(plans())
def test_keys_and_zones_are_each_used_once_in_a_tier(plan: NetworkPlan) -> None:
    keys = [subnet.key for subnet in (*plan.subnets, *plan.production.subnets)]
    assert len(set(keys)) == len(keys)
    for tier in TIERS:
        zone_ids = [subnet.zone_id for subnet in plan.tier(tier)]
        assert len(set(zone_ids)) == len(zone_ids)
        assert zone_ids or tier is Zone.INSPECTION


@given(plans())
def test_desktops_and_directory_have_two_zones(plan: NetworkPlan) -> None:
    assert len(plan.tier(Zone.DESKTOP)) == len(plan.tier(Zone.DIRECTORY)) == 2


@given(plans())
def test_only_the_public_tier_meets_the_internet_gateway(plan: NetworkPlan) -> None:
    meets = {s.zone for s in plan.subnets for route in s.routes if route.target is Target.INTERNET_GATEWAY}
    assert meets == {Zone.PUBLIC}


@given(plans())
def test_no_protected_tier_has_a_way_out_but_the_proxy(plan: NetworkPlan) -> None:
    for subnet in plan.subnets:
        targets = {route.target for route in subnet.routes}
        wide = [route for route in subnet.routes if route.destination.prefixlen < 16]
        if subnet.zone is Zone.PROXY:
            assert targets == {Target.INSPECTION if plan.inspection else Target.NAT_GATEWAY}
        elif subnet.zone is Zone.INSPECTION:
            assert targets == {Target.NAT_GATEWAY}
        elif subnet.zone is Zone.PUBLIC:
            assert targets == {Target.INTERNET_GATEWAY} | ({Target.INSPECTION} if plan.inspection else set())
        elif subnet.zone is Zone.DESKTOP:
            assert targets == {Target.PEERING}
            assert not wide
        else:
            assert not subnet.routes


@given(plans())
def test_the_proxys_way_out_stays_in_its_zone(plan: NetworkPlan) -> None:
    nats = {subnet.zone_id for subnet in plan.tier(Zone.PUBLIC)}
    for subnet in plan.tier(Zone.PROXY):
        assert [route.zone_id for route in subnet.routes] == [subnet.zone_id]
        assert subnet.zone_id in nats


@given(plans())
def test_inspection_is_symmetric_and_zonal(plan: NetworkPlan) -> None:
    """Out: proxy, endpoint, NAT gateway. Back: the NAT's table leads the proxy's subnet to the same endpoint."""
    if plan.inspection is None:
        assert not plan.tier(Zone.INSPECTION)
        return
    out = {subnet.zone_id: [route.zone_id for route in subnet.routes] for subnet in plan.tier(Zone.PROXY)}
    assert out == {zone_id: [zone_id] for zone_id in out}
    assert {zone.id for zone in plan.inspection.zones} == out.keys()
    for subnet in plan.tier(Zone.INSPECTION):
        assert [route.zone_id for route in subnet.routes] == [subnet.zone_id]
    proxies = {subnet.zone_id: subnet.cidr for subnet in plan.tier(Zone.PROXY)}
    for subnet in plan.tier(Zone.PUBLIC):
        back = [(r.destination, r.zone_id) for r in subnet.routes if r.target is Target.INSPECTION]
        assert back == [(proxies[subnet.zone_id], subnet.zone_id)]


@given(plans())
def test_peering_routes_are_the_declared_subnets_and_their_return(plan: NetworkPlan) -> None:
    for subnet in plan.tier(Zone.DESKTOP):
        assert {route.destination for route in subnet.routes} == set(plan.production.cidrs)
    desktops = {subnet.cidr for subnet in plan.tier(Zone.DESKTOP)}
    for subnet in plan.production.subnets:
        assert {route.destination for route in subnet.routes} == desktops


@given(plans())
def test_group_rules_are_unique_and_only_the_proxy_speaks_to_the_world(plan: NetworkPlan) -> None:
    rules = group_rules(plan)
    tuples = [(r.group, r.direction, r.peer, r.protocol, r.from_port, r.to_port) for r in rules]
    assert len(set(tuples)) == len(tuples)
    assert len({rule.key for rule in rules}) == len(rules)
    world = [rule for rule in rules if isinstance(rule.peer, IPv4Network) and rule.peer.prefixlen == 0]
    assert [(rule.group, rule.direction, rule.from_port) for rule in world] == [(Zone.PROXY, Direction.EGRESS, 443)]


@given(plans())
def test_nothing_opens_a_connection_to_a_desktop_or_the_bastion(plan: NetworkPlan) -> None:
    inward = {rule.group for rule in group_rules(plan) if rule.direction is Direction.INGRESS}
    assert inward.isdisjoint({Zone.DESKTOP, Zone.BASTION})
    assert not any(rule.group is Zone.PRODUCTION and rule.direction is Direction.EGRESS for rule in group_rules(plan))


@given(plans())
def test_desktops_reach_production_on_the_declared_ports_alone(plan: NetworkPlan) -> None:
    def into_production(rule: GroupRule) -> bool:
        return isinstance(rule.peer, IPv4Network) and any(rule.peer.overlaps(cidr) for cidr in plan.production.cidrs)

    found = {
        (rule.peer, rule.protocol, rule.from_port, rule.to_port)
        for rule in group_rules(plan)
        if rule.group is Zone.DESKTOP and into_production(rule)
    }
    declared = {
        (cidr, port.protocol, port.port, port.port)
        for cidr in plan.production.cidrs
        for port in plan.production.settings.ports
    }
    assert found == declared


# -- network ACLs, against a small packet filter of the test's own -----------------------------------------------------


def decides(entries: list[AclEntry], direction: Direction, peer: IPv4Address, protocol: str, port: int) -> bool:
    """What AWS does: the lowest number that matches decides, and nothing matching means deny."""
    for entry in sorted(entries, key=lambda entry: entry.number):
        same = entry.protocol in ("-1", protocol)
        inside = entry.ports is None or entry.ports[0] <= port <= entry.ports[1]
        if entry.direction is direction and same and inside and peer in entry.cidr:
            return entry.allow
    return False


def first_host(plan: NetworkPlan, zone: Zone | Elsewhere) -> IPv4Address:
    if isinstance(zone, Elsewhere):
        return IPv4Address("52.219.0.1")
    return plan.cidrs(zone)[0].network_address + 10


@given(plans())
def test_acls_let_every_flow_and_its_return_pass(plan: NetworkPlan) -> None:
    acls: Mapping[Zone, list[AclEntry]] = {acl.zone: list(acl.entries) for acl in plan_acls(plan)}
    for flow in flows(plan):
        here, there = first_host(plan, flow.source), first_host(plan, flow.target)
        ends = [(flow.source, Direction.EGRESS, Direction.INGRESS, there)]
        if isinstance(flow.target, Zone) and flow.target in acls:
            ends.append((flow.target, Direction.INGRESS, Direction.EGRESS, here))
        for zone, forward, back, peer in ends:
            assert decides(acls[zone], forward, peer, flow.protocol, flow.from_port)
            assert decides(acls[zone], forward, peer, flow.protocol, flow.to_port)
            assert decides(acls[zone], back, peer, flow.protocol, 50000)


@given(plans(), st.sampled_from(["10.99.0.5", "172.20.1.1", "192.168.7.7", "169.254.169.254", "100.64.3.3"]))
def test_acls_keep_tiers_that_speak_to_the_world_from_private_places(plan: NetworkPlan, address: str) -> None:
    peer = IPv4Address(address)
    own = [*plan.production.cidrs, plan.room_cidr, *plan.cidrs(Zone.DESKTOP)]
    assume(not any(peer in cidr for cidr in own))
    for acl in plan_acls(plan):
        assert not decides(list(acl.entries), Direction.EGRESS, peer, "tcp", 443)
        assert not decides(list(acl.entries), Direction.INGRESS, peer, "tcp", 443)


@given(plans())
def test_acls_open_no_port_inward_from_the_world_below_the_ephemeral_ones(plan: NetworkPlan) -> None:
    world = IPv4Address("52.219.0.1")
    for acl in plan_acls(plan):
        for port in (22, 80, 443, 445, 1023):
            assert not decides(list(acl.entries), Direction.INGRESS, world, "tcp", port)


@given(plans())
def test_the_proxy_reaches_neither_production_nor_desktops_nor_directory(plan: NetworkPlan) -> None:
    entries = next(list(acl.entries) for acl in plan_acls(plan) if acl.zone is Zone.PROXY)
    for zone in (Zone.DESKTOP, Zone.DIRECTORY, Zone.BASTION, Zone.PRODUCTION):
        assert not decides(entries, Direction.EGRESS, first_host(plan, zone), "tcp", 443)


@given(plans())
def test_acls_fit_aws_limit_and_their_numbers_are_unique(plan: NetworkPlan) -> None:
    for acl in plan_acls(plan):
        numbers = [(entry.direction, entry.number) for entry in acl.entries]
        assert len(set(numbers)) == len(numbers)
        assert all(sum(entry.direction is side for entry in acl.entries) <= MAX_ENTRIES for side in Direction)
        assert all(1 <= entry.number <= 32766 for entry in acl.entries)


# -- growth ------------------------------------------------------------------------------------------------------------


@given(st.integers(16, 22), st.sampled_from(TIERS))
def test_a_new_zone_moves_no_subnet(length: int, tier: Zone) -> None:
    for addresses in (
        Addresses(IPv4Network(f"10.0.0.0/{length}")),
        Addresses(IPv4Network("10.0.0.0/20"), IPv4Network("100.64.0.0/24")),
    ):
        four = [addresses.subnet(tier, index) for index in range(4)]
        assert all(not one.overlaps(other) for one, other in combinations(four, 2))
        assert all(
            not cidr.overlaps(addresses.subnet(other, 0)) for cidr in four for other in TIERS if other is not tier
        )


def test_a_range_that_cannot_be_divided_is_an_error() -> None:
    with pytest.raises(ValueError, match="smallest is a /22"):
        Addresses(IPv4Network("10.0.0.0/23")).subnet(Zone.PROXY, 0)
    with pytest.raises(ValueError, match="smallest is a /26"):
        Addresses(IPv4Network("10.0.0.0/20"), IPv4Network("100.64.0.0/27")).subnet(Zone.DESKTOP, 0)
    with pytest.raises(ValueError, match="zone index 4"):
        Addresses(IPv4Network("10.0.0.0/20")).subnet(Zone.DESKTOP, 4)


def test_adding_a_port_or_an_entry_renumbers_nothing_else() -> None:
    raw = stack_settings("dev")
    before = plan_network(from_mapping(raw))
    production = raw["network"]["production"]
    more = [*production["ports"], {"protocol": "tcp", "port": 8443, "description": "Console"}]
    raw["network"] = {**raw["network"], "production": {**production, "ports": more}}
    after = plan_network(from_mapping(raw))
    assert {rule.key for rule in group_rules(before)} < {rule.key for rule in group_rules(after)}
    assert before.subnets == after.subnets
    old = {(acl.zone, entry) for acl in plan_acls(before) for entry in acl.entries}
    new = {(acl.zone, entry) for acl in plan_acls(after) for entry in acl.entries}
    assert old < new


def test_the_directory_ports_are_those_that_a_domain_member_needs() -> None:
    single = {(protocol, low) for protocol, low, high, _ in DIRECTORY_PORTS if low == high}
    assert {("tcp", 53), ("udp", 53), ("tcp", 88), ("udp", 88), ("tcp", 389), ("tcp", 445), ("tcp", 636)} <= single
    assert not any(low <= 22 <= high or low <= 3389 <= high for _, low, high, _ in DIRECTORY_PORTS)


@pytest.mark.parametrize(("cidr", "usable"), [("10.0.0.0/28", 11), ("10.0.0.0/24", 251)])
def test_five_addresses_of_a_subnet_are_aws_own(cidr: str, usable: int) -> None:
    assert capacity(IPv4Network(cidr)) == usable
