"""The port matrix: who may open a connection to whom, on which ports.

The one source of the room's security groups and network ACLs. What is not here is not allowed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network

from components.network.plan import WORLD, NetworkPlan
from components.vocabulary import Zone

HTTPS = 443
GROUPED = (Zone.DESKTOP, Zone.PROXY, Zone.BASTION, Zone.ENDPOINT, Zone.PRODUCTION)
"""Zones whose interfaces carry a security group of ours; the directory's group is made by AWS."""


class Direction(StrEnum):
    """Seen from what is filtered."""

    INGRESS = "ingress"
    EGRESS = "egress"


class Elsewhere(StrEnum):
    """Peers that are no zone."""

    WORLD = "world"
    S3 = "s3"
    """Amazon S3 through the gateway endpoint, as its prefix list."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Connections that `source` may open to `target`."""

    source: Zone
    target: Zone | Elsewhere
    protocol: str
    from_port: int
    to_port: int
    description: str


@dataclass(frozen=True, slots=True)
class GroupRule:
    """One security group rule with one peer: a zone's group, a range, or S3's prefix list."""

    group: Zone
    direction: Direction
    peer: Zone | IPv4Network | Elsewhere
    protocol: str
    from_port: int
    to_port: int
    description: str

    @property
    def key(self) -> str:
        """A name made of what the rule says, so that it does not move when others come."""
        peer = str(self.peer).replace(".", "-").replace("/", "-")
        ports = str(self.from_port) if self.from_port == self.to_port else f"{self.from_port}-{self.to_port}"
        return f"{self.group}-{self.direction}-{peer}-{self.protocol}-{ports}"


DIRECTORY_PORTS: tuple[tuple[str, int, int, str], ...] = (
    ("tcp", 53, 53, "DNS"),
    ("udp", 53, 53, "DNS"),
    ("tcp", 88, 88, "Kerberos"),
    ("udp", 88, 88, "Kerberos"),
    ("udp", 123, 123, "Windows time"),
    ("tcp", 135, 135, "RPC endpoint mapper"),
    ("udp", 137, 138, "NetBIOS name and datagram"),
    ("tcp", 139, 139, "NetBIOS session"),
    ("tcp", 389, 389, "LDAP"),
    ("udp", 389, 389, "LDAP"),
    ("tcp", 445, 445, "SMB"),
    ("udp", 445, 445, "SMB"),
    ("tcp", 464, 464, "Kerberos password change"),
    ("udp", 464, 464, "Kerberos password change"),
    ("tcp", 636, 636, "LDAP over TLS"),
    ("tcp", 3268, 3269, "Global catalogue"),
    ("tcp", 49152, 65535, "Dynamic RPC"),
)
"""What a domain member opens to its controllers; dynamic RPC is narrowed to the range that Windows uses today.

Sources: https://docs.aws.amazon.com/directoryservice/latest/admin-guide/ms_ad_getting_started_prereqs.html,
https://learn.microsoft.com/troubleshoot/windows-server/networking/service-overview-and-network-port-requirements
"""


def flows(plan: NetworkPlan) -> tuple[Flow, ...]:
    """The port matrix of one stack."""
    return tuple(_flows(plan))


def _flows(plan: NetworkPlan) -> Iterator[Flow]:
    for protocol, low, high, what in DIRECTORY_PORTS:
        yield Flow(Zone.DESKTOP, Zone.DIRECTORY, protocol, low, high, what)
    yield Flow(Zone.DESKTOP, Zone.PROXY, "tcp", plan.proxy_port, plan.proxy_port, "Egress proxy")
    for port in plan.production.settings.ports:
        yield Flow(Zone.DESKTOP, Zone.PRODUCTION, port.protocol, port.port, port.port, port.description)
    for source in (Zone.DESKTOP, Zone.PROXY, Zone.BASTION):
        yield Flow(source, Zone.ENDPOINT, "tcp", HTTPS, HTTPS, "AWS APIs through endpoints")
    yield Flow(Zone.PROXY, Elsewhere.WORLD, "tcp", HTTPS, HTTPS, "Allow-listed names")
    yield Flow(Zone.BASTION, Elsewhere.S3, "tcp", HTTPS, HTTPS, "Session logs and agent updates")


def group_rules(plan: NetworkPlan) -> tuple[GroupRule, ...]:
    """The rules of all security groups that the matrix calls for, each once."""
    return tuple(rule for flow in flows(plan) for rule in (*_egress(flow, plan), *_ingress(flow, plan)))


def _egress(flow: Flow, plan: NetworkPlan) -> Iterator[GroupRule]:
    for peer in _egress_peers(flow.target, plan):
        yield _rule(flow, flow.source, Direction.EGRESS, peer)


def _egress_peers(target: Zone | Elsewhere, plan: NetworkPlan) -> tuple[Zone | IPv4Network | Elsewhere, ...]:
    """A group where it is ours and in the same VPC, otherwise exact ranges."""
    if target is Elsewhere.WORLD:
        return (WORLD,)
    if isinstance(target, Elsewhere):
        return (target,)
    return (target,) if target in GROUPED and target is not Zone.PRODUCTION else plan.cidrs(target)


def _ingress(flow: Flow, plan: NetworkPlan) -> Iterator[GroupRule]:
    target = flow.target
    if not isinstance(target, Zone) or target not in GROUPED:
        return
    if target is Zone.PRODUCTION and not plan.production.created:
        return
    yield _rule(flow, target, Direction.INGRESS, flow.source)


def _rule(flow: Flow, group: Zone, direction: Direction, peer: Zone | IPv4Network | Elsewhere) -> GroupRule:
    return GroupRule(group, direction, peer, flow.protocol, flow.from_port, flow.to_port, flow.description)
