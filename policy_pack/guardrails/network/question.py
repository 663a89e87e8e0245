"""What is asked, and what one run of the engine finds."""

from __future__ import annotations

from dataclasses import dataclass, field

from guardrails.network.connect import Found
from guardrails.network.packets import CLIENT_PORTS, PORTS, PROTOCOLS, Packets, packets
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
