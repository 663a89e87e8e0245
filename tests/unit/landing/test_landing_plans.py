"""Plans of landing networks over random valid settings: disjoint, complete, and the same endpoint both ways."""

from __future__ import annotations

import copy
from ipaddress import IPv4Network
from itertools import combinations
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from suricataparser import parse_rules

from components.landing.matrix import acl_plans, group_rules
from components.landing.parts import vpc_plans
from components.landing.plan import VpcPlan
from components.network.acls import EPHEMERAL, MAX_ENTRIES, AclPlan
from components.network.plan import WORLD, Target
from components.network.ports import Direction
from components.settings import Settings, SettingsError, from_mapping
from components.vocabulary import Zone
from tests.support.examples import EXAMPLES, example_settings

ZONES = [
    {"name": "ap-northeast-1a", "id": "apne1-az4"},
    {"name": "ap-northeast-1c", "id": "apne1-az1"},
    {"name": "ap-northeast-1d", "id": "apne1-az2"},
]
ENGINES: list[dict[str, Any]] = [
    {"engine": "none"},
    {"engine": "network_firewall"},
    {
        "engine": "gateway_load_balancer",
        "service_name": "com.amazonaws.vpce.ap-northeast-1.vpce-svc-0123456789abcdef0",
    },
]


@st.composite
def landings(draw: st.DrawFn) -> Settings:
    """An example with another number of AZs, engines, ranges and relay hosts."""
    raw = copy.deepcopy(example_settings(draw(st.sampled_from(EXAMPLES))))
    raw["account"]["zones"] = ZONES[: draw(st.integers(2, 3))]
    landing = raw["landing"]
    if (workload := landing.get("workload")) and "corporate_cidr" not in workload:
        workload["cidr"] = str(IPv4Network((f"10.{draw(st.integers(110, 190))}.0.0", draw(st.integers(16, 22)))))
    if workload and workload.get("egress") != "hub":
        workload["inspection"] = draw(st.sampled_from(ENGINES))
        if workload["inspection"]["engine"] != "gateway_load_balancer":
            landing.pop("vendor", None)
        workload["dynamodb"] = draw(st.booleans())
        workload["allow_list"] = workload["allow_list"] if draw(st.booleans()) else []
        for part in ("bucket", "secret", "keepers"):
            workload.pop(part, None)
        workload.pop("provider", None)
    if workload and draw(st.booleans()):
        clients = draw(st.lists(st.integers(0, 63), min_size=1, max_size=3, unique=True))
        workload["provider"] = {
            "port": draw(st.integers(1, 65535)),
            "principals": ["arn:aws:iam::555566667777:root"],
            "clients": [f"10.{192 + third // 32}.{third}.0/24" for third in clients],
        }
    if workload and (lists := workload.get("prefix_lists")):
        thirds = draw(st.lists(st.integers(64, 79), min_size=1, max_size=2, unique=True))
        lists["branches"] = {
            "cidrs": [f"10.100.{third}.0/24" for third in thirds],
            "max_entries": draw(st.integers(len(thirds), 8)),
        }
    if hub := landing.get("hub"):
        hub["inspection"] = draw(st.sampled_from(ENGINES))
    if relay := landing.get("relay"):
        relay["cidr"] = str(IPv4Network((f"10.{draw(st.integers(110, 190))}.0.0", draw(st.integers(20, 24)))))
        relay["hosts"] = relay["hosts"][: draw(st.integers(1, 2))]
    return from_mapping(raw)


def plans(wanted: Settings) -> list[VpcPlan]:
    return [make() for make in vpc_plans(wanted).values()]


def leads(plan: VpcPlan, zone: Zone, zone_id: str, cidr: IPv4Network) -> tuple[Target, str | None] | None:
    """Where the longest matching route of a tier's table leads."""
    (subnet,) = (item for item in plan.tier(zone) if item.zone_id == zone_id)
    routes = [route for route in subnet.routes if cidr.subnet_of(route.destination)]
    best = max(routes, key=lambda route: route.destination.prefixlen, default=None)
    return (best.target, best.zone_id) if best else None


@given(landings())
@settings(max_examples=60, deadline=None)
def test_subnets_are_disjoint_and_lie_in_the_blocks_of_their_vpc(wanted: Settings) -> None:
    for plan in plans(wanted):
        cidrs = [subnet.cidr for subnet in plan.subnets]
        assert all(any(cidr.subnet_of(block) for block in (plan.cidr, *plan.more)) for cidr in cidrs)
        assert not [pair for pair in combinations(cidrs, 2) if pair[0].overlaps(pair[1])]


@given(landings())
@settings(max_examples=60, deadline=None)
def test_only_nat_tiers_meet_an_internet_gateway_and_every_nat_serves_its_own_az(wanted: Settings) -> None:
    for plan in plans(wanted):
        for subnet in plan.subnets:
            for route in subnet.routes:
                assert (route.target is Target.INTERNET_GATEWAY) <= (subnet.zone is Zone.PUBLIC)
                if route.target in (Target.NAT_GATEWAY,):
                    assert route.zone_id == subnet.zone_id
                    assert any(item.zone_id == route.zone_id for item in plan.tier(Zone.PUBLIC))


def with_a_way_out(wanted: Settings, plan: VpcPlan) -> set[Zone]:
    """The tiers that are declared to have a default route."""
    if plan.purpose == "relay":
        return {Zone.PUBLIC}
    inspecting = {Zone.INSPECTION} if plan.inspection is not None else set[Zone]()
    if plan.purpose == "hub":
        return {Zone.TRANSIT, Zone.PUBLIC} | inspecting
    workload = wanted.landing.workload if wanted.landing else None
    leaving = {Zone.INSTANCE} | inspecting if workload and workload.allow_list else set[Zone]()
    return leaving | ({Zone.PUBLIC} if plan.tier(Zone.PUBLIC) else set[Zone]())


@given(landings())
@settings(max_examples=60, deadline=None)
def test_no_tier_has_a_default_route_but_those_that_are_declared_to(wanted: Settings) -> None:
    for plan in plans(wanted):
        found = {subnet.zone for subnet in plan.subnets for route in subnet.routes if route.destination == WORLD}
        assert found == with_a_way_out(wanted, plan), plan.purpose


@given(landings())
@settings(max_examples=60, deadline=None)
def test_every_tier_has_a_subnet_in_every_az_that_it_serves(wanted: Settings) -> None:
    for plan in plans(wanted):
        zones = [zone.id for zone in wanted.account.zones]
        for tier in {subnet.zone for subnet in plan.subnets}:
            served = [subnet.zone_id for subnet in plan.tier(tier)]
            assert served == zones[: len(served)]
            if plan.purpose != "relay":
                assert len(served) == len(zones), (plan.purpose, tier)


@given(st.integers(0, 4), st.booleans(), st.data())
@settings(max_examples=60, deadline=None)
def test_a_block_that_meets_a_range_that_is_routed_to_is_refused(bits: int, wider: bool, data: st.DataObject) -> None:
    raw = copy.deepcopy(example_settings("attach"))
    own = IPv4Network(raw["landing"]["workload"]["corporate_cidr"])
    there = own.supernet(bits) if wider else data.draw(st.sampled_from(list(own.subnets(bits))))
    raw["landing"]["workload"]["services"] = [{"cidr": str(there), "port": 443, "description": "Overlapping"}]
    with pytest.raises(SettingsError) as caught:
        from_mapping(raw)
    assert "landing.workload.corporate_cidr" in {problem.key for problem in caught.value.problems}


@given(landings())
@settings(max_examples=60, deadline=None)
def test_what_leaves_a_workload_and_what_returns_meet_the_same_endpoint(wanted: Settings) -> None:
    for plan in plans(wanted):
        if plan.purpose != "workload" or plan.inspection is None:
            continue
        for subnet in plan.tier(Zone.INSTANCE):
            own = subnet.zone_id
            for route in subnet.routes:
                there = route.destination
                assert leads(plan, Zone.INSTANCE, own, there) == (Target.INSPECTION, own)
                onward = leads(plan, Zone.INSPECTION, own, there)
                assert onward in ((Target.NAT_GATEWAY, own), (Target.TRANSIT_GATEWAY, None))
                if onward == (Target.NAT_GATEWAY, own):
                    assert leads(plan, Zone.PUBLIC, own, subnet.cidr) == (Target.INSPECTION, own)
                else:
                    # The company's reply may enter in any AZ: the destination's endpoint takes it.
                    for entry in plan.tier(Zone.TRANSIT):
                        assert leads(plan, Zone.TRANSIT, entry.zone_id, subnet.cidr) == (Target.INSPECTION, own)


@given(landings())
@settings(max_examples=60, deadline=None)
def test_the_hub_s_tables_meet_the_same_endpoint_both_ways(wanted: Settings) -> None:
    for plan in plans(wanted):
        if plan.purpose != "hub":
            continue
        workload = wanted.landing.workload if wanted.landing else None
        assert workload is not None
        assert plan.attachment is not None
        assert plan.attachment.appliance_mode
        for subnet in plan.tier(Zone.TRANSIT):
            own = subnet.zone_id
            if plan.inspection is None:
                assert leads(plan, Zone.TRANSIT, own, WORLD) == (Target.NAT_GATEWAY, own)
                assert leads(plan, Zone.PUBLIC, own, workload.cidr) == (Target.TRANSIT_GATEWAY, None)
                continue
            assert leads(plan, Zone.TRANSIT, own, WORLD) == (Target.INSPECTION, own)
            assert leads(plan, Zone.INSPECTION, own, WORLD) == (Target.NAT_GATEWAY, own)
            assert leads(plan, Zone.PUBLIC, own, workload.cidr) == (Target.INSPECTION, own)
            assert leads(plan, Zone.INSPECTION, own, workload.cidr) == (Target.TRANSIT_GATEWAY, None)


def passes(acl: AclPlan, direction: Direction, cidr: IPv4Network, protocol: str, port: int) -> bool:
    """What AWS decides: the lowest number that matches."""
    for entry in sorted(acl.entries, key=lambda entry: entry.number):
        if entry.direction is not direction or not cidr.subnet_of(entry.cidr):
            continue
        if entry.protocol not in ("-1", protocol):
            continue
        if entry.ports is None or entry.ports[0] <= port <= entry.ports[1]:
            return entry.allow
    return False


@given(landings())
@settings(max_examples=60, deadline=None)
def test_the_acls_let_every_declared_connection_and_its_reply_pass(wanted: Settings) -> None:
    for plan in plans(wanted):
        acls = {acl.zone: acl for acl in acl_plans(plan)}
        for item in plan.traffic:
            for own, peer, there in ((item.source, item.target, True), (item.target, item.source, False)):
                group = plan.group(own)
                if group is None:
                    continue
                for cidr in plan.cidrs(peer):
                    other = IPv4Network("8.8.8.0/24") if cidr == WORLD else cidr
                    out, back = (item.low, EPHEMERAL[1]) if there else (EPHEMERAL[1], item.low)
                    assert passes(acls[group.zone], Direction.EGRESS, other, item.protocol, out)
                    assert passes(acls[group.zone], Direction.INGRESS, other, item.protocol, back)
        for item in plan.carried:
            far = IPv4Network("8.8.8.0/24")
            source, target = (far if cidr == WORLD else cidr for cidr in (item.source, item.target))
            if item.zone in acls:
                assert passes(acls[item.zone], Direction.INGRESS, source, item.protocol, item.low)
                assert passes(acls[item.zone], Direction.EGRESS, target, item.protocol, item.low)
                assert passes(acls[item.zone], Direction.INGRESS, target, item.protocol, EPHEMERAL[1])
                assert passes(acls[item.zone], Direction.EGRESS, source, item.protocol, EPHEMERAL[1])


@given(landings())
@settings(max_examples=60, deadline=None)
def test_acls_cut_off_private_ranges_that_nobody_named(wanted: Settings) -> None:
    stranger = IPv4Network("192.168.77.0/24")
    for plan in plans(wanted):
        for acl in acl_plans(plan):
            for direction in Direction:
                assert not passes(acl, direction, stranger, "tcp", 443)
                assert not passes(acl, direction, stranger, "tcp", 40000)


@given(landings())
@settings(max_examples=60, deadline=None)
def test_group_rules_have_names_of_their_own_and_one_end_in_the_vpc(wanted: Settings) -> None:
    for plan in plans(wanted):
        rules = group_rules(plan)
        assert len({rule.key for rule in rules}) == len(rules)
        assert all(plan.group(rule.group) is not None for rule in rules)


@given(landings())
@settings(max_examples=60, deadline=None)
def test_a_service_for_others_is_called_and_never_calls_back(wanted: Settings) -> None:
    for plan in plans(wanted):
        provider = wanted.landing.workload.provider if wanted.landing and wanted.landing.workload else None
        rules = [rule for rule in group_rules(plan) if rule.group == "provider"]
        if provider is None or plan.purpose != "workload":
            assert not rules
            assert not plan.tier(Zone.SERVICE)
            continue
        assert {rule.peer for rule in rules if rule.direction is Direction.INGRESS} == set(provider.clients)
        assert {rule.peer for rule in rules if rule.direction is Direction.EGRESS} == {"instance"}
        assert {(rule.protocol, rule.low, rule.high) for rule in rules} == {("tcp", provider.port, provider.port)}
        for rule in group_rules(plan):
            named = rule.peer == "provider" or rule.peer in provider.clients
            assert not (named and rule.group == "instance" and rule.direction is Direction.EGRESS)
        for subnet in plan.subnets:
            assert not [route for route in subnet.routes if route.destination in provider.clients], (
                "there is no way back"
            )
            assert subnet.zone is not Zone.SERVICE or not subnet.routes


def permitted_acls(plan: VpcPlan) -> tuple[AclPlan, ...]:
    """The ACLs of a plan, unless it needs more entries than AWS allows: settings refuse such a plan."""
    try:
        return acl_plans(plan)
    except ValueError as refused:
        assume(f"AWS allows {MAX_ENTRIES}" not in str(refused))
        raise


@given(landings(), st.data())
@settings(max_examples=60, deadline=None)
def test_a_range_more_in_a_prefix_list_renumbers_no_entry(wanted: Settings, data: st.DataObject) -> None:
    workload = wanted.landing.workload if wanted.landing else None
    if workload is None or not workload.prefix_lists:
        return
    listed = workload.prefix_lists["branches"]
    assume(len(listed.cidrs) < listed.max_entries)
    third = data.draw(st.integers(96, 127))
    grown = listed.model_copy(update={"cidrs": (*listed.cidrs, IPv4Network(f"10.100.{third}.0/24"))})
    landing = wanted.landing.model_copy(
        update={"workload": workload.model_copy(update={"prefix_lists": {"branches": grown}})}
    )
    before, after = plans(wanted), plans(wanted.model_copy(update={"landing": landing}))
    for old, new in zip(before, after, strict=True):
        for one, other in zip(acl_plans(old), permitted_acls(new), strict=True):
            assert set(one.entries) <= set(other.entries)
        assert [rule.key for rule in group_rules(old)] == [rule.key for rule in group_rules(new)]


@given(landings())
@settings(max_examples=40, deadline=None)
def test_the_firewall_s_rules_are_suricata_s_and_each_has_its_own_number(wanted: Settings) -> None:
    for plan in plans(wanted):
        if plan.inspection is None:
            continue
        lines = [line for line in plan.inspection.rules.splitlines() if line]
        rules = parse_rules(plan.inspection.rules)
        assert len(rules) == len(lines)
        assert len({rule.sid for rule in rules}) == len(rules)
        actions = [rule.action for rule in rules]
        assert actions == sorted(actions, key=("pass", "drop").index)


def test_an_az_more_moves_nothing_that_was_there() -> None:
    for name in EXAMPLES:
        raw = copy.deepcopy(example_settings(name))
        before = {(plan.purpose, item.key): item.cidr for plan in plans(from_mapping(raw)) for item in plan.subnets}
        raw["account"]["zones"] = ZONES
        after = {(plan.purpose, item.key): item.cidr for plan in plans(from_mapping(raw)) for item in plan.subnets}
        assert before.items() <= after.items()
