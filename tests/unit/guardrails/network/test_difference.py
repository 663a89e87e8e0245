"""The difference of two networks: exactly what asking every pair of places one by one would tell."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings

from guardrails.facts.network import EndpointKind, Interface, Network, PrefixList
from guardrails.facts.values import Origin
from guardrails.network.difference import Change, compare
from guardrails.network.hosts import SILENT_KINDS
from guardrails.network.packets import (
    CLIENT_PORTS,
    DESTINATION,
    INTERNET,
    NOTHING,
    PORTS,
    PROTOCOLS,
    SOURCE_PORT,
    Packets,
    address_set,
)
from guardrails.network.places import EVERYTHING, Place, Target, asked
from guardrails.network.reach import Engine, Service
from tests.unit.guardrails.network.build_network import Build
from tests.unit.guardrails.network.random_networks import networks

SERVICE = Service(PROTOCOLS, PORTS, CLIENT_PORTS)


def one_by_one(network: Network, *, may: bool) -> Packets:
    """Ask the engine about every two classes of hosts, and about what lies outside."""
    engine = Engine(network)
    outside = EVERYTHING - engine.model.all_vpc_addresses - INTERNET
    hosts = [host for host in engine.model.hosts if host.owner_kind not in SILENT_KINDS]
    places = [Place(host.key, (Target(host, asked(host)),)) for host in hosts]
    services = frozenset(key for key, one in engine.model.endpoints.items() if one.kind is EndpointKind.GATEWAY)
    places += [Place("internet", internet=INTERNET, services=services), Place("premises", premises=outside)]
    found = NOTHING
    for source in places:
        for goal in places:
            if source.targets or goal.targets:
                found |= engine.run(source, goal, SERVICE, may=may).flows
    return found.replace(SOURCE_PORT, CLIENT_PORTS).limit(DESTINATION, EVERYTHING)


def whole(changes: tuple[Change, ...], *, opened: bool) -> Packets:
    flows = Packets.union(one.flows for one in changes if one.opened is opened and one.certain)
    return flows.limit(DESTINATION, EVERYTHING)


def between_others(network: Network, flows: Packets) -> Packets:
    """Leave out what goes from one thing to itself: from an interface of its own to another one."""
    named: dict[str, list[Interface]] = {}
    for one in Engine(network).model.network.interfaces:
        named.setdefault(one.owner_name or one.name or one.owner or one.key, []).append(one)
    for owned in named.values():
        own = address_set(address for one in owned for address in (*one.addresses, *one.public_addresses))
        flows -= Packets.of(own, own, PROTOCOLS, PORTS, PORTS)
    return flows


@settings(max_examples=12)
@given(networks(), networks())
def test_the_difference_is_what_asking_one_by_one_tells(old: Network, new: Network) -> None:
    changes = compare(old, new)
    before, after = one_by_one(old, may=False), one_by_one(new, may=False)
    possible = one_by_one(new, may=True)
    for opened, wanted in ((True, after - before), (False, before - (after | possible))):
        told = between_others(old, between_others(new, whole(changes, opened=opened)))
        assert told.same(between_others(old, between_others(new, wanted)))


@settings(max_examples=12)
@given(networks())
def test_a_network_does_not_differ_from_itself(network: Network) -> None:
    assert compare(network, network) == ()


@settings(max_examples=12)
@given(networks(), networks())
def test_what_one_way_opens_the_other_way_closes(old: Network, new: Network) -> None:
    there, back = compare(old, new), compare(new, old)
    assert {(one.source, one.target) for one in there if one.opened and one.certain} >= {
        (one.source, one.target) for one in back if not one.opened and one.certain
    }


def shop(*, store: str | None) -> Network:
    build = Build().vpc("vpc-a", "10.0.0.0/16").subnet("shop", "vpc-a", "10.0.1.0/24")
    build.group("sg-shop", "vpc-a", "out tcp 443 0.0.0.0/0").host("till", "shop", "10.0.1.5", groups=("sg-shop",))
    build.endpoint("vpce-other", "vpc-a", EndpointKind.GATEWAY).endpoint("vpce-s3", "vpc-a", EndpointKind.GATEWAY)
    for name in ("pl-other", "pl-s3"):
        build.add("prefix_lists", PrefixList(key=name, id=name, origin=Origin(name), aws_managed=True))
    build.parts["endpoints"] = [
        replace(one, service=f"com.amazonaws.eu-west-1.{name}")
        for one, name in zip(build.parts["endpoints"], ("dynamodb", "s3"), strict=True)
    ]
    routes = (f"pl-{store} > vpce-{store}",) if store else ()
    return build.table("rtb-shop", "vpc-a", *routes, subnets=("shop",)).network()


def test_a_service_behind_a_gateway_endpoint_is_told_by_its_name() -> None:
    assert [(one.source, one.target, one.opened) for one in compare(shop(store=None), shop(store="s3"))] == [
        ("till", "aws:s3", True)
    ]
    moved = compare(shop(store="other"), shop(store="s3"))
    assert {(one.target, one.opened) for one in moved} == {("aws:s3", True), ("aws:dynamodb", False)}
