"""Small changes of a recorded stack: a property put, a reference turned, a resource removed, copied or added."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Any

from tests.policy.support.stacks import Stack
from tests.policy.support.wire import Raw

Change = Callable[[Stack], None]
TIERS = ("desktop", "directory", "proxy", "public", "endpoint", "bastion")


def name_of(item: Raw) -> str:
    return str(item["urn"].rpartition("::")[2])


def find(stack: Stack, urn: str) -> Raw:
    (found,) = [item for item in stack.raw if item["urn"] == urn]
    return found


def puts(item: Raw, **values: Any) -> Change:
    """Set literal properties; None leaves one out."""
    urn = item["urn"]

    def change(stack: Stack) -> None:
        here = find(stack, urn)
        for prop, value in values.items():
            here["propertyDependencies"].pop(prop, None)
            for side in ("inputs", "outputs"):
                here[side].pop(prop, None)
                if value is not None:
                    here[side][prop] = value

    return change


def points(item: Raw, prop: str, *targets: Raw, listed: bool = False, without: tuple[str, ...] = ()) -> Change:
    """Make a property name other resources, and leave others out."""
    urn, urns = item["urn"], [target["urn"] for target in targets]

    def change(stack: Stack) -> None:
        puts(item, **dict.fromkeys(without))(stack)
        here = find(stack, urn)
        value = stack._id(name_of(targets[0]))
        for side in ("inputs", "outputs"):
            here[side][prop] = [value] * len(urns) if listed else value
        here["propertyDependencies"][prop] = urns

    return change


def removes(item: Raw, *also: Raw) -> Change:
    urns = {one["urn"] for one in (item, *also)}

    def change(stack: Stack) -> None:
        stack.raw = [one for one in stack.raw if one["urn"] not in urns]

    return change


def adds(item: Raw, name: str, then: Callable[[Raw], Change]) -> Change:
    """Add a copy of a resource, changed."""

    def change(stack: Stack) -> None:
        stack.add(name_of(item), name)
        then(stack[name])(stack)

    return change


def target(item: Raw, prop: str) -> str:
    return str((item["propertyDependencies"].get(prop) or [""])[0])


def same_vpc(stack: Stack, kind: str, like: Raw) -> list[Raw]:
    vpc = target(like, "vpcId")
    return [one for one in stack.of(kind) if target(one, "vpcId") == vpc]


def tier_of(name: str) -> str:
    """Give the tier that a part of the room belongs to by its name, with what its name begins with."""
    return next((tier for tier in (*TIERS, "production") if f"-{tier}-" in f"{name}-".replace("room-desktops", "")), "")


def one_of_each_tier(items: list[Raw], own: str) -> list[tuple[str, Raw]]:
    firsts: dict[str, Raw] = {}
    for item in items:
        firsts.setdefault(tier_of(name_of(item)), item)
    return [(tier, item) for tier, item in firsts.items() if tier and tier != own]


def half(block: str) -> str:
    return str(next(ipaddress.ip_network(block).subnets()))


def makes(token: str, name: str, edges: dict[str, Raw], **values: Any) -> Change:
    """Add a resource of a kind that the stack may not have."""

    def change(stack: Stack) -> None:
        stack.make(token, name, **values)
        for prop, target in edges.items():
            stack.edge_to(name, prop, target)

    return change


def both(*changes: Change) -> Change:
    def change(stack: Stack) -> None:
        for one in changes:
            one(stack)

    return change
