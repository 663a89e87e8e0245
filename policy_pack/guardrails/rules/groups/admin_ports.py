"""SEG005: administration from anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.network import Direction, GroupRef, GroupRule, SecurityGroup
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, Rule, Severity
from guardrails.rules.groups.common import own_groups
from guardrails.rules.places import places_of
from guardrails.rules.ranges import covers_port, is_world, peer_networks, peer_text, traffic

_PORTS = {22: "SSH", 135: "RPC", 445: "SMB", 3389: "RDP", 5985: "WinRM", 5986: "WinRM"}


class AdminPorts(Rule):
    """Refuses administration ports for whole networks; groups of a declared zone are judged by its flows (SEG004)."""

    id: ClassVar[str] = "SEG005"
    slug: ClassVar[str] = "admin-ports-from-groups-only"
    title: ClassVar[str] = "Administration ports are open to security groups or single hosts, not to networks"
    rationale: ClassVar[str] = (
        "SSH, RDP, WinRM, RPC and SMB give the whole host. A private range is not a caller: peerings, VPNs and the "
        "next subnet are in it."
    )
    fix: ClassVar[str] = "Name the bastion's or the directory's security group, or administer through Session Manager."
    severity: ClassVar[Severity] = Severity.HIGH
    controls: ClassVar[tuple[str, ...]] = ("CKV_AWS_24", "CKV_AWS_25", "SH EC2.19", "SH EC2.53")
    beside_network: ClassVar[frozenset[str] | None] = frozenset()
    covers: ClassVar[tuple[int, ...]] = (25,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html",
    )
    avoid: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  host: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}"}}
  open:
    type: aws:vpc:SecurityGroupIngressRule
    properties: {securityGroupId: "${host.id}", ipProtocol: tcp, fromPort: 3000, toPort: 4000, cidrIpv4: 10.0.0.0/8}
"""
    prefer: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  host: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}"}}
  bastion: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}"}}
  rdp:
    type: aws:vpc:SecurityGroupIngressRule
    properties:
      securityGroupId: ${host.id}
      ipProtocol: tcp
      fromPort: 3389
      toPort: 3389
      referencedSecurityGroupId: ${bastion.id}
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge every ingress rule of groups that no zone of an intent judges."""
        places = places_of(facts)
        for group in own_groups(facts):
            if places is not None and places.groups.get(group.key):
                continue
            for rule in group.rules:
                if rule.direction is Direction.INGRESS and not isinstance(rule.peer, GroupRef):
                    yield from self._rule(group, rule, facts)

    def _rule(self, group: SecurityGroup, rule: GroupRule, facts: Facts) -> Iterator[Finding]:
        open_ports = [port for port in _PORTS if covers_port(rule, port) is True]
        networks = peer_networks(rule, facts.network)
        if not open_ports or networks is None or isinstance(networks, Unknown) or is_world(networks):
            return  # FCL012 and SEG002 tell an unknown peer, SEG001 and SEG002 the world
        if all(block.num_addresses == 1 for block in networks):
            return
        names = ", ".join(dict.fromkeys(_PORTS[port] for port in open_ports))
        why = f"opens {names} of group {group.name} to a whole network ({traffic(rule.protocol, rule.ports)})"
        yield self.fail(rule.origin, "", why, peer_text(rule))
