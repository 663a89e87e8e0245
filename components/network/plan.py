"""The room's network as frozen values: subnets, routes and endpoints, before any resource exists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network, collapse_addresses

from components.inspection.plan import InspectedZone, InspectionPlan, suricata_rules
from components.network.addresses import TIERS, Addresses
from components.network.names import allowed_names
from components.network.services import Perimeter
from components.secure_room import allow_list
from components.settings.imports import Imports
from components.settings.model import AvailabilityZone, Production, Settings
from components.vocabulary import Zone

WORLD = IPv4Network("0.0.0.0/0")


class Target(StrEnum):
    """What a route leads to."""

    INTERNET_GATEWAY = "internet-gateway"
    NAT_GATEWAY = "nat-gateway"
    PEERING = "peering"
    INSPECTION = "inspection"
    TRANSIT_GATEWAY = "transit-gateway"
    VPN_GATEWAY = "vpn-gateway"


@dataclass(frozen=True, slots=True)
class RoutePlan:
    """One route; `zone_id` names the AZ of a zonal target."""

    destination: IPv4Network
    target: Target
    zone_id: str | None = None


@dataclass(frozen=True, slots=True)
class SubnetPlan:
    """One subnet with its own route table; `number` counts the AZs from 1."""

    zone: Zone
    number: int
    zone_id: str
    cidr: IPv4Network
    routes: tuple[RoutePlan, ...] = ()
    label: str = ""

    @property
    def key(self) -> str:
        """A name that is unique in the plan and does not move when others come: `desktop-1`."""
        return self.label or f"{self.zone}-{self.number}"


@dataclass(frozen=True, slots=True)
class ProductionPlan:
    """The production side: `subnets` only where this program makes them, `cidrs` are what desktops may reach."""

    settings: Production
    subnets: tuple[SubnetPlan, ...]
    cidrs: tuple[IPv4Network, ...]

    @property
    def created(self) -> bool:
        """Whether this program makes the VPC."""
        return self.settings.mode == "create"


@dataclass(frozen=True, slots=True)
class NetworkPlan:
    """Everything that the network's components need to know."""

    perimeter: Perimeter
    region: str
    room_cidr: IPv4Network
    desktop_cidr: IPv4Network | None
    """A block of the room's VPC that the desktops have for themselves."""
    subnets: tuple[SubnetPlan, ...]
    production: ProductionPlan
    proxy_port: int
    extra_endpoints: tuple[str, ...]
    names: tuple[str, ...] | None
    """The names that may be looked up; None where any may."""
    block_public_access: str | None
    inspection: InspectionPlan | None
    imports: Imports | None = None
    """Parts of the room's VPC that exist already."""

    def tier(self, zone: Zone) -> tuple[SubnetPlan, ...]:
        """A tier's subnets in AZ order."""
        every = (*self.subnets, *self.production.subnets)
        return tuple(subnet for subnet in every if subnet.zone is zone)

    def cidrs(self, zone: Zone) -> tuple[IPv4Network, ...]:
        """A tier's addresses in as few ranges as hold them exactly."""
        if zone is Zone.PRODUCTION:
            return self.production.cidrs
        return tuple(collapse_addresses(subnet.cidr for subnet in self.tier(zone)))


def plan_network(settings: Settings) -> NetworkPlan:
    """The network of one stack; ValueError where the room's range cannot be divided (settings refuse that before)."""
    return NetworkPlan(
        perimeter=_perimeter(settings),
        region=settings.account.region,
        room_cidr=settings.network.room_cidr,
        desktop_cidr=settings.network.desktop_cidr,
        subnets=tuple(_room_subnets(settings)),
        production=_production(settings),
        proxy_port=settings.proxy.port,
        extra_endpoints=settings.network.endpoints.extra,
        names=_names(settings),
        block_public_access=_mode(settings.network.block_public_access),
        inspection=_inspection(settings),
        imports=settings.network.imports,
    )


def _inspection(settings: Settings) -> InspectionPlan | None:
    wanted, addresses = settings.network.inspection, _addresses(settings)
    if wanted.engine == "none":
        return None
    zones = served_zones(Zone.INSPECTION, settings)
    return InspectionPlan(
        engine=wanted.engine,
        zones=tuple(
            InspectedZone(zone.id, zone.name, f"{Zone.INSPECTION}-{number}") for number, zone in enumerate(zones, 1)
        ),
        rules=suricata_rules(_allow_list(settings)),
        home=tuple(str(addresses.subnet(Zone.PROXY, index)) for index in range(len(zones))),
        service_name=wanted.service_name,
        subnet_changes=wanted.subnet_changes,
        dashboard=wanted.dashboard,
    )


def _perimeter(settings: Settings) -> Perimeter:
    whole = settings.network.endpoints.perimeter == "organization"
    return Perimeter(settings.account.id, settings.account.organization_id if whole else None)


def _addresses(settings: Settings) -> Addresses:
    return Addresses(settings.network.room_cidr, settings.network.desktop_cidr)


def _allow_list(settings: Settings) -> tuple[str, ...]:
    wanted = settings.proxy.allow_list
    return allow_list.compose(wanted.extra, aws_console=wanted.aws)


def _names(settings: Settings) -> tuple[str, ...] | None:
    if not settings.network.dns_firewall:
        return None
    return allowed_names(_allow_list(settings), settings.account.region)


def _mode(wanted: str) -> str | None:
    return None if wanted == "off" else wanted


def served_zones(tier: Zone, settings: Settings) -> tuple[AvailabilityZone, ...]:
    """The AZs in which a tier has a subnet: a directory has two, and so have the desktops that it is registered for."""
    zones = settings.account.zones
    per_nat = len(zones) if settings.network.nat == "per_zone" else 1
    per_endpoint = len(zones) if settings.network.endpoints.zones == "per_zone" else 1
    count = {
        Zone.DESKTOP: 2,
        Zone.DIRECTORY: 2,
        Zone.PROXY: per_nat,
        Zone.PUBLIC: per_nat,
        Zone.ENDPOINT: per_endpoint,
        Zone.BASTION: 1,
        Zone.INSPECTION: per_nat if settings.network.inspection.engine != "none" else 0,
    }
    return zones[: count[tier]]


def _room_subnets(settings: Settings) -> Iterator[SubnetPlan]:
    addresses = _addresses(settings)
    for tier in TIERS:
        for number, zone in enumerate(served_zones(tier, settings), start=1):
            routes = _room_routes(tier, zone.id, number - 1, settings)
            yield SubnetPlan(tier, number, zone.id, addresses.subnet(tier, number - 1), routes)


def _room_routes(tier: Zone, zone_id: str, index: int, settings: Settings) -> tuple[RoutePlan, ...]:
    """A tier's routes beside the local one: only the proxy has a way out, and only the NAT tier meets the internet.

    With inspection, the way out and the way back cross the endpoint of the same AZ: a stateful engine that sees half
    of a connection drops it. What returns to the proxy from the NAT gateway is led aside by a route for the proxy's
    own subnet, the only kind of route that may be more specific than the local one.
    """
    if settings.network.inspection.engine != "none":
        proxy = _addresses(settings).subnet(Zone.PROXY, index)
        inspected = {
            Zone.PROXY: (RoutePlan(WORLD, Target.INSPECTION, zone_id),),
            Zone.INSPECTION: (RoutePlan(WORLD, Target.NAT_GATEWAY, zone_id),),
            Zone.PUBLIC: (RoutePlan(WORLD, Target.INTERNET_GATEWAY), RoutePlan(proxy, Target.INSPECTION, zone_id)),
        }
        if tier in inspected:
            return inspected[tier]
    routes = {
        Zone.DESKTOP: tuple(RoutePlan(cidr, Target.PEERING) for cidr in settings.declared_production),
        Zone.PROXY: (RoutePlan(WORLD, Target.NAT_GATEWAY, zone_id),),
        Zone.PUBLIC: (RoutePlan(WORLD, Target.INTERNET_GATEWAY),),
    }
    return routes.get(tier, ())


def _production(settings: Settings) -> ProductionPlan:
    production = settings.network.production
    cidrs = settings.declared_production
    if production.mode == "existing":
        return ProductionPlan(production, (), cidrs)
    ids = {zone.name: zone.id for zone in settings.account.zones}
    addresses = _addresses(settings)
    back = tuple(
        RoutePlan(addresses.subnet(Zone.DESKTOP, index), Target.PEERING)
        for index in range(len(served_zones(Zone.DESKTOP, settings)))
    )
    subnets = tuple(
        SubnetPlan(Zone.PRODUCTION, number, ids[subnet.zone or ""], subnet.cidr, back, f"production-{subnet.name}")
        for number, subnet in enumerate(production.subnets, start=1)
    )
    return ProductionPlan(production, subnets, cidrs)
