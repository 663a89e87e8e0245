"""The properties that the room is built for, as far as they concern its network: one function asserts one of them."""

from __future__ import annotations

import ipaddress
from functools import cached_property
from typing import Any

from guardrails.facts.network import Direction, EndpointKind, Peering, TargetKind
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.network import Engine
from guardrails.network.packets import PORT, PROTOCOL, TCP, ranges
from guardrails.sets import IntervalSet
from tests.mutation.mutation_table import facts_of
from tests.policy.support.stacks import Stack

ADMINISTRATION = (22, 3389, 5985, 5986)
EXITS = {TargetKind.INTERNET_GATEWAY, TargetKind.EGRESS_ONLY_GATEWAY}
SEALED = ("desktop", "directory", "endpoint", "bastion")
PERMITTED_TO_PRODUCTION = {"dev": "5432", "prod": "443, 5432"}


class Room:
    """One recorded stack, and questions about it."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.name = stack.name
        self.facts: Facts = facts_of(stack)
        self.network = self.facts.network

    @cached_property
    def engine(self) -> Engine:
        assert self.facts.intent is not None
        zones = {name: (tuple(zone.cidrs), dict(zone.tags)) for name, zone in self.facts.intent.zones.items()}
        return Engine(self.network, zones, trusts_peers=True)

    def reaches(self, source: str, target: str, protocol: str = "any", port: int | None = None) -> bool:
        """Tell whether a connection can or may be opened: what is not known counts as open."""
        ports = None if port is None else IntervalSet.of(port)
        return self.engine.reach(source, target, protocol=protocol, ports=ports).reachable is not False

    def subnets(self, zone: str) -> set[str]:
        assert self.facts.intent is not None
        blocks = self.facts.intent.zones[zone].cidrs
        found = {
            one.key for one in self.network.subnets for own in one.cidrs for block in blocks if own.subnet_of(block)
        }
        assert found
        return found

    def tables(self, zone: str) -> list[Any]:
        found = [self.engine.model.table_of(subnet) for subnet in self.subnets(zone)]
        assert all(found)
        return found

    def living(self, *zones: str) -> list[str]:
        """Give those of some zones in which somebody is: to a zone that waits for its first host nobody can be let."""
        homes = {getattr(one.subnet, "key", None) for one in self.network.interfaces}
        return [zone for zone in zones if self.subnets(zone) & homes]

    def resources(self, kind: str) -> list[dict[str, Any]]:
        return [item["inputs"] for item in self.stack.of(kind)]


# -- the properties ---------------------------------------------------------------------------------------------------


def single_exit(room: Room) -> None:
    """From every tier but the proxies' no path leads to the internet; desktops have no way to it at all."""
    for zone in SEALED:
        assert not room.reaches(zone, "internet"), zone
        assert not [route for table in room.tables(zone) for route in table.routes if route.kind in EXITS], zone


def no_public_identity(room: Room) -> None:
    """Nothing but NAT gateways has a public address, and only their subnets route to an internet gateway."""
    public = [one.key for one in room.network.interfaces if one.public is not False]
    assert all(room.engine.model.interfaces[key].owner_kind == "nat-gateway" for key in public), public
    leading = {table.key for table in room.network.route_tables for route in table.routes if route.kind in EXITS}
    assert leading == {table.key for table in room.tables("public")}
    assert not [one.key for one in room.network.subnets if one.public_ip_on_launch is not False]


def proxy_is_closed(room: Room) -> None:
    """Only desktops open connections to the proxies, on one port; these open none to production or other tiers."""
    groups = {one.key: one for one in room.network.groups if one.key.endswith("network-groups-proxy")}
    ingress = [rule for one in groups.values() for rule in one.rules if rule.direction is Direction.INGRESS]
    assert [(rule.protocol, rule.ports.low, rule.ports.high) for rule in ingress] == [(TCP, 3128, 3128)]
    assert getattr(getattr(ingress[0].peer, "group", None), "key", "").endswith("network-groups-desktop")
    for zone in room.living("proxy") and ("desktop", "directory", "bastion", "production"):
        assert not room.reaches("proxy", zone), zone
    for zone in room.living("proxy") and ("directory", "bastion", "production", "internet"):
        assert not room.reaches(zone, "proxy"), zone


def production_is_exact(room: Room) -> None:
    """Desktops reach the declared ports of production and no other; production opens nothing to the room."""
    for table in room.tables("desktop"):
        routed = {route.destination for route in table.routes if route.kind is TargetKind.PEERING}
        assert room.facts.intent is not None
        declared = {*room.facts.intent.zones["production"].cidrs}
        assert {*ipaddress.collapse_addresses(routed)} == declared
    answer = room.engine.reach("desktop", "production", protocol="any")
    ports = answer.flows.limit(PROTOCOL, IntervalSet.of(TCP)).side(PORT)
    if answer.reachable:
        assert answer.flows.side(PROTOCOL) == IntervalSet.of(TCP)
        assert ports is not None
        assert ranges(ports) == PERMITTED_TO_PRODUCTION[room.name]
    egress = [
        rule
        for group in room.network.groups
        if group.key.endswith("network-groups-production")
        for rule in group.rules
        if rule.direction is Direction.EGRESS
    ]
    assert not egress
    for zone in (*SEALED, *room.living("proxy")):
        if room.name == "prod":
            assert not room.reaches("production", zone), zone


def no_transit(room: Room) -> None:
    """One peering, and no gateway that could join the room, production and the premises by another way."""
    network = room.network
    assert not network.vpn_gateways
    assert not network.transit_gateways
    assert not network.transit_attachments
    (peering,) = network.peerings
    assert isinstance(peering, Peering)
    assert peering.remote_dns is False
    routed = {table.key for table in network.route_tables for route in table.routes if route.kind is TargetKind.PEERING}
    allowed = {table.key for table in room.tables("desktop")}
    if room.name == "dev":
        allowed |= {table.key for table in room.tables("production")}
    assert routed == allowed
    for zone in ("directory", "endpoint", "bastion"):
        assert not room.reaches(zone, "production"), zone


def inspection_is_total(room: Room) -> None:
    """Where inspection is on, every path of the proxies to the internet holds the endpoint of their own zone."""
    boxes = {one.key: one for one in room.network.endpoints if one.kind is EndpointKind.FIREWALL}
    flows = [flow for flow in room.facts.intent.flows if flow.via == "firewall"]
    assert bool(boxes) is bool(flows)
    for subnet in room.subnets("proxy") if boxes else ():
        table = room.engine.model.table_of(subnet)
        home = room.engine.model.subnets[subnet].zone_id
        assert table is not None
        outward = [route for route in table.routes if str(route.destination) == "0.0.0.0/0"]
        targets = [boxes.get(getattr(route.target, "key", "")) for route in outward]
        assert all(targets), subnet
        zones = [room.engine.model.subnets[getattr(box.subnets[0], "key", "")].zone_id for box in targets if box]
        assert zones == [home]
    for flow in flows:
        place = room.engine.places.find(flow.source)
        for target in place.targets:
            answer = room.engine.reach(target.host.id, "internet", ports=IntervalSet.of(443))
            there, back = ([hop.kind for hop in hops] for hops in (answer.path, answer.return_path))
            assert answer.reachable
            assert there.count("middlebox-endpoint") == back.count("middlebox-endpoint") == 1


def no_administration(room: Room) -> None:
    """Nobody comes in from the internet, no administrative port is open, nobody opens anything to the bastion."""
    for zone in (*SEALED, *room.living("proxy")):
        assert not room.reaches("internet", zone), zone
        assert not room.reaches(zone, "bastion") or zone == "bastion", zone
        assert not any(room.reaches(zone, "desktop", "tcp", port) for port in ADMINISTRATION), zone
    group = next(one for one in room.network.groups if one.key.endswith("network-groups-bastion"))
    assert not [rule for rule in group.rules if rule.direction is Direction.INGRESS]
    assert not [item for item in room.resources("Instance") if item.get("keyName")]


def defaults_are_inert(room: Room) -> None:
    """Default groups and ACLs let nothing through and hold nobody; main tables lead nowhere and serve nobody."""
    network = room.network
    defaults = {one.key for one in network.groups if one.default}
    assert defaults
    assert not [one.key for one in network.groups if one.default and one.rules]
    carried = {getattr(group, "key", None) for one in network.interfaces for group in one.groups}
    assert not carried & defaults
    assert not [one.key for one in network.nacls if one.default and (one.entries or one.subnets)]
    assert not [table.key for table in network.route_tables if table.main is True and table.routes]
    placed = {getattr(ref, "key", None) for one in network.route_tables for ref in one.subnets}
    assert {one.key for one in network.subnets} == placed


def entry_is_restricted(room: Room) -> None:
    """Desktops are entered from listed ranges only, which do not add up to the world."""
    groups = room.resources("IpGroup")
    assert groups
    for item in groups:
        ranges_of = [ipaddress.ip_network(rule["source"]) for rule in item["rules"]]
        assert ranges_of
        assert sum(block.num_addresses for block in ranges_of) < 2**16


def endpoints_are_bound(room: Room) -> None:
    """Endpoints have a policy and a group of their own, which named tiers feed on one port."""
    for item in room.resources("VpcEndpoint"):
        assert item.get("policy"), item["serviceName"]
        assert '"Principal": "*"' not in str(item["policy"]) or "Condition" in str(item["policy"])
    group = next(one for one in room.network.groups if one.key.endswith("network-groups-endpoint"))
    feeders = {
        getattr(getattr(rule.peer, "group", None), "key", "").rpartition("-")[2]
        for rule in group.rules
        if rule.direction is Direction.INGRESS
    }
    assert feeders == {"desktop", "proxy", "bastion"}
    for zone in ("directory", "production", "internet"):
        assert not room.reaches(zone, "endpoint"), zone


def names_are_no_bypass(room: Room) -> None:
    """Every VPC of the room asks a DNS firewall that fails closed."""
    associated = room.stack.of("ResolverFirewallRuleGroupAssociation")
    rooms = [item for item in room.stack.of("Vpc") if "network-room" in item["urn"]]
    assert {urn for item in associated for urn in item["propertyDependencies"]["vpcId"]} >= {
        item["urn"] for item in rooms
    }
    assert [item.get("firewallFailOpen") for item in room.resources("ResolverFirewallConfig")] == ["DISABLED"]
    assert "BLOCK" in {item["action"] for item in room.resources("ResolverFirewallRule")}


def flows_are_logged(room: Room) -> None:
    """Every VPC logs its flows, accepted and rejected ones."""
    logged = {urn for item in room.stack.of("FlowLog") for urn in item["propertyDependencies"].get("vpcId", ())}
    assert logged == {item["urn"] for item in room.stack.of("Vpc")}
    assert {item["trafficType"] for item in room.resources("FlowLog")} == {"ALL"}


def nothing_is_unknown(room: Room) -> None:
    """No filter and no route of the stack rests on an input that is not known."""
    rules = [rule for group in room.network.groups for rule in group.rules]
    entries = [entry for nacl in room.network.nacls for entry in nacl.entries]
    routes = [route for table in room.network.route_tables for route in table.routes]
    assert not [rule.origin for rule in rules if isinstance(rule.peer, Unknown) or isinstance(rule.ports, Unknown)]
    assert not [entry.origin for entry in entries if isinstance(entry.cidr, Unknown)]
    assert not [route.origin for route in routes if isinstance(route.target, Unknown)]
