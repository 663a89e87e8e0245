"""What a network ACL decides: the lowest number that matches wins, and nothing matching is denied."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from guardrails.facts.network import ANY_PROTOCOL, Direction, Nacl, NaclEntry, Network, Ports, Subnet
from guardrails.facts.values import Maybe, Ref, Unknown
from guardrails.rules.ranges import span
from guardrails.sets.intervals import IntervalSet


@dataclass(frozen=True, slots=True)
class Decision:
    """What one entry decides of a port: the addresses that no earlier entry has decided."""

    entry: NaclEntry
    addresses: IntervalSet


def ordered(nacl: Nacl, direction: Direction) -> Maybe[list[NaclEntry]]:
    """Give the entries of one direction in the order AWS tries them; unknown where it cannot be told."""
    if isinstance(nacl.complete, Unknown):
        return nacl.complete
    found: list[tuple[int, NaclEntry]] = []
    for entry in nacl.entries:
        if isinstance(entry.number, Unknown):
            return entry.number
        if entry.direction is direction:
            found.append((entry.number, entry))
    return [entry for _, entry in sorted(found, key=lambda pair: pair[0])]


def unreadable(entry: NaclEntry) -> Unknown | None:
    """Give what is missing of an entry, None where all of it is known."""
    parts = (entry.allow, entry.protocol, entry.cidr, entry.ports)
    return next((part for part in parts if isinstance(part, Unknown)), None)


def decisions(entries: list[NaclEntry], protocol: int, port: int, version: int) -> Iterator[Decision]:
    """Go through readable entries in order and give what each decides of one port."""
    decided = IntervalSet.EMPTY
    for entry in entries:
        if not matches_port(entry, protocol, port) or isinstance(entry.cidr, Unknown) or entry.cidr.version != version:
            continue
        block = span(entry.cidr)
        yield Decision(entry, block - decided)
        decided |= block


def matches_port(entry: NaclEntry, protocol: int, port: int) -> bool:
    """Tell whether an entry is about a port, whatever the address."""
    if entry.protocol == ANY_PROTOCOL:
        return True
    return entry.protocol == protocol and isinstance(entry.ports, Ports) and entry.ports.low <= port <= entry.ports.high


def nacl_of(network: Network, subnet: Subnet) -> Maybe[Nacl]:
    """Give the ACL of a subnet: the one that it is associated with, else its VPC's default one."""
    loose: Unknown | None = None
    found: list[Nacl] = []
    for nacl in network.nacls:
        for associated in nacl.subnets:
            if isinstance(associated, Unknown):
                loose = associated
            elif associated.key == subnet.key and nacl not in found:
                found.append(nacl)
    # A default ACL was answered with all subnets that were still its own when it was adopted.
    found = [nacl for nacl in found if not nacl.default] or found
    if len(found) > 1:
        return Unknown(subnet.key, f"{len(found)} network ACLs are associated with it, and AWS takes one")
    if found:
        return found[0]
    if loose is not None:
        return loose
    vpc = subnet.vpc
    if isinstance(vpc, Unknown):
        return vpc
    for nacl in network.nacls:
        if nacl.default and isinstance(nacl.vpc, Ref) and nacl.vpc.key and nacl.vpc.key == vpc.key:
            return nacl
    return Unknown(vpc.literal or vpc.key or subnet.key, "its network ACL is not in the stack")


def adopted(nacl: Nacl) -> bool:
    """Tell whether the stack itself states this ACL, rather than AWS having made it with the VPC."""
    return nacl.origin.subject == nacl.key
