"""What several settings must satisfy together.

Each check names the sections that it reads and runs when those could be read, so that one wrong field does not hide
the others' problems.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, collapse_addresses
from itertools import combinations
from typing import cast

from components.network.services import NEEDED as NEEDED_ENDPOINTS
from components.secure_room import allow_list
from components.settings.errors import Problem, show
from components.settings.landing_checks import landing_problems, unfit
from components.settings.model import Account, Allowed, Desktops, Network, Production, Proxy
from components.settings.places import (
    CARRIER_RANGE,
    MANAGEMENT_RANGE,
    NOT_ON_THE_INTERNET,
    PRIVATE_RANGES,
    WORKSPACES_ZONES,
)
from components.settings.sizes import undersized
from components.vocabulary import Environment

Sections = Mapping[str, object]

WIDEST_ORIGIN = 1 << 24
"""How many addresses the desktops' clients may have in all: a /8. More is the world in pieces."""

MAX_IP_RANGES = 250
"""25 IP access control groups a directory with 10 rules each.

Source: https://docs.aws.amazon.com/workspaces/latest/adminguide/amazon-workspaces-ip-access-control-groups.html
"""


def _places(found: Sections) -> Iterator[Problem]:
    account, allowed, environment = (
        cast("Account", found["account"]),
        cast("Allowed", found["allowed"]),
        found["environment"],
    )
    if account.id not in allowed.accounts:
        yield Problem(
            "account.id", account.id, f"the accounts allowed for {environment} are {_list(allowed.accounts)}",
            "use one of them, or have the platform team add it to `allowed`",
        )  # fmt: skip
    if account.region not in allowed.regions or account.region not in WORKSPACES_ZONES:
        regions = [region for region in allowed.regions if region in WORKSPACES_ZONES]
        yield Problem(
            "account.region", account.region, f"the regions allowed for {environment} are {_list(regions)}",
            "use one of them, or have the platform team add it to `allowed`",
        )  # fmt: skip


def _zones(found: Sections) -> Iterator[Problem]:
    account = cast("Account", found["account"])
    yield from _repeated("account.zones", [zone.id for zone in account.zones], "id")
    yield from _repeated("account.zones", [zone.name for zone in account.zones], "name")
    supported = WORKSPACES_ZONES.get(account.region)
    for index, zone in enumerate(account.zones):
        if not zone.name.startswith(account.region):
            yield Problem(
                f"account.zones[{index}].name", zone.name, f"a zone of {account.region}", "name a zone of the region"
            )
        if supported and index < 2 and zone.id not in supported:
            yield Problem(
                f"account.zones[{index}].id", zone.id,
                f"WorkSpaces and its directory need the first two zones among {_list(sorted(supported))}",
                "use a supported AZ id; `aws ec2 describe-availability-zones` shows which name it has in the account",
            )  # fmt: skip


def _addresses(found: Sections) -> Iterator[Problem]:
    network = cast("Network", found["network"])
    production = network.production
    blocks = {"network.room_cidr": network.room_cidr, "network.production.cidr": production.cidr}
    if network.desktop_cidr is not None:
        blocks["network.desktop_cidr"] = network.desktop_cidr
    for key, cidr in blocks.items():
        yield from unfit(key, cidr)
    if network.room_cidr.overlaps(production.cidr):
        yield Problem(
            "network.room_cidr", str(network.room_cidr),
            f"overlaps network.production.cidr {production.cidr}: peered VPCs must be disjoint", "use disjoint ranges",
        )  # fmt: skip
    yield from _second_block(network)
    yield from _production_subnets(production)


def _second_block(network: Network) -> Iterator[Problem]:
    """AWS lets a VPC have blocks of one private range, and of the carriers' range beside any of them.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html (association restrictions)
    """
    own, room = network.desktop_cidr, network.room_cidr
    if own is None:
        return
    others = {"network.room_cidr": room, "network.production.cidr": network.production.cidr}
    for key, other in others.items():
        if own.overlaps(other):
            rule = f"overlaps {key} {other}: blocks and peered VPCs must be disjoint"
            yield Problem("network.desktop_cidr", str(own), rule, "use disjoint ranges")
    if not own.subnet_of(CARRIER_RANGE) and _private_range(own) != _private_range(room):
        yield Problem(
            "network.desktop_cidr", str(own), f"AWS does not add it to a VPC whose first block is {room}",
            f"use a part of {_private_range(room) or 'the same private range'} or of {CARRIER_RANGE}",
        )  # fmt: skip


def _private_range(cidr: IPv4Network) -> IPv4Network | None:
    return next((private for private in PRIVATE_RANGES if cidr.subnet_of(private)), None)


def _production_subnets(production: Production) -> Iterator[Problem]:
    key = "network.production.subnets"
    yield from _repeated(key, [subnet.name for subnet in production.subnets], "name")
    for index, subnet in enumerate(production.subnets):
        if not subnet.cidr.subnet_of(production.cidr):
            yield Problem(
                f"{key}[{index}].cidr", str(subnet.cidr), f"lies in network.production.cidr {production.cidr}",
                "use a part of the VPC's range",
            )  # fmt: skip
        if not 16 <= subnet.cidr.prefixlen <= 28:
            yield Problem(f"{key}[{index}].cidr", str(subnet.cidr), "a subnet is a /16 to a /28", "use such a length")
    for (left, one), (right, other) in combinations(enumerate(production.subnets), 2):
        if one.cidr.overlaps(other.cidr):
            yield Problem(
                f"{key}[{right}].cidr",
                str(other.cidr),
                f"overlaps {key}[{left}].cidr {one.cidr}",
                "use disjoint ranges",
            )
    ports = [f"{port.protocol}/{port.port}" for port in production.ports]
    yield from _repeated("network.production.ports", ports, "port")


def _production_mode(found: Sections) -> Iterator[Problem]:
    production, account = cast("Network", found["network"]).production, cast("Account", found["account"])
    named = {"vpc_id": production.vpc_id, "owner_id": production.owner_id, "region": production.region}
    for field, value in named.items():
        key = f"network.production.{field}"
        if production.mode == "existing" and value is None:
            yield Problem(key, "(not set)", "an existing VPC is named by vpc_id, owner_id and region", "add the key")
        if production.mode == "create" and value is not None:
            yield Problem(key, value, "belongs to mode existing only", "remove the key, or set mode to existing")
    yield from _production_access(production)
    if production.mode == "create":
        zones = [zone.name for zone in account.zones]
        for index, subnet in enumerate(production.subnets):
            if subnet.zone not in zones:
                yield Problem(
                    f"network.production.subnets[{index}].zone", show(subnet.zone or "(not set)"),
                    f"a subnet that is made here is in one of account.zones: {_list(zones)}", "name one of them",
                )  # fmt: skip


def _perimeter(found: Sections) -> Iterator[Problem]:
    account, endpoints = cast("Account", found["account"]), cast("Network", found["network"]).endpoints
    if endpoints.perimeter == "organization" and account.organization_id is None:
        yield Problem("account.organization_id", "(not set)", "the perimeter is the organisation's", "add the key")


def _production_access(production: Production) -> Iterator[Problem]:
    access, key = production.access, "network.production.access"
    if access is None:
        return
    if production.mode == "create":
        yield Problem(key, show(access.role_arn), "belongs to mode existing only", "remove the key")
    elif production.owner_id is not None and f"::{production.owner_id}:" not in access.role_arn:
        yield Problem(
            f"{key}.role_arn",
            access.role_arn,
            f"a role of the owner's account {production.owner_id}",
            "name such a role",
        )


def _inspection(found: Sections) -> Iterator[Problem]:
    inspection = cast("Network", found["network"]).inspection
    key, vendor = "network.inspection.service_name", inspection.engine == "gateway_load_balancer"
    if vendor and inspection.service_name is None:
        yield Problem(key, "(not set)", "a vendor's appliances are named by their endpoint service", "add the key")
    if not vendor and inspection.service_name is not None:
        yield Problem(key, inspection.service_name, "belongs to engine gateway_load_balancer only", "remove the key")


def _sizes(found: Sections) -> Iterator[Problem]:
    yield from undersized(
        cast("Network", found["network"]), cast("Account", found["account"]), cast("Desktops", found["desktops"])
    )


def _management_range(found: Sections) -> Iterator[Problem]:
    room = cast("Network", found["network"]).room_cidr
    if room.overlaps(MANAGEMENT_RANGE):
        yield Problem(
            "network.room_cidr",
            str(room),
            f"{MANAGEMENT_RANGE} is the management interfaces' of WorkSpaces",
            "use another",
        )


def _users(found: Sections) -> Iterator[Problem]:
    names = [user.name.lower() for user in cast("Desktops", found["desktops"]).users]
    yield from _repeated("desktops.users", names, "name")


def _origins(found: Sections) -> Iterator[Problem]:
    ranges = [entry.cidr for entry in cast("Desktops", found["desktops"]).ip_ranges]
    key = "desktops.ip_ranges"
    if not ranges:
        yield Problem(
            key, "[]", "an empty IP access group lets nobody in, and no group lets the world in", "add a range"
        )
        return
    if len(ranges) > MAX_IP_RANGES:
        yield Problem(key, f"{len(ranges)} ranges", f"at most {MAX_IP_RANGES} ranges", "join neighbouring ranges")
    yield from _repeated(key, [str(cidr) for cidr in ranges], "cidr")
    for index, cidr in enumerate(ranges):
        if cidr.prefixlen and any(cidr.subnet_of(inner) for inner in NOT_ON_THE_INTERNET):
            yield Problem(
                f"{key}[{index}].cidr", str(cidr), "desktop clients are seen by their public address",
                "write the public range of the office or VPN",
            )  # fmt: skip
    if _size(ranges) > WIDEST_ORIGIN:
        yield Problem(
            key, ", ".join(map(str, ranges[:4])),
            f"the ranges together hold {_size(ranges)} addresses; more than {WIDEST_ORIGIN} is the world in pieces",
            "list only the offices and VPNs that users come from",
        )  # fmt: skip


def _proxy_names(found: Sections) -> Iterator[Problem]:
    proxy, account = cast("Proxy", found["proxy"]), cast("Account", found["account"])
    endpoints = (*NEEDED_ENDPOINTS, *cast("Network", found["network"]).endpoints.extra)
    entries = allow_list.compose(proxy.allow_list.extra, aws_console=proxy.allow_list.aws)
    for problem in allow_list.check(entries, account.region, endpoints):
        yield Problem("proxy.allow_list", show(problem.entry), problem.rule, problem.remedy)


def _proxy_size(found: Sections) -> Iterator[Problem]:
    proxy = cast("Proxy", found["proxy"])
    low, high = _FARGATE_MEMORY[proxy.cpu]
    if not low <= proxy.memory <= high:
        yield Problem(
            "proxy.memory", str(proxy.memory), f"Fargate gives {low} to {high} MiB to {proxy.cpu} CPU units", "use such"
        )


_FARGATE_MEMORY = {256: (512, 2048), 512: (1024, 4096), 1024: (2048, 8192), 2048: (4096, 16384)}
"""MiB of memory by CPU units.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
"""


def _production_stack(found: Sections) -> Iterator[Problem]:
    if found["environment"] is not Environment.PROD:
        return
    if found["protect"] is not True:
        yield Problem("protect", "false", "production keeps what cannot be had back", "set it to true")
    if cast("Network", found["network"]).nat != "per_zone":
        yield Problem("network.nat", "single", "production outlives the loss of an AZ", "set it to per_zone")
    if cast("Proxy", found["proxy"]).tasks < 2:
        yield Problem("proxy.tasks", "1", "production outlives the loss of an AZ", "set it to 2 or more")


def _repeated(key: str, values: list[str], field: str) -> Iterator[Problem]:
    for index, value in enumerate(values):
        if value in values[:index]:
            yield Problem(f"{key}[{index}]", value, f"each {field} is given once", "remove one of the two")


def _size(ranges: Iterable[IPv4Network]) -> int:
    return sum(cidr.num_addresses for cidr in collapse_addresses(ranges))


def _list(values: Iterable[str]) -> str:
    return ", ".join(values) or "none"


@dataclass(frozen=True, slots=True)
class Check:
    """A check and the sections that it reads."""

    reads: tuple[str, ...]
    run: Callable[[Sections], Iterator[Problem]]


CHECKS: tuple[Check, ...] = (
    Check(("account", "allowed", "environment"), _places),
    Check(("account",), _zones),
    Check(("network",), _addresses),
    Check(("network",), _management_range),
    Check(("network", "account"), _production_mode),
    Check(("network",), _inspection),
    Check(("account", "network"), _perimeter),
    Check(("network", "account", "desktops"), _sizes),
    Check(("desktops",), _users),
    Check(("desktops",), _origins),
    Check(("proxy", "account", "network"), _proxy_names),
    Check(("proxy",), _proxy_size),
    Check(("landing", "network", "account"), landing_problems),
    Check(("environment", "protect", "network", "proxy"), _production_stack),
)
