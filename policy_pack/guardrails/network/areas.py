"""The parts of a demanded goal of which each must answer: availability zones, subnets, hosts, what lies outside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from guardrails.facts.intent import Demand
from guardrails.facts.network import Subnet
from guardrails.facts.values import Unknown
from guardrails.network.hosts import Host
from guardrails.network.model import Model
from guardrails.network.packets import IPV4, PUBLIC_V4, PUBLIC_V6, networks
from guardrails.network.places import Place
from guardrails.sets import IntervalSet

_LONE_KINDS = frozenset({"instance", "interface", "vpc-endpoint", "load-balancer", "address"})
"""Kinds of which an interface of the facts is one interface; tasks, desktops and controllers are classes of many."""

_ROUTED_V4 = PUBLIC_V4 - networks("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")
"""The internet without the blocks for documentation (RFC 5737), to which anybody may route what he likes."""


@dataclass(frozen=True, slots=True)
class Area:
    """A part of a goal of which something must answer; `unknown` is what made it uncertain that it is a part."""

    text: str
    place: Place
    empty: str = "nobody is there"
    unknown: Unknown | None = None


def areas_of(model: Model, goal: Area, subnets: Sequence[str], demand: Demand) -> Iterator[Area]:
    """Split a goal into what a demand asks of each; `subnets` are those of the goal's zone, with or without hosts.

    What lies outside of the network counts only where the goal has no host and no subnet in it.
    """
    if demand in {Demand.NONE, Demand.ANY} or (not goal.place.targets and not subnets):
        yield goal
    elif demand is Demand.EACH_HOST:
        yield from (_part(goal, [one.host], f"host {one.host.id}") for one in goal.place.targets)
    else:
        named: dict[str, tuple[set[str], Unknown | None]] = {}
        for key in dict.fromkeys([*subnets, *(one.host.subnet or "" for one in goal.place.targets)]):
            name, unknown = _name(model, key, demand)
            named.setdefault(name, (set(), unknown))[0].add(key)
        for name, (keys, unknown) in named.items():
            hosts = [one.host for one in goal.place.targets if (one.host.subnet or "") in keys]
            yield replace(_part(goal, hosts, name), unknown=unknown)


def _part(goal: Area, hosts: list[Host], name: str) -> Area:
    keys = {host.key for host in hosts}
    targets = tuple(one for one in goal.place.targets if one.host.key in keys)
    return replace(goal, text=f"{goal.text} in {name}", place=Place(goal.place.text, targets))


def _name(model: Model, key: str, demand: Demand) -> tuple[str, Unknown | None]:
    """Name the part that a subnet belongs to; one whose availability zone is not known is a part of its own."""
    subnet = model.subnets.get(key)
    if subnet is None:
        return "an unknown subnet", Unknown("subnet", "the subnet is not in the source")
    text = subnet.name or model.label(key)
    if demand is Demand.EACH_SUBNET:
        return f"subnet {text}", None
    zone = zone_of(subnet)
    return (text, zone) if isinstance(zone, Unknown) else (zone, None)


def zone_of(subnet: Subnet) -> str | Unknown:
    """Give a subnet's availability zone, by its id where the source tells it (names differ between accounts)."""
    for zone in (subnet.zone_id, subnet.zone):
        if isinstance(zone, str) and zone:
            return zone
    return Unknown(f"{subnet.origin.subject}.availabilityZone", "the availability zone is not known")


def is_several(host: Host) -> bool:
    """Tell whether a host stands for more than one, so that its members can talk to each other."""
    if len(host.members) > 1:
        return True
    return host.owner_kind not in _LONE_KINDS and not (host.exact and (host.addresses & IPV4).size == 1)


def outside_of(place: Place, family: IntervalSet) -> IntervalSet:
    """Give the addresses of one family outside of the network that a place means; all of them count."""
    internet = (_ROUTED_V4 if family is IPV4 else PUBLIC_V6) if place.internet else IntervalSet()
    return internet | (place.premises & family)
