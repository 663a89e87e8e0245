"""A VPC of the landing network as frozen values. Pure: what builds it is in `vpc`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network

from components.inspection.plan import FIRST_SID, InspectedZone, InspectionPlan, suricata_rules
from components.network.addresses import SMALLEST_SUBNET
from components.network.plan import WORLD, RoutePlan, SubnetPlan
from components.settings.imports import Imports
from components.settings.inspection import Inspection
from components.settings.model import AvailabilityZone
from components.vocabulary import Zone

CORPORATE_SID = FIRST_SID + 500_000
"""Where identifiers of the rules for the company's own network begin, apart from those of the allow-list."""


class Service(StrEnum):
    """Places that are neither a group nor a range."""

    S3 = "s3"
    """Amazon S3 through the gateway endpoint."""
    DYNAMODB = "dynamodb"
    """Amazon DynamoDB through the gateway endpoint."""


@dataclass(frozen=True, slots=True)
class RangeList:
    """Ranges that a group names by a prefix list of our own: one rule, which counts as `max_entries`."""

    name: str
    cidrs: tuple[IPv4Network, ...]
    max_entries: int

    def __str__(self) -> str:
        """The list as names of rules have it: not what is in it, which changes."""
        return f"list-{self.name}"


Party = str | IPv4Network | Service | RangeList
"""Who takes part in a connection: a group of the VPC by name, a range or a list of them, or a service."""


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """A security group and the zone whose subnets its interfaces are in."""

    name: str
    zone: Zone


@dataclass(frozen=True, slots=True)
class Traffic:
    """Connections that `source` may open to `target` on one range of ports."""

    source: Party
    target: Party
    protocol: str
    low: int
    high: int
    description: str


@dataclass(frozen=True, slots=True)
class Carried:
    """Connections of others that cross a tier: its ACL lets both directions pass on both sides."""

    zone: Zone
    source: IPv4Network
    target: IPv4Network
    protocol: str
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class AttachmentPlan:
    """The VPC's attachment to a transit gateway. A stateful engine needs appliance mode."""

    appliance_mode: bool
    table: str
    """The transit route table that what comes from here uses, where the gateway is ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VpcPlan:
    """One VPC: `purpose` names it, `more` are further blocks."""

    purpose: str
    cidr: IPv4Network
    more: tuple[IPv4Network, ...] = ()
    subnets: tuple[SubnetPlan, ...]
    groups: tuple[GroupPlan, ...] = ()
    traffic: tuple[Traffic, ...] = ()
    carried: tuple[Carried, ...] = ()
    ranges: tuple[tuple[IPv4Network, ...], ...] = ()
    """The declared ranges of others, list by list as the settings have them: each grows at its end."""
    endpoints: tuple[str, ...] = ()
    """Services with an interface endpoint."""
    gateways: tuple[tuple[Service, tuple[Zone, ...]], ...] = ()
    """Services with a gateway endpoint, and the tiers that reach them through it."""
    inspection: InspectionPlan | None = None
    attachment: AttachmentPlan | None = None
    vpn_gateway: bool = False
    names: tuple[str, ...] | None = None
    """The names that may be looked up; None where any may."""
    imports: Imports | None = None
    """Parts of the VPC that exist already."""

    def tier(self, zone: Zone) -> tuple[SubnetPlan, ...]:
        """A tier's subnets in AZ order."""
        return tuple(subnet for subnet in self.subnets if subnet.zone is zone)

    def cidrs(self, party: Party) -> tuple[IPv4Network, ...]:
        """The addresses of a party; S3's are public, which an ACL can name only as the world."""
        if isinstance(party, Service):
            return (WORLD,)
        if isinstance(party, IPv4Network):
            return (party,)
        if isinstance(party, RangeList):
            return party.cidrs
        zone = next(group.zone for group in self.groups if group.name == party)
        return tuple(subnet.cidr for subnet in self.tier(zone))

    def group(self, party: Party) -> GroupPlan | None:
        """The group that a party is, None for a range or a service."""
        return next((group for group in self.groups if group.name == party), None)


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a tier's subnets lie in a block: `bits` longer than it, the first AZ at `first`."""

    bits: int
    first: int
    zones: int = 4
    """How many AZs there is room for."""

    def subnet(self, block: IPv4Network, index: int) -> IPv4Network:
        """The range of the AZ at `index`; ValueError where the slot or the block is too small."""
        length = block.prefixlen + self.bits
        if index >= self.zones:
            raise ValueError(f"no room for AZ {index + 1}: the tier has {self.zones}")
        if length > SMALLEST_SUBNET:
            raise ValueError(f"{block} is too small to be divided: the smallest is a /{SMALLEST_SUBNET - self.bits}")
        return IPv4Network((int(block.network_address) + (self.first + index) * (1 << (32 - length)), length))


@dataclass(frozen=True, slots=True)
class Placement:
    """A tier's slot and the block that it is cut from."""

    block: IPv4Network
    slot: Slot

    def subnet(self, index: int) -> IPv4Network:
        """The range of the AZ at `index`."""
        return self.slot.subnet(self.block, index)

    @property
    def whole(self) -> IPv4Network:
        """The range that is kept for all AZs of the tier, those to come included."""
        first = self.subnet(0)
        return first.supernet(prefixlen_diff=self.slot.zones.bit_length() - 1)


def subnets(
    layout: Mapping[Zone, Placement],
    zones: Mapping[Zone, tuple[AvailabilityZone, ...]],
    routes: Mapping[tuple[Zone, str], tuple[RoutePlan, ...]],
) -> Iterator[SubnetPlan]:
    """The subnets of every tier in the AZs that it is in; `routes` by tier and AZ id."""
    for tier, placement in layout.items():
        for number, zone in enumerate(zones[tier], start=1):
            cidr = placement.subnet(number - 1)
            yield SubnetPlan(tier, number, zone.id, cidr, routes.get((tier, zone.id), ()))


def inspect(
    wanted: Inspection,
    zones: tuple[AvailabilityZone, ...],
    home: Iterable[IPv4Network],
    allow_list: tuple[str, ...],
    corporate: Iterable[Traffic] = (),
) -> InspectionPlan | None:
    """What inspects a VPC's traffic: listed names, and the declared connections with the company's network."""
    if wanted.engine == "none":
        return None
    return InspectionPlan(
        engine=wanted.engine,
        zones=tuple(
            InspectedZone(zone.id, zone.name, f"{Zone.INSPECTION}-{number}") for number, zone in enumerate(zones, 1)
        ),
        rules=corporate_rules(corporate) + suricata_rules(allow_list),
        home=tuple(map(str, home)),
        service_name=wanted.service_name,
        subnet_changes=wanted.subnet_changes,
        dashboard=wanted.dashboard,
    )


def corporate_rules(traffic: Iterable[Traffic]) -> str:
    """A rule for every connection with the company's network, before those that drop the rest."""
    lines: list[str] = []
    for sid, item in enumerate(traffic, start=CORPORATE_SID):
        source, target = (_suricata(side) for side in (item.source, item.target))
        ports = str(item.low) if item.low == item.high else f"{item.low}:{item.high}"
        lines.append(f'pass {item.protocol} {source} any -> {target} {ports} (msg:"declared"; sid:{sid}; rev:1;)\n')
    return "".join(lines)


def _suricata(side: Party) -> str:
    if isinstance(side, RangeList):
        return f"[{','.join(map(str, side.cidrs))}]"
    return str(side) if isinstance(side, IPv4Network) else "$HOME_NET"
