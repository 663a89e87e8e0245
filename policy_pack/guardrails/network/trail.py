"""What the engine carries along: points, trails, arrivals, and what stopped packets."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from guardrails.facts.network import Direction
from guardrails.facts.values import Ref, Unknown
from guardrails.network.answer import Block, Hop
from guardrails.network.hosts import Host
from guardrails.network.packets import NOTHING, Packets
from guardrails.network.routing import Choice


class PointKind(StrEnum):
    """Where a leg can begin or end."""

    HOST = "interface"
    NAT = "nat-gateway"
    INTERNET_GATEWAY = "internet-gateway"
    EGRESS_ONLY_GATEWAY = "egress-only-internet-gateway"
    PREMISES = "on-premises"
    SERVICE = "gateway-endpoint"
    PEER = "peer-network"
    ANYWHERE = "unknown-target"


@dataclass(frozen=True, slots=True)
class Point:
    """A place where a leg begins or ends: its kind, its key, and the host or VPC it stands for."""

    kind: PointKind
    key: str
    host: Host | None = None
    vpc: str | None = None


@dataclass(frozen=True, slots=True)
class Trail:
    """What packets met on their way."""

    hops: tuple[Hop, ...] = ()
    boxes: tuple[str, ...] = ()
    """Firewall and gateway-load-balancer endpoints and forwarding instances, in the order they were crossed."""
    crossed: frozenset[tuple[str, Direction]] = frozenset()
    """Filtered interfaces with the direction in which they let the packets through."""
    direct: bool = True
    """Whether the packets still come straight from their source, so that groups can refer to it."""
    named: Packets = NOTHING
    """What left by nothing but a rule that names the destination's group: it must get there as directly."""
    home: bool = True
    """Whether they are still in the VPC where the leg began."""
    zone: Ref | None = None
    """A subnet in the availability zone where the packets last entered a transit gateway."""
    steps: int = 0
    seen: frozenset[str] = frozenset()
    unknowns: tuple[Unknown, ...] = ()
    assumptions: tuple[str, ...] = ()
    bound: frozenset[str] = frozenset()
    """Attachments in appliance mode with the subnet that this flow is tied to."""
    reply: bool = False

    def add(self, hop: Hop) -> Trail:
        """Give the trail with one more hop."""
        return replace(self, hops=(*self.hops, hop))

    def learn(self, unknowns: tuple[Unknown, ...]) -> Trail:
        """Give the trail with unknown inputs that it now rests on."""
        return replace(self, unknowns=(*self.unknowns, *unknowns)) if unknowns else self


@dataclass(frozen=True, slots=True)
class Arrival:
    """Packets that got to the end of a leg."""

    point: Point
    packets: Packets
    trail: Trail


@dataclass(slots=True)
class Stops:
    """Remembers where the packets that got furthest were stopped, and which unknowns were met."""

    best: Block | None = None
    depth: tuple[int, int] = (-1, -1)
    unknowns: dict[str, Unknown] = field(default_factory=dict[str, Unknown])

    def drop(self, trail: Trail, hop: Hop, reason: str) -> None:
        """Note that packets were stopped at a hop."""
        depth = (1 if trail.reply else 0, len(trail.hops))
        if depth > self.depth:
            self.depth, self.best = depth, Block(hop, reason, trail.reply)

    def note(self, unknowns: tuple[Unknown, ...] | list[Unknown]) -> None:
        """Note unknown inputs that were met."""
        for unknown in unknowns:
            self.unknowns.setdefault(unknown.what, unknown)


@dataclass(frozen=True, slots=True)
class Step:
    """Packets about to be forwarded: where they are and the route chosen for them."""

    packets: Packets
    trail: Trail
    vpc: str
    subnet: str | None
    choice: Choice | None = None
    table: str = ""

    @property
    def target(self) -> Ref | Unknown | None:
        """Give the target of the chosen route."""
        return self.choice.entry.route.target if self.choice else None
