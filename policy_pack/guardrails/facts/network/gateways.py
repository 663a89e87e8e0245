"""Gateways of a VPC, ways to the premises, peering connections and endpoints."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from guardrails.facts.network.items import Item
from guardrails.facts.values import IPAddress, IPNetwork, Maybe, Ref, Unknown


@dataclass(frozen=True, slots=True)
class InternetGateway(Item):
    """An internet gateway; `vpc` None while detached."""

    vpc: Maybe[Ref] | None = None
    egress_only: bool = False


@dataclass(frozen=True, slots=True)
class NatGateway(Item):
    """A NAT gateway; `interface` is the key of its `Interface` where listed."""

    subnet: Maybe[Ref] = field(default_factory=Unknown)
    public: Maybe[bool] = True
    addresses: tuple[IPAddress, ...] = ()
    public_addresses: tuple[IPAddress, ...] = ()
    regional: Maybe[bool] = False
    """A regional NAT gateway lives in its VPC and in no subnet; `subnet` is then Unknown and means nothing."""
    vpc: Maybe[Ref] | None = None


@dataclass(frozen=True, slots=True)
class VpnGateway(Item):
    """A virtual private gateway; a way to on-premises only."""

    vpc: Maybe[Ref] | None = None


@dataclass(frozen=True, slots=True)
class VpnConnection(Item):
    """A site-to-site VPN on a virtual private gateway or a transit gateway."""

    gateway: Maybe[Ref] = field(default_factory=Unknown)
    static_routes: tuple[Maybe[IPNetwork], ...] = ()
    static_only: Maybe[bool] = False


@dataclass(frozen=True, slots=True)
class DirectConnectGateway(Item):
    """A Direct Connect gateway: `associations` maps a gateway to its allowed prefixes."""

    associations: tuple[tuple[Maybe[Ref], tuple[Maybe[IPNetwork], ...]], ...] = ()
    interfaces: tuple[str, ...] = ()
    """Virtual interfaces that are available on it."""


@dataclass(frozen=True, slots=True)
class VirtualInterface(Item):
    """A Direct Connect private or transit virtual interface on a gateway."""

    gateway: Maybe[Ref] = field(default_factory=Unknown)
    learned: tuple[Maybe[IPNetwork], ...] | None = None


@dataclass(frozen=True, slots=True)
class Peering(Item):
    """An active peering connection between two VPCs; CIDRs and owners as the connection itself states them."""

    requester: Maybe[Ref] = field(default_factory=Unknown)
    accepter: Maybe[Ref] = field(default_factory=Unknown)
    requester_cidrs: tuple[Maybe[IPNetwork], ...] = ()
    accepter_cidrs: tuple[Maybe[IPNetwork], ...] = ()
    requester_account: Maybe[str] = field(default_factory=Unknown)
    accepter_account: Maybe[str] = field(default_factory=Unknown)
    requester_region: Maybe[str] = field(default_factory=Unknown)
    accepter_region: Maybe[str] = field(default_factory=Unknown)
    auto_accept: Maybe[bool] = False
    active: Maybe[bool] = True
    remote_dns: Maybe[bool] = False


class EndpointKind(StrEnum):
    """Kinds of VPC endpoint."""

    GATEWAY = "Gateway"
    INTERFACE = "Interface"
    GATEWAY_LOAD_BALANCER = "GatewayLoadBalancer"
    FIREWALL = "Firewall"
    """An AWS Network Firewall endpoint: a Gateway Load Balancer endpoint that the firewall made."""
    RESOURCE = "Resource"
    SERVICE_NETWORK = "ServiceNetwork"


@dataclass(frozen=True, slots=True)
class Endpoint(Item):
    """A VPC endpoint. `policy` is the decoded document, None for AWS's default (full access)."""

    kind: Maybe[EndpointKind] = EndpointKind.GATEWAY
    service: Maybe[str] = field(default_factory=Unknown)
    vpc: Maybe[Ref] = field(default_factory=Unknown)
    subnets: tuple[Maybe[Ref], ...] = ()
    groups: tuple[Maybe[Ref], ...] = ()
    tables: tuple[Maybe[Ref], ...] = ()
    private_dns: Maybe[bool] = False
    policy: Maybe[object] | None = None
    dns_names: tuple[str, ...] = ()
    """Names that resolve to it: its own, and private ones within its VPC (`*.` stands for any label)."""
    zone: Maybe[str] | None = None
    """The AZ of a firewall endpoint, by which routes must choose it."""


@dataclass(frozen=True, slots=True)
class EndpointService(Item):
    """A service of one's own that interface endpoints lead to: `service` is its name, network balancers serve it."""

    service: str = ""
    balancers: tuple[Maybe[Ref], ...] = ()
