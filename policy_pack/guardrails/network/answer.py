"""What the reach engine answers: verdict, exact flows, a witness, and what the verdict rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from guardrails.facts.values import Unknown
from guardrails.network.packets import (
    OTHERS,
    PORTS,
    PROTOCOLS,
    WITH_TYPES,
    Packets,
    cidrs,
    protocol_name,
    ranges,
)


@dataclass(frozen=True, slots=True)
class Hop:
    """One step of a path: an interface, group, network ACL, route, gateway or endpoint, and the rule that applied.

    `node` is the object's id (its key where the id is not known yet), `kind` what it is, `table` the route table,
    group or ACL that was consulted and `rule` the entry of it that decided, in words.
    """

    node: str
    kind: str
    table: str = ""
    rule: str = ""

    def to_json(self) -> dict[str, Any]:
        """Give the four members of a hop as the command line prints them."""
        return {"node": self.node, "kind": self.kind, "table": self.table or None, "rule": self.rule or None}


@dataclass(frozen=True, slots=True)
class Block:
    """Why a connection does not work: the hop that stops it, the reason, and whether it stopped the reply."""

    hop: Hop
    reason: str
    reply: bool = False

    def to_json(self) -> dict[str, Any]:
        """Give the blocking hop with its reason and direction (`forward` or `return`)."""
        return {**self.hop.to_json(), "reason": self.reason, "direction": "return" if self.reply else "forward"}


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question.

    `reachable` is None only where an unknown input decides; `unknowns` then names it. `flows` are the packets that
    open a connection that works (as the source sends them); for None those that may. `path` is the way of one of
    them and `return_path` that of its reply; `blocked_by` is where the packets that got furthest were stopped.
    `more_flows` tells that a question about very many hosts was answered by some of the flows.
    """

    reachable: bool | None
    flows: Packets
    path: tuple[Hop, ...] = ()
    return_path: tuple[Hop, ...] = ()
    blocked_by: Block | None = None
    assumptions: tuple[str, ...] = ()
    unknowns: tuple[Unknown, ...] = ()
    more_flows: bool = False

    def to_json(self) -> dict[str, Any]:
        """Give the object that `guardrails reach --json` prints."""
        return {
            "reachable": self.reachable,
            "flows": flows_json(self.flows),
            "more_flows": self.more_flows,
            "assumptions": list(self.assumptions),
            "unknowns": [{"what": unknown.what, "why": unknown.why} for unknown in self.unknowns],
            "path": [hop.to_json() for hop in self.path],
            "return_path": [hop.to_json() for hop in self.return_path],
            "blocked_by": self.blocked_by.to_json() if self.blocked_by else None,
        }


def flows_json(flows: Packets) -> list[dict[str, Any]]:
    """Write packets as objects: CIDR lists for both ends, protocol, ports (type and code for ICMP)."""
    rows: list[dict[str, Any]] = []
    for source, destination, proto, sport, port in flows:
        row: dict[str, Any] = {
            "source": cidrs(source) or ["aws-service"],
            "destination": cidrs(destination) or ["aws-service"],
        }
        if proto in (PROTOCOLS, OTHERS):
            row["protocol"] = "any" if proto == PROTOCOLS else "other"
        else:
            row["protocol"] = ", ".join(protocol_name(number) for low, high in proto for number in range(low, high + 1))
        if proto <= WITH_TYPES:
            row["icmp_type"] = "any" if port == PORTS else ranges(port)
            row["icmp_code"] = "any" if sport == PORTS else ranges(sport)
        elif not proto <= OTHERS:
            row["source_ports"] = "any" if sport == PORTS else ranges(sport)
            row["ports"] = "any" if port == PORTS else ranges(port)
        rows.append(row)
    return rows
