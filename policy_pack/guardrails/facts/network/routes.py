"""Route tables and prefix lists."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from guardrails.facts.network.items import Item
from guardrails.facts.values import IPNetwork, Maybe, Origin, Ref, Unknown


class TargetKind(StrEnum):
    """What a route points to."""

    LOCAL = "local"
    INTERNET_GATEWAY = "internet-gateway"
    EGRESS_ONLY_GATEWAY = "egress-only-internet-gateway"
    NAT_GATEWAY = "nat-gateway"
    VPN_GATEWAY = "vpn-gateway"
    TRANSIT_GATEWAY = "transit-gateway"
    PEERING = "vpc-peering-connection"
    ENDPOINT = "vpc-endpoint"
    INTERFACE = "network-interface"
    INSTANCE = "instance"
    CARRIER_GATEWAY = "carrier-gateway"
    LOCAL_GATEWAY = "local-gateway"
    CORE_NETWORK = "core-network"
    ATTACHMENT = "transit-gateway-attachment"
    UNKNOWN = "unknown"


class RouteOrigin(StrEnum):
    """Why a route is in a table; decides between equal prefixes."""

    LOCAL = "local"
    STATIC = "static"
    PROPAGATED_DIRECT_CONNECT = "propagated-direct-connect"
    PROPAGATED_VPN_STATIC = "propagated-vpn-static"
    PROPAGATED_VPN_BGP = "propagated-vpn-bgp"
    PROPAGATED = "propagated"


@dataclass(frozen=True, slots=True)
class PrefixListRef:
    """A destination or peer given as a prefix list."""

    list: Maybe[Ref]


@dataclass(frozen=True, slots=True)
class Route:
    """One route. `blackhole` drops what it matches."""

    destination: Maybe[IPNetwork] | PrefixListRef
    kind: TargetKind
    target: Maybe[Ref] | None
    """None for local and blackhole routes."""
    origin: Origin
    source: RouteOrigin = RouteOrigin.STATIC
    blackhole: Maybe[bool] = False


@dataclass(frozen=True, slots=True)
class RouteTable(Item):
    """A VPC route table. Local routes may be left out by a source: the engine adds them from the VPC's blocks."""

    vpc: Maybe[Ref] = field(default_factory=Unknown)
    main: Maybe[bool] = False
    routes: tuple[Route, ...] = ()
    subnets: tuple[Maybe[Ref], ...] = ()
    gateways: tuple[Maybe[Ref], ...] = ()
    """Edge associations: internet or VPN gateways whose incoming traffic this table routes."""
    propagating: tuple[Maybe[Ref], ...] = ()
    """VPN gateways that propagate into this table."""


@dataclass(frozen=True, slots=True)
class PrefixList(Item):
    """A managed prefix list; `entries` None where the source does not tell them."""

    entries: tuple[Maybe[IPNetwork], ...] | None = None
    aws_managed: bool = False
