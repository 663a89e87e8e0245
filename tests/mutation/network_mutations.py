"""Every single part of the two stacks' networks removed, widened or redirected, one at a time.

A table of parts (route, association, group rule, ACL entry, endpoint, ...) and of what can be done to each. Nothing
here says what must come of it: that is the packet walker's part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.mutation.stack_changes import (
    Change,
    adds,
    both,
    find,
    half,
    makes,
    name_of,
    one_of_each_tier,
    points,
    puts,
    removes,
    same_vpc,
    target,
    tier_of,
)
from tests.policy.support.stacks import Stack
from tests.policy.support.wire import Raw

WORLD = "0.0.0.0/0"
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
PROPAGATION = "aws:ec2/vpnGatewayRoutePropagation:VpnGatewayRoutePropagation"
PEERING_OPTIONS = "aws:ec2/peeringConnectionOptions:PeeringConnectionOptions"
ROUTE_TARGETS = {
    "internet gateway": ("gatewayId", "InternetGateway"),
    "NAT gateway": ("natGatewayId", "NatGateway"),
    "peering": ("vpcPeeringConnectionId", "VpcPeeringConnection"),
}


@dataclass(frozen=True)
class Mutation:
    """One change of one part of a stack."""

    stack: str
    part: str
    operation: str
    subject: str
    change: Change

    def __str__(self) -> str:
        return f"{self.stack}: {self.part} {self.subject} {self.operation}"


Made = Iterator[tuple[str, Change]]


def mutations(name: str) -> list[Mutation]:
    """Give every mutation of a stack."""
    stack = Stack(name)
    found: list[Mutation] = []
    for part, (kind, ways) in PARTS.items():
        for item in (one for one in stack.raw if one["type"].endswith(kind)):
            for operation, change in ways(stack, item):
                found.append(Mutation(name, part, operation, name_of(item), change))
    return found


# -- parts ------------------------------------------------------------------------------------------------------------


def _route(stack: Stack, item: Raw) -> Made:
    yield "removed", removes(item)
    if item["inputs"]["destinationCidrBlock"] != WORLD:
        yield "widened to everything", puts(item, destinationCidrBlock=WORLD)
    yield "widened to 10.0.0.0/8", puts(item, destinationCidrBlock="10.0.0.0/8")
    yield "narrowed to the first half", puts(item, destinationCidrBlock=half(item["inputs"]["destinationCidrBlock"]))
    own = [prop for prop, _ in ROUTE_TARGETS.values() if prop in item["inputs"]]
    for label, (prop, kind) in ROUTE_TARGETS.items():
        if prop not in own:
            yield f"redirected to the {label}", points(item, prop, stack.of(kind)[0], without=(*own,))
    table = find(stack, target(item, "routeTableId"))
    for tier, other in one_of_each_tier(same_vpc(stack, "RouteTable", table), tier_of(name_of(table))):
        copied = _copied_route(item, other)
        yield f"copied to the {tier} table", copied
    for main in stack.of("DefaultRouteTable"):
        if target(main, "defaultRouteTableId") == target(table, "vpcId"):
            yield "copied to the main table", _copied_route(item, main)


def _copied_route(item: Raw, table: Raw) -> Change:
    return adds(item, "copied", lambda copy: points(copy, "routeTableId", table))


def _association(stack: Stack, item: Raw) -> Made:
    yield "removed", removes(item)
    table = find(stack, target(item, "routeTableId"))
    for tier, other in one_of_each_tier(same_vpc(stack, "RouteTable", table), tier_of(name_of(table))):
        yield f"redirected to the {tier} table", points(item, "routeTableId", other)


def _acl_association(stack: Stack, item: Raw) -> Made:
    yield "removed", removes(item)
    acl = find(stack, target(item, "networkAclId"))
    for tier, other in one_of_each_tier(same_vpc(stack, "NetworkAcl", acl), tier_of(name_of(acl))):
        yield f"redirected to the {tier} ACL", points(item, "networkAclId", other)


def _rule(stack: Stack, item: Raw) -> Made:
    peers = ("referencedSecurityGroupId", "prefixListId", "cidrIpv4", "cidrIpv6")
    yield "removed", removes(item)
    if item["inputs"].get("cidrIpv4"):
        yield "peer narrowed to the first half", puts(item, cidrIpv4=half(item["inputs"]["cidrIpv4"]))
    if item["inputs"].get("cidrIpv4") != WORLD:
        yield "peer widened to the world", puts(item, **(dict.fromkeys(peers) | {"cidrIpv4": WORLD}))
    yield "widened to all ports", puts(item, fromPort=0, toPort=65535)
    if item["inputs"]["toPort"] < 65535:
        yield "widened by one port", puts(item, toPort=item["inputs"]["toPort"] + 1)
    yield "widened to all protocols", puts(item, ipProtocol="-1", fromPort=None, toPort=None)
    holder = find(stack, target(item, "securityGroupId"))
    others = [one for one in same_vpc(stack, "SecurityGroup", holder) if one["urn"] != holder["urn"]]
    for other in others:
        if other["urn"] != target(item, "referencedSecurityGroupId"):
            label = f"peer redirected to {tier_of(name_of(other))}'s group"
            yield label, points(item, "referencedSecurityGroupId", other, without=peers[1:])
    for other in others:
        yield f"moved to {tier_of(name_of(other))}'s group", points(item, "securityGroupId", other)


def _entry(_: Stack, item: Raw) -> Made:
    yield "removed", removes(item)
    if item["inputs"]["ruleAction"] == "deny":
        yield "allow instead of deny", puts(item, ruleAction="allow")
        return
    yield "deny instead of allow", puts(item, ruleAction="deny")
    if item["inputs"]["cidrBlock"] != WORLD:
        yield "widened to the world", puts(item, cidrBlock=WORLD)
    if item["inputs"]["protocol"] != "-1":
        yield "widened to all ports", puts(item, fromPort=0, toPort=65535)
        yield "widened to all protocols", puts(item, protocol="-1", fromPort=0, toPort=0)


def _endpoint(stack: Stack, item: Raw) -> Made:
    yield "removed", removes(item)
    yield "policy dropped", puts(item, policy=None)
    if item["inputs"]["vpcEndpointType"] == "Gateway":
        tables = same_vpc(stack, "RouteTable", item)
        own = item["propertyDependencies"]["routeTableIds"]
        for table in tables:
            if table["urn"] not in own:
                listed = [*(find(stack, urn) for urn in own), table]
                yield f"added to {name_of(table)}", points(item, "routeTableIds", *listed, listed=True)
        for urn in own:
            rest = [find(stack, one) for one in own if one != urn]
            yield f"taken from {urn.rpartition('::')[2]}", points(item, "routeTableIds", *rest, listed=True)
        return
    yield "private DNS off", puts(item, privateDnsEnabled=False)
    homes = item["propertyDependencies"]["subnetIds"]
    for urn in homes if len(homes) > 1 else ():
        rest = [find(stack, one) for one in homes if one != urn]
        yield f"taken out of {urn.rpartition('::')[2]}", points(item, "subnetIds", *rest, listed=True)
    for group in same_vpc(stack, "SecurityGroup", item):
        if group["urn"] not in item["propertyDependencies"]["securityGroupIds"]:
            label = f"given {tier_of(name_of(group))}'s group"
            yield label, points(item, "securityGroupIds", group, listed=True)
    for tier, subnet in one_of_each_tier(same_vpc(stack, "Subnet", item), "endpoint"):
        yield f"moved to the {tier} tier", points(item, "subnetIds", subnet, listed=True)


def _dependents(stack: Stack, item: Raw) -> list[Raw]:
    return [
        one
        for one in stack.of("Route")
        if item["urn"] in {urn for urns in one["propertyDependencies"].values() for urn in urns}
    ]


def _peering(stack: Stack, item: Raw) -> Made:
    yield "removed with its routes", removes(item, *_dependents(stack, item))
    yield "redirected to another VPC", puts(item, peerVpcId="vpc-0fedcba9876543210")
    yield "given another owner", puts(item, peerOwnerId="999900001111")
    yield "given another Region", puts(item, peerRegion="us-east-1", autoAccept=None)
    for side in ("requester", "accepter"):
        yield f"names resolved for the {side}", puts(item, **{side: {"allowRemoteVpcDnsResolution": True}})
        options = {side: {"allowRemoteVpcDnsResolution": True}}
        yield (
            f"options of its own for the {side}",
            makes(PEERING_OPTIONS, "options", {"vpcPeeringConnectionId": item}, **options),
        )


def _internet_gateway(stack: Stack, item: Raw) -> Made:
    yield "removed with its routes", removes(item, *_dependents(stack, item))
    yield "detached", puts(item, vpcId=None)
    for vpc in stack.of("Vpc"):
        if vpc["urn"] != target(item, "vpcId"):
            yield f"attached to {name_of(vpc)}", points(item, "vpcId", vpc)


def _nat(stack: Stack, item: Raw) -> Made:
    yield "removed with its routes", removes(item, *_dependents(stack, item))
    yield "made private", puts(item, connectivityType="private", allocationId=None)
    subnet = find(stack, target(item, "subnetId"))
    for tier, other in one_of_each_tier(same_vpc(stack, "Subnet", subnet), "public"):
        yield f"moved to the {tier} tier", points(item, "subnetId", other)


def _subnet(_: Stack, item: Raw) -> Made:
    yield "public addresses on launch", puts(item, mapPublicIpOnLaunch=True)


def _address(stack: Stack, item: Raw) -> Made:
    for instance in stack.of("Instance"):
        yield f"given to {name_of(instance)}", points(item, "instance", instance)
        yield (
            f"another one for {name_of(instance)}",
            adds(item, "another", lambda copy, to=instance: points(copy, "instance", to)),
        )


def _table(stack: Stack, item: Raw) -> Made:
    for gateway in stack.of("InternetGateway"):
        edges = {"routeTableId": item, "gatewayId": gateway}
        yield "made the internet gateway's own", makes(ASSOCIATION, "edge", edges)
    if not stack.of("VpnGateway"):
        vpc = find(stack, target(item, "vpcId"))
        line = {"type": "ipsec.1", "staticRoutesOnly": False, "customerGatewayId": "cgw-0123456789abcdef0"}
        yield (
            "learning from a VPN gateway",
            both(
                makes("aws:ec2/vpnGateway:VpnGateway", "vpn", {"vpcId": vpc}),
                lambda made: makes(
                    "aws:ec2/vpnConnection:VpnConnection", "line", {"vpnGatewayId": made["vpn"]}, **line
                )(made),
                lambda made: makes(PROPAGATION, "learn", {"vpnGatewayId": made["vpn"], "routeTableId": item})(made),
            ),
        )


def _default_group(_: Stack, item: Raw) -> Made:
    opened = {"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": [WORLD]}
    yield "opened inwards", puts(item, ingress=[opened])
    yield "opened outwards", puts(item, egress=[opened])


def _default_acl(_: Stack, item: Raw) -> Made:
    opened = {"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlock": WORLD, "action": "allow", "ruleNo": 100}
    yield "opened", puts(item, ingress=[opened], egress=[opened])


def _instance(stack: Stack, item: Raw) -> Made:
    yield "with a public address", puts(item, associatePublicIpAddress=True)
    yield "without its source check", puts(item, sourceDestCheck=False)
    subnet = find(stack, target(item, "subnetId"))
    for tier, other in one_of_each_tier(same_vpc(stack, "Subnet", subnet), "bastion"):
        yield f"moved to the {tier} tier", points(item, "subnetId", other)
    for group in same_vpc(stack, "SecurityGroup", subnet):
        if tier_of(name_of(group)) != "bastion":
            label = f"given {tier_of(name_of(group))}'s group"
            yield label, points(item, "vpcSecurityGroupIds", group, listed=True)


def _service(stack: Stack, item: Raw) -> Made:
    own = item["inputs"]["networkConfiguration"]
    yield "with public addresses", _puts_inside(item, {**own, "assignPublicIp": True})
    subnets = [find(stack, urn) for urn in item["propertyDependencies"]["networkConfiguration"] if ":Subnet::" in urn]
    for group in same_vpc(stack, "SecurityGroup", subnets[0]):
        if tier_of(name_of(group)) != "proxy":
            yield f"given {tier_of(name_of(group))}'s group", _in_groups(item, subnets, group)


def _in_groups(item: Raw, subnets: list[Raw], group: Raw) -> Change:
    urn = item["urn"]

    def change(stack: Stack) -> None:
        here = find(stack, urn)
        here["propertyDependencies"]["networkConfiguration"] = [one["urn"] for one in (*subnets, group)]

    return change


def _puts_inside(item: Raw, configuration: dict[str, Any]) -> Change:
    urn = item["urn"]

    def change(stack: Stack) -> None:
        for side in ("inputs", "outputs"):
            find(stack, urn)[side]["networkConfiguration"] = configuration

    return change


PARTS: dict[str, tuple[str, Callable[[Stack, Raw], Made]]] = {
    "route": (":Route", _route),
    "table association": (":RouteTableAssociation", _association),
    "ACL association": (":NetworkAclAssociation", _acl_association),
    "ingress rule": (":SecurityGroupIngressRule", _rule),
    "egress rule": (":SecurityGroupEgressRule", _rule),
    "ACL entry": (":NetworkAclRule", _entry),
    "endpoint": (":VpcEndpoint", _endpoint),
    "peering": (":VpcPeeringConnection", _peering),
    "internet gateway": (":InternetGateway", _internet_gateway),
    "NAT gateway": (":NatGateway", _nat),
    "elastic address": (":Eip", _address),
    "route table": ("ec2/routeTable:RouteTable", _table),
    "subnet": (":Subnet", _subnet),
    "default group": (":DefaultSecurityGroup", _default_group),
    "default ACL": (":DefaultNetworkAcl", _default_acl),
    "instance": (":Instance", _instance),
    "container service": ("ecs/service:Service", _service),
}
"""What there is in a network, by the resource that makes it, and what can be done to it."""
