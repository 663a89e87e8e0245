"""What is asked, and what one run of the engine finds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from guardrails.network.connect import Found
from guardrails.network.packets import CLIENT_PORTS, IPV4, IPV6, PORTS, PROTOCOLS, Packets, packets
from guardrails.network.places import Target
from guardrails.network.trail import Stops
from guardrails.sets import IntervalSet


@dataclass(frozen=True, slots=True)
class Service:
    """What kind of packets are asked about."""

    protocols: IntervalSet
    ports: IntervalSet = PORTS
    source_ports: IntervalSet = CLIENT_PORTS
    one_way: bool = False

    def between(self, source: IntervalSet, destination: IntervalSet) -> Packets:
        """Give the packets of this service between two sets of addresses."""
        return packets(source, destination, self.protocols, self.source_ports, self.ports)


ANYTHING = Service(PROTOCOLS, PORTS, PORTS)
"""Every packet, from any port."""


@dataclass(slots=True)
class World:
    """One run of the engine: what was found with unknown inputs at their most open or most closed."""

    found: list[Found] = field(default_factory=list[Found])
    stops: Stops = field(default_factory=Stops)
    cut: bool = False
    """Whether the search ended before every flow was found."""

    @property
    def flows(self) -> Packets:
        """Give all packets that were found to work."""
        return Packets.union(one.packets for one in self.found)


def surely(target: Target) -> Target:
    """Give a target whose addresses are not known with its IPv4 ones: whether it has any other is not known either."""
    if target.host.exact:
        return target
    return Target(replace(target.host, addresses=target.host.addresses & IPV4), target.addresses - IPV6)


def alone(targets: tuple[Target, ...]) -> Iterator[tuple[Target, ...]]:
    """Take targets with known addresses together and each of the others by itself (their addresses may overlap)."""
    together = tuple(target for target in targets if target.host.exact)
    yield together
    for target in targets:
        if not target.host.exact:
            yield (target,)


def holding(targets: tuple[Target, ...], address: IntervalSet) -> tuple[Target, ...]:
    """Give the parts of targets that have some of these addresses."""
    kept: list[Target] = []
    for target in targets:
        met = target.host.addresses & address
        if met:
            kept.append(Target(replace(target.host, addresses=met), met))
    return tuple(kept)
