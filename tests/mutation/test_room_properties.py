"""Each property of the room's network holds over both stacks, at preview (ids unknown) and after deployment, and each
is broken in at least one way that a rule then reports.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest

from tests.mutation.mutation_table import blocking
from tests.mutation.room_properties import (
    Room,
    defaults_are_inert,
    endpoints_are_bound,
    entry_is_restricted,
    flows_are_logged,
    inspection_is_total,
    names_are_no_bypass,
    no_administration,
    no_public_identity,
    no_transit,
    nothing_is_unknown,
    production_is_exact,
    proxy_is_closed,
    single_exit,
)
from tests.policy.support.stacks import Stack
from tests.support.recorder import UNKNOWN


@dataclass(frozen=True)
class Break:
    """One change that a property does not survive, and the rule that reports it."""

    name: str
    rule: str
    change: Callable[[Stack], None]
    stacks: tuple[str, ...] = ("dev", "prod")


def _copied(route: str, table: str) -> Callable[[Stack], None]:
    def change(stack: Stack) -> None:
        stack.add(route, "broken")
        stack.edge("broken", "routeTableId", table)

    return change


def _rule(like: str, **edges: str) -> Callable[[Stack], None]:
    def change(stack: Stack) -> None:
        stack.add(like, "broken")
        for prop, target in edges.items():
            stack.edge("broken", prop, target)

    return change


def _set(name: str, **values: Any) -> Callable[[Stack], None]:
    return lambda stack: stack.set(name, **values)


def _all(kind: str, **values: Any) -> Callable[[Stack], None]:
    """Change every resource of a kind."""

    def change(stack: Stack) -> None:
        for item in stack.of(kind):
            for side in ("inputs", "outputs"):
                item[side] = {**item[side], **values}

    return change


def _removed(kind: str) -> Callable[[Stack], None]:
    def change(stack: Stack) -> None:
        stack.raw = [item for item in stack.raw if not item["type"].endswith(f":{kind}")]

    return change


def _past_inspection(stack: Stack) -> None:
    route = next(item for item in stack.of("Route") if item["urn"].endswith("::network-egress-proxy-1-inspection"))
    nat = stack.of("NatGateway")[0]
    for side in ("inputs", "outputs"):
        route[side].pop("vpcEndpointId", None)
        route[side]["natGatewayId"] = nat["id"] if stack.known else stack._id("network-egress-nat-1")
    route["propertyDependencies"].pop("vpcEndpointId", None)
    route["propertyDependencies"]["natGatewayId"] = [nat["urn"]]


def _vpn(stack: Stack) -> None:
    stack.make("aws:ec2/vpnGateway:VpnGateway", "broken")
    stack.edge("broken", "vpcId", "network-room-vpc")


def _computed(stack: Stack) -> None:
    name = next(
        item["urn"].rpartition("::")[2] for item in stack.of("SecurityGroupEgressRule") if "cidrIpv4" in item["inputs"]
    )
    for side in ("inputs", "outputs"):
        stack[name][side]["cidrIpv4"] = UNKNOWN
    stack[name]["propertyDependencies"]["cidrIpv4"] = [stack["bastion-host"]["urn"]]


def _peering_route(stack: Stack) -> str:
    names = (str(item["urn"].rpartition("::")[2]) for item in stack.of("Route"))
    return next(name for name in names if name.startswith("network-peering-desktop-1-"))


def _wider_production(stack: Stack) -> None:
    stack.set(_peering_route(stack), destinationCidrBlock="10.0.0.0/10")


def _less_production(stack: Stack) -> None:
    stack.remove(_peering_route(stack))


def _peering_for_bastion(stack: Stack) -> None:
    _copied(_peering_route(stack), "network-room-bastion-1-table")(stack)


def _fall_back(stack: Stack) -> None:
    used = (item for item in stack.of("RouteTableAssociation"))
    stack.raw.remove(next(item for item in used if item["urn"].endswith("::network-room-directory-1-table")))
    _copied(INTERNET_ROUTE, "network-room-main-table")(stack)


WORLD_GROUP = {"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["0.0.0.0/0"]}
EVERYBODY = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}'
)
TO_PROXY = "network-groups-proxy-ingress-desktop-tcp-3128"
TO_ENDPOINT = "network-groups-endpoint-ingress-bastion-tcp-443"
INTERNET_ROUTE = "network-egress-public-1-gateway"
HALVES = [{"source": "0.0.0.0/1"}, {"source": "128.0.0.0/1"}]
DESKTOPS_OUT = _copied(INTERNET_ROUTE, "network-room-desktop-1-table")
NAMES_ACROSS = _all("VpcPeeringConnection", requester={"allowRemoteVpcDnsResolution": True})
INTO_BASTION = _rule(
    TO_ENDPOINT, securityGroupId="network-groups-bastion", referencedSecurityGroupId="network-groups-desktop"
)

PROPERTIES: dict[Callable[[Room], None], tuple[Break, ...]] = {
    single_exit: (
        Break("a way to the internet gateway for desktops", "RTE001", DESKTOPS_OUT),
    ),
    no_public_identity: (
        Break("public addresses on launch", "CMP002", _set("network-room-public-1", mapPublicIpOnLaunch=True)),
        Break("the bastion with a public address", "CMP002", _set("bastion-host", associatePublicIpAddress=True)),
    ),
    proxy_is_closed: (
        Break("another port", "SEG004", _set(TO_PROXY, toPort=3129)),
        Break("another tier", "SEG004", _rule(TO_PROXY, referencedSecurityGroupId="network-groups-bastion")),
    ),
    production_is_exact: (
        Break("a route for more of production", "RTE002", _wider_production),
        Break("a route for less of production", "RCH003", _less_production),
    ),
    no_transit: (
        Break("a VPN gateway", "GWY006", _vpn),
        Break("a peering route for the bastion", "RTE002", _peering_for_bastion),
        Break("names resolved across the peering", "RTE004", NAMES_ACROSS),
    ),
    inspection_is_total: (Break("one zone past its firewall", "NFW003", _past_inspection, ("prod",)),),
    no_administration: (
        Break("a way into the bastion", "SEG004", INTO_BASTION),
        Break("a key pair", "CMP001", _set("bastion-host", keyName="ops")),
    ),
    defaults_are_inert: (
        Break("rules in the default groups", "SEG020", _all("DefaultSecurityGroup", ingress=[WORLD_GROUP])),
        Break("a route in the main table", "RTE001", _fall_back),
    ),
    entry_is_restricted: (
        Break("the world in halves", "WSP003", _all("IpGroup", rules=HALVES)),
    ),
    endpoints_are_bound: (
        Break("a policy for everybody", "END001", _all("VpcEndpoint", policy=EVERYBODY)),
        Break("another tier", "SEG004", _rule(TO_ENDPOINT, referencedSecurityGroupId="network-groups-endpoint")),
    ),
    flows_are_logged: (Break("no flow logs", "GWY001", _removed("FlowLog")),),
    names_are_no_bypass: (Break("no DNS firewall", "DNS001", _removed("ResolverFirewallRuleGroupAssociation")),),
    nothing_is_unknown: (Break("a computed address", "FCL012", _computed),),
}  # fmt: skip


STAGES = pytest.mark.parametrize("known", [False, True], ids=["preview", "deployed"])
BREAKS = [
    pytest.param(holds, one, stack, id=f"{holds.__name__}: {one.name}: {stack}")
    for holds, breaks in PROPERTIES.items()
    for one in breaks
    for stack in one.stacks
]


@cache
def good(name: str, known: bool) -> Room:
    return Room(Stack(name, known=known))


@STAGES
@pytest.mark.parametrize("stack", ["dev", "prod"])
@pytest.mark.parametrize("holds", PROPERTIES, ids=lambda one: one.__name__)
def test_the_property_holds(holds: Callable[[Room], None], stack: str, *, known: bool) -> None:
    holds(good(stack, known))


@STAGES
@pytest.mark.parametrize(("holds", "one", "stack"), BREAKS)
def test_what_breaks_the_property_is_reported(
    holds: Callable[[Room], None], one: Break, stack: str, *, known: bool
) -> None:
    changed = Stack(stack, known=known)
    one.change(changed)
    room = Room(changed)
    with pytest.raises(AssertionError):
        holds(room)
    failed, unresolved = blocking(room.facts)
    assert one.rule in failed | unresolved
