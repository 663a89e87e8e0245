"""What rules about groups share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from guardrails.facts.from_pulumi.network.common import Build
from guardrails.facts.from_pulumi.network.filters import standalone_rules
from guardrails.facts.network import ANY_PROTOCOL, Direction, GroupRef, GroupRule, Ports, SecurityGroup
from guardrails.facts.roles import Role
from guardrails.facts.stack import Facts
from guardrails.facts.values import IPNetwork, Ref, Unknown
from guardrails.facts.zoning import ANYWHERE, INTERNET
from guardrails.rules.flows import ports_of, protocol_of
from guardrails.rules.places import places_of
from guardrails.rules.ranges import Segment
from guardrails.sets.intervals import IntervalSet

if TYPE_CHECKING:
    from guardrails.facts.intent import Flow, Intent


RULE_KINDS = frozenset({"vpc.SecurityGroupIngressRule", "vpc.SecurityGroupEgressRule", "ec2.SecurityGroupRule"})


def own_groups(facts: Facts) -> Iterator[SecurityGroup]:
    """Give the groups that the stack declares; those that AWS makes by itself are judged by rules of their own.

    Groups outside of the stack come with the rules that it adds to them.
    Of a group that AWS made for a directory, as an account shows it, only what was added to AWS's own rules is given.
    """
    for group in facts.network.groups:
        if "#" not in group.key:
            aws_made = facts.seen is not None and _AWS_MADE.fullmatch(group.name)
            yield _without_aws_rules(group, facts) if aws_made else group
    yield from _changed_elsewhere(facts)


def _changed_elsewhere(facts: Facts) -> Iterator[SecurityGroup]:
    build = Build(facts)
    found: dict[str, list[GroupRule]] = {}
    for item in facts.of(*sorted(RULE_KINDS)):
        group = facts.ref(item, "securityGroupId", Role.GROUP)
        if isinstance(group, Ref) and group.key is None and group.literal:
            found.setdefault(group.literal, []).extend(standalone_rules(build, item))
    for literal, rules in found.items():
        yield SecurityGroup(key=literal, origin=rules[0].origin, id=literal, name=literal, rules=tuple(rules))


_AWS_MADE = re.compile(r"d-[0-9a-f]{10}_(controllers|workspacesMembers)")


# https://docs.aws.amazon.com/directoryservice/latest/devguide/API_AddIpRoutes.html
# (UpdateSecurityGroupForDirectoryControllers): what the controllers' group lets in from its VPC, and, for both groups,
# everything out.
_TCP, _UDP, _ICMP = 6, 17, 1
_DIRECTORY_PORTS = {
    *((_TCP, port, port) for port in (53, 88, 135, 389, 445, 464, 636)),
    *((_UDP, port, port) for port in (53, 88, 123, 138, 389, 445, 464)),
    *((_TCP, 1024, 65535), (_TCP, 3268, 3269)),
}


def _without_aws_rules(group: SecurityGroup, facts: Facts) -> SecurityGroup:
    vpcs = [vpc for vpc in facts.network.vpcs if isinstance(group.vpc, Ref) and vpc.key == group.vpc.key]
    blocks = [block for vpc in vpcs for block in vpc.cidrs if not isinstance(block, Unknown)]
    return replace(group, rules=tuple(rule for rule in group.rules if not _is_aws_rule(group, rule, blocks)))


def _is_aws_rule(group: SecurityGroup, rule: GroupRule, blocks: list[IPNetwork]) -> bool:
    if rule.direction is Direction.EGRESS:
        return rule.protocol == ANY_PROTOCOL
    if not group.name.endswith("_controllers"):
        return False
    if isinstance(rule.peer, GroupRef):
        return isinstance(rule.peer.group, Ref) and rule.peer.group.key == group.key
    ports = rule.ports
    known = isinstance(ports, Ports) and (rule.protocol, ports.low, ports.high) in _DIRECTORY_PORTS
    return (known or rule.protocol == _ICMP) and rule.peer in blocks


# -- what the intent lets in from, and out to, the internet -----------------------------------------------------------


def covered(segment: Segment, flows: Iterable[Flow]) -> bool:
    """Tell whether flows together hold all ports of a stretch."""
    ports = IntervalSet()
    for flow in flows:
        if protocol_of(flow) in {segment.protocol, ANY_PROTOCOL}:
            ports = ports | ports_of(flow)
    return IntervalSet.span(segment.ports.low, segment.ports.high) <= ports


def welcomed(segment: Segment, intent: Intent | None) -> bool:
    """Tell whether any zone is to be reached from the internet on these ports: which group may is told later."""
    return intent is not None and covered(segment, (flow for flow in intent.flows if _from_world(flow)))


def lets_in(group: SecurityGroup, segment: Segment, facts: Facts) -> bool:
    """Tell whether every zone that a group is in is to be reached from the internet on these ports."""
    places = places_of(facts)
    zones = places.groups.get(group.key, ()) if places else ()
    if places is None or not zones:
        return False
    flows = [flow for flow in places.intent.flows if _from_world(flow)]
    return all(covered(segment, (flow for flow in flows if flow.target in {zone, ANYWHERE})) for zone in zones)


def _from_world(flow: Flow) -> bool:
    return flow.source in {INTERNET, ANYWHERE}
