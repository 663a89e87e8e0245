"""Routes and what they may point at (Amazon EC2 API reference)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from simulator.errors import AwsError
from simulator.interfaces import ENI
from simulator.model import Reference, Refusal, ResourceType
from simulator.quotas import quota
from simulator.types.common import network, valid_cidr, within
from simulator.types.gateways import EGRESS_ONLY, ENDPOINT, IGW, NAT, PEERING, PREFIX_LIST, VGW
from simulator.types.groups import AWS_PREFIX_LISTS
from simulator.types.transit import ATTACHMENT, GATEWAY, SHARED
from simulator.types.vpc import ROUTE, SUBNET, TABLE, blocks_of

if TYPE_CHECKING:
    from simulator.account import Object
    from simulator.creation import Creation

_TARGETS: Final = (
    "gatewayId",
    "natGatewayId",
    "egressOnlyGatewayId",
    "vpcPeeringConnectionId",
    "vpcEndpointId",
    "transitGatewayId",
    "networkInterfaceId",
    "carrierGatewayId",
    "localGatewayId",
    "coreNetworkArn",
    "odbNetworkArn",
)
_DESTINATIONS: Final = ("destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId")


def _vpcs_of(target: Object) -> set[str]:
    """Give the VPCs that a route to this object may lie in."""
    found = {target.outputs.get(name) for name in ("vpcId", "peerVpcId")}
    return {value for value in found if value}


def _vpc_of_interface(creation: Creation, identifier: str) -> str | None:
    eni = creation.find(ENI, identifier)
    subnet = creation.find(SUBNET, eni.outputs["subnetId"]) if eni else None
    return subnet.outputs["vpcId"] if subnet else None


def _route_target(creation: Creation) -> None:
    """Refuse a route whose target is not of the table's VPC (or a peering of it)."""
    table = creation.require(TABLE, creation.get("routeTableId"))
    vpc = table.outputs["vpcId"]
    given = [name for name in _TARGETS if creation.get(name) is not None]
    if len(given) != 1:
        raise AwsError(
            "InvalidParameterCombination",
            f"exactly one route target must be given, there are {len(given)}: {', '.join(given)}",
        )
    value = creation.get(given[0])
    allowed: set[str] = set()
    for reference in creation.type.references:
        if reference.path == given[0] and (
            target := next(filter(None, (creation.find(t, value) for t in reference.tokens)), None)
        ):
            allowed = _vpcs_of(target)
            if target.token == NAT and not allowed:
                allowed = {creation.require(SUBNET, target.outputs["subnetId"]).outputs["vpcId"]}
            if target.token == PEERING and target.outputs["acceptStatus"] not in (
                "active",
                "pending-acceptance",
                "provisioning",
            ):
                raise AwsError("InvalidStateTransition", f"The vpc peering connection {value} is not in a usable state")
    if given[0] == "transitGatewayId":
        _attached(creation, value, vpc)
    if given[0] == "networkInterfaceId":
        allowed = {found for found in (_vpc_of_interface(creation, value),) if found}
    if value != "local" and allowed and vpc not in allowed:
        raise AwsError(
            "InvalidParameterValue", f"route table {table.id} and network gateway {value} belong to different networks"
        )


def _attached(creation: Creation, gateway: str, vpc: str) -> None:
    """Refuse a route to a transit gateway that the table's VPC is not attached to."""
    if not any(
        o.outputs["transitGatewayId"] == gateway and o.outputs["vpcId"] == vpc for o in creation.others(ATTACHMENT)
    ):
        raise AwsError("InvalidTransitGatewayID.NotFound", f"The transitGateway ID '{gateway}' does not exist.")


def _new_route(creation: Creation) -> None:
    given = [name for name in _DESTINATIONS if creation.get(name) is not None]
    if len(given) != 1:
        raise AwsError("MissingParameter", f"The request must contain exactly one destination, there are {len(given)}")
    destination = creation.get(given[0])
    if len(creation.siblings("routeTableId")) >= quota(creation.account, "routes-per-table"):
        raise AwsError("RouteLimitExceeded", "The maximum number of routes has been reached.")
    if any(o.inputs.get(given[0]) == destination for o in creation.siblings("routeTableId")):
        raise AwsError("RouteAlreadyExists", f"The route identified by {destination} already exists.")
    if given[0] != "destinationPrefixListId":
        _within_local(creation, destination)
    elif destination not in AWS_PREFIX_LISTS.values():
        creation.require(PREFIX_LIST, destination)


def _within_local(creation: Creation, destination: str) -> None:
    # A route more specific than local equals a whole subnet and points at a middlebox:
    # https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html
    vpc = creation.require(TABLE, creation.get("routeTableId")).outputs["vpcId"]
    block = network(destination)
    locals_ = blocks_of(creation, vpc)
    if not within(block, locals_) or creation.get("gatewayId") == "local":
        return
    subnets = {s.outputs["cidrBlock"] for s in creation.others(SUBNET) if s.outputs["vpcId"] == vpc}
    middlebox = any(creation.get(name) for name in ("networkInterfaceId", "vpcEndpointId", "natGatewayId"))
    if str(block) not in {*subnets, *locals_}:
        raise AwsError(
            "InvalidParameterValue",
            f"The destination CIDR block {destination} is equal to or more specific than one of this VPC's CIDR "
            f"blocks. This route can target only an interface or an instance, and must match a subnet.",
        )
    if not middlebox:
        raise AwsError(
            "InvalidParameterValue",
            f"The destination CIDR block {destination} is equal to or more specific than one of this VPC's CIDR "
            f"blocks. This route can target only an interface or an instance.",
        )


def _route(creation: Creation) -> Mapping[str, Any]:
    return {"origin": "CreateRoute", "state": "active", "instanceId": "", "instanceOwnerId": ""}


def _route_id(creation: Creation) -> str:
    destination = next((creation.get(name) for name in _DESTINATIONS if creation.get(name) is not None), "")
    # The provider's own form: r-<table><hash of the destination>.
    return f"r-{creation.get('routeTableId')}{int(creation.hex(8, str(destination)), 16)}"


TYPES: Final = (
    ResourceType(
        ROUTE,
        "EC2",
        "Route",
        _route_id,
        references=(
            Reference("routeTableId", TABLE, blocks=False),
            # A route to a deleted target stays as a blackhole, so targets may go first, except gateways that must
            # be detached.
            Reference(
                "gatewayId",
                (IGW, VGW),
                foreign=("local",),
                blocks=False,
                refusal=Refusal("InvalidGatewayID.NotFound", "The gateway ID '{value}' does not exist"),
            ),
            Reference("natGatewayId", NAT, blocks=False),
            Reference("egressOnlyGatewayId", EGRESS_ONLY, blocks=False),
            Reference("vpcPeeringConnectionId", PEERING, blocks=False),
            Reference("vpcEndpointId", ENDPOINT, blocks=False),
            Reference("networkInterfaceId", ENI, blocks=False),
            Reference("transitGatewayId", GATEWAY, foreign=SHARED, blocks=False),
        ),
        validate={"destinationCidrBlock": valid_cidr, "destinationIpv6CidrBlock": valid_cidr},
        checks=(_route_target, _new_route),
        computed=_route,
        replace=frozenset({"routeTableId", *_DESTINATIONS}),
        update=frozenset(_TARGETS),
    ),
)
