"""The hub VPC as frozen values. Pure.

What comes from a spoke enters at the transit subnets and goes to the endpoint of the AZ, from there to that AZ's NAT
gateway; what returns meets the same endpoint. Appliance mode keeps a flow in one AZ.
Source: https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-appliance-scenario.html
"""

from __future__ import annotations

from ipaddress import IPv4Network

from components.landing.plan import AttachmentPlan, Carried, Placement, Slot, VpcPlan, inspect, subnets
from components.network.plan import WORLD, RoutePlan, Target
from components.settings.landing import Hub
from components.settings.model import AvailabilityZone, Settings
from components.vocabulary import Zone

HTTPS = 443
INSPECTION = "inspection"
"""The transit route table that the hub uses: it knows every spoke."""

_SLOTS = {Zone.TRANSIT: Slot(4, 0), Zone.INSPECTION: Slot(4, 4), Zone.PUBLIC: Slot(4, 8)}


def plan_hub(settings: Settings, wanted: Hub, spokes: tuple[IPv4Network, ...], allow_list: tuple[str, ...]) -> VpcPlan:
    """The hub for these spoke ranges; ValueError where its range cannot be divided (settings refuse that before)."""
    zones = settings.account.zones
    inspected = wanted.inspection.engine != "none"
    places = {zone: Placement(wanted.cidr, slot) for zone, slot in _SLOTS.items()}
    served = {Zone.TRANSIT: zones, Zone.INSPECTION: zones if inspected else (), Zone.PUBLIC: zones}
    return VpcPlan(
        purpose="hub",
        cidr=wanted.cidr,
        subnets=tuple(subnets(places, served, _routes(zones, spokes, inspected=inspected))),
        carried=tuple(Carried(zone, spoke, WORLD, "tcp", HTTPS, HTTPS) for zone in _SLOTS for spoke in spokes),
        ranges=(spokes,),
        inspection=inspect(wanted.inspection, zones, spokes, allow_list),
        attachment=AttachmentPlan(appliance_mode=True, table=INSPECTION),
        imports=wanted.imports,
    )


def _routes(
    zones: tuple[AvailabilityZone, ...], spokes: tuple[IPv4Network, ...], *, inspected: bool
) -> dict[tuple[Zone, str], tuple[RoutePlan, ...]]:
    out: dict[tuple[Zone, str], tuple[RoutePlan, ...]] = {}
    home = tuple(RoutePlan(spoke, Target.TRANSIT_GATEWAY) for spoke in spokes)
    for zone in zones:
        world = RoutePlan(WORLD, Target.NAT_GATEWAY, zone.id)
        aside = RoutePlan(WORLD, Target.INSPECTION, zone.id)
        back = tuple(RoutePlan(spoke, Target.INSPECTION, zone.id) for spoke in spokes)
        out[Zone.TRANSIT, zone.id] = (aside if inspected else world,)
        out[Zone.INSPECTION, zone.id] = (world, *home)
        out[Zone.PUBLIC, zone.id] = (RoutePlan(WORLD, Target.INTERNET_GATEWAY), *(back if inspected else home))
    return out
