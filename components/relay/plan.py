"""The log relay's VPC as frozen values. Pure.

Relay hosts pull: nobody opens a connection to them but the operators' bastion on 22. They leave to the vendor through
a NAT gateway, and to the SIEM over the VPN gateway by static routes: nothing is propagated. Which ranges and ports the
vendor's service has is configuration.
Source: https://help.zscaler.com/zia/nss-deployment-guide-amazon-web-services (two interfaces, logs are pulled)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network

from components.landing.plan import Carried, GroupPlan, Placement, Service, Slot, Traffic, VpcPlan, subnets
from components.network.plan import WORLD, RoutePlan, Target
from components.settings.landing import Relay, RelayHost
from components.settings.model import AvailabilityZone, Settings
from components.settings.places import PRIVATE_RANGES
from components.vocabulary import Zone

SSH, HTTPS, DNS, NTP, REMOTE_SUPPORT = 22, 443, 53, 123, 12002
ENDPOINTS = ("ssm", "ssmmessages", "ec2messages", "kms", "logs")
MAX_ZONES = 2
MANAGEMENT, SERVICE, BASTION, ENDPOINT = "relay-management", "relay-service", "bastion", "endpoint"

_SLOTS = {
    Zone.RELAY: Slot(3, 0, MAX_ZONES),
    Zone.PUBLIC: Slot(4, 8, MAX_ZONES),
    Zone.BASTION: Slot(4, 10, 1),
    Zone.ENDPOINT: Slot(4, 12, MAX_ZONES),
}


@dataclass(frozen=True, slots=True)
class HostPlan:
    """One relay host and the key of its subnet."""

    wanted: RelayHost
    subnet: str


@dataclass(frozen=True, slots=True)
class RelayPlan:
    """The VPC and its hosts; `corporate` are the ranges behind the VPN gateway."""

    vpc: VpcPlan
    hosts: tuple[HostPlan, ...]
    corporate: tuple[IPv4Network, ...]


def plan_relay(settings: Settings, wanted: Relay) -> RelayPlan:
    """The log relay; ValueError where its range cannot be divided (settings refuse that before)."""
    count = min(len(wanted.hosts), MAX_ZONES)
    zones = settings.account.zones[:count]
    places = {zone: Placement(wanted.cidr, slot) for zone, slot in _SLOTS.items()}
    served = {Zone.RELAY: zones, Zone.PUBLIC: zones, Zone.BASTION: zones[:1], Zone.ENDPOINT: zones}
    corporate = tuple(dict.fromkeys(_corporate(wanted)))
    groups = ((MANAGEMENT, Zone.RELAY), (SERVICE, Zone.RELAY), (BASTION, Zone.BASTION), (ENDPOINT, Zone.ENDPOINT))
    traffic = tuple(_traffic(wanted))
    vpc = VpcPlan(
        purpose="relay",
        cidr=wanted.cidr,
        subnets=tuple(subnets(places, served, _routes(wanted, zones, corporate))),
        groups=tuple(GroupPlan(name, zone) for name, zone in groups),
        traffic=traffic,
        carried=tuple(_carried(traffic, places[Zone.RELAY].whole, corporate)),
        ranges=(
            wanted.vendor,
            tuple(map(IPv4Network, wanted.name_servers)),
            wanted.time_servers,
            tuple(item.cidr for item in wanted.receivers),
            (wanted.remote_support,) if wanted.remote_support else (),
        ),
        endpoints=ENDPOINTS,
        gateways=((Service.S3, (Zone.BASTION,)),),
        vpn_gateway=True,
        imports=wanted.imports,
    )
    hosts = tuple(HostPlan(host, f"{Zone.RELAY}-{index % count + 1}") for index, host in enumerate(wanted.hosts))
    return RelayPlan(vpc, hosts, corporate)


def _corporate(wanted: Relay) -> Iterator[IPv4Network]:
    yield from (item.cidr for item in wanted.receivers)
    yield from (cidr for cidr in _servers(wanted) if _corporate_range(cidr))


def _corporate_range(cidr: IPv4Network) -> bool:
    return any(cidr.subnet_of(private) for private in PRIVATE_RANGES)


def _servers(wanted: Relay) -> tuple[IPv4Network, ...]:
    return (*map(IPv4Network, wanted.name_servers), *wanted.time_servers)


def _outside(wanted: Relay) -> tuple[IPv4Network, ...]:
    """The ranges on the internet that the hosts speak with."""
    public = (cidr for cidr in _servers(wanted) if not _corporate_range(cidr))
    support = (wanted.remote_support,) if wanted.remote_support else ()
    return tuple(dict.fromkeys((*wanted.vendor, *public, *support)))


def _traffic(wanted: Relay) -> Iterator[Traffic]:
    yield Traffic(BASTION, MANAGEMENT, "tcp", SSH, SSH, "Administration of the relay")
    yield Traffic(BASTION, ENDPOINT, "tcp", HTTPS, HTTPS, "AWS APIs through endpoints")
    yield Traffic(BASTION, Service.S3, "tcp", HTTPS, HTTPS, "Session logs and agent updates")
    for cidr in wanted.vendor:
        for port in wanted.vendor_ports:
            yield Traffic(SERVICE, cidr, "tcp", port, port, "Logs from the vendor")
    for server in map(IPv4Network, wanted.name_servers):
        for protocol in ("udp", "tcp"):
            yield Traffic(SERVICE, server, protocol, DNS, DNS, "Name servers")
    for server in wanted.time_servers:
        yield Traffic(SERVICE, server, "udp", NTP, NTP, "Time servers")
    for item in wanted.receivers:
        yield Traffic(SERVICE, item.cidr, "tcp", item.port, item.port, item.description)
    if wanted.remote_support is not None:
        yield Traffic(SERVICE, wanted.remote_support, "tcp", REMOTE_SUPPORT, REMOTE_SUPPORT, "Remote support")


def _carried(
    traffic: tuple[Traffic, ...], relays: IPv4Network, corporate: tuple[IPv4Network, ...]
) -> Iterator[Carried]:
    """The NAT gateways' subnets see what leaves to the internet, and nothing else."""
    for item in traffic:
        if isinstance(item.target, IPv4Network) and item.target not in corporate:
            yield Carried(Zone.PUBLIC, relays, item.target, item.protocol, item.low, item.high)


def _routes(
    wanted: Relay, zones: tuple[AvailabilityZone, ...], corporate: tuple[IPv4Network, ...]
) -> dict[tuple[Zone, str], tuple[RoutePlan, ...]]:
    out: dict[tuple[Zone, str], tuple[RoutePlan, ...]] = {}
    line = tuple(RoutePlan(cidr, Target.VPN_GATEWAY) for cidr in corporate)
    for zone in zones:
        leaving = tuple(RoutePlan(cidr, Target.NAT_GATEWAY, zone.id) for cidr in _outside(wanted))
        out[Zone.RELAY, zone.id] = (*leaving, *line)
        out[Zone.PUBLIC, zone.id] = (RoutePlan(WORLD, Target.INTERNET_GATEWAY),)
    return out
