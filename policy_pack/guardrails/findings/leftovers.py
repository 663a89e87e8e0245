"""What an account holds and a state file does not know: objects left behind, and what others have added.

An object counts when it lies in a VPC that the state knows, or is itself a VPC with the tags of one of them. What AWS
makes with an object that the state knows (default objects, interfaces of endpoints and services) is not left behind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from guardrails.facts.network import GroupRef, GroupRule, Item, NaclEntry, Network, PrefixListRef, Route
from guardrails.facts.network.routes import RouteOrigin, TargetKind
from guardrails.facts.resource import Resource
from guardrails.facts.roles import (
    CLUSTER_GROUP,
    CONTROLLERS_GROUP,
    DEFAULT_GROUP,
    DEFAULT_NACL,
    MAIN_TABLE,
    MEMBERS_GROUP,
    PREFIX_LIST,
)
from guardrails.facts.values import Ref, Unknown

_AWS_ID = re.compile(r"[a-z]+(?:-[a-z]+)*-[0-9a-f]{8,17}|arn:[^:\s]+:[^\s\"]+")
_DIRECTORY = re.compile(r"d-[0-9a-f]{10}")
_SHARED_TAGS = ("Project", "Environment")
"""Tags by which a VPC is told to be the stack's, where the state's own VPCs have them."""

_TYPES: Mapping[str, str] = {
    "vpcs": "aws:ec2/vpc:Vpc",
    "subnets": "aws:ec2/subnet:Subnet",
    "route_tables": "aws:ec2/routeTable:RouteTable",
    "groups": "aws:ec2/securityGroup:SecurityGroup",
    "nacls": "aws:ec2/networkAcl:NetworkAcl",
    "internet_gateways": "aws:ec2/internetGateway:InternetGateway",
    "nat_gateways": "aws:ec2/natGateway:NatGateway",
    "vpn_gateways": "aws:ec2/vpnGateway:VpnGateway",
    "peerings": "aws:ec2/vpcPeeringConnection:VpcPeeringConnection",
    "endpoints": "aws:ec2/vpcEndpoint:VpcEndpoint",
    "transit_attachments": "aws:ec2transitgateway/vpcAttachment:VpcAttachment",
    "load_balancers": "aws:lb/loadBalancer:LoadBalancer",
    "interfaces": "aws:ec2/networkInterface:NetworkInterface",
}
"""The parts of a network, and the resource type that adopts one of them."""


@dataclass(frozen=True, slots=True, order=True)
class Leftover:
    """One thing that the state does not know: its resource type, its id as an import takes it, and where it is."""

    type: str
    id: str
    what: str
    name: str = ""

    @property
    def adopt(self) -> str:
        """The command that takes it into the stack; `NAME` is the reader's choice."""
        return f"pulumi import {self.type} NAME {self.id}"

    def to_json(self) -> dict[str, str]:
        """Give it as a JSON object."""
        return {"type": self.type, "id": self.id, "name": self.name, "what": self.what, "adopt": self.adopt}


def leftovers(
    raw: Sequence[Mapping[str, Any]], known: Network, live: Network, others: Iterable[Resource]
) -> tuple[Leftover, ...]:
    """Compare a state with an account; sorted.

    `raw` are the state's resources, `known` the network that they make, `live` and `others` (IAM, rules of groups)
    what the account says.
    """
    ids = _Ids(raw, known)
    rest = tuple(others)
    found = [*_objects(live, ids), *_rules(known, live, rest, ids), *_additions(known, live, ids)]
    return tuple(sorted({*found, *_policies(raw, rest)}))


class _Ids:
    """Every id and ARN that the state mentions, and how its network's keys are called in AWS."""

    def __init__(self, raw: Sequence[Mapping[str, Any]], known: Network) -> None:
        self.mentioned: set[str] = set()
        self.names: dict[str, str] = {}
        self.routes: dict[str, set[tuple[str, str]]] = {}
        for resource in raw:
            outputs = cast("Mapping[str, Any]", resource.get("outputs") or {})
            self._collect(resource.get("id"))
            self._collect(outputs)
            self._collect(resource.get("inputs"))
            urn = str(resource["urn"])
            ends = {"": resource.get("id"), **{end: _within(outputs, path) for end, path in _ENDINGS.items()}}
            self.names |= {f"{urn}{end}": value for end, value in ends.items() if isinstance(value, str)}
            for table, written in _written(resource):
                self.routes.setdefault(table, set()).add(written)
        vpcs = [vpc for vpc in known.vpcs if self.names.get(vpc.key)]
        self.vpcs = {self.names[vpc.key] for vpc in vpcs}
        self.marks = {mark for vpc in vpcs if (mark := _mark(vpc))}

    def _collect(self, value: object) -> None:
        if isinstance(value, str):
            self.mentioned.update(_AWS_ID.findall(value))
        elif isinstance(value, Mapping):
            for inner in cast("Mapping[str, object]", value).values():
                self._collect(inner)
        elif isinstance(value, list):
            for inner in cast("list[object]", value):
                self._collect(inner)

    def of(self, ref: object) -> str:
        """Give the id that a reference leads to; of one that cannot be told, a text that equals no id."""
        if isinstance(ref, Ref):
            return self.names.get(ref.key or "", ref.key or ref.literal or "?")
        return "?"


def _within(outputs: Mapping[str, Any], path: str) -> object:
    """Give the value at a dotted path of a resource's outputs."""
    value: object = outputs
    for step in path.split("."):
        value = cast("Mapping[str, object]", value).get(step) if isinstance(value, Mapping) else None
    return value


_ENDINGS = {
    DEFAULT_GROUP: "defaultSecurityGroupId",
    DEFAULT_NACL: "defaultNetworkAclId",
    MAIN_TABLE: "mainRouteTableId",
    PREFIX_LIST: "prefixListId",
    CONTROLLERS_GROUP: "securityGroupId",
    MEMBERS_GROUP: "workspaceSecurityGroupId",
    CLUSTER_GROUP: "vpcConfig.clusterSecurityGroupId",
}


_ROUTE_TARGETS = (
    "gatewayId",
    "natGatewayId",
    "egressOnlyGatewayId",
    "vpcPeeringConnectionId",
    "vpcEndpointId",
    "networkInterfaceId",
    "transitGatewayId",
    "carrierGatewayId",
    "localGatewayId",
    "coreNetworkArn",
)
_ROUTE_ENDS = (
    "destinationCidrBlock",
    "destinationIpv6CidrBlock",
    "destinationPrefixListId",
    "cidrBlock",
    "ipv6CidrBlock",
)


def _written(resource: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, str]]]:
    """Give the routes that a resource of the state writes: the table, and the route's destination and target."""
    inputs = cast("Mapping[str, Any]", resource.get("inputs") or {})
    values = {**inputs, **cast("Mapping[str, Any]", resource.get("outputs") or {})}
    if resource["type"] == "aws:ec2/route:Route":
        yield str(values.get("routeTableId")), (_first(values, _ROUTE_ENDS), _first(values, _ROUTE_TARGETS))
    elif resource["type"] in ("aws:ec2/routeTable:RouteTable", "aws:ec2/defaultRouteTable:DefaultRouteTable"):
        for route in cast("list[Mapping[str, Any]]", values.get("routes") or []):
            yield str(resource.get("id")), (_first(route, _ROUTE_ENDS), _first(route, _ROUTE_TARGETS))


def _first(values: Mapping[str, Any], names: Iterable[str]) -> str:
    return next((str(values[name]) for name in names if values.get(name)), "?")


def _mark(item: Item) -> tuple[str, ...]:
    tags = dict(item.tags)
    values = [tags.get(name) for name in _SHARED_TAGS]
    return tuple(str(value) for value in values) if all(isinstance(value, str) for value in values) else ()


# -- objects ----------------------------------------------------------------------------------------------------------


def _objects(live: Network, ids: _Ids) -> Iterator[Leftover]:
    subnets = {one.key: _key(one.vpc) for one in live.subnets}
    for part, token in _TYPES.items():
        for item in cast("tuple[Item, ...]", getattr(live, part)):
            if item.key in ids.mentioned or not _is_near(part, item, subnets, ids) or _is_made(part, item, ids):
                continue
            yield Leftover(token, item.key, f"{part[:-1].replace('_', ' ')} that the state does not know", item.name)
    for owner in sorted({one.owner for one in live.interfaces if one.owner_kind == "instance"}):
        places = {subnets.get(_key(one.subnet), "") for one in live.interfaces if one.owner == owner}
        if owner not in ids.mentioned and places & ids.vpcs:
            yield Leftover("aws:ec2/instance:Instance", owner, "instance that the state does not know")


def _key(ref: object) -> str:
    return (ref.key or ref.literal or "") if isinstance(ref, Ref) else ""


def _is_near(part: str, item: Item, subnets: Mapping[str, str], ids: _Ids) -> bool:
    if part == "vpcs":
        return _mark(item) in ids.marks
    names = ("vpc", "requester", "accepter", "resource", "gateway")
    vpcs = {_key(getattr(item, name, None)) for name in names}
    vpcs |= {_key(one) for one in cast("tuple[object, ...]", getattr(item, "vpcs", ()) or ())}
    places = [getattr(item, "subnet", None), *cast("tuple[object, ...]", getattr(item, "subnets", ()) or ())]
    vpcs |= {subnets.get(_key(one), "") for one in places}
    return bool(vpcs & ids.vpcs)


def _is_made(part: str, item: Item, ids: _Ids) -> bool:
    """Tell whether AWS made an object with another one that the state knows."""
    if part == "groups":
        directory = _DIRECTORY.match(item.name)
        return directory is not None and directory.group() in ids.mentioned
    if part != "interfaces":
        return False
    owner = str(getattr(item, "owner", ""))
    groups: Any = getattr(item, "groups", ())
    held = {_key(one) for one in groups} if not isinstance(groups, Unknown) else set[str]()
    # A desktop's or a task's interface names nobody; its group does.
    return owner != item.key or bool(held & ids.mentioned)


# -- rules, routes, entries -------------------------------------------------------------------------------------------


def _additions(known: Network, live: Network, ids: _Ids) -> Iterator[Leftover]:
    tables = {name: ids.routes.get(name, set()) for item in known.route_tables if (name := ids.names.get(item.key))}
    for table in live.route_tables:
        for route in table.routes if table.key in tables else ():
            if _is_written(route) and _route(route, ids) not in tables[table.key]:
                destination, target = _route(route, ids)
                what = f"route of {table.key} ({table.name}) to {target} that the state does not know"
                yield Leftover("aws:ec2/route:Route", f"{table.key}_{destination}", what)
    acls = {ids.names.get(item.key): {_entry(one) for one in item.entries} for item in known.nacls}
    for acl in live.nacls:
        for entry in acl.entries if acl.key in acls else ():
            if _entry(entry) not in acls[acl.key]:
                way = "true" if entry.direction.value == "egress" else "false"
                what = f"entry of {acl.key} ({acl.name}) that the state does not know"
                identifier = f"{acl.key}:{entry.number}:{entry.protocol}:{way}"
                yield Leftover("aws:ec2/networkAclRule:NetworkAclRule", identifier, what)


def _rules(known: Network, live: Network, others: Iterable[Resource], ids: _Ids) -> Iterator[Leftover]:
    """Give the rules of the state's groups that it does not know: neither by their id nor by what they say."""
    groups = {ids.names.get(item.key): {_said(one, ids) for one in item.rules} for item in known.groups}
    made = {item.key for item in live.groups if _DIRECTORY.match(item.name)}
    for item in others:
        if item.kind not in ("vpc.SecurityGroupIngressRule", "vpc.SecurityGroupEgressRule") or item.id is None:
            continue
        group = str(item.props.get("securityGroupId"))
        # What AWS itself writes into a group that it made for a directory is judged by the rules alone.
        if group not in groups or group in made or str(item.id) in ids.mentioned:
            continue
        said = _told(item)
        if said not in groups[group]:
            what = f"{said[0]} rule of {group} that the state does not know: {said[1]} {said[2]} {said[3]}"
            yield Leftover(item.type, str(item.id), what)


def _said(rule: GroupRule, ids: _Ids) -> tuple[str, ...]:
    peer = rule.peer
    if isinstance(peer, GroupRef):
        where = ids.of(peer.group)
    elif isinstance(peer, PrefixListRef):
        where = ids.of(peer.list)
    else:
        where = str(peer)
    ports = rule.ports
    span = "?" if isinstance(ports, Unknown) else f"{ports.low}-{ports.high}"
    protocol = "?" if isinstance(rule.protocol, Unknown) else str(rule.protocol)
    return (rule.direction.value, protocol, "all" if protocol == "-1" else span, where)


_NUMBERS = {"icmp": "1", "tcp": "6", "udp": "17", "icmpv6": "58", "all": "-1"}
_PEERS = ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")


def _told(item: Resource) -> tuple[str, ...]:
    way = "egress" if "Egress" in item.kind else "ingress"
    protocol = str(item.props.get("ipProtocol"))
    protocol = _NUMBERS.get(protocol, protocol)
    where = next((str(item.props[name]) for name in _PEERS if item.props.get(name)), "?")
    span = "all" if protocol == "-1" else f"{item.props.get('fromPort')}-{item.props.get('toPort')}"
    return (way, protocol, span, where)


def _route(route: Route, ids: _Ids) -> tuple[str, str]:
    destination = route.destination
    where = ids.of(destination.list) if isinstance(destination, PrefixListRef) else str(destination)
    return where, ids.of(route.target)


def _is_written(route: Route) -> bool:
    """Tell whether somebody wrote the route: neither local, nor propagated, nor a gateway endpoint's own."""
    own = route.kind is TargetKind.LOCAL or (
        route.kind is TargetKind.ENDPOINT and isinstance(route.destination, PrefixListRef)
    )
    return route.source is RouteOrigin.STATIC and not own


def _entry(entry: NaclEntry) -> tuple[str, ...]:
    return (entry.direction.value, str(entry.number), str(entry.allow), str(entry.protocol), str(entry.cidr))


# -- policies ---------------------------------------------------------------------------------------------------------


def _policies(raw: Sequence[Mapping[str, Any]], others: Iterable[Resource]) -> Iterator[Leftover]:
    roles: set[str] = set()
    known: set[tuple[str, str]] = set()
    for resource in raw:
        values = cast("Mapping[str, Any]", resource.get("outputs") or {})
        kind = str(resource["type"])
        if kind == "aws:iam/role:Role":
            roles.add(str(values.get("name")))
            known |= {(str(values.get("name")), str(arn)) for arn in values.get("managedPolicyArns") or ()}
            known |= {(str(values.get("name")), str(one.get("name"))) for one in values.get("inlinePolicies") or ()}
        elif kind == "aws:iam/rolePolicyAttachment:RolePolicyAttachment":
            known.add((str(values.get("role")), str(values.get("policyArn"))))
        elif kind == "aws:iam/rolePolicy:RolePolicy":
            known.add((str(values.get("role")), str(values.get("name"))))
    for item in others:
        role = str(item.props.get("role"))
        if role not in roles:
            continue
        if item.kind == "iam.RolePolicyAttachment" and (role, str(item.props["policyArn"])) not in known:
            what = f"policy attached to role {role} that the state does not know"
            yield Leftover(item.type, f"{role}/{item.props['policyArn']}", what)
        if item.kind == "iam.RolePolicy" and (role, str(item.props["name"])) not in known:
            what = f"inline policy of role {role} that the state does not know"
            yield Leftover(item.type, f"{role}:{item.props['name']}", what)
