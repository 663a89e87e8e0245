"""SEG026: DNS and NTP to servers of one's own choice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.network import ALL_PORTS, Direction, GroupRule, SecurityGroup
from guardrails.facts.resource import Resource
from guardrails.facts.roles import Role
from guardrails.facts.stack import Facts
from guardrails.facts.values import Maybe, Unknown
from guardrails.facts.zoning import parse_network
from guardrails.rules.base import Finding, Rule, Severity
from guardrails.rules.name_servers import known_server
from guardrails.rules.places import Places, places_of
from guardrails.rules.protected import zones_in
from guardrails.rules.ranges import covers_port, peer_networks

_SERVICES = {53: "DNS", 123: "NTP"}
_SERVERS = {"domainNameServers": 53, "ntpServers": 123}
"""Where DHCP options name servers, and the port that these are asked on."""
_ASSOCIATION, _OPTIONS = "ec2.VpcDhcpOptionsAssociation", "dhcpOptionsId"
_AMAZON = "AmazonProvidedDNS"
"""The VPC's resolver, by the name that DHCP options have for it."""
_BROAD = 1024
"""Rules for as many ports as this are not about DNS or time; the rules on the world and on ranges judge them."""


class NameAndTimeServers(Rule):
    """Refuses egress for DNS and NTP from protected zones to anything but their own networks and declared servers."""

    id: ClassVar[str] = "SEG026"
    slug: ClassVar[str] = "own-name-and-time-servers"
    title: ClassVar[str] = "Protected zones ask only the VPC's resolver and declared servers for names and time"
    rationale: ClassVar[str] = (
        "A resolver of one's own choice passes the DNS firewall and its log, and carries data out in queries. The "
        "VPC's resolver and Amazon's time service need no rule: security groups do not filter them."
    )
    fix: ClassVar[str] = (
        "Take the rule out, or point it at the directory's controllers; other servers are declared as a flow in the "
        "intent."
    )
    severity: ClassVar[Severity] = Severity.HIGH
    needs_intent: ClassVar[bool] = True
    beside_network: ClassVar[frozenset[str] | None] = frozenset()
    covers: ClassVar[tuple[int, ...]] = (26,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html",
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/set-time.html",
        "https://docs.aws.amazon.com/vpc/latest/userguide/DHCPOptionSetConcepts.html",
    )
    example_intent: ClassVar[str] = """
version: 1
zones:
  desktop: {tags: {Zone: desktop}, protected: true}
"""
    avoid: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  desktops: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}", tags: {Zone: desktop}}}
  resolver:
    type: aws:vpc:SecurityGroupEgressRule
    properties: {securityGroupId: "${desktops.id}", ipProtocol: udp, fromPort: 50, toPort: 60, cidrIpv4: 9.9.9.9/32}
"""
    prefer: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  desktops: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}", tags: {Zone: desktop}}}
  controllers:
    type: aws:vpc:SecurityGroupEgressRule
    properties: {securityGroupId: "${desktops.id}", ipProtocol: udp, fromPort: 53, toPort: 53, cidrIpv4: 10.0.2.0/24}
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge the egress rules of groups in protected zones."""
        places = places_of(facts)
        if places is None:
            yield self.not_applicable("no intent names zones: which groups are protected is not known")
            return
        for group in facts.network.groups:
            zones = places.groups.get(group.key, ())
            if places.protected(zones):
                yield from self._group(group, zones, places)
        yield from self._dhcp(facts, places)

    def _dhcp(self, facts: Facts, places: Places) -> Iterator[Finding]:
        """Judge the servers that protected VPCs hand out to their hosts."""
        vpcs = places.protected_vpcs
        for item in facts.of(_ASSOCIATION):
            zones = zones_in(vpcs, facts.ref(item, "vpcId", Role.VPC))
            if not zones:
                continue  # a VPC that cannot be told is FCL002's to tell
            named = [facts.by_urn[urn] for urn in (item.edges or {}).get(_OPTIONS, ()) if urn in facts.by_urn]
            options = next((one for one in named if one.kind == "ec2.VpcDhcpOptions"), None)
            if options is None:
                literal = item.get(_OPTIONS)
                if not any(one.id == literal for one in places.intent.externals):
                    why = f"which servers zone {', '.join(zones)} asks for names and time"
                    yield self.unresolved(item, _OPTIONS, f"{literal} is not in the stack", why)
                continue
            for path in _SERVERS:
                yield from self._servers(options, path, zones, places)

    def _servers(self, options: Resource, path: str, zones: tuple[str, ...], places: Places) -> Iterator[Finding]:
        listed, port = options.items(path), _SERVERS[path]
        for server in [listed] if isinstance(listed, Unknown) else listed:
            block = parse_network(server) if isinstance(server, str) else None
            if isinstance(server, Unknown):
                yield self.unresolved(options, path, server, f"whom zone {', '.join(zones)} asks")
            elif server != _AMAZON and (block is None or not known_server(block, port, places, zones)):
                why = f"makes zone {', '.join(zones)} ask a server outside of its networks for {_SERVICES[port]}"
                yield self.fail(options, path, why, server)

    def _group(self, group: SecurityGroup, zones: tuple[str, ...], places: Places) -> Iterator[Finding]:
        for rule in group.rules:
            if rule.direction is not Direction.EGRESS or _broad(rule):
                continue
            for port, service in _SERVICES.items():
                judged = self._rule(rule, port, places, zones)
                if isinstance(judged, Unknown):
                    yield self.unresolved(rule.origin, "", judged, f"whom it may ask for {service} cannot be told")
                elif judged:
                    why = f"lets zone {', '.join(zones)} ask servers outside of its networks for {service}"
                    yield self.fail(rule.origin, "", why, judged)

    def _rule(self, rule: GroupRule, port: int, places: Places, zones: tuple[str, ...]) -> Maybe[str]:
        """Give the blocks that a rule opens wrongly on a port, an empty text where it opens none."""
        reaches = covers_port(rule, port)
        if reaches is False:
            return ""
        blocks = peer_networks(rule, places.network)
        if blocks is None:
            return ""
        if isinstance(blocks, Unknown):
            return blocks
        strangers = [block for block in blocks if not known_server(block, port, places, zones)]
        if strangers and isinstance(reaches, Unknown):
            return reaches
        return ", ".join(map(str, strangers))


def _broad(rule: GroupRule) -> bool:
    if isinstance(rule.ports, Unknown) or isinstance(rule.protocol, Unknown):
        return False
    return rule.protocol not in {6, 17} or rule.ports == ALL_PORTS or rule.ports.high - rule.ports.low >= _BROAD
