"""Routes that are written into a route table itself, and whether a route is still there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from simulator.emulator.model import Step, several
from simulator.model import Values

if TYPE_CHECKING:
    from simulator.creation import Creation

TARGETS: Final = {
    "GatewayId": "gatewayId",
    "NatGatewayId": "natGatewayId",
    "EgressOnlyInternetGatewayId": "egressOnlyGatewayId",
    "VpcPeeringConnectionId": "vpcPeeringConnectionId",
    "VpcEndpointId": "vpcEndpointId",
    "NetworkInterfaceId": "networkInterfaceId",
    "TransitGatewayId": "transitGatewayId",
}
"""What EC2 calls the targets of a route, and what the provider calls them."""
INLINE_FIELDS: Final = {
    "DestinationCidrBlock": "cidrBlock",
    "DestinationIpv6CidrBlock": "ipv6CidrBlock",
    "DestinationPrefixListId": "destinationPrefixListId",
    **TARGETS,
}
"""The same for a route that is written into its table."""
DESTINATIONS: Final = ("destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId")


def _inline(creation: Creation, *, old: bool) -> list[Values]:
    values: Values = (creation.old.inputs if creation.old else {}) if old else creation.inputs
    given: list[Values] = values.get("routes", [])
    routes = [item for item in given if item.get("gatewayId") != "local"]
    return [{name: route[field] for name, field in INLINE_FIELDS.items() if route.get(field)} for route in routes]


def _gone(creation: Creation) -> Iterator[Values]:
    kept = _inline(creation, old=False)
    for route in _inline(creation, old=True):
        if route not in kept:
            destination = {name: value for name, value in route.items() if name.startswith("Destination")}
            yield {"RouteTableId": creation.id, **destination}


def _new(creation: Creation) -> Iterator[Values]:
    had = _inline(creation, old=True)
    for route in _inline(creation, old=False):
        if route not in had:
            yield {"RouteTableId": creation.id, **route}


INLINE: Final = (several("delete_route", _gone), several("create_route", _new))
LOOK: Final = Step("describe_route_tables", lambda c: {"RouteTableIds": [c.get("defaultRouteTableId")]})


def is_there(creation: Creation, answer: dict[str, Any]) -> bool:
    """Tell whether the table has a route with the destination and the target of a route object."""
    destination = {name[0].upper() + name[1:]: creation.get(name) for name in DESTINATIONS if creation.get(name)}
    for table in answer.get("RouteTables", ()):
        for route in table["Routes"]:
            if destination.items() <= route.items():
                return True
    return False
