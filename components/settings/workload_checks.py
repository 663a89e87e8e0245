"""What a workload's prefix lists, its service for other accounts, and its bucket and secret must satisfy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network

from components.settings.errors import Problem
from components.settings.landing import CorporateClient, CorporateService, Workload
from components.settings.model import Account
from components.settings.places import PRIVATE_RANGES
from components.vocabulary import Zone

KEY = "landing.workload"
RESERVED_FIRST = 4
"""Addresses at the beginning of a subnet that AWS keeps; the last one as well.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
"""


def workload_problems(workload: Workload, account: Account, taken: Mapping[str, IPv4Network]) -> Iterator[Problem]:
    """Everything that is wrong with these parts; `taken` are the ranges of all VPCs by key."""
    yield from _company_places(workload)
    yield from _lists(workload)
    yield from _provider(workload, account, taken)
    yield from _bound(workload, account)


def corporate_items(workload: Workload) -> Iterator[tuple[str, CorporateService | CorporateClient]]:
    """The company's services and clients by key."""
    for index, service in enumerate(workload.services):
        yield f"{KEY}.services[{index}]", service
    for index, client in enumerate(workload.clients):
        yield f"{KEY}.clients[{index}]", client


def _company_places(workload: Workload) -> Iterator[Problem]:
    for key, item in corporate_items(workload):
        if (item.cidr is None) == (item.prefix_list is None):
            found = "both" if item.cidr else "neither"
            yield Problem(key, found, "a place is given by `cidr` or by `prefix_list`", "keep one of the two")
        if item.prefix_list is not None and item.prefix_list not in workload.prefix_lists:
            rule = f"the lists are {', '.join(workload.prefix_lists) or 'none'}"
            yield Problem(f"{key}.prefix_list", item.prefix_list, rule, f"add it to {KEY}.prefix_lists")


def _lists(workload: Workload) -> Iterator[Problem]:
    used = {item.prefix_list for _, item in corporate_items(workload)}
    for name, found in workload.prefix_lists.items():
        key = f"{KEY}.prefix_lists.{name}"
        if name not in used:
            yield Problem(key, "(set)", "a list is named by a service or a client", "name it, or remove it")
        if len(found.cidrs) > found.max_entries:
            rule = f"has {len(found.cidrs)} ranges"
            yield Problem(f"{key}.max_entries", str(found.max_entries), rule, f"use {len(found.cidrs)} or more")
        for index, cidr in enumerate(found.cidrs):
            if cidr in found.cidrs[:index]:
                yield Problem(f"{key}.cidrs[{index}]", str(cidr), "each range is listed once", "remove one of them")


def _provider(workload: Workload, account: Account, taken: Mapping[str, IPv4Network]) -> Iterator[Problem]:
    if (provider := workload.provider) is None:
        return
    key = f"{KEY}.provider"
    for index, cidr in enumerate(provider.clients):
        if not any(cidr.subnet_of(private) for private in PRIVATE_RANGES):
            yield Problem(f"{key}.clients[{index}]", str(cidr), "callers come from a private range", "use theirs")
        for other, ours in taken.items():
            if cidr.overlaps(ours):
                rule = f"overlaps {other} {ours}: a host of ours could call without the endpoint"
                yield Problem(f"{key}.clients[{index}]", str(cidr), rule, "list the callers' own ranges")
    for index, principal in enumerate(provider.principals):
        if principal == f"arn:aws:iam::{account.id}:root":
            rule = "the service is for other accounts"
            yield Problem(f"{key}.principals[{index}]", principal, rule, "name the callers' account")
    yield from _targets(workload, account)


def _targets(workload: Workload, account: Account) -> Iterator[Problem]:
    # Imported late: a plan is made from settings, so its modules import this package.
    from components.workload.plan import layout  # noqa: PLC0415 - see above

    key = f"{KEY}.provider.targets"
    targets = workload.provider.targets if workload.provider else ()
    placement = layout(workload)[Zone.INSTANCE]
    try:
        subnets = [placement.subnet(index) for index in range(len(account.zones))]
    except ValueError:
        return  # told where the whole network is planned
    for index, target in enumerate(targets):
        home = next((subnet for subnet in subnets if target in subnet), None)
        if home is None:
            rule = f"an instance lies in one of {', '.join(map(str, subnets))}"
            yield Problem(f"{key}[{index}]", str(target), rule, "use an instance's address")
        elif int(target) - int(home.network_address) < RESERVED_FIRST or target == home.broadcast_address:
            yield Problem(f"{key}[{index}]", str(target), f"AWS keeps this address of {home}", "use another one")
        if target in targets[:index]:
            yield Problem(f"{key}[{index}]", str(target), "each target is given once", "remove one of them")


def _bound(workload: Workload, account: Account) -> Iterator[Problem]:
    bound = [part for part in ("bucket", "secret") if getattr(workload, part) is not None]
    if bound and not workload.keepers and account.role_arn is None:
        rule = f"a {bound[0]} that is bound to a place needs a role that is not"
        yield Problem(f"{KEY}.keepers", "(not set)", rule, "name the deployer's role, and one for emergencies")
    if workload.keepers and not bound:
        yield Problem(f"{KEY}.keepers", "(set)", "belongs to a bucket or a secret", "remove the key")
    roles = {f"{KEY}.keepers[{index}]": role for index, role in enumerate(workload.keepers)}
    if workload.secret is not None and workload.secret.rotation_role_arn is not None:
        roles[f"{KEY}.secret.rotation_role_arn"] = workload.secret.rotation_role_arn
    for key, role in roles.items():
        if role.split(":")[4] != account.id:
            yield Problem(key, role, f"a role of account {account.id}", "name one of this account")
