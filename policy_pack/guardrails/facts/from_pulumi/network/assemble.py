"""From resources to a `Network`: every reader once, and what only the whole can say."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from guardrails.facts.from_pulumi.network.balancers import load_balancers, target_groups
from guardrails.facts.from_pulumi.network.common import Build
from guardrails.facts.from_pulumi.network.filters import groups, nacls
from guardrails.facts.from_pulumi.network.firewall_endpoints import firewall_endpoints, leading_to_zones
from guardrails.facts.from_pulumi.network.gateways import (
    direct_connect_gateways,
    endpoint_services,
    endpoints,
    internet_gateways,
    nat_gateways,
    peerings,
    virtual_interfaces,
    vpn_connections,
    vpn_gateways,
)
from guardrails.facts.from_pulumi.network.interfaces import interfaces
from guardrails.facts.from_pulumi.network.routes import prefix_lists, route_tables
from guardrails.facts.from_pulumi.network.transit import transit_attachments, transit_gateways, transit_tables
from guardrails.facts.from_pulumi.network.vpcs import subnets, vpcs
from guardrails.facts.network import (
    Endpoint,
    EndpointKind,
    Interface,
    Network,
    PrefixListRef,
    Route,
    RouteTable,
    TargetKind,
)
from guardrails.facts.roles import PREFIX_LIST, PRIMARY_INTERFACE
from guardrails.facts.values import Ref, Unknown, is_unknown

if TYPE_CHECKING:
    from guardrails.facts.stack import Facts


def build_network(facts: Facts) -> Network:
    """Build the network of a stack; what cannot be read is listed under `gaps`."""
    build = Build(facts)
    ways, places = (*endpoints(build), *firewall_endpoints(build)), subnets(build)
    gateways, attachments = transit_gateways(build), transit_attachments(build)
    tables = leading_to_zones(_leading_to_services(route_tables(build), ways), ways, places)
    network = Network(
        vpcs=vpcs(build),
        subnets=places,
        route_tables=tables,
        prefix_lists=prefix_lists(build),
        groups=groups(build),
        nacls=nacls(build),
        interfaces=tuple(_with_owners_id(facts, one) for one in interfaces(build)),
        internet_gateways=internet_gateways(build),
        nat_gateways=nat_gateways(build),
        vpn_gateways=vpn_gateways(build),
        vpn_connections=vpn_connections(build),
        direct_connect_gateways=direct_connect_gateways(build),
        virtual_interfaces=virtual_interfaces(build),
        peerings=peerings(build),
        endpoints=ways,
        transit_gateways=gateways,
        transit_attachments=attachments,
        transit_tables=transit_tables(build, gateways, attachments),
        load_balancers=load_balancers(build),
        target_groups=target_groups(build),
        endpoint_services=endpoint_services(build),
    )
    return replace(network, gaps=tuple(build.gaps))


def _with_owners_id(facts: Facts, interface: Interface) -> Interface:
    """Add the ids by which AWS knows an interface and what it belongs to, once there are any."""
    owner = facts.by_urn.get(interface.owner)
    if owner is None or not isinstance(owner.id, str):
        return interface
    primary = owner.get("primaryNetworkInterfaceId")
    if isinstance(primary, str) and primary and interface.key == f"{owner.urn}{PRIMARY_INTERFACE}":
        interface = replace(interface, id=primary)
    return replace(interface, owner_id=owner.id)


def _leading_to_services(tables: tuple[RouteTable, ...], ways: tuple[Endpoint, ...]) -> tuple[RouteTable, ...]:
    """Add the routes that AWS writes into the tables of gateway endpoints.

    https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html#gateway-endpoint-routing
    """
    added: dict[str, list[Route]] = {}
    for way in ways:
        if way.kind is not EndpointKind.GATEWAY:
            continue
        services = PrefixListRef(Ref(f"{way.key}{PREFIX_LIST}"))
        route = Route(services, TargetKind.ENDPOINT, Ref(way.key), way.origin)
        known = {table.key for table in way.tables if isinstance(table, Ref) and table.key is not None}
        unknown = next((table for table in way.tables if isinstance(table, Unknown)), None)
        for table in tables:
            if table.key in known:
                added.setdefault(table.key, []).append(route)
            elif unknown is not None and (way.vpc == table.vpc or is_unknown(way.vpc) or is_unknown(table.vpc)):
                added.setdefault(table.key, []).append(replace(route, blackhole=unknown))
    return tuple(replace(one, routes=(*one.routes, *added.get(one.key, ()))) for one in tables)
