"""Which VPCs the landing network of a stack has, each planned when it is asked for. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from ipaddress import IPv4Network

from components.hub.plan import plan_hub
from components.landing.plan import VpcPlan
from components.relay.plan import plan_relay
from components.settings.landing import Relay
from components.settings.model import Settings
from components.workload.plan import instance_block, plan_workload


def vpc_plans(settings: Settings) -> Mapping[str, Callable[[], VpcPlan]]:
    """Makers of the plans by purpose; each raises ValueError where a range cannot be divided."""
    landing = settings.landing
    found: dict[str, Callable[[], VpcPlan]] = {}
    if landing is None:
        return found
    if landing.workload is not None:
        found["workload"] = partial(plan_workload, settings, landing.workload)
    if landing.hub is not None:
        spokes, names = spokes_of(settings)
        found["hub"] = partial(plan_hub, settings, landing.hub, spokes, names)
    if landing.relay is not None:
        found["relay"] = partial(_relay, settings, landing.relay)
    return found


def spokes_of(settings: Settings) -> tuple[tuple[IPv4Network, ...], tuple[str, ...]]:
    """The ranges that leave through the hub, and the names that they may reach."""
    workload = settings.landing.workload if settings.landing else None
    if workload is None or workload.egress != "hub":
        return (), ()
    return (instance_block(workload),), workload.allow_list


def _relay(settings: Settings, wanted: Relay) -> VpcPlan:
    return plan_relay(settings, wanted).vpc
