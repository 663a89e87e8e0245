"""The workload VPC as frozen values. Pure.

Tables with inspection in the VPC, for each AZ z (EP: the inspection endpoint of that AZ):
instance-z 0/0 and the company's ranges to EP-z; inspection-z 0/0 to NAT-z, the company's ranges to the transit gateway;
public-z 0/0 to the internet gateway, instance-z back to EP-z; transit-z every instance subnet to the endpoint of the
*destination's* AZ, else replies come back through another firewall, which drops them.
Source: https://docs.aws.amazon.com/network-firewall/latest/developerguide/architectures.html
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from components.landing.plan import (
    AttachmentPlan,
    Carried,
    GroupPlan,
    Placement,
    RangeList,
    Service,
    Slot,
    Traffic,
    VpcPlan,
    inspect,
    subnets,
)
from components.network.names import allowed_names
from components.network.plan import WORLD, RoutePlan, Target
from components.settings.landing import CorporateClient, CorporateService, Workload
from components.settings.model import AvailabilityZone, Settings
from components.vocabulary import Zone

HTTPS, DNS = 443, 53
ENDPOINTS = ("ssm", "ssmmessages", "ec2messages", "kms", "logs", "secretsmanager")
SPOKE = "spoke"
"""The transit route table of VPCs that leave through the hub and reach nothing else."""
INSTANCE, ENDPOINT, RESOLVER, PROVIDER = "instance", "endpoint", "resolver", "provider"

_OWN = {
    Zone.INSTANCE: Slot(3, 0),
    Zone.PUBLIC: Slot(6, 40),
    Zone.ENDPOINT: Slot(6, 44),
    Zone.SERVICE: Slot(6, 48),
    Zone.INSPECTION: Slot(6, 52),
    Zone.TRANSIT: Slot(6, 56),
}
"""Half of the range is the instances', the rest is cut into small subnets; every tier has room for four AZs."""

_CORPORATE = {Zone.INSTANCE: Slot(3, 0), Zone.TRANSIT: Slot(4, 8)}
"""In a range that the company gave: only what must be reachable from there."""


def layout(wanted: Workload) -> dict[Zone, Placement]:
    """Where every tier lies: instances and transit in the company's range where there is one."""
    places = {zone: Placement(wanted.cidr, slot) for zone, slot in _OWN.items()}
    if wanted.corporate_cidr is not None:
        places |= {zone: Placement(wanted.corporate_cidr, slot) for zone, slot in _CORPORATE.items()}
    return places


def instance_block(wanted: Workload) -> IPv4Network:
    """The block of the VPC that instances lie in."""
    return wanted.corporate_cidr or wanted.cidr


def remote(wanted: Workload) -> tuple[IPv4Network, ...]:
    """The company's ranges that the workload speaks with, each once."""
    parties = [company_party(wanted, item) for item in (*wanted.services, *wanted.clients)]
    cidrs = (cidr for party in parties for cidr in (party.cidrs if isinstance(party, RangeList) else (party,)))
    return tuple(dict.fromkeys((*cidrs, *_servers(wanted))))


def company_party(wanted: Workload, item: CorporateService | CorporateClient) -> IPv4Network | RangeList:
    """Where a service or a client of the company is; LookupError where it names no list (settings refuse that)."""
    if item.cidr is not None:
        return item.cidr
    found = wanted.prefix_lists[item.prefix_list or ""]
    return RangeList(item.prefix_list or "", found.cidrs, found.max_entries)


def _servers(wanted: Workload) -> tuple[IPv4Network, ...]:
    return tuple(map(IPv4Network, wanted.resolution.servers if wanted.resolution else ()))


def _ranges(wanted: Workload) -> tuple[tuple[IPv4Network, ...], ...]:
    """The declared ranges by list. A prefix list keeps places for all of its entries, so that it grows in them."""
    services, clients = (
        tuple(item.cidr for item in listed if item.cidr) for listed in (wanted.services, wanted.clients)
    )
    kept = (
        (*found.cidrs, *(found.cidrs[-1:] * (found.max_entries - len(found.cidrs))))
        for found in wanted.prefix_lists.values()
    )
    callers = wanted.provider.clients if wanted.provider else ()
    return services, clients, _servers(wanted), tuple(cidr for listed in kept for cidr in listed), callers


def plan_workload(settings: Settings, wanted: Workload) -> VpcPlan:
    """The workload VPC; ValueError where a range cannot be divided (settings refuse that before)."""
    zones = settings.account.zones
    places = layout(wanted)
    local = wanted.egress == "nat"
    inspected = wanted.inspection.engine != "none"
    transit = settings.landing is not None and settings.landing.transit is not None
    served = {
        Zone.INSTANCE: zones,
        Zone.PUBLIC: zones if local else (),
        Zone.ENDPOINT: zones,
        Zone.SERVICE: zones if wanted.provider else (),
        Zone.INSPECTION: zones if inspected else (),
        Zone.TRANSIT: zones if transit else (),
    }
    instances = [places[Zone.INSTANCE].subnet(index) for index in range(len(zones))]
    leaving, company = tuple(_leaving(wanted)), tuple(_company(wanted))
    outward = [item for item in company if isinstance(item.source, str)]
    corporate = (*outward, *(item for item in company if item not in outward))
    names = allowed_names(wanted.allow_list, settings.account.region)
    domains = wanted.resolution.domains if wanted.resolution else ()
    return VpcPlan(
        purpose="workload",
        # AWS lets a range of the carriers' be added to a company's one, and not the other way round.
        cidr=instance_block(wanted),
        more=(wanted.cidr,) if wanted.corporate_cidr else (),
        subnets=tuple(subnets(places, served, _routes(wanted, zones, places))),
        groups=(
            GroupPlan(INSTANCE, Zone.INSTANCE),
            GroupPlan(ENDPOINT, Zone.ENDPOINT),
            *((GroupPlan(RESOLVER, Zone.INSTANCE),) if wanted.resolution else ()),
            *((GroupPlan(PROVIDER, Zone.SERVICE),) if wanted.provider else ()),
        ),
        traffic=(*leaving, *company, *_provided(wanted)),
        carried=tuple(_carried(places[Zone.INSTANCE].whole, (*leaving, *company), local=local)),
        ranges=_ranges(wanted),
        endpoints=ENDPOINTS,
        gateways=tuple((service, (Zone.INSTANCE,)) for service in _services(wanted)),
        inspection=inspect(wanted.inspection, zones, instances, wanted.allow_list, corporate),
        attachment=AttachmentPlan(appliance_mode=inspected, table=SPOKE) if transit else None,
        imports=wanted.imports,
        names=tuple(sorted({*names, *domains, *(f"*.{domain}" for domain in domains)})),
    )


def _leaving(wanted: Workload) -> Iterator[Traffic]:
    yield Traffic(INSTANCE, ENDPOINT, "tcp", HTTPS, HTTPS, "AWS APIs through endpoints")
    for service in _services(wanted):
        yield Traffic(INSTANCE, service, "tcp", HTTPS, HTTPS, f"{service} through the gateway endpoint")
    if wanted.allow_list:
        yield Traffic(INSTANCE, WORLD, "tcp", HTTPS, HTTPS, "Allow-listed names")


def _company(wanted: Workload) -> Iterator[Traffic]:
    for item in wanted.services:
        there = company_party(wanted, item)
        yield Traffic(INSTANCE, there, item.protocol, item.port, item.port, item.description)
    for item in wanted.clients:
        there = company_party(wanted, item)
        yield Traffic(there, INSTANCE, item.protocol, item.port, item.port, item.description)
    for server in _servers(wanted):
        for protocol in ("udp", "tcp"):
            yield Traffic(RESOLVER, server, protocol, DNS, DNS, "Names of the company")


def _provided(wanted: Workload) -> Iterator[Traffic]:
    """Callers of other accounts reach the load balancer alone, and it the instances: none the other way."""
    if (provider := wanted.provider) is None:
        return
    for cidr in provider.clients:
        yield Traffic(cidr, PROVIDER, "tcp", provider.port, provider.port, "Callers through PrivateLink")
    yield Traffic(PROVIDER, INSTANCE, "tcp", provider.port, provider.port, "The service for other accounts")


def _services(wanted: Workload) -> tuple[Service, ...]:
    """Agents and packages come from S3; tables are asked for."""
    return (Service.S3, Service.DYNAMODB) if wanted.dynamodb else (Service.S3,)


def _carried(instances: IPv4Network, traffic: tuple[Traffic, ...], *, local: bool) -> Iterator[Carried]:
    """What crosses the tiers between the instances and elsewhere."""
    for item in traffic:
        outward = not isinstance(item.target, str)
        other = item.target if outward else item.source
        leaving = (Zone.PUBLIC, Zone.INSPECTION) if local else (Zone.TRANSIT,)
        for cidr in other.cidrs if isinstance(other, RangeList) else (other,):
            if not isinstance(cidr, IPv4Network):
                continue
            source, target = (instances, cidr) if outward else (cidr, instances)
            for zone in leaving if cidr == WORLD else (Zone.INSPECTION, Zone.TRANSIT):
                yield Carried(zone, source, target, item.protocol, item.low, item.high)


def _routes(
    wanted: Workload, zones: tuple[AvailabilityZone, ...], places: dict[Zone, Placement]
) -> dict[tuple[Zone, str], tuple[RoutePlan, ...]]:
    local, inspected = wanted.egress == "nat", wanted.inspection.engine != "none"
    beyond = remote(wanted)
    out: dict[tuple[Zone, str], tuple[RoutePlan, ...]] = {}
    for index, zone in enumerate(zones):
        own = places[Zone.INSTANCE].subnet(index)
        world = RoutePlan(WORLD, Target.NAT_GATEWAY, zone.id) if local else RoutePlan(WORLD, Target.TRANSIT_GATEWAY)
        onward = tuple(RoutePlan(cidr, Target.TRANSIT_GATEWAY) for cidr in beyond)
        if not wanted.allow_list:
            leaving: tuple[RoutePlan, ...] = ()
        else:
            leaving = (world,)
        if inspected:
            out[Zone.INSTANCE, zone.id] = tuple(
                RoutePlan(route.destination, Target.INSPECTION, zone.id) for route in (*leaving, *onward)
            )
            out[Zone.INSPECTION, zone.id] = (*leaving, *onward)
            out[Zone.TRANSIT, zone.id] = tuple(
                RoutePlan(places[Zone.INSTANCE].subnet(there), Target.INSPECTION, other.id)
                for there, other in enumerate(zones)
            )
        else:
            out[Zone.INSTANCE, zone.id] = (*leaving, *onward)
        back = (RoutePlan(own, Target.INSPECTION, zone.id),) if inspected else ()
        out[Zone.PUBLIC, zone.id] = (RoutePlan(WORLD, Target.INTERNET_GATEWAY), *back)
    return out
