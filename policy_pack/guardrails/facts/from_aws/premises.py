"""Ways to the premises: virtual private gateways, VPN connections, Direct Connect gateways and virtual interfaces.

Where nobody listed the connections, a virtual private gateway that active routes name is taken to lead to what they
name, and a VPN attachment of a transit gateway to its premises: AWS keeps neither without a connection.
"""

from __future__ import annotations

from collections.abc import Iterator

from guardrails.facts.from_aws.book import Book
from guardrails.facts.from_aws.common import assumed, attached_vpc, common, missing
from guardrails.facts.from_aws.record import MalformedError, Record
from guardrails.facts.network import DirectConnectGateway, VirtualInterface, VpnConnection, VpnGateway
from guardrails.facts.values import IPNetwork, Maybe, Unknown

_DIRECT_CONNECT = ("directConnectGateways", "directConnectGatewayAssociations", "virtualInterfaces")


def read_vpn_gateways(book: Book) -> tuple[VpnGateway, ...]:
    """Read the virtual private gateways."""

    def build(record: Record) -> VpnGateway:
        key = record.required("VpnGatewayId")
        return VpnGateway(**common(record, key), vpc=attached_vpc(book, record.members("VpcAttachments")))

    return tuple(book.read("VpnGateways", build))


def read_vpn_connections(book: Book) -> tuple[VpnConnection, ...]:
    """Read the site-to-site VPNs with their static routes; whether their tunnels are up is telemetry."""

    def build(record: Record) -> VpnConnection:
        key = record.required("VpnConnectionId")
        gateway = record.text("VpnGatewayId") or record.text("TransitGatewayId") or record.text("CoreNetworkArn")
        options = record.member("Options")
        routes = [one for one in record.members("Routes") if (one.text("State") or "available") == "available"]
        return VpnConnection(
            **common(record, key),
            gateway=book.ref(gateway, f"{record.where}.VpnGatewayId"),
            static_routes=tuple(
                one.network("DestinationCidrBlock") or missing(one, "DestinationCidrBlock") for one in routes
            ),
            static_only=options.flag("StaticRoutesOnly") if options else False,
        )

    found = tuple(book.read("VpnConnections", build))
    return found if book.asked("VpnConnections") else (*found, *_unlisted_connections(book))


def _unlisted_connections(book: Book) -> Iterator[VpnConnection]:
    """Make the connections that must be there, where nobody asked for any."""
    routed: dict[str, dict[IPNetwork, None]] = {}
    for route in (route for table in book.scan("RouteTables") for route in table.members("Routes")):
        gateway, block = route.text("GatewayId") or "", route.network("DestinationCidrBlock")
        if gateway in book.pages["VpnGateways"] and block and (route.text("State") or "active") == "active":
            routed.setdefault(gateway, {})[block] = None
    if "RouteTables" in book.incomplete:
        for gateway in book.pages["VpnGateways"]:
            lost = Unknown(f"VpnConnections of {gateway}", "are not listed, and RouteTables could not all be read")
            key = f"{gateway}/lost-connection"
            yield VpnConnection(
                **assumed(key, "VpnConnections"), gateway=book.ref(gateway), static_routes=(lost,), static_only=True
            )
    for gateway, blocks in routed.items() if not any(book.asked(kind) for kind in _DIRECT_CONNECT) else ():
        book.assume("VpnConnections", f"not listed; {gateway} is taken to lead to what active routes through it name")
        key = f"{gateway}/connection"
        yield VpnConnection(
            **assumed(key, "VpnConnections"), gateway=book.ref(gateway), static_routes=tuple(blocks), static_only=True
        )
    for one in book.scan("TransitGatewayAttachments"):
        key = one.text("ResourceId")
        if one.text("ResourceType") == "vpn" and key:
            book.assume("VpnConnections", f"not listed; {key} is taken to lead to the premises")
            book.learn(key)
            yield VpnConnection(**assumed(key, "VpnConnections"), gateway=book.ref(one.text("TransitGatewayId")))


def read_direct_connect_gateways(book: Book) -> tuple[DirectConnectGateway, ...]:
    """Read the Direct Connect gateways with the gateways associated to them and the prefixes allowed to each."""
    associations: Associations = {}
    for record in book.parts("directConnectGatewayAssociations"):
        try:
            if (record.text("associationState") or "associated").lower() in ("associated", "updating"):
                holder = record.member("associatedGateway")
                target = (holder.text("id") if holder else None) or record.required("virtualGatewayId")
                allowed = tuple(
                    one.network("cidr") or missing(one, "cidr")
                    for one in record.members("allowedPrefixesToDirectConnectGateway")
                )
                associations.setdefault(record.required("directConnectGatewayId"), {})[target] = allowed
        except MalformedError as error:
            book.lose("directConnectGatewayAssociations", error)

    associations = _with_attachments(book, associations)
    interfaces: dict[str, list[str]] = {}
    attached = [
        one
        for one in (part.scan() for part in book.parts("directConnectGatewayAttachments"))
        if (one.text("attachmentState") or "attached").lower() == "attached"
        and one.text("virtualInterfaceId") not in book.gone
    ]
    for record in (*book.scan("virtualInterfaces"), *attached):
        holder, name = record.text("directConnectGatewayId"), record.required("virtualInterfaceId")
        if holder and name and name not in interfaces.setdefault(holder, []):
            interfaces[holder].append(name)

    def build(record: Record) -> DirectConnectGateway:
        key = record.required("directConnectGatewayId")
        held = associations.pop(key, {})
        if not book.asked("virtualInterfaces") and key not in interfaces:
            book.assume("virtualInterfaces", f"not listed; {key} is taken to have one")
            interfaces[key] = [f"{key}/virtual-interface"]
        return DirectConnectGateway(
            **common(record, key, record.text("directConnectGatewayName") or ""),
            associations=tuple((book.ref(target), prefixes) for target, prefixes in sorted(held.items())),
            interfaces=tuple(interfaces.get(key, ())),
        )

    found = list(book.read("directConnectGateways", build))
    for key, held in sorted(associations.items()):
        if key not in book.gone and not book.asked("directConnectGateways"):
            book.learn(key)
            found.append(
                DirectConnectGateway(
                    **assumed(key, "directConnectGateways"),
                    associations=tuple((book.ref(target), prefixes) for target, prefixes in sorted(held.items())),
                    interfaces=tuple(interfaces.get(key, ())),
                )
            )
    return tuple(found)


Associations = dict[str, dict[str, tuple[Maybe[IPNetwork], ...]]]
"""For each Direct Connect gateway the gateways that are associated with it, and the prefixes allowed to each."""


def _with_attachments(book: Book, told: Associations) -> Associations:
    """Add the transit gateways that an attachment joins, where no answer tells their allowed prefixes."""
    if book.asked("directConnectGatewayAssociations"):
        return told
    for one in book.scan("TransitGatewayAttachments"):
        key, gateway = one.text("ResourceId"), one.text("TransitGatewayId")
        if one.text("ResourceType") == "direct-connect-gateway" and key and gateway:
            prefixes = Unknown(f"directConnectGatewayAssociations of {key}", "are not in the answers")
            told.setdefault(key, {})[gateway] = (prefixes,)
    return told


def read_virtual_interfaces(book: Book) -> tuple[VirtualInterface, ...]:
    """Read private and transit virtual interfaces; a public one is no way into a VPC."""
    learned: dict[str, list[Maybe[IPNetwork]]] = {}
    for answer in book.parts("routes"):
        try:
            owner = answer.text("virtualInterfaceId")
            if owner:
                learned.setdefault(owner, []).extend(
                    one.network("cidr") or missing(one, "cidr")
                    for one in answer.members("routes")
                    if (one.text("routeDirection") or "accepted").lower() == "accepted"
                )
        except MalformedError as error:
            book.lose("routes", error)

    def build(record: Record) -> VirtualInterface:
        key = record.required("virtualInterfaceId")
        gateway = record.text("directConnectGatewayId") or record.text("virtualGatewayId")
        prefixes = learned.get(key)
        return VirtualInterface(
            **common(record, key, record.text("virtualInterfaceName") or ""),
            gateway=book.ref(gateway, f"{record.where}.directConnectGatewayId"),
            learned=tuple(prefixes) if prefixes is not None else None,
        )

    public = {
        record.text("virtualInterfaceId")
        for record in book.scan("virtualInterfaces")
        if (record.text("virtualInterfaceType") or "private").lower() == "public"
    }
    return tuple(one for one in book.read("virtualInterfaces", build) if one.key not in public)
