"""Breaches of an intent, and the small things that judging one needs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from guardrails.facts.intent import Flow
from guardrails.facts.values import Unknown
from guardrails.network.answer import Hop
from guardrails.network.connect import Found
from guardrails.network.packets import CLIENT_PORTS, NOTHING, PORTS, Packets, protocol_numbers
from guardrails.network.reach import Service
from guardrails.sets import IntervalSet

PREMISES = "premises"
NOWHERE = "(no zone)"

WHOLE = IntervalSet.span(0, 1 << 256)

_OF_REGION = re.compile(r"^(cn\.)?com\.amazonaws\.[a-z]{2,}(-[a-z]+)+-\d+\.")
"""What comes before a service's own name in an endpoint service ("AWS services that integrate with PrivateLink")."""


class Kind(StrEnum):
    """What a breach is about."""

    FORBIDDEN = "forbidden-connection"
    WAYPOINT = "missed-waypoint"
    DEMANDED = "demanded-connection"
    STEPPING_STONE = "stepping-stone"


@dataclass(frozen=True, slots=True)
class Breach:
    """One way in which the network departs from the intent.

    `certain` is False where only an unknown input could make it so; `unknowns` names it. `flows` are the connections
    at issue, `path` the way of one of them (or what stops a demanded one). `subject` is the key of the interface that
    opens the connection, or of the one that is entered where it is opened from outside.
    """

    kind: Kind
    source: str
    target: str
    subject: str
    why: str
    flows: Packets = NOTHING
    path: tuple[Hop, ...] = ()
    unknowns: tuple[Unknown, ...] = ()
    certain: bool = True
    flow: str = ""


def service_of(flow: Flow) -> Packets:
    """Give the packets that a flow permits, between any addresses and from any port."""
    asked_for = asked_of(flow)
    return Packets.of(WHOLE, WHOLE, asked_for.protocols, PORTS, asked_for.ports)


def asked_of(flow: Flow) -> Service:
    """Give what a flow is about, as a question from a client."""
    ports = IntervalSet.union(flow.ports) if flow.ports else PORTS
    return Service(protocol_numbers(str(flow.protocol)), ports, CLIENT_PORTS)


def service_name(name: Any) -> str:
    """Give the name of the AWS service behind an endpoint as an intent writes it: `aws:s3`, `aws:ecr.api`."""
    return f"aws:{_OF_REGION.sub('', name)}" if isinstance(name, str) else "aws:unknown"


def plain_tags(tags: tuple[tuple[str, Any], ...]) -> dict[str, str]:
    """Give the tags whose values are known."""
    return {key: value for key, value in tags if isinstance(value, str)}


def settle(breach: Breach, certain: list[Found]) -> Breach:
    """Say whether a breach of the open world holds in the closed one too."""
    flows = union_of([one for one in certain if not (one.packets & breach.flows).is_empty])
    sure = not (flows & breach.flows).is_empty
    return replace(breach, certain=sure, unknowns=() if sure else breach.unknowns)


def joined(breaches: Iterable[Breach]) -> list[Breach]:
    """Give one breach for all of a kind between the same two zones, with all their flows."""
    found: dict[tuple[str, ...], Breach] = {}
    for one in breaches:
        key = (one.kind, one.source, one.target, one.flow, str(one.certain))
        before = found.get(key)
        found[key] = one if before is None else replace(before, flows=before.flows | one.flows)
    return list(found.values())


def union_of(found: list[Found]) -> Packets:
    """Give all packets of some finds."""
    return Packets.union(one.packets for one in found)
