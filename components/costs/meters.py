"""What AWS bills by the hour, or by the month at a fixed rate, for a stack that does nothing. Pure.

Traffic, logs, storage, requests and hours in which desktops are used come on top: they depend on use.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from enum import StrEnum

from components.inspection.plan import InspectionPlan
from components.landing.parts import vpc_plans
from components.landing.plan import VpcPlan
from components.network.plan import NetworkPlan, plan_network
from components.network.services import NEEDED
from components.settings import Settings
from components.vocabulary import Zone


class Meter(StrEnum):
    """Kinds of charge; what is sold in sizes is completed by its size (`instance t3.medium windows`)."""

    NAT_GATEWAY = "NAT gateway"
    PUBLIC_ADDRESS = "public IPv4 address"
    INTERFACE_ENDPOINT = "interface endpoint, each AZ"
    FIREWALL_ENDPOINT = "Network Firewall endpoint"
    VENDOR_ENDPOINT = "Gateway Load Balancer endpoint"
    TRANSIT_ATTACHMENT = "transit gateway attachment"
    VPN_CONNECTION = "VPN connection"
    RESOLVER_ADDRESS = "Route 53 Resolver endpoint, each address"
    DIRECTORY = "Managed Microsoft AD"
    DESKTOP = "WorkSpace with AutoStop, monthly part"
    INSTANCE = "instance"
    FARGATE_CPU = "Fargate vCPU"
    FARGATE_MEMORY = "Fargate GB of memory"
    KEY = "KMS key"
    NETWORK_BALANCER = "Network Load Balancer"
    DASHBOARD = "CloudWatch dashboard"
    SECRET = "secret"  # noqa: S105 - the name of a charge


RESOLVER_ADDRESSES = 2


def metered(settings: Settings) -> Counter[str]:
    """How many of each charge a stack has; ValueError where its network cannot be planned."""
    found: Counter[str] = Counter()
    for meter, count in (*_room(settings, plan_network(settings)), *_landing(settings)):
        found[meter] += count
    return +found


def _room(settings: Settings, plan: NetworkPlan) -> Iterator[tuple[str, int]]:
    endpoints = len(dict.fromkeys((*NEEDED, *plan.extra_endpoints)))
    yield from _gateways(len(plan.tier(Zone.PUBLIC)))
    yield Meter.INTERFACE_ENDPOINT, endpoints * len(plan.tier(Zone.ENDPOINT))
    yield from _inspection(plan.inspection)
    yield f"{Meter.DIRECTORY} {settings.directory.edition}", 1
    desktops = settings.desktops
    volumes = f"{desktops.root_volume_gib}/{desktops.user_volume_gib} GiB"
    yield f"{Meter.DESKTOP} {desktops.compute_type} {volumes}", len(desktops.users)
    yield f"{Meter.INSTANCE} {settings.bastion.instance_type} windows", 1
    proxy = settings.proxy
    if proxy.image_digest is not None:
        # In 1/1024 of a unit until the price is multiplied: a task may have a quarter of a CPU.
        yield Meter.FARGATE_CPU, proxy.tasks * proxy.cpu
        yield Meter.FARGATE_MEMORY, proxy.tasks * proxy.memory
    yield Meter.KEY, 1
    yield Meter.SECRET, 1


def _landing(settings: Settings) -> Iterator[tuple[str, int]]:
    for make in vpc_plans(settings).values():
        yield from _vpc(make())
    landing = settings.landing
    if landing is None:
        return
    if (workload := landing.workload) is not None:
        yield Meter.RESOLVER_ADDRESS, RESOLVER_ADDRESSES * (workload.resolution is not None)
        yield Meter.NETWORK_BALANCER, int(workload.provider is not None)
        yield Meter.KEY, int(workload.secret is not None)
        yield Meter.SECRET, int(workload.secret is not None)
    if (relay := landing.relay) is not None:
        yield f"{Meter.INSTANCE} {settings.bastion.instance_type} windows", 1
        for host in relay.hosts:
            yield f"{Meter.INSTANCE} {host.instance_type} vendor image", 1
        yield Meter.VPN_CONNECTION, int(relay.link.vpn_address is not None)


def _vpc(plan: VpcPlan) -> Iterator[tuple[str, int]]:
    yield from _gateways(len(plan.tier(Zone.PUBLIC)))
    yield Meter.INTERFACE_ENDPOINT, len(plan.endpoints) * len(plan.tier(Zone.ENDPOINT))
    yield Meter.TRANSIT_ATTACHMENT, int(plan.attachment is not None)
    yield from _inspection(plan.inspection)


def _inspection(plan: InspectionPlan | None) -> Iterator[tuple[str, int]]:
    if plan is not None:
        yield _engine(plan.engine), len(plan.zones)
        yield Meter.DASHBOARD, int(plan.dashboard)


def _gateways(count: int) -> Iterator[tuple[str, int]]:
    yield Meter.NAT_GATEWAY, count
    yield Meter.PUBLIC_ADDRESS, count


def _engine(name: str) -> str:
    return Meter.FIREWALL_ENDPOINT if name == "network_firewall" else Meter.VENDOR_ENDPOINT
