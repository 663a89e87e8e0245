"""The network that a stack's resources make, normalised once for every rule and for the reach engine."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from guardrails.facts.from_pulumi.network_balancers import load_balancers, target_groups
from guardrails.facts.from_pulumi.network_common import Build
from guardrails.facts.from_pulumi.network_filters import groups, nacls
from guardrails.facts.from_pulumi.network_gateways import (
    direct_connect_gateways,
    endpoints,
    internet_gateways,
    nat_gateways,
    peerings,
    virtual_interfaces,
    vpn_connections,
    vpn_gateways,
)
from guardrails.facts.from_pulumi.network_interfaces import interfaces
from guardrails.facts.from_pulumi.network_routes import prefix_lists, route_tables
from guardrails.facts.from_pulumi.network_transit import transit_attachments, transit_gateways, transit_tables
from guardrails.facts.from_pulumi.network_vpcs import subnets, vpcs
from guardrails.facts.network import Network

if TYPE_CHECKING:
    from guardrails.facts.stack import Facts


def build_network(facts: Facts) -> Network:
    """Build the network of a stack; what cannot be read is listed under `gaps`."""
    build = Build(facts)
    network = Network(
        vpcs=vpcs(build),
        subnets=subnets(build),
        route_tables=route_tables(build),
        prefix_lists=prefix_lists(build),
        groups=groups(build),
        nacls=nacls(build),
        interfaces=interfaces(build),
        internet_gateways=internet_gateways(build),
        nat_gateways=nat_gateways(build),
        vpn_gateways=vpn_gateways(build),
        vpn_connections=vpn_connections(build),
        direct_connect_gateways=direct_connect_gateways(build),
        virtual_interfaces=virtual_interfaces(build),
        peerings=peerings(build),
        endpoints=endpoints(build),
        transit_gateways=transit_gateways(build),
        transit_attachments=transit_attachments(build),
        transit_tables=transit_tables(build),
        load_balancers=load_balancers(build),
        target_groups=target_groups(build),
    )
    return replace(network, gaps=tuple(build.gaps))
