"""Security groups and network ACLs."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from guardrails.facts.network.items import Item
from guardrails.facts.network.routes import PrefixListRef
from guardrails.facts.values import IPNetwork, Maybe, Origin, Ref, Unknown

ANY_PROTOCOL = -1
"""All protocols, as `-1` in security groups and NACLs."""


class Direction(StrEnum):
    """Seen from the filtered interface or subnet."""

    INGRESS = "ingress"
    EGRESS = "egress"


@dataclass(frozen=True, slots=True)
class Ports:
    """A range of ports for TCP and UDP, or ICMP type (`low`) and code (`high`), -1 meaning all of them."""

    low: int
    high: int


ALL_PORTS = Ports(0, 65535)


@dataclass(frozen=True, slots=True)
class GroupRef:
    """A rule's peer given as a security group."""

    group: Maybe[Ref]


@dataclass(frozen=True, slots=True)
class GroupRule:
    """One rule with one peer. `protocol` is the IANA number or `ANY_PROTOCOL`."""

    direction: Direction
    protocol: Maybe[int]
    ports: Maybe[Ports]
    peer: Maybe[IPNetwork] | PrefixListRef | GroupRef
    origin: Origin
    description: Maybe[str] = ""
    inline: bool = False


@dataclass(frozen=True, slots=True)
class SecurityGroup(Item):
    """A security group with the union of its inline and standalone rules.

    `complete` is False where rules may exist that the source does not show (an inline list with unknown length, an
    AWS-made group of which only the name is known).
    """

    vpc: Maybe[Ref] = field(default_factory=Unknown)
    default: bool = False
    rules: tuple[GroupRule, ...] = ()
    complete: Maybe[bool] = True


@dataclass(frozen=True, slots=True)
class NaclEntry:
    """One numbered entry; the lowest number that matches decides. Port ranges are for TCP and UDP, ICMP uses `icmp`."""

    direction: Direction
    number: Maybe[int]
    allow: Maybe[bool]
    protocol: Maybe[int]
    cidr: Maybe[IPNetwork]
    ports: Maybe[Ports]
    origin: Origin
    icmp: Maybe[Ports] | None = None


@dataclass(frozen=True, slots=True)
class Nacl(Item):
    """A network ACL; the implicit final deny is not listed."""

    vpc: Maybe[Ref] = field(default_factory=Unknown)
    default: bool = False
    entries: tuple[NaclEntry, ...] = ()
    subnets: tuple[Maybe[Ref], ...] = ()
    complete: Maybe[bool] = True
