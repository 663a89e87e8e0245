"""One leg of a packet's way: from a host or a gateway to where it is delivered, dropped or translated.

A leg never rewrites addresses; translation (public addresses, NAT, load balancers) joins legs in `connect.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from guardrails.facts.network import BlockPublicAccess, Direction
from guardrails.facts.values import Unknown
from guardrails.network.answer import Hop
from guardrails.network.filters import Filters
from guardrails.network.hosts import SILENT_KINDS, Host
from guardrails.network.model import Model
from guardrails.network.packets import DESTINATION, NOTHING, Packets
from guardrails.network.premises import Premises
from guardrails.network.routing import Routing
from guardrails.network.targets import NEXT
from guardrails.network.trail import Arrival, Point, PointKind, Step, Stops, Trail
from guardrails.sets import IntervalSet

MAX_HOPS = 24
"""Forwarding decisions in one leg; a longer way is a loop."""


class Walker:
    """Walks legs over one model, with unknown inputs either most open (`may`) or most closed."""

    def __init__(self, model: Model, routing: Routing, filters: Filters, premises: Premises, stops: Stops) -> None:
        self.model = model
        self.routing = routing
        self.filters = filters
        self.premises = premises
        self.may = filters.may
        self.stops = stops
        self.sources: tuple[Host, ...] = ()
        self.goals: tuple[Host, ...] = ()
        self.trace = False

    def aim(self, sources: tuple[Host, ...], goals: tuple[Host, ...]) -> Walker:
        """Give a walker over the same model for packets between these hosts."""
        walker = Walker(self.model, self.routing, self.filters, self.premises, self.stops)
        walker.sources, walker.goals, walker.trace = sources, goals, self.trace
        return walker

    # -- filters ------------------------------------------------------------------------------------------------------

    def groups(self, host: Host, direction: Direction, sent: Packets, trail: Trail) -> tuple[Packets, Trail]:
        """Pass a host's security groups; replies to what they let through the other way need no rule."""
        if not host.filtered:
            return sent, trail
        opposite = Direction.EGRESS if direction is Direction.INGRESS else Direction.INGRESS
        hop = Hop(host.id, "security-group", ", ".join(sorted(self.model.label(name) for name in host.groups or ())))
        if trail.reply and (host.key, opposite) in trail.crossed:
            return sent, trail
        peers = self.sources if direction is Direction.INGRESS else self.goals
        # "Security group referencing is not supported for PrivateLink endpoints" across a transit gateway.
        direct = trail.direct and not (trail.zone is not None and host.owner_kind == "vpc-endpoint")
        verdict = self.filters.group(host, direction, sent, peers, direct=direct)
        self.stops.note(verdict.unknowns)
        if not verdict.passed:
            self.stops.drop(
                trail,
                replace(hop, rule=f"no {direction} rule"),
                f"no {direction} rule of its security groups admits this",
            )
            return verdict.passed, trail
        if self.trace:
            rule = self.filters.group_rule(host, direction, verdict.passed, peers, direct=direct)
            trail = trail.add(replace(hop, rule=rule))
        trail = replace(trail, crossed=trail.crossed | {(host.key, direction)})
        if direction is Direction.EGRESS and verdict.named:
            trail = replace(trail, named=verdict.named)
        return verdict.passed, trail.learn(verdict.unknowns if self.may else ())

    def acl(self, subnet: str, direction: Direction, sent: Packets, trail: Trail) -> tuple[Packets, Trail]:
        """Pass a subnet's network ACL in one direction."""
        verdict = self.filters.acl(subnet, direction, sent)
        self.stops.note(verdict.unknowns)
        if verdict.passed and not self.trace:
            return verdict.passed, trail.learn(verdict.unknowns if self.may else ())
        name, rule = self.filters.acl_rule(subnet, direction, verdict.passed or sent)
        hop = Hop(self.model.label(subnet), "network-acl", name, rule)
        if not verdict.passed:
            self.stops.drop(trail, hop, f"the subnet's network ACL denies it ({direction})")
            return verdict.passed, trail
        return verdict.passed, trail.add(hop).learn(verdict.unknowns if self.may else ())

    def cross(self, start: str | None, end: str | None, sent: Packets, trail: Trail) -> tuple[Packets, Trail]:
        """Leave one subnet and enter another, through both ACLs; within a subnet there is none. None is no subnet."""
        if start == end:
            return sent, trail
        if start is not None:
            sent, trail = self.acl(start, Direction.EGRESS, sent, trail)
        if sent and end is not None:
            sent, trail = self.acl(end, Direction.INGRESS, sent, trail)
        return sent, trail

    def attached(self, host: Host, trail: Trail) -> bool:
        """Tell whether an interface is attached to something, so that it sends and answers."""
        if isinstance(host.attached, Unknown):
            self.stops.note((host.attached,))
            return self.may
        if not host.attached:
            self.stops.drop(trail, Hop(host.id, host.owner_kind), "the interface is attached to nothing")
        return host.attached

    # -- starting points ----------------------------------------------------------------------------------------------

    def from_host(self, host: Host, sent: Packets, trail: Trail) -> Iterator[Arrival]:
        """Send packets out of a host's interface."""
        if self.trace:
            trail = trail.add(Hop(host.id, str(host.owner_kind)))
        if not self.attached(host, trail):
            return
        if isinstance(host.attached, Unknown):
            trail = trail.learn((host.attached,))
        if host.subnet is None or host.vpc is None:
            unknown = Unknown(f"{host.id}.subnet", "the interface's subnet is not known")
            yield from self.anywhere(sent, trail, unknown)
            return
        sent, trail = self.groups(host, Direction.EGRESS, sent, trail)
        if sent:
            yield from self.from_subnet(host.subnet, sent, trail)

    def unnamed(self, sent: Packets, trail: Trail) -> Packets:
        """Take away what left its source by nothing but a rule that names the destination's group.

        A reference holds within a VPC and over a peering of one Region; not through a middlebox, and outbound not over
        a transit gateway ("Reference security groups", Amazon VPC User Guide; "Transit gateway VPC attachments").
        """
        rest = sent - trail.named if trail.named else sent
        if sent and not rest:
            sender = self.sources[0]
            groups = ", ".join(sorted(self.model.label(name) for name in sender.groups or ()))
            hop = Hop(sender.id, "security-group", groups, "egress rule that names a group")
            self.stops.drop(trail, hop, "a reference to a group does not hold along this way")
        return rest

    def from_subnet(self, subnet: str, sent: Packets, trail: Trail) -> Iterator[Arrival]:
        """Forward packets that are inside a subnet: neighbours directly, everything else by the route table."""
        vpc = self.model.vpc_of(subnet)
        if vpc is None or vpc not in self.model.vpcs:
            yield from self.anywhere(
                sent, trail, Unknown(f"{self.model.label(subnet)}.vpc", "the subnet's VPC is not known")
            )
            return
        near = self.model.subnet_addresses(subnet)
        inside = sent.limit(DESTINATION, near)
        if inside:
            yield from self.deliver(Step(inside, trail, vpc, subnet))
        outside = sent.without(DESTINATION, near)
        loose = self.model.loose.table(subnet) if outside else None
        if loose is not None:
            yield from self.anywhere(outside, trail, loose)
        elif outside:
            table = self.model.table_of(subnet)
            vague = self.model.vague_subnet(subnet)
            unsure = outside.limit(DESTINATION, vague.addresses) if vague is not None else NOTHING
            if vague is not None and self.routing.redirects(table, vpc, unsure.side(DESTINATION) or IntervalSet()):
                yield from self.anywhere(unsure, trail, vague.unknown)
                outside = outside.without(DESTINATION, vague.addresses)
            yield from self.forward(Step(outside, trail, vpc, subnet, table=table.key if table else ""))

    def from_gateway(self, vpc: str, gateway: str, sent: Packets, trail: Trail) -> Iterator[Arrival]:
        """Take packets in through an internet or VPN gateway, by its gateway route table if it has one."""
        hop = Hop(self.model.label(gateway), "vpn-gateway" if gateway in self.model.outward else "internet-gateway")
        if self.trace:
            trail = trail.add(hop)
        if vpc not in self.model.vpcs:
            yield from self.anywhere(sent, trail, Unknown(vpc, "the VPC is not in the source"))
            return
        table = self.model.edge_table(gateway)
        local = sent.limit(DESTINATION, self.model.vpc_addresses(vpc))
        loose = self.model.loose.edge(gateway, vpc)
        vague = self.model.vague_block(vpc)
        if vague is not None and (rest := sent.limit(DESTINATION, vague.addresses)):
            yield from self.anywhere(rest, trail, vague.unknown)
        if not local:
            self.stops.drop(trail, hop, "the destination is not in the gateway's VPC")
        elif loose is not None:
            yield from self.anywhere(local, trail, loose)
        elif table is None:
            yield from self.deliver(Step(local, trail, vpc, None))
        else:
            yield from self.forward(Step(local, trail, vpc, None, table=table.key))

    def anywhere(self, sent: Packets, trail: Trail, unknown: Unknown) -> Iterator[Arrival]:
        """Packets whose next hop is unknown may get anywhere; in the closed world they get nowhere."""
        self.stops.note((unknown,))
        if self.may:
            yield Arrival(Point(PointKind.ANYWHERE, unknown.what), sent, trail.learn((unknown,)))

    # -- forwarding ---------------------------------------------------------------------------------------------------

    def forward(self, step: Step) -> Iterator[Arrival]:
        """Look packets up in the table at hand and send each part on by its route."""
        trail = step.trail
        if trail.steps >= MAX_HOPS:
            self.stops.drop(
                trail, Hop(step.subnet or step.vpc, "route-table", self.model.label(step.table)), "a forwarding loop"
            )
            return
        trail = replace(trail, steps=trail.steps + 1)
        table = self.model.tables.get(step.table)
        choices, rest, unknowns = self.routing.lookup(table, step.vpc, step.packets, may=self.may)
        self.stops.note(unknowns)
        name = self.model.label(step.table) if step.table else "main route table"
        place = self.model.label(step.subnet or step.vpc)
        if rest and not choices:
            self.stops.drop(trail, Hop(place, "route-table", name, "no route"), "no route to the destination")
        for choice in choices:
            entry = choice.entry
            hop = Hop(place, "route-table", name, entry.text)
            onward = trail.add(hop) if self.trace else trail
            onward = onward.learn((entry.unknown,) if entry.unknown is not None else ())
            if entry.route.blackhole is True:
                self.stops.drop(onward, hop, "the route is a blackhole")
                continue
            taken = replace(step, packets=choice.packets, trail=onward, choice=choice)
            yield from NEXT[entry.route.kind](self, taken)

    def deliver(self, step: Step) -> Iterator[Arrival]:
        """Hand packets to the wanted hosts of the VPC, across subnet borders and through their security groups."""
        home = self.model.vpc_addresses(step.vpc)
        for host in self.goals:
            if host.vpc != step.vpc or host.subnet is None:
                continue
            wanted = step.packets.limit(DESTINATION, host.addresses & home)
            if wanted:
                yield from self.into(host, wanted, step)

    def into(self, host: Host, wanted: Packets, step: Step) -> Iterator[Arrival]:
        """Deliver packets to one host."""
        trail = step.trail
        passes_on = host.owner_kind in SILENT_KINDS or self.model.is_middlebox(host.owner)
        silent = "nothing connects to this interface itself" if passes_on else ""
        if silent and not trail.reply:
            self.stops.drop(trail, Hop(host.id, host.owner_kind), silent)
            return
        if not trail.reply and not self.attached(host, trail):
            return
        if not trail.direct:
            wanted = self.unnamed(wanted, trail)
        wanted, trail = self.cross(step.subnet, host.subnet, wanted, trail)
        if wanted:
            wanted, trail = self.groups(host, Direction.INGRESS, wanted, trail)
        if wanted:
            if self.trace:
                trail = trail.add(Hop(host.id, host.owner_kind))
            yield Arrival(Point(PointKind.HOST, host.key, host, host.vpc), wanted, trail)

    # -- shared by several kinds of target ---------------------------------------------------------------------------

    def access_mode(self, vpc: str, subnet: str | None) -> BlockPublicAccess | Unknown:
        """Give the Block Public Access mode that holds in a subnet, its own exclusion first."""
        place = self.model.subnets.get(subnet or "")
        if place is not None and place.block_public_access is not None:
            return place.block_public_access
        found = self.model.vpcs.get(vpc)
        return found.block_public_access if found else BlockPublicAccess.OFF

    def leave(self, gateway: str, hop: Hop, sent: Packets, trail: Trail) -> Iterator[Arrival]:
        """Hand packets to the premises behind a VPN gateway or attachment, as far as its routes go."""
        if not sent:
            return
        beyond = self.premises.beyond(gateway)
        out = sent.limit(DESTINATION, beyond.known)
        if out:
            onward = trail.add(hop) if self.trace else trail
            yield Arrival(Point(PointKind.PREMISES, gateway), out, onward)
        rest = sent.without(DESTINATION, beyond.known)
        if rest and beyond.unknown is not None:
            for arrival in self.anywhere(rest, trail.add(hop), beyond.unknown):
                yield replace(arrival, point=Point(PointKind.PREMISES, gateway))
        elif rest and not out:
            self.stops.drop(trail, hop, beyond.reason)
