"""Every single part of the two stacks' networks removed, widened or redirected, one at a time.

A table of parts (route, association, group rule, ACL entry, endpoint, ...) and of what can be done to each. Nothing
here says what must come of it: that is the packet walker's part.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.policy.support.stacks import Stack
from tests.policy.support.wire import Raw

Change = Callable[[Stack], None]
WORLD = "0.0.0.0/0"
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
PROPAGATION = "aws:ec2/vpnGatewayRoutePropagation:VpnGatewayRoutePropagation"
PEERING_OPTIONS = "aws:ec2/peeringConnectionOptions:PeeringConnectionOptions"
TIERS = ("desktop", "directory", "proxy", "public", "endpoint", "bastion")
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


# -- small changes ----------------------------------------------------------------------------------------------------


def name_of(item: Raw) -> str:
    return str(item["urn"].rpartition("::")[2])


def _find(stack: Stack, urn: str) -> Raw:
    (found,) = [item for item in stack.raw if item["urn"] == urn]
    return found


def _puts(item: Raw, **values: Any) -> Change:
    """Set literal properties; None leaves one out."""
    urn = item["urn"]

    def change(stack: Stack) -> None:
        here = _find(stack, urn)
        for prop, value in values.items():
            here["propertyDependencies"].pop(prop, None)
            for side in ("inputs", "outputs"):
                here[side].pop(prop, None)
                if value is not None:
                    here[side][prop] = value

    return change


def _points(item: Raw, prop: str, *targets: Raw, listed: bool = False, without: tuple[str, ...] = ()) -> Change:
    """Make a property name other resources, and leave others out."""
    urn, urns = item["urn"], [target["urn"] for target in targets]

    def change(stack: Stack) -> None:
        _puts(item, **dict.fromkeys(without))(stack)
        here = _find(stack, urn)
        value = stack._id(name_of(targets[0]))
        for side in ("inputs", "outputs"):
            here[side][prop] = [value] * len(urns) if listed else value
        here["propertyDependencies"][prop] = urns

    return change


def _removes(item: Raw, *also: Raw) -> Change:
    urns = {one["urn"] for one in (item, *also)}

    def change(stack: Stack) -> None:
        stack.raw = [one for one in stack.raw if one["urn"] not in urns]

    return change


def _adds(item: Raw, name: str, then: Callable[[Raw], Change]) -> Change:
    """Add a copy of a resource, changed."""

    def change(stack: Stack) -> None:
        stack.add(name_of(item), name)
        then(stack[name])(stack)

    return change


def _target(item: Raw, prop: str) -> str:
    return str((item["propertyDependencies"].get(prop) or [""])[0])


def _same_vpc(stack: Stack, kind: str, like: Raw) -> list[Raw]:
    vpc = _target(like, "vpcId")
    return [one for one in stack.of(kind) if _target(one, "vpcId") == vpc]


def _tier(name: str) -> str:
    """Give the tier that a part of the room belongs to by its name, with what its name begins with."""
    return next((tier for tier in (*TIERS, "production") if f"-{tier}-" in f"{name}-".replace("room-desktops", "")), "")


def _one_of_each_tier(items: list[Raw], own: str) -> list[tuple[str, Raw]]:
    firsts: dict[str, Raw] = {}
    for item in items:
        firsts.setdefault(_tier(name_of(item)), item)
    return [(tier, item) for tier, item in firsts.items() if tier and tier != own]


# -- parts ------------------------------------------------------------------------------------------------------------


def _route(stack: Stack, item: Raw) -> Made:
    yield "removed", _removes(item)
    if item["inputs"]["destinationCidrBlock"] != WORLD:
        yield "widened to everything", _puts(item, destinationCidrBlock=WORLD)
    yield "widened to 10.0.0.0/8", _puts(item, destinationCidrBlock="10.0.0.0/8")
    yield "narrowed to the first half", _puts(item, destinationCidrBlock=_half(item["inputs"]["destinationCidrBlock"]))
    own = [prop for prop, _ in ROUTE_TARGETS.values() if prop in item["inputs"]]
    for label, (prop, kind) in ROUTE_TARGETS.items():
        if prop not in own:
            yield f"redirected to the {label}", _points(item, prop, stack.of(kind)[0], without=(*own,))
    table = _find(stack, _target(item, "routeTableId"))
    for tier, other in _one_of_each_tier(_same_vpc(stack, "RouteTable", table), _tier(name_of(table))):
        copied = _copied_route(item, other)
        yield f"copied to the {tier} table", copied
    for main in stack.of("DefaultRouteTable"):
        if _target(main, "defaultRouteTableId") == _target(table, "vpcId"):
            yield "copied to the main table", _copied_route(item, main)


def _half(block: str) -> str:
    return str(next(ipaddress.ip_network(block).subnets()))


def _copied_route(item: Raw, table: Raw) -> Change:
    return _adds(item, "copied", lambda copy: _points(copy, "routeTableId", table))


def _association(stack: Stack, item: Raw) -> Made:
    yield "removed", _removes(item)
    table = _find(stack, _target(item, "routeTableId"))
    for tier, other in _one_of_each_tier(_same_vpc(stack, "RouteTable", table), _tier(name_of(table))):
        yield f"redirected to the {tier} table", _points(item, "routeTableId", other)


def _acl_association(stack: Stack, item: Raw) -> Made:
    yield "removed", _removes(item)
    acl = _find(stack, _target(item, "networkAclId"))
    for tier, other in _one_of_each_tier(_same_vpc(stack, "NetworkAcl", acl), _tier(name_of(acl))):
        yield f"redirected to the {tier} ACL", _points(item, "networkAclId", other)


def _rule(stack: Stack, item: Raw) -> Made:
    peers = ("referencedSecurityGroupId", "prefixListId", "cidrIpv4", "cidrIpv6")
    yield "removed", _removes(item)
    if item["inputs"].get("cidrIpv4"):
        yield "peer narrowed to the first half", _puts(item, cidrIpv4=_half(item["inputs"]["cidrIpv4"]))
    if item["inputs"].get("cidrIpv4") != WORLD:
        yield "peer widened to the world", _puts(item, **(dict.fromkeys(peers) | {"cidrIpv4": WORLD}))
    yield "widened to all ports", _puts(item, fromPort=0, toPort=65535)
    if item["inputs"]["toPort"] < 65535:
        yield "widened by one port", _puts(item, toPort=item["inputs"]["toPort"] + 1)
    yield "widened to all protocols", _puts(item, ipProtocol="-1", fromPort=None, toPort=None)
    holder = _find(stack, _target(item, "securityGroupId"))
    others = [one for one in _same_vpc(stack, "SecurityGroup", holder) if one["urn"] != holder["urn"]]
    for other in others:
        if other["urn"] != _target(item, "referencedSecurityGroupId"):
            label = f"peer redirected to {_tier(name_of(other))}'s group"
            yield label, _points(item, "referencedSecurityGroupId", other, without=peers[1:])
    for other in others:
        yield f"moved to {_tier(name_of(other))}'s group", _points(item, "securityGroupId", other)


def _entry(_: Stack, item: Raw) -> Made:
    yield "removed", _removes(item)
    if item["inputs"]["ruleAction"] == "deny":
        yield "allow instead of deny", _puts(item, ruleAction="allow")
        return
    yield "deny instead of allow", _puts(item, ruleAction="deny")
    if item["inputs"]["cidrBlock"] != WORLD:
        yield "widened to the world", _puts(item, cidrBlock=WORLD)
    if item["inputs"]["protocol"] != "-1":
        yield "widened to all ports", _puts(item, fromPort=0, toPort=65535)
        yield "widened to all protocols", _puts(item, protocol="-1", fromPort=0, toPort=0)


def _endpoint(stack: Stack, item: Raw) -> Made:
    yield "removed", _removes(item)
    yield "policy dropped", _puts(item, policy=None)
    if item["inputs"]["vpcEndpointType"] == "Gateway":
        tables = _same_vpc(stack, "RouteTable", item)
        own = item["propertyDependencies"]["routeTableIds"]
        for table in tables:
            if table["urn"] not in own:
                listed = [*(_find(stack, urn) for urn in own), table]
                yield f"added to {name_of(table)}", _points(item, "routeTableIds", *listed, listed=True)
        for urn in own:
            rest = [_find(stack, one) for one in own if one != urn]
            yield f"taken from {urn.rpartition('::')[2]}", _points(item, "routeTableIds", *rest, listed=True)
        return
    yield "private DNS off", _puts(item, privateDnsEnabled=False)
    homes = item["propertyDependencies"]["subnetIds"]
    for urn in homes if len(homes) > 1 else ():
        rest = [_find(stack, one) for one in homes if one != urn]
        yield f"taken out of {urn.rpartition('::')[2]}", _points(item, "subnetIds", *rest, listed=True)
    for group in _same_vpc(stack, "SecurityGroup", item):
        if group["urn"] not in item["propertyDependencies"]["securityGroupIds"]:
            label = f"given {_tier(name_of(group))}'s group"
            yield label, _points(item, "securityGroupIds", group, listed=True)
    for tier, subnet in _one_of_each_tier(_same_vpc(stack, "Subnet", item), "endpoint"):
        yield f"moved to the {tier} tier", _points(item, "subnetIds", subnet, listed=True)


def _dependents(stack: Stack, item: Raw) -> list[Raw]:
    return [
        one
        for one in stack.of("Route")
        if item["urn"] in {urn for urns in one["propertyDependencies"].values() for urn in urns}
    ]


def _peering(stack: Stack, item: Raw) -> Made:
    yield "removed with its routes", _removes(item, *_dependents(stack, item))
    yield "redirected to another VPC", _puts(item, peerVpcId="vpc-0fedcba9876543210")
    yield "given another owner", _puts(item, peerOwnerId="999900001111")
    yield "given another Region", _puts(item, peerRegion="us-east-1", autoAccept=None)
    for side in ("requester", "accepter"):
        yield f"names resolved for the {side}", _puts(item, **{side: {"allowRemoteVpcDnsResolution": True}})
        options = {side: {"allowRemoteVpcDnsResolution": True}}
        yield (
            f"options of its own for the {side}",
            _makes(PEERING_OPTIONS, "options", {"vpcPeeringConnectionId": item}, **options),
        )


def _makes(token: str, name: str, edges: dict[str, Raw], **values: Any) -> Change:
    """Add a resource of a kind that the stack may not have."""

    def change(stack: Stack) -> None:
        stack.make(token, name, **values)
        for prop, target in edges.items():
            stack.edge_to(name, prop, target)

    return change


def _both(*changes: Change) -> Change:
    def change(stack: Stack) -> None:
        for one in changes:
            one(stack)

    return change


def _internet_gateway(stack: Stack, item: Raw) -> Made:
    yield "removed with its routes", _removes(item, *_dependents(stack, item))
    yield "detached", _puts(item, vpcId=None)
    for vpc in stack.of("Vpc"):
        if vpc["urn"] != _target(item, "vpcId"):
            yield f"attached to {name_of(vpc)}", _points(item, "vpcId", vpc)


def _nat(stack: Stack, item: Raw) -> Made:
    yield "removed with its routes", _removes(item, *_dependents(stack, item))
    yield "made private", _puts(item, connectivityType="private", allocationId=None)
    subnet = _find(stack, _target(item, "subnetId"))
    for tier, other in _one_of_each_tier(_same_vpc(stack, "Subnet", subnet), "public"):
        yield f"moved to the {tier} tier", _points(item, "subnetId", other)


def _subnet(_: Stack, item: Raw) -> Made:
    yield "public addresses on launch", _puts(item, mapPublicIpOnLaunch=True)


def _address(stack: Stack, item: Raw) -> Made:
    for instance in stack.of("Instance"):
        yield f"given to {name_of(instance)}", _points(item, "instance", instance)
        yield (
            f"another one for {name_of(instance)}",
            _adds(item, "another", lambda copy, to=instance: _points(copy, "instance", to)),
        )


def _table(stack: Stack, item: Raw) -> Made:
    for gateway in stack.of("InternetGateway"):
        edges = {"routeTableId": item, "gatewayId": gateway}
        yield "made the internet gateway's own", _makes(ASSOCIATION, "edge", edges)
    if not stack.of("VpnGateway"):
        vpc = _find(stack, _target(item, "vpcId"))
        line = {"type": "ipsec.1", "staticRoutesOnly": False, "customerGatewayId": "cgw-0123456789abcdef0"}
        yield (
            "learning from a VPN gateway",
            _both(
                _makes("aws:ec2/vpnGateway:VpnGateway", "vpn", {"vpcId": vpc}),
                lambda made: _makes(
                    "aws:ec2/vpnConnection:VpnConnection", "line", {"vpnGatewayId": made["vpn"]}, **line
                )(made),
                lambda made: _makes(PROPAGATION, "learn", {"vpnGatewayId": made["vpn"], "routeTableId": item})(made),
            ),
        )


def _default_group(_: Stack, item: Raw) -> Made:
    opened = {"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": [WORLD]}
    yield "opened inwards", _puts(item, ingress=[opened])
    yield "opened outwards", _puts(item, egress=[opened])


def _default_acl(_: Stack, item: Raw) -> Made:
    opened = {"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlock": WORLD, "action": "allow", "ruleNo": 100}
    yield "opened", _puts(item, ingress=[opened], egress=[opened])


def _instance(stack: Stack, item: Raw) -> Made:
    yield "with a public address", _puts(item, associatePublicIpAddress=True)
    yield "without its source check", _puts(item, sourceDestCheck=False)
    subnet = _find(stack, _target(item, "subnetId"))
    for tier, other in _one_of_each_tier(_same_vpc(stack, "Subnet", subnet), "bastion"):
        yield f"moved to the {tier} tier", _points(item, "subnetId", other)
    for group in _same_vpc(stack, "SecurityGroup", subnet):
        if _tier(name_of(group)) != "bastion":
            label = f"given {_tier(name_of(group))}'s group"
            yield label, _points(item, "vpcSecurityGroupIds", group, listed=True)


def _service(stack: Stack, item: Raw) -> Made:
    own = item["inputs"]["networkConfiguration"]
    yield "with public addresses", _puts_inside(item, {**own, "assignPublicIp": True})
    subnets = [_find(stack, urn) for urn in item["propertyDependencies"]["networkConfiguration"] if ":Subnet::" in urn]
    for group in _same_vpc(stack, "SecurityGroup", subnets[0]):
        if _tier(name_of(group)) != "proxy":
            yield f"given {_tier(name_of(group))}'s group", _in_groups(item, subnets, group)


def _in_groups(item: Raw, subnets: list[Raw], group: Raw) -> Change:
    urn = item["urn"]

    def change(stack: Stack) -> None:
        here = _find(stack, urn)
        here["propertyDependencies"]["networkConfiguration"] = [one["urn"] for one in (*subnets, group)]

    return change


def _puts_inside(item: Raw, configuration: dict[str, Any]) -> Change:
    urn = item["urn"]

    def change(stack: Stack) -> None:
        for side in ("inputs", "outputs"):
            _find(stack, urn)[side]["networkConfiguration"] = configuration

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
