"""The facts, indexed for forwarding: who is where, which table and ACL hold, what is attached to what."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from functools import cached_property

from guardrails.facts.network import (
    Endpoint,
    EndpointKind,
    InternetGateway,
    Item,
    LoadBalancer,
    Nacl,
    NatGateway,
    Network,
    Peering,
    PrefixListRef,
    RouteTable,
    SecurityGroup,
    TargetGroup,
    TargetKind,
    TransitAttachment,
    TransitGateway,
    TransitTable,
    VpnGateway,
)
from guardrails.facts.values import Maybe, Ref, Unknown
from guardrails.network.addresses import Addresses, by_key
from guardrails.network.hosts import Host, held_addresses
from guardrails.network.items import all_items
from guardrails.network.loose_ends import LooseEnds
from guardrails.network.packets import IPV4
from guardrails.sets import IntervalSet


class Model(Addresses):
    """An index over one `Network`; it is never changed after it has been built."""

    def __init__(self, network: Network) -> None:
        super().__init__(network)
        network = self.network
        self.groups: dict[str, SecurityGroup] = by_key(network.groups)
        self.endpoints: dict[str, Endpoint] = by_key(network.endpoints)
        self.nats: dict[str, NatGateway] = by_key(network.nat_gateways)
        self.peerings: dict[str, Peering] = by_key(network.peerings)
        self.internet_gateways: dict[str, InternetGateway] = by_key(network.internet_gateways)
        self.vpn_gateways: dict[str, VpnGateway] = by_key(network.vpn_gateways)
        self.transit_gateways: dict[str, TransitGateway] = by_key(network.transit_gateways)
        self.attachments: dict[str, TransitAttachment] = by_key(network.transit_attachments)
        self.transit_tables: dict[str, TransitTable] = by_key(network.transit_tables)
        self.tables: dict[str, RouteTable] = by_key(network.route_tables)
        self.balancers: dict[str, LoadBalancer] = by_key(network.load_balancers)
        self.target_groups: dict[str, TargetGroup] = by_key(network.target_groups)
        self.interfaces = by_key(network.interfaces)
        self.host_of = {member: host for host in self.hosts for member in host.members}
        self.loose = LooseEnds(self)

    # -- references ---------------------------------------------------------------------------------------------------

    def label(self, key: str) -> str:
        """Give an object's id for people, its key where the id is not known yet."""
        item = self._items.get(key)
        if item is None or isinstance(item.id, Unknown):
            return key
        return item.id

    @cached_property
    def _items(self) -> dict[str, Item]:
        return {item.key: item for item in all_items(self.network)}

    # -- tables and ACLs ----------------------------------------------------------------------------------------------

    @cached_property
    def _tables(self) -> tuple[dict[str, RouteTable], dict[str, RouteTable], dict[str, RouteTable]]:
        subnets: dict[str, RouteTable] = {}
        mains: dict[str, RouteTable] = {}
        edges: dict[str, RouteTable] = {}
        for table in self.network.route_tables:
            vpc = self.key(table.vpc)
            if table.main is True and vpc is not None:
                mains[vpc] = table
            for place, index in ((table.subnets, subnets), (table.gateways, edges)):
                for ref in place:
                    key = self.key(ref)
                    if key is not None:
                        index[key] = table
        return subnets, mains, edges

    def table_of(self, subnet: str) -> RouteTable | None:
        """Give the route table of a subnet: the associated one, else the VPC's main table, else None (local only)."""
        return self.associated_tables.get(subnet) or self.main_tables.get(self.vpc_of(subnet) or "")

    @property
    def associated_tables(self) -> dict[str, RouteTable]:
        """Give the route table of every subnet that has one of its own."""
        return self._tables[0]

    @property
    def main_tables(self) -> dict[str, RouteTable]:
        """Give the main table of every VPC of which it is known."""
        return self._tables[1]

    def edge_table(self, gateway: str) -> RouteTable | None:
        """Give the gateway route table of an internet or VPN gateway, if one is associated."""
        return self._tables[2].get(gateway)

    @cached_property
    def _nacls(self) -> tuple[dict[str, Nacl], dict[str, Nacl]]:
        subnets: dict[str, Nacl] = {}
        defaults: dict[str, Nacl] = {}
        for nacl in self.network.nacls:
            vpc = self.key(nacl.vpc)
            if nacl.default and vpc is not None:
                defaults[vpc] = nacl
            for ref in nacl.subnets:
                key = self.key(ref)
                if key is not None:
                    subnets[key] = nacl
        return subnets, defaults

    def nacl_of(self, subnet: str) -> Nacl | None:
        """Give the network ACL of a subnet; None stands for AWS's default one, which allows everything."""
        return self.associated_acls.get(subnet) or self.default_acls.get(self.vpc_of(subnet) or "")

    @property
    def associated_acls(self) -> dict[str, Nacl]:
        """Give the network ACL of every subnet that has one of its own."""
        return self._nacls[0]

    @property
    def default_acls(self) -> dict[str, Nacl]:
        """Give the default network ACL of every VPC of which it is known."""
        return self._nacls[1]

    # -- places -------------------------------------------------------------------------------------------------------

    @cached_property
    def carriers(self) -> dict[str, tuple[Host, ...]]:
        """Give, for every security group, the hosts that carry it."""
        index: dict[str, list[Host]] = defaultdict(list)
        for host in self.hosts:
            for group in host.groups or ():
                index[group].append(host)
        return {group: tuple(hosts) for group, hosts in index.items()}

    @cached_property
    def _owned(self) -> dict[str, list[Host]]:
        index: dict[str, list[Host]] = defaultdict(list)
        for host in self.hosts:
            for member in host.members:
                owner = self.interfaces[member].owner
                if owner and host not in index[owner]:
                    index[owner].append(host)
        return dict(index)

    def owned_by(self, owner: str) -> list[Host]:
        """Give the hosts that belong to an instance, endpoint, load balancer or service."""
        return self._owned.get(owner, [])

    def narrowed(self, host: Host, member: str) -> Host:
        """Give the part of a host that is one interface."""
        addresses = held_addresses(self.interfaces[member])
        if host.members == (member,):
            return host
        if not addresses:
            return replace(host, id=self.label(member), owner=self.interfaces[member].owner)
        mapping = tuple(pair for pair in host.mapping if pair[0] in addresses)
        interface = self.interfaces[member]
        return replace(host, id=self.label(member), addresses=addresses, mapping=mapping, owner=interface.owner)

    def nat_host(self, nat: NatGateway) -> Host:
        """Give a NAT gateway as a host: its subnet, its private address and its public mapping, no groups."""
        subnet = self.key(nat.subnet)
        listed = next(iter(self.owned_by(nat.key)), None)
        addresses = IntervalSet.of(*(int(address) for address in nat.addresses if address.version == 4))
        if not addresses and listed is not None and listed.exact:
            addresses = listed.addresses & IPV4
        exact = bool(addresses)
        if not exact and subnet is not None:
            addresses = self.subnet_addresses(subnet) & IPV4
        publics = [int(address) for address in nat.public_addresses if address.version == 4]
        privates = [low for low, high in addresses for low in range(low, min(high, low + 8) + 1)] if exact else []
        return Host(
            key=nat.key,
            id=self.label(nat.key),
            subnet=subnet if subnet in self.subnets else None,
            vpc=self.vpc_of(subnet) if subnet else None,
            addresses=addresses,
            exact=exact,
            public=nat.public,
            mapping=tuple(zip(privates, publics, strict=False)),
            filtered=False,
            owner=nat.key,
            owner_kind="nat-gateway",
        )

    # -- gateways -----------------------------------------------------------------------------------------------------

    @cached_property
    def _gateways_by_vpc(self) -> dict[str, list[InternetGateway]]:
        index: dict[str, list[InternetGateway]] = defaultdict(list)
        for gateway in self.network.internet_gateways:
            vpc = self.key(gateway.vpc)
            if vpc is not None and not gateway.egress_only:
                index[vpc].append(gateway)
        return dict(index)

    def internet_gateway_of(self, vpc: str) -> InternetGateway | None:
        """Give the internet gateway attached to a VPC."""
        return next(iter(self._gateways_by_vpc.get(vpc, [])), None)

    def unlisted_gateway_of(self, vpc: str, *kinds: TargetKind) -> Unknown | None:
        """Name a gateway of some kinds that a VPC's routes point to and that the source does not list."""
        listed = (self.internet_gateways, self.vpn_gateways, self.transit_gateways)
        for table in self.network.route_tables:
            for route in table.routes if self.key(table.vpc) == vpc else ():
                target = route.target
                held = any((self.key(target) or "") in index for index in listed)
                if route.kind in kinds and route.blackhole is not True and not held:
                    name = (target.literal or "") if isinstance(target, Ref) else target.what if target else ""
                    return Unknown(name, "the gateway is not in the source")
        return None

    @cached_property
    def outward(self) -> frozenset[str]:
        """Give the keys of what stands for the premises: VPN and Direct Connect objects."""
        network = self.network
        ends = (
            *network.vpn_gateways,
            *network.vpn_connections,
            *network.direct_connect_gateways,
            *network.virtual_interfaces,
        )
        attachments = (one for one in network.transit_attachments if one.kind in {"vpn", "direct-connect-gateway"})
        return frozenset(item.key for item in (*ends, *attachments))

    @cached_property
    def unspelled_endpoints(self) -> frozenset[str]:
        """Give the gateway endpoints to which routes lead by a prefix list that the source does not spell out."""
        found: set[str] = set()
        for table in self.network.route_tables:
            for route in table.routes:
                if not isinstance(route.destination, PrefixListRef) or isinstance(route.destination.list, Unknown):
                    continue
                listed = self.prefix_lists.get(self.key(route.destination.list) or "")
                target = self.key(route.target)
                if target in self.endpoints and (listed is None or listed.entries is None):
                    found.add(target)
        return frozenset(found)

    def service_addresses(self, endpoint: str) -> IntervalSet:
        """Give the addresses that routes lead to a gateway endpoint, as far as they are known."""
        return self._service_sets.get(endpoint, IntervalSet())

    @cached_property
    def _service_sets(self) -> dict[str, IntervalSet]:
        found: dict[str, IntervalSet] = {}
        for table in self.network.route_tables:
            for route in table.routes:
                target = self.key(route.target)
                if target is not None and isinstance(route.destination, PrefixListRef):
                    addresses = self.prefix_list(route.destination.list)
                    if not isinstance(addresses, Unknown):
                        found[target] = found.get(target, IntervalSet()) | addresses
        return found

    def endpoints_of_list(self, key: str) -> list[str]:
        """Give the gateway endpoints that routes to a prefix list point to."""
        found: dict[str, None] = {}
        for table in self.network.route_tables:
            for route in table.routes:
                if isinstance(route.destination, PrefixListRef) and self.key(route.destination.list) == key:
                    target = self.key(route.target)
                    if target in self.endpoints:
                        found[target] = None
        return list(found)

    def balancers_behind(self, endpoint: str) -> tuple[Maybe[Ref], ...]:
        """Give the load balancers of one's own service that an interface endpoint leads to; none for other services."""
        held = self.endpoints.get(endpoint)
        names = {one.service: one.balancers for one in self.network.endpoint_services}
        return names.get(held.service, ()) if held is not None and isinstance(held.service, str) else ()

    def is_middlebox(self, key: str) -> bool:
        """Tell whether this is a firewall or gateway-load-balancer endpoint, which hands on whatever it is sent."""
        found = self.endpoints.get(key)
        return found is not None and found.kind in {EndpointKind.GATEWAY_LOAD_BALANCER, EndpointKind.FIREWALL}

    def middlebox_subnet(self, endpoint: Endpoint) -> str | None:
        """Give the subnet of a gateway-load-balancer or firewall endpoint."""
        if endpoint.kind not in {EndpointKind.GATEWAY_LOAD_BALANCER, EndpointKind.FIREWALL}:
            return None
        return self.key(endpoint.subnets[0]) if endpoint.subnets else None
