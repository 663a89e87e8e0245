"""What the sections of the landing network must satisfy together, with each other and with the room."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network
from itertools import combinations
from typing import cast

from components.secure_room import allow_list
from components.settings.errors import Problem
from components.settings.inspection import Inspection
from components.settings.landing import Landing, Relay, Transit, Workload
from components.settings.model import Account, Network
from components.settings.places import CARRIER_RANGE, DOCKER_RANGE, PRIVATE_RANGES
from components.settings.workload_checks import corporate_items, workload_problems

Sections = Mapping[str, object]

WIDEST_VENDOR = 12
"""The shortest prefix of a vendor's range: a wider one is no longer a vendor's."""


def unfit(key: str, cidr: IPv4Network) -> Iterator[Problem]:
    """Problems of one VPC's range by itself."""
    if not any(cidr.subnet_of(private) for private in PRIVATE_RANGES):
        yield Problem(key, str(cidr), "a VPC lies in a private range (RFC 1918, RFC 6598)", "use a private range")
    if not 16 <= cidr.prefixlen <= 28:
        yield Problem(key, str(cidr), "a VPC's range is a /16 to a /28", "use such a length")
    if cidr.overlaps(DOCKER_RANGE):
        yield Problem(key, str(cidr), f"{DOCKER_RANGE} is used by container hosts", "use another range")


def landing_problems(found: Sections) -> Iterator[Problem]:
    """Everything that is wrong with the landing network as a whole."""
    landing = cast("Landing | None", found["landing"])
    if landing is None:
        return
    network, account = cast("Network", found["network"]), cast("Account", found["account"])
    yield from _blocks(landing, network)
    yield from _transit(landing)
    yield from _inspections(landing)
    yield from _vendor(landing, account)
    if landing.workload is not None:
        yield from _workload(landing.workload, landing.transit, account)
        yield from workload_problems(landing.workload, account, {**_own(landing), **_others(network)})
    if landing.relay is not None:
        yield from _relay(landing.relay)


def _own(landing: Landing) -> dict[str, IPv4Network]:
    """The ranges of the VPCs that are made, by key."""
    found: dict[str, IPv4Network] = {}
    for key, part in (("workload", landing.workload), ("hub", landing.hub), ("relay", landing.relay)):
        if part is not None:
            found[f"landing.{key}.cidr"] = part.cidr
    if landing.workload is not None and landing.workload.corporate_cidr is not None:
        found["landing.workload.corporate_cidr"] = landing.workload.corporate_cidr
    return found


def _beyond(landing: Landing) -> dict[str, IPv4Network]:
    """The declared ranges of others, by key: a VPC's block may neither hold nor lie in one that is routed to."""
    found: dict[str, IPv4Network] = {}
    if (workload := landing.workload) is not None:
        found |= {f"{key}.cidr": item.cidr for key, item in corporate_items(workload) if item.cidr is not None}
        for name, listed in workload.prefix_lists.items():
            found |= {f"landing.workload.prefix_lists.{name}.cidrs[{i}]": cidr for i, cidr in enumerate(listed.cidrs)}
        for index, server in enumerate(workload.resolution.servers if workload.resolution else ()):
            found[f"landing.workload.resolution.servers[{index}]"] = IPv4Network(server)
    if (relay := landing.relay) is not None:
        found |= {f"landing.relay.receivers[{index}].cidr": item.cidr for index, item in enumerate(relay.receivers)}
        found |= {f"landing.relay.vendor[{index}]": cidr for index, cidr in enumerate(relay.vendor)}
        found |= {f"landing.relay.time_servers[{index}]": cidr for index, cidr in enumerate(relay.time_servers)}
    return found


def _others(network: Network) -> dict[str, IPv4Network]:
    """The ranges of the room and of production, by key."""
    found = {"network.room_cidr": network.room_cidr, "network.production.cidr": network.production.cidr}
    return found if network.desktop_cidr is None else {**found, "network.desktop_cidr": network.desktop_cidr}


def _blocks(landing: Landing, network: Network) -> Iterator[Problem]:
    own, beyond = _own(landing), _beyond(landing)
    theirs = _others(network)
    for key, cidr in own.items():
        yield from unfit(key, cidr)
        for other, taken in (*theirs.items(), *beyond.items()):
            if cidr.overlaps(taken):
                yield Problem(key, str(cidr), f"overlaps {other} {taken}", "use disjoint ranges")
    for (one, left), (two, right) in combinations(own.items(), 2):
        if left.overlaps(right):
            yield Problem(two, str(right), f"overlaps {one} {left}", "use disjoint ranges")


def _transit(landing: Landing) -> Iterator[Problem]:
    transit, workload, key = landing.transit, landing.workload, "landing.transit"
    if transit is not None:
        named = {"gateway_id": transit.gateway_id, "owner_id": transit.owner_id}
        for field, value in named.items():
            if transit.mode == "existing" and value is None:
                rule = "an existing gateway is named by gateway_id and owner_id"
                yield Problem(f"{key}.{field}", "(not set)", rule, "add the key")
            if transit.mode == "create" and value is not None:
                rule = "belongs to mode existing only"
                yield Problem(f"{key}.{field}", value, rule, "remove the key, or set mode to existing")
    if landing.hub is not None and (transit is None or transit.mode != "create"):
        yield Problem("landing.hub", "(set)", "a hub has a transit gateway of our own", "set landing.transit to create")
    if landing.hub is not None and (workload is None or workload.egress != "hub"):
        rule = "a hub has a spoke that leaves through it"
        yield Problem("landing.hub", "(set)", rule, "set landing.workload.egress to hub")
    if workload is not None and workload.egress == "hub" and landing.hub is None:
        yield Problem("landing.workload.egress", "hub", "there is no landing.hub", "add the section, or set it to nat")


def _vendor(landing: Landing, account: Account) -> Iterator[Problem]:
    if landing.vendor is None:
        return
    key, theirs = "landing.vendor", landing.vendor.account_id
    if not vendor_services(landing):
        rule = "a vendor's role is for the endpoints of engine gateway_load_balancer"
        yield Problem(key, "(set)", rule, "remove the section, or set such an engine")
    if theirs == account.id:
        yield Problem(f"{key}.account_id", theirs, "the vendor's account is not this one", "use the vendor's")


def vendor_services(landing: Landing) -> tuple[str, ...]:
    """The vendor's endpoint services that the landing network uses, each once."""
    engines = [part.inspection for part in (landing.workload, landing.hub) if part is not None]
    return tuple(dict.fromkeys(item.service_name for item in engines if item.service_name is not None))


def _inspections(landing: Landing) -> Iterator[Problem]:
    wanted: dict[str, Inspection] = {}
    if landing.workload is not None:
        wanted["landing.workload.inspection"] = landing.workload.inspection
    if landing.hub is not None:
        wanted["landing.hub.inspection"] = landing.hub.inspection
    for key, inspection in wanted.items():
        vendor, name = inspection.engine == "gateway_load_balancer", inspection.service_name
        if vendor and name is None:
            rule = "a vendor's appliances are named by their endpoint service"
            yield Problem(f"{key}.service_name", "(not set)", rule, "add the key")
        if not vendor and name is not None:
            rule = "belongs to engine gateway_load_balancer only"
            yield Problem(f"{key}.service_name", name, rule, "remove the key")


def _workload(workload: Workload, transit: Transit | None, account: Account) -> Iterator[Problem]:
    key, corporate = "landing.workload", workload.corporate_cidr
    for part in ("services", "clients", "resolution"):
        if not getattr(workload, part):
            continue
        if transit is None:
            rule = "the company's network is behind a transit gateway"
            yield Problem(f"{key}.{part}", "(set)", rule, "add landing.transit, or remove the key")
        elif workload.egress == "hub":
            rule = "what leaves through the hub goes to listed names only"
            yield Problem(f"{key}.{part}", "(set)", rule, "set egress to nat, or remove the key")
    if workload.egress == "hub" and workload.inspection.engine != "none":
        yield Problem(f"{key}.inspection.engine", workload.inspection.engine, "the hub inspects", "set it to none")
    if corporate is not None and not _joins(corporate, workload.cidr):
        yield Problem(
            f"{key}.cidr", str(workload.cidr), f"AWS does not add it to a VPC whose first block is {corporate}",
            f"use a part of the same private range, or of {CARRIER_RANGE}",
        )  # fmt: skip
    # A workload without a list has no way out, and needs none.
    found = allow_list.check(workload.allow_list, account.region, ()) if workload.allow_list else ()
    for problem in found:
        yield Problem(f"{key}.allow_list", problem.entry, problem.rule, problem.remedy)


def _joins(first: IPv4Network, more: IPv4Network) -> bool:
    """Whether AWS adds a block to a VPC.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html (association restrictions)
    """
    if first.subnet_of(CARRIER_RANGE):
        return more.subnet_of(CARRIER_RANGE)
    return more.subnet_of(CARRIER_RANGE) or any(
        first.subnet_of(private) and more.subnet_of(private) for private in PRIVATE_RANGES
    )


def _relay(relay: Relay) -> Iterator[Problem]:
    names = [host.name for host in relay.hosts]
    for index, name in enumerate(names):
        if name in names[:index]:
            yield Problem(f"landing.relay.hosts[{index}].name", name, "each name is given once", "rename one of them")
    support = {"landing.relay.remote_support": relay.remote_support} if relay.remote_support else {}
    outside = {f"landing.relay.vendor[{index}]": cidr for index, cidr in enumerate(relay.vendor)} | support
    for key, cidr in outside.items():
        if any(cidr.overlaps(private) for private in PRIVATE_RANGES) or cidr.prefixlen < WIDEST_VENDOR:
            rule = f"a vendor's public range, /{WIDEST_VENDOR} or narrower"
            yield Problem(key, str(cidr), rule, "list the ranges that the vendor publishes")
    for index, item in enumerate(relay.receivers):
        if not any(item.cidr.subnet_of(private) for private in PRIVATE_RANGES):
            rule = "the SIEM is in the company's own network"
            yield Problem(f"landing.relay.receivers[{index}].cidr", str(item.cidr), rule, "use its private range")
