"""A short notation for networks in tests: objects by id, everything else at AWS's defaults."""

from __future__ import annotations

import ipaddress
from dataclasses import replace
from typing import Any

from guardrails.facts.network import (
    ANY_PROTOCOL,
    DirectConnectGateway,
    Direction,
    Endpoint,
    EndpointKind,
    GroupRef,
    GroupRule,
    Interface,
    InternetGateway,
    Nacl,
    NaclEntry,
    NatGateway,
    Network,
    Peering,
    Ports,
    PrefixListRef,
    Route,
    RouteOrigin,
    RouteTable,
    SecurityGroup,
    Subnet,
    TargetKind,
    TransitAttachment,
    TransitGateway,
    TransitTable,
    VirtualInterface,
    Vpc,
    VpnConnection,
    VpnGateway,
)
from guardrails.facts.values import Origin, Ref, Unknown

PROTOCOLS = {"tcp": 6, "udp": 17, "icmp": 1, "icmpv6": 58, "any": ANY_PROTOCOL}
KINDS = {
    "igw": TargetKind.INTERNET_GATEWAY,
    "eigw": TargetKind.EGRESS_ONLY_GATEWAY,
    "nat": TargetKind.NAT_GATEWAY,
    "vgw": TargetKind.VPN_GATEWAY,
    "tgw": TargetKind.TRANSIT_GATEWAY,
    "pcx": TargetKind.PEERING,
    "vpce": TargetKind.ENDPOINT,
    "eni": TargetKind.INTERFACE,
    "i": TargetKind.INSTANCE,
    "lgw": TargetKind.LOCAL_GATEWAY,
    "att": TargetKind.ATTACHMENT,
    "core": TargetKind.CORE_NETWORK,
}


def ref(name: str | Unknown) -> Ref | Unknown:
    return name if isinstance(name, Unknown) else Ref(name, name)


def net(text: Any) -> Any:
    return text if isinstance(text, Unknown) else ipaddress.ip_network(text)


def route(text: str, source: RouteOrigin = RouteOrigin.STATIC) -> Route:
    """`0.0.0.0/0 > igw-1`, `pl-1 > vpce-1` or `10.0.0.0/8 > blackhole`."""
    left, right = (part.strip() for part in text.split(">"))
    where: Any = PrefixListRef(Ref(left, left)) if left.startswith("pl-") else net(left)
    origin = Origin("route", text)
    if right == "blackhole":
        return Route(where, TargetKind.UNKNOWN, None, origin, source, blackhole=True)
    return Route(where, KINDS[right.split("-")[0]], Ref(right, right), origin, source)


def peer(text: Any) -> Any:
    if isinstance(text, Unknown):
        return text
    if text.startswith("sg-"):
        return GroupRef(Ref(text, text))
    if text.startswith("pl-"):
        return PrefixListRef(Ref(text, text))
    return net(text)


def rule(text: str) -> GroupRule:
    """`in tcp 443 10.0.0.0/8`, `out any - 0.0.0.0/0`, `in tcp 80-90 sg-1`."""
    direction, protocol, ports, end = text.split()
    low, _, high = ("-1", "", "-1") if ports == "-" else ports.partition("-")
    span = Ports(int(low), int(high or (low if protocol in {"tcp", "udp"} else -1)))
    return GroupRule(
        Direction.INGRESS if direction == "in" else Direction.EGRESS,
        PROTOCOLS[protocol] if protocol in PROTOCOLS else int(protocol),
        span,
        peer(end),
        Origin("rule", text),
    )


def entry(text: str) -> NaclEntry:
    """`100 allow in tcp 443 10.0.0.0/8`; ICMP ports are the type."""
    number, verb, direction, protocol, ports, cidr = text.split()
    low, _, high = ("-1", "", "-1") if ports == "-" else ports.partition("-")
    is_icmp = protocol in {"icmp", "icmpv6"}
    return NaclEntry(
        Direction.INGRESS if direction == "in" else Direction.EGRESS,
        int(number),
        verb == "allow",
        PROTOCOLS[protocol] if protocol in PROTOCOLS else int(protocol),
        net(cidr),
        Ports(0, 65535) if is_icmp or ports == "-" else Ports(int(low), int(high or low)),
        Origin("entry", text),
        icmp=Ports(int(low), -1) if is_icmp and ports != "-" else None,
    )


class Build:
    """Collects objects; `network()` gives them as facts."""

    def __init__(self) -> None:
        self.parts: dict[str, list[Any]] = {}

    def add(self, field: str, item: Any) -> Build:
        self.parts.setdefault(field, []).append(item)
        return self

    def network(self, **more: Any) -> Network:
        made = {field: tuple(items) for field, items in self.parts.items()}
        return replace(Network(**made), **more)

    def base(self, key: str) -> dict[str, Any]:
        return {"key": key, "id": key, "origin": Origin(key)}

    def vpc(self, key: str, *cidrs: Any, **more: Any) -> Build:
        return self.add("vpcs", Vpc(**self.base(key), cidrs=tuple(net(cidr) for cidr in cidrs), **more))

    def subnet(self, key: str, vpc: str, *cidrs: Any, zone: str = "az1", **more: Any) -> Build:
        blocks = tuple(net(cidr) for cidr in cidrs)
        return self.add("subnets", Subnet(**self.base(key), vpc=ref(vpc), cidrs=blocks, zone_id=zone, **more))

    def table(self, key: str, vpc: str, *routes: str | Route, main: bool = False, **more: Any) -> Build:
        made = tuple(one if isinstance(one, Route) else route(one) for one in routes)
        for name in ("subnets", "gateways", "propagating"):
            more[name] = tuple(ref(one) for one in more.get(name, ()))
        return self.add("route_tables", RouteTable(**self.base(key), vpc=ref(vpc), main=main, routes=made, **more))

    def group(self, key: str, vpc: str, *rules: str | GroupRule, **more: Any) -> Build:
        made = tuple(one if isinstance(one, GroupRule) else rule(one) for one in rules)
        return self.add("groups", SecurityGroup(**self.base(key), vpc=ref(vpc), rules=made, **more))

    def nacl(self, key: str, vpc: str, *entries: str | NaclEntry, subnets: tuple[str, ...] = (), **more: Any) -> Build:
        made = tuple(one if isinstance(one, NaclEntry) else entry(one) for one in entries)
        places = tuple(ref(one) for one in subnets)
        return self.add("nacls", Nacl(**self.base(key), vpc=ref(vpc), entries=made, subnets=places, **more))

    def host(self, key: str, subnet: str, *addresses: str, groups: Any = ("sg-open",), **more: Any) -> Build:
        public = tuple(ipaddress.ip_address(one) for one in more.pop("publics", ()))
        more.setdefault("public", bool(public))
        made = groups if isinstance(groups, Unknown) else tuple(ref(one) for one in groups)
        return self.add(
            "interfaces",
            Interface(
                **self.base(key),
                subnet=ref(subnet),
                groups=made,
                addresses=tuple(ipaddress.ip_address(one) for one in addresses),
                public_addresses=public,
                **more,
            ),
        )

    def igw(self, key: str, vpc: str | None, *, egress_only: bool = False) -> Build:
        return self.add(
            "internet_gateways",
            InternetGateway(**self.base(key), vpc=ref(vpc) if vpc else None, egress_only=egress_only),
        )

    def nat(self, key: str, subnet: str, address: str, public: str | None = None) -> Build:
        publics = (ipaddress.ip_address(public),) if public else ()
        return self.add(
            "nat_gateways",
            NatGateway(
                **self.base(key),
                subnet=ref(subnet),
                public=public is not None,
                addresses=(ipaddress.ip_address(address),),
                public_addresses=publics,
            ),
        )

    def vgw(self, key: str, vpc: str | None) -> Build:
        return self.add("vpn_gateways", VpnGateway(**self.base(key), vpc=ref(vpc) if vpc else None))

    def vpn(self, key: str, gateway: str, *routes: str) -> Build:
        made = tuple(net(one) for one in routes)
        return self.add(
            "vpn_connections",
            VpnConnection(**self.base(key), gateway=ref(gateway), static_routes=made, static_only=bool(routes)),
        )

    def dx(self, key: str, *associations: tuple[str | Unknown, tuple[Any, ...]]) -> Build:
        """Add a Direct Connect gateway with the gateways associated to it and the prefixes allowed to each."""
        made = tuple((ref(gateway), tuple(net(one) for one in prefixes)) for gateway, prefixes in associations)
        return self.add("direct_connect_gateways", DirectConnectGateway(**self.base(key), associations=made))

    def vif(self, key: str, gateway: str | Unknown, *learned: Any) -> Build:
        """Add a virtual interface over which BGP announces these prefixes."""
        made = tuple(net(one) for one in learned)
        return self.add("virtual_interfaces", VirtualInterface(**self.base(key), gateway=ref(gateway), learned=made))

    def peering(self, key: str, requester: str, accepter: str, **more: Any) -> Build:
        more = {"requester_region": "eu-west-1", "accepter_region": "eu-west-1", **more}
        return self.add("peerings", Peering(**self.base(key), requester=ref(requester), accepter=ref(accepter), **more))

    def endpoint(self, key: str, vpc: str, kind: EndpointKind, *subnets: str, **more: Any) -> Build:
        places = tuple(ref(one) for one in subnets)
        more["groups"] = tuple(ref(one) for one in more.get("groups", ()))
        return self.add("endpoints", Endpoint(**self.base(key), kind=kind, vpc=ref(vpc), subnets=places, **more))

    def tgw(self, key: str, **more: Any) -> Build:
        return self.add("transit_gateways", TransitGateway(**self.base(key), **more))

    def attachment(self, key: str, gateway: str, resource: str, *subnets: str, kind: str = "vpc", **more: Any) -> Build:
        return self.add(
            "transit_attachments",
            TransitAttachment(
                **self.base(key),
                gateway=ref(gateway),
                kind=kind,
                resource=ref(resource),
                subnets=tuple(ref(one) for one in subnets),
                **more,
            ),
        )

    def transit_table(
        self,
        key: str,
        gateway: str,
        *routes: str | Route,
        associated: tuple[str | Unknown, ...] = (),
        propagated: tuple[str | Unknown, ...] = (),
    ) -> Build:
        made = tuple(one if isinstance(one, Route) else route(one) for one in routes)
        return self.add(
            "transit_tables",
            TransitTable(
                **self.base(key),
                gateway=ref(gateway),
                associations=tuple(ref(one) for one in associated),
                propagations=tuple(ref(one) for one in propagated),
                routes=made,
            ),
        )

    def open_group(self, vpc: str = "vpc-a") -> Build:
        return self.group(
            "sg-open", vpc, "in any - 0.0.0.0/0", "in any - ::/0", "out any - 0.0.0.0/0", "out any - ::/0"
        )


def two_subnets() -> Build:
    """One VPC, two subnets, two hosts with open groups, local routes only."""
    return (
        Build()
        .vpc("vpc-a", "10.0.0.0/16")
        .subnet("subnet-1", "vpc-a", "10.0.1.0/24")
        .subnet("subnet-2", "vpc-a", "10.0.2.0/24", zone="az2")
        .open_group()
        .host("eni-1", "subnet-1", "10.0.1.10")
        .host("eni-2", "subnet-2", "10.0.2.10")
    )
