"""Random small networks with every kind of gateway, and questions about them."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from hypothesis import strategies as st

from guardrails.facts.network import (
    BlockPublicAccess,
    EndpointKind,
    Listener,
    LoadBalancer,
    Network,
    PrefixList,
    RouteOrigin,
    TargetGroup,
)
from guardrails.facts.values import Origin, Ref
from tests.unit.guardrails.network.build_network import Build, route

BLOCKS = {"a": ("10.0.0.0/16", "2600:1f14:1::/56"), "b": ("10.1.0.0/16",), "c": ("10.2.0.0/16",)}
HOSTS = ("a1", "a2", "b1", "b2", "c1")
PUBLIC = {"a1": "203.0.113.11", "a2": "203.0.113.12", "b1": "203.0.113.21"}
DESTINATIONS = (
    "0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "10.2.0.0/16", "10.0.2.0/24", "10.0.1.0/24", "10.100.0.0/16",
    "198.51.100.0/24", "pl-s3", "pl-lan", "10.0.0.0/16",
)  # fmt: skip
TARGETS = {
    "a": ("igw-a", "nat-a", "pcx-ab", "tgw-1", "vgw-a", "vpce-a", "vpce-s3", "eni-router", "blackhole"),
    "b": ("igw-b", "nat-a", "pcx-ab", "pcx-bc", "tgw-1", "vpce-b", "blackhole"),
    "c": ("pcx-bc", "tgw-2", "tgw-1", "blackhole"),
}
LIKELY = {
    "a": {
        "0.0.0.0/0": ("igw-a", "igw-a", "nat-a", "nat-a", "vpce-a", "tgw-1"),
        "10.1.0.0/16": ("pcx-ab", "tgw-1", "tgw-1", "vpce-a"),
        "10.2.0.0/16": ("tgw-1",),
        "10.100.0.0/16": ("vgw-a", "vgw-a", "tgw-1", "vpce-a"),
        "pl-s3": ("vpce-s3",),
    },
    "b": {
        "0.0.0.0/0": ("igw-b", "igw-b", "tgw-1", "vpce-b"),
        "10.0.0.0/16": ("pcx-ab", "tgw-1", "tgw-1", "vpce-b"),
        "10.2.0.0/16": ("pcx-bc", "tgw-1"),
        "10.100.0.0/16": ("tgw-1",),
    },
    "c": {"10.0.0.0/8": ("tgw-1", "tgw-2"), "10.1.0.0/16": ("pcx-bc",), "10.100.0.0/16": ("tgw-1",)},
}
"""Routes that make sense, most of which every table has."""

PEERS = (
    "0.0.0.0/0",
    "10.0.0.0/8",
    "10.0.1.0/24",
    "10.1.0.0/16",
    "203.0.113.0/24",
    "sg-a",
    "sg-b",
    "::/0",
    "pl-lan",
    "10.100.0.0/16",
)
SERVICES = ("tcp 443", "tcp 0-65535", "udp 53", "any -", "icmp 8", "icmp -", "tcp 1024-65535", "icmpv6 -")


@dataclass(frozen=True)
class Question:
    """One packet from a place to a place; both are interface keys, `internet`, `premises` or an endpoint."""

    source: str
    goal: str
    source_address: str
    address: str
    protocol: int
    port: int
    sport: int


usually = st.sampled_from((True, True, True, True, False))
rarely = st.sampled_from((False, False, False, False, True))


@st.composite
def networks(draw: st.DrawFn, *, balancers: bool = False) -> Network:
    """Build one network; most things are open and in place, so that packets get far."""
    build = Build()
    for name, blocks in BLOCKS.items():
        mode = draw(
            st.sampled_from((BlockPublicAccess.OFF,) * 6 + (BlockPublicAccess.INGRESS, BlockPublicAccess.BIDIRECTIONAL))
        )
        build.vpc(f"vpc-{name}", *blocks, block_public_access=mode)
        number = "abc".index(name)
        for zone in (1, 2, 3):
            more = (f"2600:1f14:1:{zone}::/64",) if name == "a" else ()
            build.subnet(f"{name}{zone}", f"vpc-{name}", f"10.{number}.{zone}.0/24", *more, zone=f"az{1 + (zone == 2)}")
        _tables(draw, build, name)
        _filters(draw, build, name)
    for host in HOSTS:
        number = "abc".index(host[0])
        more = (f"2600:1f14:1:{host[1]}::10",) if host[0] == "a" else ()
        public = (PUBLIC[host],) if host in PUBLIC and draw(usually) else ()
        groups = draw(st.sampled_from(((f"sg-{host[0]}",), (f"sg-{host[0]}2",), (f"sg-{host[0]}", f"sg-{host[0]}2"))))
        build.host(f"host-{host}", host, f"10.{number}.{host[1]}.10", *more, groups=groups, publics=public)
    check = draw(rarely)
    build.host(
        "eni-router", "a3", "10.0.3.30", groups=("sg-a",), source_dest_check=check, owner="i-r", owner_kind="instance"
    )
    build.endpoint("vpce-if", "vpc-a", EndpointKind.INTERFACE, "a2", groups=("sg-a",))
    groups = draw(st.sampled_from((("sg-a",), ("sg-a2",))))
    build.host("host-if", "a2", "10.0.2.70", groups=groups, owner="vpce-if", owner_kind="vpc-endpoint")
    _gateways(draw, build)
    if balancers:
        _balancers(draw, build)
    return build.network()


NODES = {"nlb-1": ("a1", "10.0.1.50"), "nlb-2": ("a2", "10.0.2.50"), "alb-1": ("a2", "10.0.2.60")}
"""The interfaces of the load balancers, with their subnets and addresses."""


def _balancers(draw: st.DrawFn, build: Build) -> None:
    """A network balancer with a node in two zones, and an application balancer."""
    for node, (subnet, address) in NODES.items():
        groups = draw(st.sampled_from((("sg-a",), ("sg-a2",))))
        build.host(node, subnet, address, groups=groups, owner=node[:3], owner_kind="load-balancer")
    ports = (443, 53)
    protocol = draw(st.sampled_from(("TCP", "UDP", "TCP_UDP")))
    for key, kind in (("nlb", "network"), ("alb", "application")):
        front = protocol if kind == "network" else "HTTP"
        listeners = tuple(Listener(front, port, (Ref(f"tg-{key}"),), Origin(key)) for port in ports if draw(usually))
        cross = kind == "application" or draw(st.booleans())
        held = LoadBalancer(key=key, id=key, origin=Origin(key), kind=kind, cross_zone=cross, listeners=listeners)
        build.add("load_balancers", held)
        chosen = draw(st.sets(st.sampled_from(("host-a1", "host-a2", "host-b1", "host-b2")), max_size=2))
        targets = tuple((Ref(one), draw(st.sampled_from((443, 22)))) for one in sorted(chosen))
        keep = draw(st.booleans())
        group = TargetGroup(
            key=f"tg-{key}",
            id=f"tg-{key}",
            origin=Origin(key),
            protocol=front,
            preserve_client_ip=keep,
            targets=targets,
        )
        build.add("target_groups", group)


def _tables(draw: st.DrawFn, build: Build, name: str) -> None:
    menu = st.tuples(st.sampled_from(DESTINATIONS), st.sampled_from(TARGETS[name]))
    inspects = draw(st.booleans())
    for zone in (1, 2, 3):
        chosen = {where: draw(st.sampled_from(targets)) for where, targets in LIKELY[name].items() if draw(usually)}
        chosen |= dict(draw(st.lists(menu, max_size=2)))
        if name == "a" and zone != 3 and inspects:
            chosen[f"10.0.{3 - zone}.0/24"] = "vpce-a"
        if zone == 3 and name != "c":
            chosen.setdefault("0.0.0.0/0", "igw-a" if name == "a" else "tgw-1")
        if name == "a" and draw(st.booleans()):
            chosen["::/0"] = draw(st.sampled_from(("igw-a", "eigw-a")))
        routes = [route(f"{where} > {what}") for where, what in chosen.items() if _legal(name, where, what)]
        if name == "a" and draw(rarely):
            routes.append(route("10.0.2.0/24 > vgw-a", RouteOrigin.PROPAGATED))
        told = any(one.source is RouteOrigin.PROPAGATED for one in routes)
        propagating = ("vgw-a",) if name == "a" and not told and draw(st.booleans()) else ()
        build.table(f"rtb-{name}{zone}", f"vpc-{name}", *routes, subnets=(f"{name}{zone}",), propagating=propagating)
    if name == "a" and draw(st.booleans()):
        edges = draw(
            st.lists(
                st.sampled_from(("10.0.1.0/24 > vpce-a", "10.0.2.0/24 > vpce-a", "10.0.1.0/24 > eni-router")),
                max_size=2,
            )
        )
        build.table(
            "rtb-edge",
            "vpc-a",
            *{one.split()[0]: one for one in edges}.values(),
            gateways=draw(st.sampled_from((("igw-a",), ("vgw-a",)))),
        )


def _legal(name: str, where: str, what: str) -> bool:
    """Leave out what AWS refuses to store: an own-subnet route to anything but a middlebox, lists to odd targets."""
    if what == "vpce-s3" or where == "pl-s3":
        return what == "vpce-s3" and where == "pl-s3"
    if where in {"10.0.2.0/24", "10.0.1.0/24", "10.0.0.0/16"}:
        return what in ({"vpce-a", "eni-router"} if name == "a" else {"tgw-1", "tgw-2", "pcx-ab"})
    return where not in BLOCKS[name]


def _filters(draw: st.DrawFn, build: Build, name: str) -> None:
    for key in (f"sg-{name}", f"sg-{name}2"):
        rules = (
            {"in any - 0.0.0.0/0", "out any - 0.0.0.0/0", "in any - ::/0", "out any - ::/0"} if draw(usually) else set()
        )
        if not rules or draw(rarely):
            rules = {"out any - 0.0.0.0/0", "in any - sg-a", "in any - sg-b"}
        for way in ("in", "out"):
            for service, peer in draw(
                st.lists(st.tuples(st.sampled_from(SERVICES), st.sampled_from(PEERS)), max_size=2)
            ):
                rules.add(f"{way} {service} {peer}")
        build.group(key, f"vpc-{name}", *sorted(rules))
    if draw(rarely):
        entries = []
        for way in ("in", "out"):
            lines = draw(
                st.lists(
                    st.tuples(
                        st.sampled_from(("allow", "allow", "deny")),
                        st.sampled_from(SERVICES),
                        st.sampled_from(("0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "203.0.113.0/24")),
                    ),
                    max_size=3,
                )
            )
            entries += [
                f"{number} {verb} {way} {service} {cidr}" for number, (verb, service, cidr) in enumerate(lines, 1)
            ]
            entries.append(f"90 allow {way} any - {draw(st.sampled_from(('0.0.0.0/0', '10.0.0.0/8')))}")
        subnets = tuple(f"{name}{zone}" for zone in draw(st.sets(st.sampled_from((1, 2, 3)), min_size=1)))
        build.nacl(f"acl-{name}", f"vpc-{name}", *entries, subnets=subnets)


def _gateways(draw: st.DrawFn, build: Build) -> None:
    build.igw("igw-a", "vpc-a" if draw(usually) else None).igw("igw-b", "vpc-b").igw(
        "eigw-a", "vpc-a", egress_only=True
    )
    build.nat("nat-a", "a3", "10.0.3.5", "203.0.113.5" if draw(usually) else None)
    region = "eu-west-1" if draw(usually) else "us-east-1"
    build.peering("pcx-ab", "vpc-a", "vpc-b", accepter_region=region).peering("pcx-bc", "vpc-b", "vpc-c")
    _premises(draw, build)
    build.endpoint(
        "vpce-a", "vpc-a", draw(st.sampled_from((EndpointKind.FIREWALL, EndpointKind.GATEWAY_LOAD_BALANCER))), "a3"
    )
    build.endpoint("vpce-b", "vpc-b", EndpointKind.FIREWALL, "b3").endpoint("vpce-s3", "vpc-a", EndpointKind.GATEWAY)
    for key, cidrs in (("pl-s3", ("52.219.0.0/20",)), ("pl-lan", ("10.1.0.0/16", "10.2.1.0/24"))):
        entries = tuple(ipaddress.ip_network(cidr) for cidr in cidrs)
        build.add("prefix_lists", PrefixList(key=key, id=key, origin=Origin(key), entries=entries))
    build.tgw("tgw-1", group_references=draw(usually)).tgw("tgw-2", group_references=draw(usually))
    zones = st.sampled_from((("1", "2"), ("1", "2"), ("1",), ("2",)))
    for name, gateway in (("a", "tgw-1"), ("b", "tgw-1"), ("c", draw(st.sampled_from(("tgw-1", "tgw-2"))))):
        build.attachment(
            f"att-{name}",
            gateway,
            f"vpc-{name}",
            *(f"{name}{zone}" for zone in draw(zones)),
            appliance_mode=draw(rarely),
            group_references=draw(usually),
        )
    build.attachment("att-v", "tgw-1", "vpn-t", kind="vpn").attachment("att-p", "tgw-1", "tgw-2", kind="peering")
    build.attachment("att-d", "tgw-1", "dx-t", kind="direct-connect-gateway")
    known = ("att-a", "att-b", "att-c", "att-v", "att-d")
    statics = st.lists(
        st.sampled_from(
            (
                "0.0.0.0/0 > att-a",
                "0.0.0.0/0 > att-b",
                "10.2.0.0/16 > att-p",
                "10.1.0.0/16 > blackhole",
                "10.0.0.0/8 > att-b",
                "10.2.0.0/16 > att-a",
                "pl-lan > att-b",
                "pl-lan > att-a",
                "10.101.0.0/16 > att-v",
            )
        ),
        max_size=2,
    )
    first = tuple(one for one in (*known, "att-p") if draw(st.booleans()))
    second = tuple(one for one in (*known, "att-p") if one not in first and draw(usually))
    for key, associated in (("t-1", first), ("t-2", second)):
        shared = tuple(one for one in known if draw(usually))
        build.transit_table(
            key,
            "tgw-1",
            *{one.split()[0]: one for one in draw(statics)}.values(),
            associated=associated,
            propagated=shared,
        )
    build.transit_table("t-3", "tgw-2", "10.0.0.0/15 > att-p", associated=("att-c", "att-p"), propagated=("att-c",))


def _premises(draw: st.DrawFn, build: Build) -> None:
    """VPN connections, virtual interfaces and Direct Connect gateways: vgw-a has one of them at least, tgw-1 two."""
    ways = draw(st.sets(st.sampled_from(("vpn", "vif", "dx")), min_size=1, max_size=2))
    build.vgw("vgw-a", "vpc-a").vpn("vpn-t", "tgw-1", "10.100.0.0/16")
    if "vpn" in ways:
        build.vpn("vpn-a", "vgw-a", "10.100.0.0/16")
    if "vif" in ways:
        build.vif("vif-a", "vgw-a", "10.101.0.0/16")
    allowed = st.sampled_from(
        (("10.0.0.0/16",), ("10.0.0.0/8", "2600::/16"), (), ("10.0.1.0/24",), ("10.1.0.0/16", "10.2.0.0/16"))
    )
    own = (("vgw-a", draw(allowed)),) if "dx" in ways else ()
    learned = st.lists(st.sampled_from(("10.100.0.0/16", "10.101.0.0/16", "10.0.0.0/8")), max_size=2, unique=True)
    build.dx("dx-v", *own).vif("vif-v", "dx-v", *draw(learned))
    build.dx("dx-t", ("tgw-1", draw(allowed) or ("10.0.0.0/14",))).vif("vif-t", "dx-t", *draw(learned))


SIDES = {
    **{f"host-{host}": (f"10.{'abc'.index(host[0])}.{host[1]}.10",) for host in HOSTS},
    "internet": ("198.51.100.7",),
    "premises": ("10.100.0.7", "10.101.0.7"),
    "host-if": ("10.0.2.70",),
    **{node: (address,) for node, (_, address) in NODES.items()},
}


@st.composite
def questions(draw: st.DrawFn) -> Question:
    """Choose two places and a packet between them, addresses as one would write them."""
    source = draw(st.sampled_from(tuple(SIDES)))
    goal = draw(st.sampled_from(tuple(one for one in (*SIDES, "vpce-s3") if one != source)))
    own = draw(st.sampled_from(SIDES[source]))
    target = "52.219.0.9" if goal == "vpce-s3" else draw(st.sampled_from(SIDES[goal]))
    name = goal.removeprefix("host-")
    if name in PUBLIC and (source == "internet" or draw(rarely)):
        target = PUBLIC[name]
    if draw(rarely) and "host-a" in goal and "host-a" in source:
        own, target = f"2600:1f14:1:{source[-1]}::10", f"2600:1f14:1:{name[-1]}::10"
    if {source, goal} <= {"internet", "host-a1", "host-a2"} and draw(rarely):
        own = "2001:4860::7" if source == "internet" else f"2600:1f14:1:{source[-1]}::10"
        target = "2001:4860::7" if goal == "internet" else f"2600:1f14:1:{name[-1]}::10"
    protocol, port = draw(st.sampled_from(((6, 443), (6, 443), (17, 53), (6, 22), (1, 8), (50, 0))))
    if protocol == 1 and ":" in own:
        protocol, port = 58, 128
    sport = 0 if protocol in {1, 58} else draw(st.sampled_from((50000, 33000, 443)))
    return Question(source, goal, own, target, protocol, port, sport)
