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

from collections.abc import Iterator
from dataclasses import dataclass, fields

from guardrails.facts.network.balancers import Listener, LoadBalancer, TargetGroup
from guardrails.facts.network.filters import (
    ALL_PORTS,
    ANY_PROTOCOL,
    Direction,
    GroupRef,
    GroupRule,
    Nacl,
    NaclEntry,
    Ports,
    SecurityGroup,
)
from guardrails.facts.network.gateways import (
    DirectConnectGateway,
    Endpoint,
    EndpointKind,
    EndpointService,
    InternetGateway,
    NatGateway,
    Peering,
    VirtualInterface,
    VpnConnection,
    VpnGateway,
)
from guardrails.facts.network.items import Item, Stranger
from guardrails.facts.network.places import BlockPublicAccess, Interface, Subnet, Vpc
from guardrails.facts.network.routes import PrefixList, PrefixListRef, Route, RouteOrigin, RouteTable, TargetKind
from guardrails.facts.network.transit import TransitAttachment, TransitGateway, TransitTable
from guardrails.facts.values import Unknown

__all__ = [
    "ALL_PORTS",
    "ANY_PROTOCOL",
    "BlockPublicAccess",
    "DirectConnectGateway",
    "Direction",
    "Endpoint",
    "EndpointKind",
    "EndpointService",
    "GroupRef",
    "GroupRule",
    "Interface",
    "InternetGateway",
    "Item",
    "Listener",
    "LoadBalancer",
    "Nacl",
    "NaclEntry",
    "NatGateway",
    "Network",
    "Peering",
    "Ports",
    "PrefixList",
    "PrefixListRef",
    "Route",
    "RouteOrigin",
    "RouteTable",
    "SecurityGroup",
    "Stranger",
    "Subnet",
    "TargetGroup",
    "TargetKind",
    "TransitAttachment",
    "TransitGateway",
    "TransitTable",
    "VirtualInterface",
    "Vpc",
    "VpnConnection",
    "VpnGateway",
]


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
    endpoint_services: tuple[EndpointService, ...] = ()
    strangers: tuple[Stranger, ...] = ()
    """What may give a way and is not modelled: a "no" beside it may be wrong."""

    def items(self) -> Iterator[Item]:
        """Give every object; what tells of the source (gaps, assumptions, which kinds are complete) is none."""
        for field in fields(self):
            yield from (item for item in getattr(self, field.name) if isinstance(item, Item))
