"""Kinds that no reader knows: which VPCs their objects name, so that an answer about those can be left open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from guardrails.facts.from_aws.book import Book
from guardrails.facts.network import Stranger, TransitAttachment
from guardrails.facts.values import Ref, Unknown

_FROM_PREMISES = ("ClientVpn", "LocalGateway", "AuthorizationRules")
_PLACED = ("Subnets", "NetworkInterfaces", "RouteTables", "NatGateways", "VpcEndpoints")
"""Kinds of which a member names a VPC; what names security groups alone is a place, and no way."""


def read_strangers(book: Book, attachments: tuple[TransitAttachment, ...]) -> tuple[Stranger, ...]:
    """Read what is not modelled and names a VPC of this network."""
    homes = {vpc: (vpc,) for vpc in book.pages["Vpcs"]}
    for kind in _PLACED:
        homes |= {key: (record.scan().text("VpcId") or "",) for key, record in book.pages[kind].items()}
    joined: dict[str, tuple[str, ...]] = {}
    for one in attachments:
        if isinstance(one.gateway, Ref) and isinstance(one.resource, Ref) and one.kind == "vpc":
            gateway = one.gateway.literal or ""
            joined[gateway] = (*joined.get(gateway, ()), one.resource.literal or "")
    homes |= joined
    found: list[Stranger] = []
    for where, kind, value in book.answers.strange:
        near = {vpc for text in _texts(value) for vpc in homes.get(text.rsplit("/", 1)[-1], ()) if vpc}
        if near:
            unknown = Unknown(where, "is not modelled")
            found.append(Stranger(unknown, tuple(sorted(near)), kind.startswith(_FROM_PREMISES)))
    return tuple(found)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in cast("dict[str, object]", value).values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in cast("list[object]", value):
            yield from _texts(inner)
