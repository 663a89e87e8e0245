"""VPCs and subnets, with VPC Block Public Access laid over both.

Source of the modes: Amazon VPC User Guide, "Block public access to VPCs and subnets": the account's mode per region,
overridden for a VPC or subnet by an exclusion, which allows both directions or egress only.
"""

from __future__ import annotations

from dataclasses import replace

from guardrails.facts.from_aws.book import Book
from guardrails.facts.from_aws.common import assumed, blocks, common, missing
from guardrails.facts.from_aws.record import Record
from guardrails.facts.network import BlockPublicAccess, Subnet, Vpc
from guardrails.facts.values import Maybe, Ref, Unknown

_EXCLUSIONS = {"allow-bidirectional": BlockPublicAccess.OFF, "allow-egress": BlockPublicAccess.INGRESS}


def read_vpcs(book: Book, subnets: tuple[Subnet, ...]) -> tuple[Vpc, ...]:
    """Read the VPCs; one that is only named by its parts is made from its local routes."""
    regions = {
        subnet.vpc.key: subnet.region
        for subnet in subnets
        if isinstance(subnet.vpc, Ref) and subnet.vpc.key and isinstance(subnet.region, str)
    }

    def build(record: Record) -> Vpc:
        key = record.required("VpcId")
        cidrs = blocks(record)
        vpc = Vpc(**common(record, key), cidrs=cidrs or (missing(record, "CidrBlock"),))
        if not isinstance(vpc.region, str) and key in regions:
            vpc = replace(vpc, region=regions[key])
        return replace(
            vpc,
            dns_support=_attribute(book, key, "EnableDnsSupport", True),
            dns_hostnames=_attribute(book, key, "EnableDnsHostnames", False),
            block_public_access=_vpc_mode(book, record, vpc),
        )

    return (*book.read("Vpcs", build), *_from_local_routes(book))


def read_subnets(book: Book) -> tuple[Subnet, ...]:
    """Read the subnets."""

    def build(record: Record) -> Subnet:
        key = record.required("SubnetId")
        subnet = Subnet(
            **common(record, key),
            vpc=book.ref(record.text("VpcId"), f"{record.where}.VpcId"),
            cidrs=blocks(record) or (missing(record, "CidrBlock"),),
            zone=record.text("AvailabilityZone") or missing(record, "AvailabilityZone"),
            zone_id=record.text("AvailabilityZoneId") or missing(record, "AvailabilityZoneId"),
            public_ip_on_launch=record.flag("MapPublicIpOnLaunch"),
        )
        return replace(subnet, block_public_access=_subnet_mode(book, record, subnet))

    return tuple(book.read("Subnets", build))


def _attribute(book: Book, vpc: str, name: str, default: bool) -> Maybe[bool]:
    for record in book.parts(name):
        if record.text("VpcId") == vpc:
            member = record.member(name)
            return member.flag("Value", default) if member else default
    return default


# -- Block Public Access ----------------------------------------------------------------------------------------------


def _mode(record: Record) -> BlockPublicAccess:
    word = record.required("InternetGatewayBlockMode")
    try:
        return BlockPublicAccess(word.lower())
    except ValueError:
        raise record.bad("InternetGatewayBlockMode", "is not a mode that AWS prints") from None


def _printed(record: Record) -> BlockPublicAccess | None:
    states = record.member("BlockPublicAccessStates")
    return _mode(states) if states and states.has("InternetGatewayBlockMode") else None


def _exclusion(book: Book, target: str) -> BlockPublicAccess | None:
    for record in book.all("VpcBlockPublicAccessExclusions"):
        if record.required("ResourceArn").rsplit("/", 1)[-1] == target:
            word = record.required("InternetGatewayExclusionMode").lower()
            if word not in _EXCLUSIONS:
                raise record.bad("InternetGatewayExclusionMode", "is not a mode that AWS prints")
            return _EXCLUSIONS[word]
    return None


def _account_mode(book: Book, place: Vpc | Subnet) -> Maybe[BlockPublicAccess] | None:
    """Give the account's mode in the region of a VPC or subnet; None where it was not asked for."""
    if not book.asked("VpcBlockPublicAccessOptions"):
        return None
    options = book.all("VpcBlockPublicAccessOptions")
    fitting = [
        record
        for record in options
        if place.account in (record.text("AwsAccountId"),) or isinstance(place.account, Unknown)
        if place.region in (record.text("AwsRegion"),) or isinstance(place.region, Unknown)
    ]
    if len(fitting) == 1:
        return _mode(fitting[0])
    return Unknown(f"VpcBlockPublicAccessOptions of {place.key}", "are not among the answers")


def _left(book: Book, place: Vpc | Subnet, mode: Maybe[BlockPublicAccess] | None) -> Maybe[BlockPublicAccess] | None:
    """Give what a place's exclusion leaves of the account's mode, None where it has none or nothing is blocked.

    An exclusion takes something off the account's mode and adds nothing to it.
    """
    left = _exclusion(book, place.key)
    if left is None or mode is BlockPublicAccess.OFF:
        return None
    return mode if isinstance(mode, Unknown) and left is not BlockPublicAccess.OFF else left


def _vpc_mode(book: Book, record: Record, vpc: Vpc) -> Maybe[BlockPublicAccess]:
    mode = _account_mode(book, vpc)
    printed = _printed(record)
    left = _left(book, vpc, mode)
    if left is not None:
        return left
    if mode is None or isinstance(mode, Unknown):
        return _printed_mode(book, printed, mode)
    if mode is BlockPublicAccess.OFF:
        return mode
    exclusions = f"VpcBlockPublicAccessExclusions of {vpc.key}"
    if "VpcBlockPublicAccessExclusions" in book.incomplete:
        return Unknown(exclusions, "could not all be read")
    if not book.asked("VpcBlockPublicAccessExclusions"):
        if printed not in (None, mode):
            return Unknown(exclusions, "are not among the answers")
        if printed is None:
            book.assume("VpcBlockPublicAccessExclusions", "none listed; no VPC or subnet is taken to be excluded")
    return mode


def _printed_mode(book: Book, printed: BlockPublicAccess | None, mode: Unknown | None) -> Maybe[BlockPublicAccess]:
    """Give the mode that the VPC itself prints where the account's is not told, else AWS's default."""
    if printed is not None:
        return printed
    if mode is not None:
        return mode
    if book.all("InternetGateways") or book.all("EgressOnlyInternetGateways"):
        book.assume("VpcBlockPublicAccessOptions", "none listed; Block Public Access is taken to be off")
    return BlockPublicAccess.OFF


def _subnet_mode(book: Book, record: Record, subnet: Subnet) -> Maybe[BlockPublicAccess] | None:
    """Give a subnet's own mode, None where its VPC's holds."""
    left = _left(book, subnet, _account_mode(book, subnet))
    if left is not None:
        return left
    if book.asked("VpcBlockPublicAccessOptions"):
        return None
    printed = _printed(record)
    vpc = book.get("Vpcs", record.text("VpcId") or "")
    return printed if vpc is None or printed is not _printed(vpc) else None


# -- VPCs that are named and not listed -------------------------------------------------------------------------------


def _from_local_routes(book: Book) -> tuple[Vpc, ...]:
    """Make the VPCs from their tables' local routes where nobody asked for VPCs (every table holds all of them)."""
    if book.asked("Vpcs"):
        return ()
    cidrs: dict[str, set[str]] = {}
    for kind in ("Subnets", "RouteTables", "SecurityGroups", "NetworkAcls", "NetworkInterfaces"):
        for record in book.scan(kind):
            if record.has("VpcId"):
                cidrs.setdefault(record.required("VpcId"), set())
    vpcs: list[Vpc] = []
    for key in sorted(cidrs):
        found = {
            block
            for table in book.scan("RouteTables")
            if table.text("VpcId") == key
            for route in table.members("Routes")
            if route.text("GatewayId") == "local"
            for block in (route.network("DestinationCidrBlock"), route.network("DestinationIpv6CidrBlock"))
            if block
        }
        book.assume("Vpcs", f"not listed; {key} is taken to have the blocks of its local routes")
        ordered = tuple(sorted(found, key=lambda block: (block.version, block)))
        vpcs.append(
            Vpc(**assumed(key, "Vpcs"), cidrs=ordered or (Unknown(f"{key}: CidrBlock", "Vpcs are not listed"),))
        )
    book.learn(*cidrs)
    return tuple(vpcs)
