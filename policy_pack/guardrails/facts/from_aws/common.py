"""What every reader of one kind needs: the members that all objects share, and blocks with an association state."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypedDict

from guardrails.facts.from_aws.answers import REGION
from guardrails.facts.from_aws.book import Book
from guardrails.facts.from_aws.record import Record
from guardrails.facts.values import IPNetwork, Maybe, Origin, Ref, Unknown

_ACCOUNT_MEMBERS = ("OwnerId", "VpcOwnerId", "TransitGatewayOwnerId", "GroupOwnerId", "AwsAccountId", "ownerAccount")
_REGION_MEMBERS = (
    "AvailabilityZone",
    "AwsRegion",
    "region",
    "SubnetArn",
    "TransitGatewayArn",
    "LoadBalancerArn",
    "TargetGroupArn",
    "DBInstanceArn",
    "FunctionArn",
    "SecurityGroupArn",
    "PrefixListArn",
)
_ATTACHED = ("attached", "available")
_ARN_ACCOUNT = re.compile(r"^arn:[^:]*:[^:]*:[^:]*:(\d{12}):")


class Common(TypedDict):
    """The members of every fact."""

    key: str
    origin: Origin
    id: Maybe[str]
    name: str
    account: Maybe[str]
    region: Maybe[str]
    tags: tuple[tuple[str, Maybe[str]], ...]


def common(record: Record, key: str, name: str = "") -> Common:
    """Give the shared members of the fact about the object `key`."""
    return Common(
        key=key,
        origin=record.origin(key),
        id=key,
        name=record.tag("Name") or name,
        account=account_of(record),
        region=region_of(record),
        tags=tuple(record.tags()),
    )


def assumed(key: str, kind: str) -> Common:
    """Give the shared members of a default object that no answer lists."""
    return Common(
        key=key,
        origin=Origin(key, f"default for absent {kind}"),
        id=key,
        name="",
        account=Unknown(key),
        region=Unknown(key),
        tags=(),
    )


def account_of(record: Record) -> Maybe[str]:
    """Give the owner's account: as printed, else from an ARN, else as the folder says."""
    for name in _ACCOUNT_MEMBERS:
        if record.has(name):
            return str(record.data[name])
    beside = record.beside.get("OwnerId")
    if beside:
        return str(beside)
    for name in _REGION_MEMBERS:
        value = record.data.get(name)
        found = _ARN_ACCOUNT.match(value) if isinstance(value, str) else None
        if found:
            return found.group(1)
    return record.scope.account or Unknown(f"{record.where}.OwnerId", "is not in the answer")


def region_of(record: Record) -> Maybe[str]:
    """Give the region: from an AZ or ARN as printed, else as the folder says."""
    for name in _REGION_MEMBERS:
        value = record.data.get(name)
        found = REGION.search(value) if isinstance(value, str) else None
        if found:
            return found.group()
    return record.scope.region or Unknown(f"{record.where}: region", "is not in the answer")


def blocks(record: Record) -> tuple[IPNetwork, ...]:
    """Give every block of a VPC or subnet whose association is in place, the primary one first, each once."""
    found: list[IPNetwork] = []
    primary = record.network("CidrBlock")
    if primary:
        found.append(primary)
    for members, cidr, state in (
        ("CidrBlockAssociationSet", "CidrBlock", "CidrBlockState"),
        ("Ipv6CidrBlockAssociationSet", "Ipv6CidrBlock", "Ipv6CidrBlockState"),
    ):
        for member in record.members(members):
            holder = member.member(state)
            word = holder.text("State") if holder else None
            block = member.network(cidr)
            if block and (word is None or word.lower() == "associated") and block not in found:
                found.append(block)
    return tuple(found)


def refs(book: Book, targets: Iterable[str]) -> tuple[Maybe[Ref], ...]:
    """Resolve several ids."""
    return tuple(book.ref(target) for target in targets)


def missing(record: Record, name: str) -> Unknown:
    """Make the unknown for a member that the answer does not print."""
    return Unknown(f"{record.where}.{name}", "is not in the answer")


def attached_vpc(book: Book, attachments: Iterable[Record]) -> Maybe[Ref] | None:
    """Give the VPC that a gateway is attached to, None for a detached one."""
    held = [one.required("VpcId") for one in attachments if (one.text("State") or "attached").lower() in _ATTACHED]
    return book.ref(held[0]) if held else None
