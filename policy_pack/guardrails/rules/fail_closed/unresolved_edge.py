"""FCL002: an edge of the network that cannot be resolved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import ClassVar

from guardrails.facts.network import GroupRule, Interface, Item, NaclEntry, Network, Route
from guardrails.facts.stack import Facts
from guardrails.facts.values import Origin, Ref, Unknown
from guardrails.rules.base import Finding, Rule, Severity

_EDGES: dict[str, str] = {
    "vpc": "the VPC it is in",
    "subnet": "the subnet it is in",
    "subnets": "the subnets it is for",
    "groups": "the security groups it carries",
    "gateways": "the gateways it is for",
    "tables": "the route tables it adds to",
    "target": "where it leads to",
    "requester": "the asking VPC",
    "accepter": "the accepting VPC",
    "gateway": "the gateway it is of",
    "resource": "what it attaches",
    "associations": "what it is associated with",
    "propagations": "what it learns routes from",
    "propagating": "what it learns routes from",
    "list": "the prefix list it names",
    "group": "the security group it names",
    "target_groups": "the target groups it forwards to",
    "targets": "the targets it forwards to",
    "complete": "all of its rules",
}
"""Fields of the network's facts that are edges, and what they say."""


class UnresolvedEdge(Rule):
    """Says where the graph of the network has an open end."""

    id: ClassVar[str] = "FCL002"
    slug: ClassVar[str] = "network-edge-resolved"
    title: ClassVar[str] = "Every edge of the network can be resolved before deployment"
    rationale: ClassVar[str] = (
        "Ids are unknown at a preview; what a property refers to is known by its dependencies. Where those do not tell "
        "it (one property with several candidates, a value from another program), routes and groups cannot be judged."
    )
    fix: ClassVar[str] = (
        "Pass the id of one resource straight to the property: one rule, one route, one association per resource. "
        "Declare what lies outside of the stack in the intent's `externals`."
    )
    severity: ClassVar[Severity] = Severity.HIGH
    exemptible: ClassVar[bool] = False
    covers: ClassVar[tuple[int, ...]] = (2,)
    references: ClassVar[tuple[str, ...]] = ("https://www.pulumi.com/docs/iac/concepts/inputs-outputs/",)
    avoid: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  one: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}"}}
  rule:
    type: aws:vpc:SecurityGroupIngressRule
    properties:
      securityGroupId: ${one.id}
      ipProtocol: tcp
      fromPort: 443
      toPort: 443
      referencedSecurityGroupId: {"fn::unknown": true}
"""
    prefer: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  one: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}"}}
  two: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}"}}
  rule:
    type: aws:vpc:SecurityGroupIngressRule
    properties:
      securityGroupId: ${one.id}
      ipProtocol: tcp
      fromPort: 443
      toPort: 443
      referencedSecurityGroupId: ${two.id}
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Walk the network's facts and name every open end."""
        network = facts.network
        for gap in network.gaps:
            subject, _, path = _split(gap, facts)
            yield self.unresolved(Origin(subject, path), path, gap)
        for item in _items(network):
            yield from self._object(item, item.origin)

    def _object(self, item: object, origin: Origin) -> Iterator[Finding]:
        for name, value in _fields(item):
            what = _EDGES.get(name)
            if what is not None:
                for unknown in _unknowns(value):
                    path = origin.path or unknown.what.removeprefix(f"{origin.subject}.")
                    yield self.unresolved(origin, path, unknown, what)
            elif name in {"rules", "routes", "entries", "listeners"} and isinstance(value, tuple):
                for member in value:  # pyright: ignore[reportUnknownVariableType]
                    yield from self._member(member)  # pyright: ignore[reportUnknownArgumentType]

    def _member(self, member: object) -> Iterator[Finding]:
        if isinstance(member, GroupRule):
            if is_dataclass(member.peer) and not isinstance(member.peer, Unknown):
                yield from self._object(member.peer, member.origin)
            elif isinstance(member.peer, Unknown):
                yield self.unresolved(member.origin, "", member.peer, "whom it lets through")
        elif isinstance(member, Route) and is_dataclass(member.destination):
            yield from self._object(member, member.origin)
            if not isinstance(member.destination, Unknown):
                yield from self._object(member.destination, member.origin)
            else:
                yield self.unresolved(member.origin, "", member.destination, "what it is for")
        elif isinstance(member, Route):
            yield from self._object(member, member.origin)
        elif is_dataclass(member) and not isinstance(member, NaclEntry | Unknown):
            origin = getattr(member, "origin", None)
            if isinstance(origin, Origin):
                yield from self._object(member, origin)


def _split(gap: Unknown, facts: Facts) -> tuple[str, str, str]:
    """Take the name of an input apart into the resource's URN and the property."""
    for urn in facts.by_urn:
        if gap.what.startswith(f"{urn}."):
            return urn, ".", gap.what[len(urn) + 1 :]
    return "", "", gap.what


def _items(network: Network) -> Iterator[Item]:
    for name, value in _fields(network):
        if isinstance(value, tuple) and name not in {"gaps", "assumptions"}:
            for member in value:  # pyright: ignore[reportUnknownVariableType]
                if isinstance(member, Item) and not (isinstance(member, Interface) and not member.owner_kind):
                    yield member


def _fields(item: object) -> Iterator[tuple[str, object]]:
    if is_dataclass(item):
        for field in fields(item):
            yield field.name, getattr(item, field.name)


def _unknowns(value: object) -> Iterator[Unknown]:
    if isinstance(value, Unknown):
        yield value
    elif isinstance(value, tuple):
        for member in value:  # pyright: ignore[reportUnknownVariableType]
            if isinstance(member, Unknown):
                yield member
            elif isinstance(member, tuple) and not isinstance(member, Ref):
                yield from _unknowns(member[:1])  # pyright: ignore[reportUnknownArgumentType]
