"""From answers to a `Network`: the order in which kinds are read, and AWS's defaults for kinds that are absent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from guardrails.facts.from_aws.answers import Answers
from guardrails.facts.from_aws.balancers import balancer_interfaces, read_load_balancers, read_target_groups
from guardrails.facts.from_aws.book import Book
from guardrails.facts.from_aws.common import assumed
from guardrails.facts.from_aws.endpoints import read_endpoint_services, read_endpoints
from guardrails.facts.from_aws.filters import default_nacl, read_groups, read_nacls
from guardrails.facts.from_aws.gateways import read_internet_gateways, read_nat_gateways, read_peerings
from guardrails.facts.from_aws.interfaces import Owners, learn_interfaces, read_interfaces
from guardrails.facts.from_aws.premises import (
    read_direct_connect_gateways,
    read_virtual_interfaces,
    read_vpn_connections,
    read_vpn_gateways,
)
from guardrails.facts.from_aws.services import endpoint_interfaces, learn_services, service_interfaces
from guardrails.facts.from_aws.strangers import read_strangers
from guardrails.facts.from_aws.tables import read_prefix_lists, read_route_tables, unread_table
from guardrails.facts.from_aws.transit import read_attachments, read_transit_gateways
from guardrails.facts.from_aws.transit_tables import read_transit_tables
from guardrails.facts.from_aws.vpcs import read_subnets, read_vpcs
from guardrails.facts.network import Nacl, Network, RouteTable, Subnet, Vpc
from guardrails.facts.values import Ref

_FIELDS = {
    "Vpcs": "vpcs",
    "Subnets": "subnets",
    "RouteTables": "route_tables",
    "PrefixLists": "prefix_lists",
    "Entries": "prefix_lists",
    "SecurityGroups": "groups",
    "SecurityGroupRules": "groups",
    "NetworkAcls": "nacls",
    "NetworkInterfaces": "interfaces",
    "Instances": "interfaces",
    "Addresses": "interfaces",
    "InternetGateways": "internet_gateways",
    "EgressOnlyInternetGateways": "internet_gateways",
    "NatGateways": "nat_gateways",
    "VpnGateways": "vpn_gateways",
    "VpnConnections": "vpn_connections",
    "directConnectGateways": "direct_connect_gateways",
    "directConnectGatewayAssociations": "direct_connect_gateways",
    "virtualInterfaces": "virtual_interfaces",
    "VpcPeeringConnections": "peerings",
    "VpcEndpoints": "endpoints",
    "Firewall": "endpoints",
    "ServiceConfigurations": "endpoint_services",
    "TransitGateways": "transit_gateways",
    "TransitGatewayAttachments": "transit_attachments",
    "TransitGatewayVpcAttachments": "transit_attachments",
    "TransitGatewayPeeringAttachments": "transit_attachments",
    "TransitGatewayRouteTables": "transit_tables",
    "Associations": "transit_tables",
    "TransitGatewayRouteTablePropagations": "transit_tables",
    "Routes": "transit_tables",
    "LoadBalancers": "load_balancers",
    "LoadBalancerDescriptions": "load_balancers",
    "Listeners": "load_balancers",
    "Attributes": "target_groups",
    "TargetGroups": "target_groups",
    "TargetHealthDescriptions": "target_groups",
}
"""Which field of the network each kind of answer fills."""


def assemble(answers: Answers) -> Network:
    """Read all answers into one network."""
    book = Book(answers)
    owners = Owners()
    learn_interfaces(book)
    subnets = read_subnets(book)
    vpcs = read_vpcs(book, subnets)
    gateways = read_internet_gateways(book)
    nats = read_nat_gateways(book, owners)
    endpoints = read_endpoints(book, owners)
    prefix_lists = read_prefix_lists(book)
    groups = read_groups(book)
    balancers = read_load_balancers(book, owners)
    learn_services(book, owners)
    interfaces = read_interfaces(book, owners)
    interfaces = (
        *interfaces,
        *balancer_interfaces(book, balancers, interfaces),
        *endpoint_interfaces(endpoints, interfaces),
        *service_interfaces(book),
    )
    transit = read_transit_gateways(book)
    attachments = read_attachments(book)
    direct = read_direct_connect_gateways(book)
    tables = read_route_tables(book)
    nacls = read_nacls(book)
    exhaustive = _lists_every_interface(book, vpcs)
    return Network(
        vpcs=vpcs,
        subnets=subnets,
        route_tables=(*tables, *_missing_tables(book, vpcs, subnets, tables)),
        prefix_lists=prefix_lists,
        groups=groups,
        nacls=(*nacls, *_missing_nacls(book, vpcs, subnets, nacls)),
        interfaces=interfaces,
        internet_gateways=gateways,
        nat_gateways=nats,
        vpn_gateways=read_vpn_gateways(book),
        vpn_connections=read_vpn_connections(book),
        direct_connect_gateways=direct,
        virtual_interfaces=read_virtual_interfaces(book),
        peerings=read_peerings(book),
        endpoints=endpoints,
        transit_gateways=transit,
        transit_attachments=attachments,
        transit_tables=read_transit_tables(book, transit, attachments),
        load_balancers=balancers,
        target_groups=read_target_groups(book),
        gaps=tuple(dict.fromkeys(answers.gaps)),
        assumptions=tuple(book.assumptions),
        incomplete=tuple(sorted({_FIELDS[kind] for kind in book.incomplete if kind in _FIELDS})),
        exhaustive=("interfaces",) if exhaustive else (),
        endpoint_services=read_endpoint_services(book),
        strangers=read_strangers(book, attachments),
        gone=tuple((key, *told) for key, told in sorted(book.gone.items())),
    )


def _missing_tables(
    book: Book, vpcs: tuple[Vpc, ...], subnets: tuple[Subnet, ...], tables: tuple[RouteTable, ...]
) -> Iterator[RouteTable]:
    """Give each VPC without a main table AWS's default one (local routes only), or one that is unknown.

    Where some tables were lost, what no listed table is associated with may be associated with a lost one.
    """
    having = {table.vpc.key for table in tables if table.main is True and isinstance(table.vpc, Ref)}
    held = {one.key for table in tables for one in (*table.subnets, *table.gateways) if isinstance(one, Ref)}
    for vpc in vpcs:
        if "RouteTables" in book.incomplete:
            bare = tuple(Ref(one.key, one.key) for one in _of_vpc(vpc, subnets) if one.key not in held)
            gateways = tuple(
                Ref(key, key)
                for kind, member in (("InternetGateways", "Attachments"), ("VpnGateways", "VpcAttachments"))
                for key, record in book.pages[kind].items()
                if key not in held and any(one.text("VpcId") == vpc.key for one in record.scan().members(member))
            )
            table = unread_table(vpc.key, "could not all be read")
            yield replace(table, main=vpc.key not in having, subnets=bare, gateways=gateways)
        elif vpc.key in having:
            continue
        elif _was_asked(book, "RouteTables", vpc):
            book.gap(f"RouteTables: main table of {vpc.key}", "is not in the answers")
            yield unread_table(vpc.key, "is not in the answers")
        else:
            book.assume("RouteTables", f"not listed; the main table of {vpc.key} is taken to have local routes only")
            key = f"{vpc.key}/main-route-table"
            yield RouteTable(**assumed(key, "RouteTables"), vpc=Ref(vpc.key, vpc.key), main=True)


def _missing_nacls(
    book: Book, vpcs: tuple[Vpc, ...], subnets: tuple[Subnet, ...], nacls: tuple[Nacl, ...]
) -> Iterator[Nacl]:
    """Give the subnets that no NACL lists AWS's default one, or one that is unknown."""
    covered = {subnet.key for nacl in nacls for subnet in nacl.subnets if isinstance(subnet, Ref)}
    # AWS lists every subnet with its ACL; where the default one lists none at all, the rest is taken to be its own.
    having = {nacl.vpc.key for nacl in nacls if nacl.default and not nacl.subnets and isinstance(nacl.vpc, Ref)}
    for vpc in vpcs:
        bare = tuple(one.key for one in _of_vpc(vpc, subnets) if one.key not in covered)
        lost = "NetworkAcls" in book.incomplete
        if bare and vpc.key in having and not lost:
            book.assume(
                "NetworkAcls", f"{', '.join(bare)} listed with none; the default one of {vpc.key} is taken to hold"
            )
        if not bare or (vpc.key in having and not lost):
            continue
        asked = lost or _was_asked(book, "NetworkAcls", vpc)
        if asked:
            book.gap(f"NetworkAcls of {vpc.key}", "are not all in the answers")
        else:
            book.assume("NetworkAcls", f"not listed; the default NACL of {vpc.key} is taken to allow everything")
        yield default_nacl(vpc.key, bare, known=not asked)


def _of_vpc(vpc: Vpc, subnets: tuple[Subnet, ...]) -> Iterator[Subnet]:
    return (one for one in subnets if isinstance(one.vpc, Ref) and one.vpc.key == vpc.key)


def _lists_every_interface(book: Book, vpcs: tuple[Vpc, ...]) -> bool:
    """Tell whether the interfaces of every VPC were asked for: services' ones too, or at least the instances' own."""
    if {"NetworkInterfaces", "Instances"} & book.incomplete:
        return False
    if all(_was_asked(book, "NetworkInterfaces", vpc) for vpc in vpcs):
        return True
    if not all(_was_asked(book, "Instances", vpc) or _was_asked(book, "NetworkInterfaces", vpc) for vpc in vpcs):
        return False
    book.assume("NetworkInterfaces", "not listed; there are taken to be those that instances and services list")
    return True


def _was_asked(book: Book, kind: str, vpc: Vpc) -> bool:
    """Tell whether a kind was asked for where the VPC was listed, so that its absence means something is missing."""
    record = book.get("Vpcs", vpc.key)
    return book.asked(kind, record.scope.unit) if record else book.asked(kind)
