"""DNS001: a DNS firewall that is there and does not hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from guardrails.facts.resource import Resource, as_int
from guardrails.facts.roles import Role
from guardrails.facts.stack import Facts
from guardrails.facts.values import Maybe, Ref, Unknown
from guardrails.rules.base import Finding, Rule, Severity
from guardrails.rules.companions import Companions, companions
from guardrails.rules.places import places_of

_ASSOCIATION = "route53.ResolverFirewallRuleGroupAssociation"
_RULE = "route53.ResolverFirewallRule"
_GROUP = "route53.ResolverFirewallRuleGroup"
_CONFIG = "route53.ResolverFirewallConfig"
_EVERY = "*"


@dataclass(frozen=True, slots=True)
class Options:
    """`required`: also refuse a protected VPC that no rule group is associated with."""

    required: bool = False


class DnsFirewall(Rule):
    """Requires that a DNS firewall blocks what it does not list, fails closed, and is associated where it is needed."""

    id: ClassVar[str] = "DNS001"
    slug: ClassVar[str] = "dns-firewall-holds"
    title: ClassVar[str] = "A DNS firewall is associated, blocks by default and fails closed"
    rationale: ClassVar[str] = (
        "The VPC's resolver answers whatever the groups and routes say, so data can leave in the names that are asked "
        "for. Rules that only list what is allowed block nothing: what no rule matches is answered."
    )
    fix: ClassVar[str] = (
        "Associate the rule group with the VPC, let its last rule block every domain (`*`), and leave "
        "firewallFailOpen DISABLED."
    )
    severity: ClassVar[Severity] = Severity.MEDIUM
    covers: ClassVar[tuple[int, ...]] = (55,)
    options_type: ClassVar[type[Options]] = Options
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall-overview.html",
        "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall-vpc-configuration.html",
    )
    avoid: ClassVar[str] = """
resources:
  allowed: {type: "aws:route53:ResolverFirewallDomainList", properties: {name: allowed, domains: [example.com]}}
  group: {type: "aws:route53:ResolverFirewallRuleGroup", properties: {name: room}}
  allow:
    type: aws:route53:ResolverFirewallRule
    properties:
      {name: allow, action: ALLOW, priority: 10, firewallRuleGroupId: "${group.id}",
       firewallDomainListId: "${allowed.id}"}
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  use:
    type: aws:route53:ResolverFirewallRuleGroupAssociation
    properties: {name: room, priority: 101, firewallRuleGroupId: "${group.id}", vpcId: "${vpc.id}"}
"""
    prefer: ClassVar[str] = """
resources:
  allowed: {type: "aws:route53:ResolverFirewallDomainList", properties: {name: allowed, domains: [example.com]}}
  all: {type: "aws:route53:ResolverFirewallDomainList", properties: {name: all, domains: ["*"]}}
  group: {type: "aws:route53:ResolverFirewallRuleGroup", properties: {name: room}}
  allow:
    type: aws:route53:ResolverFirewallRule
    properties:
      {name: allow, action: ALLOW, priority: 10, firewallRuleGroupId: "${group.id}",
       firewallDomainListId: "${allowed.id}"}
  block:
    type: aws:route53:ResolverFirewallRule
    properties:
      {name: block, action: BLOCK, priority: 20, firewallRuleGroupId: "${group.id}", blockResponse: NXDOMAIN,
       firewallDomainListId: "${all.id}"}
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  use:
    type: aws:route53:ResolverFirewallRuleGroupAssociation
    properties: {name: room, priority: 101, firewallRuleGroupId: "${group.id}", vpcId: "${vpc.id}"}
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge every rule group with an allow rule, every setting, and the VPCs that need an association."""
        for item in facts.of(_CONFIG):
            yield from self._config(item)
        associations = companions(facts, (_ASSOCIATION,), "vpcId", Role.VPC)
        used = companions(facts, (_ASSOCIATION,), "firewallRuleGroupId", Role.DNS_RULE_GROUP)
        rules = companions(facts, (_RULE,), "firewallRuleGroupId", Role.DNS_RULE_GROUP)
        closed = {item.urn for item in facts.of(_GROUP) if _closes(rules.of(item.urn), facts) is True}
        for group in facts.of(_GROUP):
            followed = [_followed(item, associations, closed, facts) for item in used.of(group.urn)]
            yield from self._group(group, rules.of(group.urn), facts, closed_after=bool(followed) and all(followed))
            if not used.of(group.urn):
                missing = used.loose
                if missing is not None:
                    yield self.unresolved(group, "", missing, "whether a VPC uses it")
                else:
                    yield self.fail(group, "", "is associated with no VPC")
        places = places_of(facts)
        if self.options.required and places is not None:
            for key, zones in places.protected_vpcs.items():
                if not associations.of(key) and key in facts.by_urn:
                    why = f"has no DNS firewall, with zone {', '.join(zones)} (protected) in it"
                    yield self.fail(facts.by_urn[key], "", why)

    def _config(self, item: Resource) -> Iterator[Finding]:
        value = item.get("firewallFailOpen", "DISABLED")
        if isinstance(value, Unknown):
            yield self.unresolved(item, "firewallFailOpen", value, "whether names are answered when the firewall fails")
        elif value != "DISABLED":
            yield self.fail(item, "firewallFailOpen", "answers every name when the DNS firewall fails", value)

    def _group(self, group: Resource, rules: list[Resource], facts: Facts, *, closed_after: bool) -> Iterator[Finding]:
        """A group that allows names must block the rest after them; one that only blocks names is a deny list.

        `closed_after` tells that wherever it is used a later group blocks the rest.
        """
        unknown = next((kind for item in rules if isinstance(kind := item.get("action"), Unknown)), None)
        if unknown is not None:
            yield self.unresolved(group, "", unknown, "whether it blocks what it does not allow")
            return
        for item in rules:
            names = _domains(item, facts) if item.get("action") == "ALLOW" else []
            if not isinstance(names, Unknown) and _EVERY in names:
                yield self.fail(item, "firewallDomainListId", "allows every name", _EVERY)
        closes = _closes(rules, facts)
        if closes is None or closes is True or closed_after:
            return
        if isinstance(closes, Unknown):
            yield self.unresolved(group, "", closes, "whether it blocks what it does not allow")
        else:
            yield self.fail(
                group, "", "allows some names and answers all the others too: no rule blocks `*` after them"
            )


def _closes(rules: list[Resource], facts: Facts) -> Maybe[bool] | None:
    """Tell whether a group's rules block every name that they do not allow; None where they allow and block none."""
    allows = [item for item in rules if item.get("action") == "ALLOW"]
    last = max((_priority(item) for item in allows), default=0)
    missing: Unknown | None = None
    for item in rules:
        if item.get("action") != "BLOCK" or _priority(item) < last or item.get("qType") not in {None, ""}:
            continue
        names = _domains(item, facts)
        if isinstance(names, Unknown):
            missing = names
        elif _EVERY in names:
            return True
    if not allows:
        return None
    return missing or False


def _followed(association: Resource, associations: Companions, closed: set[str], facts: Facts) -> bool:
    """Tell whether the VPC of an association asks a group that blocks the rest after this one."""
    vpc = facts.ref(association, "vpcId", Role.VPC)
    key = (vpc.key or vpc.literal or "") if isinstance(vpc, Ref) else ""
    later = [item for item in associations.of(key) if _priority(item) > _priority(association)]
    groups = [facts.ref(item, "firewallRuleGroupId", Role.DNS_RULE_GROUP) for item in later]
    return any(isinstance(group, Ref) and group.key in closed for group in groups)


def _priority(rule: Resource) -> int:
    value = as_int(rule.get("priority", 0), f"{rule.urn}.priority")
    return 0 if isinstance(value, Unknown) else value


def _domains(rule: Resource, facts: Facts) -> Unknown | list[str]:
    """Give the names of a rule's list, which is another resource."""
    edges = (rule.edges or {}).get("firewallDomainListId", ())
    literal = rule.get("firewallDomainListId")
    for item in facts.of("route53.ResolverFirewallDomainList"):
        if item.urn in edges or (isinstance(literal, str) and literal == item.id):
            domains = item.items("domains")
            # Route 53 answers every name with the dot that it ends in.
            return domains if isinstance(domains, Unknown) else [str(name).rstrip(".") for name in domains]
    return Unknown(f"{rule.urn}.firewallDomainListId", "the domain list is not in the stack")
