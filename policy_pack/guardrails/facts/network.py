"""The network as facts: what AWS would forward and filter, whatever the source it was read from.

A preview, a state file, a folder of `aws ... describe-*` answers and a live account all become one `Network`. Readers
normalise here, once: inline and standalone rules, default objects, IPv6, prefix lists, protocol `-1`, provider
defaults for omitted inputs. Rules and the reach engine see only these types.

Conventions: every object has a `key` that is unique in the facts (a URN from Pulumi, an ARN or id from AWS) and an
`id` that may be unknown before deployment. Objects that are deleted, terminated, pending or rejected are not listed.
An object that several accounts list (a shared subnet, a peering, a transit gateway) is listed once.
Addresses are `ipaddress` values; port and protocol ranges are inclusive.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from guardrails.facts.values import IPAddress, IPNetwork, Maybe, Origin, Ref, Unknown

ANY_PROTOCOL = -1
"""All protocols, as `-1` in security groups and NACLs."""


@dataclass(frozen=True, slots=True)
class Item:
    """What every object has."""

    key: str
    origin: Origin
    id: Maybe[str] = field(default_factory=Unknown)
    name: str = ""
    account: Maybe[str] = field(default_factory=Unknown)
    region: Maybe[str] = field(default_factory=Unknown)
    tags: tuple[tuple[str, Maybe[str]], ...] = ()


class BlockPublicAccess(StrEnum):
    """VPC Block Public Access, per region and account, or an exclusion of a VPC or subnet."""

    OFF = "off"
    INGRESS = "block-ingress"
    BIDIRECTIONAL = "block-bidirectional"


@dataclass(frozen=True, slots=True)
class Vpc(Item):
    """A VPC; `cidrs` holds every associated block, IPv4 and IPv6."""

    cidrs: tuple[Maybe[IPNetwork], ...] = ()
    dns_support: Maybe[bool] = True
    dns_hostnames: Maybe[bool] = False
    block_public_access: Maybe[BlockPublicAccess] = BlockPublicAccess.OFF


@dataclass(frozen=True, slots=True)
class Subnet(Item):
    """A subnet; `zone` is the AZ name and `zone_id` its id, whichever the source gives."""

    vpc: Maybe[Ref] = field(default_factory=Unknown)
    cidrs: tuple[Maybe[IPNetwork], ...] = ()
    zone: Maybe[str] = field(default_factory=Unknown)
    zone_id: Maybe[str] = field(default_factory=Unknown)
    public_ip_on_launch: Maybe[bool] = False
    block_public_access: Maybe[BlockPublicAccess] | None = None
    """An exclusion's own mode; None where the VPC's mode holds."""


# -- routes -----------------------------------------------------------------------------------------------------------


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


# -- filters ----------------------------------------------------------------------------------------------------------


class Direction(StrEnum):
    """Seen from the filtered interface or subnet."""

    INGRESS = "ingress"
    EGRESS = "egress"


@dataclass(frozen=True, slots=True)
class Ports:
    """A range of ports for TCP and UDP, or ICMP type (`low`) and code (`high`), -1 meaning all of them."""

    low: int
    high: int


ALL_PORTS = Ports(0, 65535)


@dataclass(frozen=True, slots=True)
class GroupRef:
    """A rule's peer given as a security group."""

    group: Maybe[Ref]


@dataclass(frozen=True, slots=True)
class GroupRule:
    """One rule with one peer. `protocol` is the IANA number or `ANY_PROTOCOL`."""

    direction: Direction
    protocol: Maybe[int]
    ports: Maybe[Ports]
    peer: Maybe[IPNetwork] | PrefixListRef | GroupRef
    origin: Origin
    description: Maybe[str] = ""
    inline: bool = False


@dataclass(frozen=True, slots=True)
class SecurityGroup(Item):
    """A security group with the union of its inline and standalone rules.

    `complete` is False where rules may exist that the source does not show (an inline list with unknown length, an
    AWS-made group of which only the name is known).
    """

    vpc: Maybe[Ref] = field(default_factory=Unknown)
    default: bool = False
    rules: tuple[GroupRule, ...] = ()
    complete: Maybe[bool] = True


@dataclass(frozen=True, slots=True)
class NaclEntry:
    """One numbered entry; the lowest number that matches decides. Port ranges are for TCP and UDP, ICMP uses `icmp`."""

    direction: Direction
    number: Maybe[int]
    allow: Maybe[bool]
    protocol: Maybe[int]
    cidr: Maybe[IPNetwork]
    ports: Maybe[Ports]
    origin: Origin
    icmp: Maybe[Ports] | None = None


@dataclass(frozen=True, slots=True)
class Nacl(Item):
    """A network ACL; the implicit final deny is not listed."""

    vpc: Maybe[Ref] = field(default_factory=Unknown)
    default: bool = False
    entries: tuple[NaclEntry, ...] = ()
    subnets: tuple[Maybe[Ref], ...] = ()
    complete: Maybe[bool] = True


# -- places -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Interface(Item):
    """A network interface, or a class of them that share subnet and groups (tasks, desktops, controllers).

    `owner` is the key of what it belongs to and `owner_kind` its kind (`instance`, `ecs-service`, `workspaces`,
    `directory`, `nat-gateway`, `vpc-endpoint`, `load-balancer`, `lambda`, `rds`, `interface`, ...).
    `addresses` are the private (and IPv6) ones where known; an empty tuple with `any_address` means some address of
    the subnet. `public` tells whether a public IPv4 address is mapped to it, `public_addresses` which.
    `filtered` is False where security groups do not apply (NAT gateways, firewall and GWLB endpoints).
    """

    owner: str = ""
    owner_kind: str = "interface"
    subnet: Maybe[Ref] = field(default_factory=Unknown)
    groups: tuple[Maybe[Ref], ...] | Unknown = ()
    addresses: tuple[IPAddress, ...] = ()
    any_address: bool = True
    public: Maybe[bool] = False
    public_addresses: tuple[IPAddress, ...] = ()
    source_dest_check: Maybe[bool] = True
    filtered: bool = True
    public_mappings: tuple[tuple[IPAddress, IPAddress], ...] = ()
    """(private, public) pairs, where the source tells which private address a public one is mapped to."""
    owner_name: str = ""
    """The owner's own name (an instance's Name tag), by which people call the place."""
    owner_tags: tuple[tuple[str, Maybe[str]], ...] = ()
    attached: Maybe[bool] = True
    """False for an interface that is attached to nothing: it neither sends nor answers."""
    igw_denied: Maybe[bool] = False
    """AWS's `DenyAllIgwTraffic`: nothing comes in from the internet, whatever the routes and groups say."""


# -- gateways ---------------------------------------------------------------------------------------------------------


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
    zone: Maybe[str] | None = None
    """The AZ of a firewall endpoint, by which routes must choose it."""


@dataclass(frozen=True, slots=True)
class TransitGateway(Item):
    """A transit gateway."""

    default_association: Maybe[bool] = True
    default_propagation: Maybe[bool] = True
    default_table: Maybe[Ref] | None = None
    auto_accept: Maybe[bool] = False
    group_references: Maybe[bool] = False
    """Whether inbound group rules may name groups of other attached VPCs (AWS's default is no)."""


@dataclass(frozen=True, slots=True)
class TransitAttachment(Item):
    """An attachment; `kind` is `vpc`, `vpn`, `direct-connect-gateway`, `peering`, `connect` or `tgw-peering`."""

    gateway: Maybe[Ref] = field(default_factory=Unknown)
    kind: str = "vpc"
    resource: Maybe[Ref] = field(default_factory=Unknown)
    """The VPC, VPN connection, Direct Connect gateway or peer transit gateway."""
    subnets: tuple[Maybe[Ref], ...] = ()
    appliance_mode: Maybe[bool] = False
    dns_support: Maybe[bool] = True
    default_association: Maybe[bool] = True
    default_propagation: Maybe[bool] = True
    group_references: Maybe[bool] = True


@dataclass(frozen=True, slots=True)
class TransitTable(Item):
    """A transit gateway route table."""

    gateway: Maybe[Ref] = field(default_factory=Unknown)
    associations: tuple[Maybe[Ref], ...] = ()
    propagations: tuple[Maybe[Ref], ...] = ()
    routes: tuple[Route, ...] = ()


# -- load balancers ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TargetGroup(Item):
    """Targets of a load balancer; `targets` are interfaces or owners by key, or addresses."""

    target_type: Maybe[str] = "instance"
    protocol: Maybe[str] = "TCP"
    port: Maybe[int] = field(default_factory=Unknown)
    vpc: Maybe[Ref] | None = None
    preserve_client_ip: Maybe[bool] | None = None
    """None for AWS's default: on for instance targets and for UDP, off for TCP and TLS address targets."""
    cross_zone: Maybe[str] = "use_load_balancer_configuration"
    targets: tuple[tuple[Maybe[Ref] | IPAddress, Maybe[int]], ...] = ()


@dataclass(frozen=True, slots=True)
class Listener:
    """A listener and the target groups that its actions may forward to."""

    protocol: Maybe[str]
    port: Maybe[int]
    target_groups: tuple[Maybe[Ref], ...]
    origin: Origin


@dataclass(frozen=True, slots=True)
class LoadBalancer(Item):
    """A load balancer; its interfaces are listed among the interfaces with `owner` set to its key."""

    kind: Maybe[str] = "application"
    internal: Maybe[bool] = False
    subnets: tuple[Maybe[Ref], ...] = ()
    groups: tuple[Maybe[Ref], ...] = ()
    cross_zone: Maybe[bool] = True
    listeners: tuple[Listener, ...] = ()


@dataclass(frozen=True, slots=True)
class Network:
    """All network facts of one source.

    `gaps` are things that the source holds and this model does not cover, each a finding where it matters.
    `assumptions` are AWS defaults that were taken because a whole kind of object was absent from the source; each
    begins with AWS's name of the kind and a colon (`NetworkAcls: ...`). The default objects themselves are then listed
    (a main table, a default NACL), so that an engine needs no case of its own.
    A reference to an object that the source names but does not list is a `Ref` whose key is None: what lies behind it
    is unknown. A route to an object that the source lists as deleted or rejected is a blackhole.
    """

    vpcs: tuple[Vpc, ...] = ()
    subnets: tuple[Subnet, ...] = ()
    route_tables: tuple[RouteTable, ...] = ()
    prefix_lists: tuple[PrefixList, ...] = ()
    groups: tuple[SecurityGroup, ...] = ()
    nacls: tuple[Nacl, ...] = ()
    interfaces: tuple[Interface, ...] = ()
    internet_gateways: tuple[InternetGateway, ...] = ()
    nat_gateways: tuple[NatGateway, ...] = ()
    vpn_gateways: tuple[VpnGateway, ...] = ()
    vpn_connections: tuple[VpnConnection, ...] = ()
    direct_connect_gateways: tuple[DirectConnectGateway, ...] = ()
    virtual_interfaces: tuple[VirtualInterface, ...] = ()
    peerings: tuple[Peering, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    transit_gateways: tuple[TransitGateway, ...] = ()
    transit_attachments: tuple[TransitAttachment, ...] = ()
    transit_tables: tuple[TransitTable, ...] = ()
    load_balancers: tuple[LoadBalancer, ...] = ()
    target_groups: tuple[TargetGroup, ...] = ()
    gaps: tuple[Unknown, ...] = ()
    assumptions: tuple[str, ...] = ()
    incomplete: tuple[str, ...] = ()
    """Names of the fields above of which objects may be missing (a truncated file, a page that was not fetched): that
    no object of such a field fits does not prove that there is none."""
    gone: tuple[tuple[str, str, str], ...] = ()
    """(id, name, state) of the objects that the source lists in a state that counts as absent."""
    exhaustive: tuple[str, ...] = ()
    """Names of the fields above of which the source holds every object that its VPCs have: an address that no interface
    of an exhaustive listing has is nobody's."""
