"""Load balancers: what a connection to one needs beyond reaching its interface.

A listener must take the port. An application load balancer answers by itself. A network load balancer passes the
connection on, so that a target in reach decides: from its own private address, or with the client's when client
address preservation is on, in which case the target's group must admit the client or the balancer's own group
("Client IP preservation" and "Security groups", Network Load Balancers). Without cross-zone balancing a node uses only
targets of its own zone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from guardrails.facts.network import Direction, Listener, LoadBalancer, TargetGroup
from guardrails.facts.values import IPAddress, Maybe, Ref, Unknown
from guardrails.network.answer import Hop
from guardrails.network.hosts import Host
from guardrails.network.packets import (
    DESTINATION,
    EPHEMERAL,
    IPV4,
    NOTHING,
    PORT,
    PROTOCOL,
    SOURCE,
    SOURCE_PORT,
    TCP,
    UDP,
    Packets,
    address_set,
    replies,
    requests,
)
from guardrails.network.trail import Point, PointKind, Trail
from guardrails.network.transit import zones_meet
from guardrails.sets import IntervalSet

if TYPE_CHECKING:
    from guardrails.network.connect import Connector, Found

_PROTOCOLS = {
    "TCP": IntervalSet.of(TCP),
    "TLS": IntervalSet.of(TCP),
    "HTTP": IntervalSet.of(TCP),
    "HTTPS": IntervalSet.of(TCP),
    "SSL": IntervalSet.of(TCP),
    "UDP": IntervalSet.of(UDP),
    "TCP_UDP": IntervalSet.of(TCP, UDP),
    "QUIC": IntervalSet.of(UDP),
    "TCP_QUIC": IntervalSet.of(TCP, UDP),
}
_ALWAYS_PRESERVED = frozenset({"UDP", "TCP_UDP", "QUIC", "TCP_QUIC"})


def through_endpoint(connector: Connector, behind: tuple[Maybe[Ref], ...], found: Found, depth: int) -> Iterator[Found]:
    """Give what of a connection to an interface endpoint is taken by a load balancer of the service behind it.

    The targets see the balancer's own address, and its groups the client's ("Security groups" and "Client IP
    preservation", Network Load Balancers).
    """
    model, walker = connector.model, connector.walker
    for ref in behind:
        balancer = model.balancers.get(model.key(ref) or "")
        if balancer is None:
            name = ref.what if isinstance(ref, Unknown) else ref.literal or ref.key or ""
            walker.stops.note((Unknown(name, "the load balancer behind the endpoint is not in the source"),))
            yield from (found,) if connector.may else ()
            continue
        for node in model.owned_by(balancer.key):
            sent = found.packets
            held = balancer.filters_endpoints
            walker.stops.note((held,) if isinstance(held, Unknown) else ())
            if (held is True or (held is not False and not walker.may)) and node.groups:
                sent, _ = walker.aim((), (node,)).groups(node, Direction.INGRESS, sent, Trail(direct=False))
            if sent:
                yield from through(connector, node, replace(found, packets=sent), depth, linked=True)


def through(connector: Connector, node: Host, found: Found, depth: int, *, linked: bool = False) -> Iterator[Found]:
    """Give what of a connection to a load balancer's node is taken by a listener and, for a network one, passed on."""
    balancer = connector.model.balancers[node.owner]
    hop = Hop(connector.model.label(balancer.key), "load-balancer")
    taken = False
    for listener in balancer.listeners:
        for protocol, port, unknown in _listens(listener):
            if unknown is not None:
                connector.walker.stops.note((unknown,))
                if not connector.may:
                    continue
            mine = found.packets.limit(PROTOCOL, protocol).limit(PORT, port)
            if not mine:
                continue
            taken = True
            rule = f"listener {listener.protocol} {listener.port}"
            onward = replace(found, packets=mine, path=(*found.path, replace(hop, rule=rule)))
            if isinstance(balancer.kind, Unknown):
                connector.walker.stops.note((balancer.kind,))
                yield from (onward,) if connector.may else ()
            elif balancer.kind == "network":
                yield from _passed_on(_Node(connector, balancer, node, depth, linked), listener, onward)
            else:
                yield onward
    if not taken:
        connector.walker.stops.drop(Trail(hops=found.path), hop, "no listener on this port")


def _listens(listener: Listener) -> Iterator[tuple[IntervalSet, IntervalSet, Unknown | None]]:
    unknown = next((part for part in (listener.protocol, listener.port) if isinstance(part, Unknown)), None)
    protocol = IntervalSet.of(TCP, UDP)
    if not isinstance(listener.protocol, Unknown):
        protocol = _PROTOCOLS.get(listener.protocol.upper(), protocol)
    port = IntervalSet.span(0, 65535) if isinstance(listener.port, Unknown) else IntervalSet.of(listener.port)
    yield protocol, port, unknown


@dataclass(frozen=True, slots=True)
class _Node:
    """One node of a network load balancer, about to pass a connection on."""

    connector: Connector
    balancer: LoadBalancer
    host: Host
    depth: int
    linked: bool = False
    """Whether the connection came through an interface endpoint, which hides the client's address."""


def _passed_on(at: _Node, listener: Listener, found: Found) -> Iterator[Found]:
    connector, balancer, node = at.connector, at.balancer, at.host
    model = connector.model
    works = NOTHING
    path = found.path
    for ref in listener.target_groups:
        group = model.target_groups.get(model.key(ref) or "")
        if group is None:
            connector.walker.stops.note((Unknown(model.label(balancer.key), "a target group is not in the source"),))
            works |= found.packets if connector.may else works
            continue
        for target, port in _targets(connector, group, node):
            lost = _lost(target, node)
            if lost is not None or target is None:
                connector.walker.stops.note((lost,) if lost else ())
                works |= found.packets if connector.may else NOTHING
                continue
            if not _in_zone(connector, balancer, group, node, target):
                hop = Hop(target.id, "target")
                connector.walker.stops.drop(
                    Trail(hops=found.path), hop, "the target is in a zone that this node does not serve"
                )
                continue
            sent, hops = _to_target(at, group, target, port, found)
            if sent:
                works |= sent
                path = hops if path is found.path else path
    if works:
        yield replace(found, packets=works, path=path)
    else:
        hop = Hop(model.label(balancer.key), "load-balancer")
        connector.walker.stops.drop(Trail(hops=found.path), hop, "no target can be reached")


def _lost(target: Host | None, node: Host) -> Unknown | None:
    """Name the end of the second leg of which the subnet is not known."""
    for host in (target, node):
        if host is not None and host.subnet is None:
            return Unknown(f"{host.id}.subnet", "the subnet is not in the source")
    return None


def _targets(connector: Connector, group: TargetGroup, node: Host) -> Iterator[tuple[Host | None, int | Unknown]]:
    """Give the targets with their ports; None for one of which it is not known where it is."""
    for target, port in group.targets:
        number = group.port if isinstance(port, Unknown) else port
        for host in _hosts_of(connector, target, node) or (None,):
            yield host, number


def _hosts_of(connector: Connector, target: Ref | Unknown | IPAddress, node: Host) -> list[Host]:
    model = connector.model
    if isinstance(target, Unknown):
        connector.walker.stops.note((target,))
        return []
    if isinstance(target, Ref):
        key = model.key(target)
        if key in model.host_of:
            return [model.narrowed(model.host_of[key], key)]
        found = model.owned_by(key or "")
        if not found:
            connector.walker.stops.note((Unknown(target.literal or key or "", "the target is not in the source"),))
        return found if key in model.balancers else found[:1]
    wanted = address_set((target,))
    near = [host for host in model.hosts if host.exact and host.addresses & wanted]
    near.sort(key=lambda host: host.vpc != node.vpc)
    if not near:
        connector.walker.stops.note((Unknown(str(target), "no interface with the target's address is in the source"),))
    return [replace(host, addresses=wanted) for host in near[:1]]


def _in_zone(connector: Connector, balancer: LoadBalancer, group: TargetGroup, node: Host, target: Host) -> bool:
    cross: bool | Unknown = balancer.cross_zone
    if isinstance(group.cross_zone, Unknown):
        cross = group.cross_zone
    elif group.cross_zone in {"true", "false"}:
        cross = group.cross_zone == "true"
    if cross is True:
        return True
    meet = zones_meet(connector.model, node.subnet, target.subnet)
    for doubt in (cross, meet):
        if isinstance(doubt, Unknown):
            connector.walker.stops.note((doubt,))
            return connector.may
    return bool(meet)


def preserves(group: TargetGroup) -> bool | Unknown:
    """Tell whether targets see the client's address: as set, else AWS's default for the type and protocol."""
    protocol = group.protocol
    if isinstance(protocol, str) and protocol.upper() in _ALWAYS_PRESERVED:
        return True
    if group.preserve_client_ip is not None:
        return group.preserve_client_ip
    if isinstance(group.target_type, Unknown):
        return group.target_type
    return group.target_type in {"instance", "alb"}


def _to_target(
    at: _Node, group: TargetGroup, target: Host, port: int | Unknown, found: Found
) -> tuple[Packets, tuple[Hop, ...]]:
    """Give the client's packets that get on to one target and are answered, and all the hops of their way."""
    connector, node, sent = at.connector, at.host, found.packets
    kept = False if at.linked else preserves(group)
    if isinstance(kept, Unknown) or isinstance(port, Unknown):
        connector.walker.stops.note(tuple(doubt for doubt in (kept, port) if isinstance(doubt, Unknown)))
        return (sent if connector.may else NOTHING), found.path
    onward = sent.replace(DESTINATION, target.addresses & IPV4).replace(PORT, IntervalSet.of(port))
    if kept:
        return _with_client_address(connector, node, target, found, onward)
    own = onward.replace(0, node.addresses & IPV4).replace(SOURCE_PORT, EPHEMERAL)
    from guardrails.network.connect import Goals  # noqa: PLC0415 - the two modules call each other

    start = Point(PointKind.HOST, node.key, node, node.vpc)
    way = Trail(hops=found.path)
    for leg in connector.connect(start, own, Goals(hosts=(target,)), way, at.depth + 1):
        return sent.limit(PROTOCOL, leg.packets.side(PROTOCOL) or IntervalSet()), leg.path
    return NOTHING, found.path


def _with_client_address(
    connector: Connector, node: Host, target: Host, found: Found, onward: Packets
) -> tuple[Packets, tuple[Hop, ...]]:
    """Pass groups and ACLs with the client's address; replies return to the node, which remembers.

    The node's own groups decide what leaves it ("Update the security groups for your Network Load Balancer").
    A target admits clients by address, or all of them by the balancer's own group; never by the clients' groups, and
    it is no client of itself ("Register targets", "Troubleshoot: hairpinning", Network Load Balancers).
    """
    walker, sent = connector.walker.aim((node,), (target,)), found.packets
    way = Trail(hops=found.path)
    onward, trail = walker.groups(node, Direction.EGRESS, onward.without(SOURCE, target.addresses), way)
    if not onward:
        return NOTHING, found.path
    onward, trail = walker.cross(node.subnet, target.subnet, onward, replace(trail, direct=False))
    named = onward & walker.filters.refers(target, Direction.INGRESS, node.groups or frozenset())
    if onward - named:
        onward, trail = walker.groups(target, Direction.INGRESS, onward - named, trail)
        onward |= named
    elif named:
        groups = ", ".join(sorted(connector.model.label(name) for name in target.groups or ()))
        trail = trail.add(Hop(target.id, "security-group", groups, "ingress rule that names the load balancer's group"))
    if target.owner in connector.model.balancers:
        listened = [_listens(one) for one in connector.model.balancers[target.owner].listeners]
        served = [part for parts in listened for part in parts if part[2] is None or connector.may]
        onward = Packets.union(onward.limit(PROTOCOL, one[0]).limit(PORT, one[1]) for one in served)
    if onward and not connector.one_way:
        answered, _ = walker.cross(target.subnet, node.subnet, replies(onward), replace(trail, reply=True))
        onward = requests(onward, answered)
    kept = onward.replace(DESTINATION, sent.side(DESTINATION) or IntervalSet()).replace(
        PORT, sent.side(PORT) or IntervalSet()
    )
    hops = (*trail.hops, Hop(target.id, target.owner_kind)) if walker.trace else ()
    return sent & kept, hops
