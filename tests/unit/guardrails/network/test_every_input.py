"""One network with every kind of gateway, and every single input of it unknown in turn: no answer turns round."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import cache

import pytest

from guardrails.facts.network import (
    EndpointKind,
    EndpointService,
    Listener,
    LoadBalancer,
    Network,
    PrefixList,
    RouteOrigin,
    TargetGroup,
)
from guardrails.facts.values import Origin, Ref
from guardrails.network import Engine, PlaceError
from guardrails.sets import IntervalSet
from tests.unit.guardrails.network.build_network import Build, net, route
from tests.unit.guardrails.network.weaken import OBJECTS, weakened

OWN = "com.amazonaws.vpce.eu-west-1.vpce-svc-1"
ANSWERS = {
    "app > internet": True,
    "app > web": True,
    "web > internet": True,
    "internet > web": True,
    "internet > app": False,
    "app > spoke": True,
    "spoke > app": True,
    "app > peer": True,
    "peer > spoke": False,
    "app > far": True,
    "far > app": True,
    "app > 192.168.1.1": True,
    "192.168.2.1 > app": True,
    "app > 192.168.9.1": False,
    "172.16.1.1 > spoke": True,
    "spoke > 172.16.1.1": True,
    "spoke > 172.17.1.1": False,
    "app > vpce-s3": True,
    "spoke > vpce-s3": False,
    "app > vpce-if": True,
    "app > nlb": True,
    "peer > nlb": False,
    "app > 10.9.1.1": False,
    "vpce-if > app": False,
    "app > vpce-own": True,
    "router > appliance": True,
    "spoke > internet": True,
}


def _first_vpc(build: Build) -> None:
    build.vpc("vpc-a", "10.0.0.0/16", "2600:1f14:1::/56")
    build.subnet("a1", "vpc-a", "10.0.1.0/24").subnet("a2", "vpc-a", "10.0.2.0/24", zone="az2")
    build.subnet("exit", "vpc-a", "10.0.3.0/24").subnet("wall", "vpc-a", "10.0.4.0/28")
    build.subnet("far-wall", "vpc-a", "10.0.5.0/28", zone="az2")
    build.group("sg-app", "vpc-a", "in tcp 443 10.0.0.0/8", "in tcp 443 192.168.0.0/16", "out any - 0.0.0.0/0")
    build.group("sg-web", "vpc-a", "in tcp 443 0.0.0.0/0", "out tcp 443 0.0.0.0/0")
    build.group("sg-if", "vpc-a", "in tcp 443 sg-app", "in tcp 443 sg-web")
    build.host("app", "a1", "10.0.1.10", groups=("sg-app",)).host(
        "web", "a2", "10.0.2.10", groups=("sg-web",), publics=("203.0.113.10",)
    )
    build.host("router", "exit", "10.0.3.30", groups=("sg-app",), source_dest_check=False, owner="i-r")
    build.igw("igw-a", "vpc-a").nat("nat-a", "exit", "10.0.3.5", "203.0.113.5")
    build.endpoint("vpce-wall", "vpc-a", EndpointKind.FIREWALL, "far-wall")
    build.endpoint("vpce-s3", "vpc-a", EndpointKind.GATEWAY)
    build.endpoint("vpce-if", "vpc-a", EndpointKind.INTERFACE, "a2", groups=("sg-if",), service="com.amazonaws.ec2")
    build.nacl("acl-a1", "vpc-a", "10 deny in tcp 22 0.0.0.0/0", "20 allow in any - 0.0.0.0/0",
               "20 allow out any - 0.0.0.0/0", subnets=("a1",))  # fmt: skip
    build.nacl("acl-a", "vpc-a", "10 allow in any - 0.0.0.0/0", "10 allow out any - 0.0.0.0/0", default=True)
    build.table("rtb-edge", "vpc-a", "10.0.2.0/24 > vpce-wall", gateways=("igw-a",))
    build.table("rtb-wall", "vpc-a", "0.0.0.0/0 > igw-a", subnets=("far-wall",))
    build.table("rtb-web", "vpc-a", "0.0.0.0/0 > vpce-wall", subnets=("a2",))
    build.table("rtb-exit", "vpc-a", "0.0.0.0/0 > igw-a", "10.1.0.0/16 > tgw-1", subnets=("exit",))
    build.table(
        "rtb-a", "vpc-a", "0.0.0.0/0 > nat-a", "pl-s3 > vpce-s3", "10.1.0.0/16 > tgw-1", "10.3.0.0/16 > tgw-1",
        "10.2.0.0/16 > pcx-ac", "10.9.0.0/16 > blackhole", "192.168.0.0/16 > blackhole",
        main=True, propagating=("vgw-a",),
    )  # fmt: skip


def _other_vpcs(build: Build) -> None:
    names = {"b": ("spoke", "tgw-1"), "c": ("peer", "pcx-ac"), "d": ("far", "tgw-2")}
    for number, (name, (host, way)) in enumerate(names.items(), 1):
        build.vpc(f"vpc-{name}", f"10.{number}.0.0/16")
        build.subnet(f"{name}1", f"vpc-{name}", f"10.{number}.1.0/24")
        build.group(f"sg-{name}", f"vpc-{name}", "in any - 0.0.0.0/0", "out any - 0.0.0.0/0")
        build.host(host, f"{name}1", f"10.{number}.1.10", groups=(f"sg-{name}",))
        build.table(f"rtb-{name}", f"vpc-{name}", f"0.0.0.0/0 > {way}", main=True)
    build.peering("pcx-ac", "vpc-a", "vpc-c")
    build.host("appliance", "b1", "10.1.1.20", groups=("sg-b",))


def _transit(build: Build) -> None:
    build.tgw("tgw-1", group_references=True).tgw("tgw-2")
    build.attachment("att-a", "tgw-1", "vpc-a", "a1", "a2").attachment("att-b", "tgw-1", "vpc-b", "b1")
    build.attachment("att-d", "tgw-2", "vpc-d", "d1").attachment("att-p", "tgw-1", "tgw-2", kind="peering")
    build.attachment("att-v", "tgw-1", "vpn-t", kind="vpn").attachment(
        "att-x", "tgw-1", "dx-t", kind="direct-connect-gateway"
    )
    build.transit_table(
        "t-1", "tgw-1", "10.3.0.0/16 > att-p", "pl-old > blackhole", "0.0.0.0/0 > att-a",
        associated=("att-a", "att-b", "att-p", "att-v", "att-x"), propagated=("att-a", "att-b", "att-v", "att-x"),
    )  # fmt: skip
    build.transit_table("t-2", "tgw-2", "0.0.0.0/0 > att-p", associated=("att-d", "att-p"), propagated=("att-d",))
    build.vpn("vpn-t", "tgw-1", "172.18.0.0/16")
    build.dx("dx-t", ("tgw-1", ("10.0.0.0/14",))).vif("vif-t", "dx-t", "172.16.0.0/16")


def _premises(build: Build) -> None:
    build.vgw("vgw-a", "vpc-a").vpn("vpn-a", "vgw-a", "192.168.1.0/24").vif("vif-a", "vgw-a", "192.168.2.0/24")
    build.dx("dx-v", ("vgw-a", ("10.0.0.0/16",))).vif("vif-v", "dx-v", "192.168.3.0/24")
    shown = route("192.168.4.0/24 > vgw-a", RouteOrigin.PROPAGATED)
    build.table("rtb-shown", "vpc-a", shown, subnets=("wall",))


def _balancer(build: Build, key: str, target: str, *, owner: str = "") -> None:
    build.host(f"{key}-node", "a2", f"10.0.2.{50 + len(key)}", groups=("sg-web",), owner=key,
               owner_kind="load-balancer")  # fmt: skip
    listener = Listener("TCP", 443, (Ref(f"tg-{key}"),), Origin(key))
    held = LoadBalancer(key=key, id=key, origin=Origin(key), kind="network", internal=True, listeners=(listener,))
    build.add("load_balancers", held)
    group = TargetGroup(key=f"tg-{key}", id=f"tg-{key}", origin=Origin(key), preserve_client_ip=False,
                        targets=((Ref(target), 443),))  # fmt: skip
    build.add("target_groups", group)
    if owner:
        service = EndpointService(key=f"svc-{key}", origin=Origin(key), service=owner, balancers=(Ref(key),))
        build.add("endpoint_services", service)


@cache
def network() -> Network:
    build = Build()
    for part in (_first_vpc, _other_vpcs, _transit, _premises):
        part(build)
    for key, block in (("pl-s3", "52.219.0.0/20"), ("pl-old", "10.7.0.0/16")):
        build.add("prefix_lists", PrefixList(key=key, id=key, origin=Origin(key), entries=(net(block),)))
    _balancer(build, "nlb", "web")
    _balancer(build, "nlb-own", "web", owner=OWN)
    build.endpoint("vpce-own", "vpc-a", EndpointKind.INTERFACE, "a2", groups=("sg-if",), service=OWN)
    return build.network()


def answers(engine: Engine) -> dict[str, bool | None]:
    """Ask everything that can still be asked."""
    found: dict[str, bool | None] = {}
    for pair in ANSWERS:
        source, destination = pair.split(" > ")
        with suppress(PlaceError):
            found[pair] = engine.reach(source, destination, ports=IntervalSet.of(443)).reachable
    return found


def test_the_network_answers_as_it_is_meant_to() -> None:
    assert answers(Engine(network())) == ANSWERS


@pytest.mark.parametrize("field", OBJECTS)
def test_no_input_that_becomes_unknown_turns_an_answer(field: str) -> None:
    turned = [
        f"{weaker.what}: {pair} was {ANSWERS[pair]}"
        for weaker in weakened(network(), field)
        for pair, answer in answers(Engine(weaker.make())).items()
        if answer not in {None, ANSWERS[pair]}
    ]
    assert turned == []


STOOD_IN_FOR = {"route_tables", "nacls", "transit_tables", "interfaces"}
"""Fields of which readers put something unknown in the place of what they could not read."""


@pytest.mark.parametrize("field", [name for name in OBJECTS if name not in STOOD_IN_FOR])
def test_no_object_that_was_lost_turns_an_answer(field: str) -> None:
    items = getattr(network(), field)
    turned = [
        f"without {lost.key}: {pair} was {ANSWERS[pair]}"
        for lost in items
        for pair, answer in answers(
            Engine(replace(network(), **{field: tuple(one for one in items if one is not lost)}, incomplete=(field,)))
        ).items()
        if answer not in {None, ANSWERS[pair]}
    ]
    assert turned == []
