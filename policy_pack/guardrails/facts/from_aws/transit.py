"""Transit gateways and their attachments, each read from all the answers that list it."""

from __future__ import annotations

from guardrails.facts.from_aws.book import Book
from guardrails.facts.from_aws.common import assumed, common, refs
from guardrails.facts.from_aws.record import MalformedError, Record
from guardrails.facts.network import (
    TransitAttachment,
    TransitGateway,
)
from guardrails.facts.values import Maybe, Ref, Unknown

ATTACHMENTS = (
    "TransitGatewayAttachments",
    "TransitGatewayVpcAttachments",
    "TransitGatewayPeeringAttachments",
    "TransitGatewayConnects",
)


def read_transit_gateways(book: Book) -> tuple[TransitGateway, ...]:
    """Read the transit gateways; one that is shared is listed by every account and read once."""

    def build(record: Record) -> TransitGateway:
        key = record.required("TransitGatewayId")
        options = record.member("Options") or Record({}, f"{record.where}.Options")
        table = options.text("AssociationDefaultRouteTableId")
        return TransitGateway(
            **common(record, key, record.text("Description") or ""),
            default_association=options.flag("DefaultRouteTableAssociation", default=True),
            default_propagation=options.flag("DefaultRouteTablePropagation", default=True),
            default_table=book.ref(table) if table else None,
            auto_accept=options.flag("AutoAcceptSharedAttachments"),
            group_references=options.flag("SecurityGroupReferencingSupport"),
        )

    return (*book.read("TransitGateways", build), *_attached_gateways(book))


def _attached_gateways(book: Book) -> list[TransitGateway]:
    """Give the gateways that attachments name where no gateway was asked for, with AWS's default options."""
    if book.asked("TransitGateways"):
        return []
    named = dict.fromkeys(
        key for kind in ATTACHMENTS for one in book.scan(kind) if (key := one.text("TransitGatewayId")) is not None
    )
    for key in named:
        book.assume("TransitGateways", f"not listed; {key} is taken to have AWS's default options")
    book.learn(*named)
    return [TransitGateway(**assumed(key, "TransitGateways")) for key in named]


# -- attachments ------------------------------------------------------------------------------------------------------


def read_attachments(book: Book) -> tuple[TransitAttachment, ...]:
    """Read the attachments, each from all the answers that list it."""
    keys = dict.fromkeys(one.required("TransitGatewayAttachmentId") for kind in ATTACHMENTS for one in book.all(kind))
    found: list[TransitAttachment] = []
    for key in keys:
        if key in book.gone:
            continue
        try:
            found.append(_attachment(book, key))
        except MalformedError as error:
            book.lose("TransitGatewayAttachments", error)
    return tuple(found)


def _attachment(book: Book, key: str) -> TransitAttachment:
    general, vpc, peering, connect = (book.pages[kind].get(key) for kind in ATTACHMENTS)
    record = vpc or peering or connect or general
    if record is None:
        raise MalformedError(f"{key}: is not listed")
    kind, resource = _resource(general, vpc, peering, connect)
    gateway = record.text("TransitGatewayId") or (general.text("TransitGatewayId") if general else None)
    if peering is not None:
        side = peering.member("RequesterTgwInfo")
        gateway = side.text("TransitGatewayId") if side else gateway
    options = (record.member("Options") if record else None) or Record({}, f"{record.where}.Options")
    subnets: tuple[Maybe[Ref], ...] = ()
    if vpc is not None:
        subnets = refs(book, vpc.texts("SubnetIds"))
    elif kind == "vpc":
        subnets = (Unknown(f"TransitGatewayVpcAttachments: SubnetIds of {key}", "is not in the answers"),)
    return TransitAttachment(
        **common(record, key),
        gateway=book.ref(gateway, f"{record.where}.TransitGatewayId"),
        kind=kind,
        resource=book.ref(resource, f"{record.where}.ResourceId"),
        subnets=subnets,
        appliance_mode=options.flag("ApplianceModeSupport")
        if vpc is not None or kind != "vpc"
        else Unknown(f"TransitGatewayVpcAttachments: ApplianceModeSupport of {key}", "is not in the answers"),
        dns_support=options.flag("DnsSupport", default=True),
        group_references=options.flag("SecurityGroupReferencingSupport", default=True),
        ipv6=_ipv6(options, key) if kind == "vpc" else True,
    )


def _ipv6(options: Record, key: str) -> Maybe[bool]:
    if options.has("Ipv6Support"):
        return options.flag("Ipv6Support")
    return Unknown(f"TransitGatewayVpcAttachments: Ipv6Support of {key}", "is not in the answers")


def _resource(
    general: Record | None, vpc: Record | None, peering: Record | None, connect: Record | None
) -> tuple[str, str | None]:
    if vpc is not None:
        return "vpc", vpc.text("VpcId")
    if peering is not None:
        side = peering.member("AccepterTgwInfo")
        return "peering", side.text("TransitGatewayId") if side else None
    if connect is not None:
        return "connect", connect.text("TransportTransitGatewayAttachmentId")
    if general is None:
        return "unknown", None
    return (general.text("ResourceType") or "unknown").lower(), general.text("ResourceId")
