"""Firewall and gateway-load-balancer endpoints, forwarding instances, gateway route tables, load balancers."""

from __future__ import annotations

import ipaddress
from typing import Any

import pytest

from guardrails.facts.network import EndpointKind, Listener, LoadBalancer, TargetGroup
from guardrails.facts.values import Origin, Ref
from guardrails.network import reach
from guardrails.sets import IntervalSet
from tests.unit.guardrails.network.build_network import Build, two_subnets

HTTPS = IntervalSet.of(443)


def verdict(build: Build, source: str, destination: str, **more: Any) -> bool | None:
    more.setdefault("ports", HTTPS)
    return reach(build.network(), source, destination, **more).reachable


def crossed(build: Build, source: str, destination: str) -> list[str]:
    answer = reach(build.network(), source, destination, ports=HTTPS)
    assert answer.reachable is True
    return [hop.node for hop in (*answer.path, *answer.return_path) if hop.kind == "middlebox-endpoint"]


def inspected(*, edge: bool = True, loops: bool = False) -> Build:
    """A web host behind a firewall endpoint: out by the endpoint, and in by the gateway's own table."""
    build = (
        Build()
        .vpc("vpc-a", "10.0.0.0/16")
        .subnet("web", "vpc-a", "10.0.1.0/24")
        .subnet("firewall", "vpc-a", "10.0.9.0/28")
        .open_group()
        .igw("igw-1", "vpc-a")
        .endpoint("vpce-fw", "vpc-a", EndpointKind.FIREWALL, "firewall")
        .host("eni-web", "web", "10.0.1.10", publics=("203.0.113.10",))
        .table("rtb-web", "vpc-a", "0.0.0.0/0 > vpce-fw", subnets=("web",))
        .table("rtb-fw", "vpc-a", "0.0.0.0/0 > vpce-fw" if loops else "0.0.0.0/0 > igw-1", subnets=("firewall",))
    )
    return build.table("rtb-edge", "vpc-a", "10.0.1.0/24 > vpce-fw", gateways=("igw-1",)) if edge else build


def test_inspection_of_internet_traffic_is_symmetric() -> None:
    assert crossed(inspected(), "internet", "eni-web") == ["vpce-fw", "vpce-fw"]
    assert crossed(inspected(), "eni-web", "internet") == ["vpce-fw", "vpce-fw"]


def test_a_reply_that_misses_the_firewall_breaks_the_connection() -> None:
    assert verdict(inspected(edge=False), "internet", "eni-web") is False
    assert verdict(inspected(edge=False), "eni-web", "internet") is False
    assert verdict(inspected(edge=False), "eni-web", "internet", one_way=True) is True


def test_an_endpoint_whose_subnet_sends_back_to_it_is_a_loop() -> None:
    assert verdict(inspected(loops=True), "eni-web", "internet") is False


def test_a_more_specific_route_than_local_sends_subnet_traffic_through_a_middlebox() -> None:
    build = (
        two_subnets()
        .subnet("fw", "vpc-a", "10.0.9.0/28")
        .endpoint("vpce-fw", "vpc-a", EndpointKind.GATEWAY_LOAD_BALANCER, "fw")
    )
    build.table("rtb-1", "vpc-a", "10.0.2.0/24 > vpce-fw", subnets=("subnet-1",))
    assert verdict(build, "eni-1", "eni-2") is False
    build.table("rtb-2", "vpc-a", "10.0.1.0/24 > vpce-fw", subnets=("subnet-2",))
    assert crossed(build, "eni-1", "eni-2") == ["vpce-fw", "vpce-fw"]


def test_group_references_do_not_hold_through_a_middlebox() -> None:
    build = two_subnets().subnet("fw", "vpc-a", "10.0.9.0/28").endpoint("vpce-fw", "vpc-a", EndpointKind.FIREWALL, "fw")
    build.group("sg-ref", "vpc-a", "in tcp 443 sg-open").host("db", "subnet-2", "10.0.2.30", groups=("sg-ref",))
    assert verdict(build, "eni-1", "db") is True
    build.table("rtb-1", "vpc-a", "10.0.2.0/24 > vpce-fw", subnets=("subnet-1",))
    build.table("rtb-2", "vpc-a", "10.0.1.0/24 > vpce-fw", subnets=("subnet-2",))
    assert verdict(build, "eni-1", "db") is False
    assert verdict(build, "eni-1", "eni-2") is True


def routed(*, check: bool, rules: tuple[str, ...] = ("in any - 0.0.0.0/0", "out any - 0.0.0.0/0")) -> Build:
    build = two_subnets().subnet("middle", "vpc-a", "10.0.5.0/24").group("sg-router", "vpc-a", *rules)
    build.host(
        "eni-r",
        "middle",
        "10.0.5.5",
        groups=("sg-router",),
        source_dest_check=check,
        owner="i-r",
        owner_kind="instance",
    )
    build.table("rtb-1", "vpc-a", "10.0.2.0/24 > eni-r", subnets=("subnet-1",))
    return build.table("rtb-2", "vpc-a", "10.0.1.0/24 > i-r", subnets=("subnet-2",))


def test_an_instance_forwards_only_with_its_check_off() -> None:
    assert verdict(routed(check=False), "eni-1", "eni-2") is True
    assert verdict(routed(check=True), "eni-1", "eni-2") is False
    answer = reach(routed(check=False).network(), "eni-1", "eni-2", ports=HTTPS)
    assert answer.assumptions == ("eni-r forwards what it receives",)


def test_the_groups_of_a_forwarding_instance_hold_for_what_it_forwards() -> None:
    assert (
        verdict(routed(check=False, rules=("in tcp 443 10.0.1.0/24", "out tcp 443 10.0.2.0/24")), "eni-1", "eni-2")
        is True
    )
    assert verdict(routed(check=False, rules=("in tcp 443 10.0.1.0/24",)), "eni-1", "eni-2") is False
    assert verdict(routed(check=False, rules=("out tcp 443 10.0.2.0/24",)), "eni-1", "eni-2") is False


@pytest.mark.parametrize(("check", "works"), [(False, True), (True, False)])
def test_a_nat_instance_is_a_way_out(check: bool, works: bool) -> None:
    build = (
        two_subnets()
        .igw("igw-1", "vpc-a")
        .host(
            "eni-nat",
            "subnet-2",
            "10.0.2.9",
            publics=("203.0.113.9",),
            source_dest_check=check,
            owner="i-nat",
            owner_kind="instance",
        )
    )
    build.table("rtb-1", "vpc-a", "0.0.0.0/0 > eni-nat", subnets=("subnet-1",))
    build.table("rtb-2", "vpc-a", "0.0.0.0/0 > igw-1", subnets=("subnet-2",))
    assert verdict(build, "eni-1", "internet") is works
    assert verdict(build, "internet", "eni-1") is False


# -- load balancers ---------------------------------------------------------------------------------------------------


def balanced(
    kind: str = "network",
    *,
    target_type: str = "instance",
    preserve: bool | None = None,
    cross_zone: bool = True,
    admits: str = "10.0.9.0/24",
    listen: int | None = 443,
    protocol: str = "TCP",
    lb_groups: tuple[str, ...] = (),
) -> Build:
    """A public load balancer in subnet `edge` (zone 1) before one target in `subnet-2` (zone 2) on port 8443."""
    build = two_subnets().subnet("edge", "vpc-a", "10.0.9.0/24").igw("igw-1", "vpc-a")
    build.table("rtb-edge", "vpc-a", "0.0.0.0/0 > igw-1", subnets=("edge",))
    inner = "udp" if protocol == "UDP" else "tcp"
    build.group("sg-app", "vpc-a", f"in {inner} 8443 {admits}", "out any - 0.0.0.0/0")
    build.group("sg-lb", "vpc-a", "in any - 0.0.0.0/0", "out any - 0.0.0.0/0")
    build.host("app", "subnet-2", "10.0.2.40", groups=("sg-app",), owner="i-app", owner_kind="instance")
    build.host(
        "eni-lb", "edge", "10.0.9.9", groups=lb_groups, publics=("203.0.113.9",), owner="lb-1",
        owner_kind="load-balancer", filtered=bool(lb_groups),
    )  # fmt: skip
    listeners = [Listener(protocol, listen, (Ref("tg-1"),), Origin("lb-1"))] if listen else []
    target = Ref("i-app") if target_type == "instance" else ipaddress.ip_address("10.0.2.40")
    build.add(
        "load_balancers",
        LoadBalancer(
            **build.base("lb-1"), kind=kind, subnets=(Ref("edge"),), cross_zone=cross_zone, listeners=tuple(listeners),
            groups=tuple(Ref(one) for one in lb_groups),
        ),
    )  # fmt: skip
    return build.add(
        "target_groups",
        TargetGroup(
            **build.base("tg-1"), target_type=target_type, protocol=protocol, port=8443, preserve_client_ip=preserve,
            targets=((target, 8443),),
        ),
    )  # fmt: skip


def test_a_network_load_balancer_keeps_the_clients_address_for_instances() -> None:
    assert verdict(balanced(), "internet", "lb-1") is False
    assert verdict(balanced(admits="0.0.0.0/0"), "internet", "lb-1") is True
    assert verdict(balanced(preserve=False), "internet", "lb-1") is True


def test_for_address_targets_it_shows_its_own_unless_told_otherwise() -> None:
    assert verdict(balanced(target_type="ip"), "internet", "lb-1") is True
    assert verdict(balanced(target_type="ip", preserve=True), "internet", "lb-1") is False
    udp = balanced(target_type="ip", protocol="UDP")
    assert verdict(udp, "internet", "lb-1", protocol="udp") is False


def test_targets_may_admit_the_balancers_own_group() -> None:
    assert verdict(balanced(admits="sg-lb", lb_groups=("sg-lb",)), "internet", "lb-1") is True


def test_without_cross_zone_only_targets_of_the_nodes_zone_answer() -> None:
    assert verdict(balanced(cross_zone=False, preserve=False), "internet", "lb-1") is False
    assert verdict(balanced(cross_zone=True, preserve=False), "internet", "lb-1") is True


def test_no_listener_no_path() -> None:
    assert verdict(balanced(listen=None, preserve=False), "internet", "lb-1") is False
    assert verdict(balanced(listen=80, preserve=False), "internet", "lb-1") is False


def test_an_application_load_balancer_always_shows_its_own_address() -> None:
    build = balanced("application", protocol="HTTPS", lb_groups=("sg-lb",), admits="sg-lb")
    build.parts["groups"] = [group for group in build.parts["groups"] if group.key != "sg-app"]
    build.group("sg-app", "vpc-a", "in tcp 8443 sg-lb", "out any - 0.0.0.0/0")
    assert verdict(build, "internet", "lb-1") is True
    assert verdict(build, "internet", "app") is False
    assert verdict(build, "lb-1", "app", ports=IntervalSet.of(8443)) is True
