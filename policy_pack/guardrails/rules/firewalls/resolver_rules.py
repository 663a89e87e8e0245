"""DNS002: names that are asked of servers which nobody declared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.resource import Resource, Value
from guardrails.facts.roles import Role
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.facts.zoning import parse_network
from guardrails.rules.base import Finding, Rule, Severity
from guardrails.rules.name_servers import known_server
from guardrails.rules.places import Places, places_of
from guardrails.rules.protected import zones_in

_RULE, _ASSOCIATION = "route53.ResolverRule", "route53.ResolverRuleAssociation"
_FORWARDER = "directoryservice.ConditionalForwarder"
_OF_AWS = "rslvr-autodefined-"
"""How the ids of the rules begin that AWS makes in every VPC."""
_ADDRESSED = frozenset(
    ("directoryservice.Directory", "ec2.Instance", "ec2.NetworkInterface", "route53.ResolverEndpoint")
)
"""Kinds of the stack whose addresses lie in its own networks."""
_DNS = 53


class ResolverRules(Rule):
    """Requires that the resolver of a protected VPC, and its directory, forward names to known servers alone."""

    id: ClassVar[str] = "DNS002"
    slug: ClassVar[str] = "names-forwarded-to-declared-servers"
    title: ClassVar[str] = "The resolver forwards names to the stack's own and declared servers only"
    rationale: ClassVar[str] = (
        "A forwarding rule makes the VPC's own resolver, which no security group filters, carry questions to whoever "
        "the rule names: for the domain `.` every question, with whatever is written into it. Its answers decide where "
        "hosts connect to."
    )
    fix: ClassVar[str] = (
        "Point the rule at servers in the stack's networks, or declare them in the intent: a zone, an external with "
        "its CIDRs, or a flow to them on port 53. A shared rule is declared as an external by its id."
    )
    severity: ClassVar[Severity] = Severity.HIGH
    needs_intent: ClassVar[bool] = True
    covers: ClassVar[tuple[int, ...]] = (26, 55)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-rules-managing.html",
        "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-overview-forward-vpc-to-network-domain-name-matches.html",
        "https://docs.aws.amazon.com/directoryservice/latest/admin-guide/ms_ad_conditional_forwarders.html",
    )
    example_intent: ClassVar[str] = """
version: 1
zones:
  desktop: {tags: {Zone: desktop}, protected: true}
  company: {cidrs: [10.100.0.53/32], protected: false}
"""
    avoid: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  desktops:
    type: aws:ec2:Subnet
    properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.1.0/24, tags: {Zone: desktop}}
  everything:
    type: aws:route53:ResolverRule
    properties: {domainName: ".", ruleType: FORWARD, resolverEndpointId: out, targetIps: [{ip: 9.9.9.9}]}
  use:
    type: aws:route53:ResolverRuleAssociation
    properties: {resolverRuleId: "${everything.id}", vpcId: "${vpc.id}"}
"""
    prefer: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  desktops:
    type: aws:ec2:Subnet
    properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.1.0/24, tags: {Zone: desktop}}
  company:
    type: aws:route53:ResolverRule
    properties: {domainName: corp.example, ruleType: FORWARD, resolverEndpointId: out, targetIps: [{ip: 10.100.0.53}]}
  use:
    type: aws:route53:ResolverRuleAssociation
    properties: {resolverRuleId: "${company.id}", vpcId: "${vpc.id}"}
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge the rules that protected VPCs use, and what directories forward."""
        places = places_of(facts)
        if places is None:
            yield self.not_applicable("no intent names zones: which VPCs are protected is not known")
            return
        vpcs = places.protected_vpcs
        used: dict[str, set[str]] = {}
        for item in facts.of(_ASSOCIATION):
            zones = zones_in(vpcs, facts.ref(item, "vpcId", Role.VPC))
            if not zones:
                continue  # a VPC that cannot be told is FCL002's to tell
            rule = _rule(item, facts)
            if rule is not None:
                used.setdefault(rule.urn, set()).update(zones)
            elif not _declared(item.get("resolverRuleId"), places):
                why = f"which servers zone {', '.join(zones)} asks"
                yield self.unresolved(item, "resolverRuleId", "the rule is neither in the stack nor declared", why)
        for urn, zones in sorted(used.items()):
            yield from self._servers(facts.by_urn[urn], "targetIps", tuple(sorted(zones)), facts, places)
        for item in facts.of(_FORWARDER):
            yield from self._servers(item, "dnsIps", tuple(sorted(places.intent.zones)), facts, places)

    def _servers(
        self, item: Resource, path: str, zones: tuple[str, ...], facts: Facts, places: Places
    ) -> Iterator[Finding]:
        listed = item.items(path)
        for server in [listed] if isinstance(listed, Unknown) else listed:
            address = _address(server)
            block = parse_network(address) if isinstance(address, str) else None
            if isinstance(address, Unknown):
                if not _of_the_stack(item, path, facts):
                    yield self.unresolved(item, path, address, "which servers are asked")
            elif block is None or not known_server(block, _DNS, places, zones):
                yield self.fail(item, path, "forwards names to a server outside of the known networks", address)


def _rule(association: Resource, facts: Facts) -> Resource | None:
    edges = (association.edges or {}).get("resolverRuleId", ())
    literal = association.get("resolverRuleId")
    return next(
        (item for item in facts.of(_RULE) if item.urn in edges or (isinstance(literal, str) and literal == item.id)),
        None,
    )


def _declared(rule: Value, places: Places) -> bool:
    return isinstance(rule, str) and (
        rule.startswith(_OF_AWS) or any(external.id == rule for external in places.intent.externals)
    )


def _address(server: Value) -> Value:
    """Give the address of a target, which is an object with `ip` or `ipv6`, or a text by itself."""
    if not isinstance(server, dict):
        return server
    return server.get("ip") or server.get("ipv6")


def _of_the_stack(item: Resource, path: str, facts: Facts) -> bool:
    """Tell whether addresses that are not known yet are those of directories or hosts of the stack."""
    urns = (item.edges or {}).get(path, ())
    kinds = {facts.by_urn[urn].kind for urn in urns if urn in facts.by_urn}
    return bool(kinds) and kinds <= _ADDRESSED
