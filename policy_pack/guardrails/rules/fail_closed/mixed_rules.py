"""FCL010: inline and standalone rules of one object."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from guardrails.facts.network import GroupRule, NaclEntry, Route, TargetKind
from guardrails.facts.stack import Facts
from guardrails.rules.base import Finding, Rule, Severity


class MixedRules(Rule):
    """Refuses an object that has inline rules and standalone ones at once."""

    id: ClassVar[str] = "FCL010"
    slug: ClassVar[str] = "inline-or-standalone"
    title: ClassVar[str] = "A group, route table or network ACL has inline rules or standalone ones, not both"
    rationale: ClassVar[str] = (
        "Both claim the whole list: each update removes what the other made, so that what is deployed depends on the "
        "order of two runs and is not what was judged."
    )
    fix: ClassVar[str] = "Move the inline rules into resources of their own."
    severity: ClassVar[Severity] = Severity.MEDIUM
    exemptible: ClassVar[bool] = False
    covers: ClassVar[tuple[int, ...]] = (10,)
    references: ClassVar[tuple[str, ...]] = (
        "https://github.com/hashicorp/terraform-provider-aws/blob/main/website/docs/r/security_group.html.markdown",
        "https://github.com/hashicorp/terraform-provider-aws/blob/main/website/docs/r/route_table.html.markdown",
    )
    avoid: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  group:
    type: aws:ec2:SecurityGroup
    properties:
      vpcId: ${vpc.id}
      ingress: [{protocol: tcp, fromPort: 443, toPort: 443, cidrBlocks: [10.0.1.0/24]}]
  more:
    type: aws:vpc:SecurityGroupIngressRule
    properties: {securityGroupId: "${group.id}", ipProtocol: tcp, fromPort: 80, toPort: 80, cidrIpv4: 10.0.1.0/24}
"""
    prefer: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  group: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}"}}
  more:
    type: aws:vpc:SecurityGroupIngressRule
    properties: {securityGroupId: "${group.id}", ipProtocol: tcp, fromPort: 80, toPort: 80, cidrIpv4: 10.0.1.0/24}
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge every group, table and ACL. What a refresh merely read back into the list is not told."""
        for group in facts.network.groups:
            yield from self._mixed(group.key, [(item, _rule(item)) for item in group.rules], facts)
        for table in facts.network.route_tables:
            listed = [(item, _route(item)) for item in table.routes if _stated(item, facts)]
            yield from self._mixed(table.key, listed, facts)
        for nacl in facts.network.nacls:
            yield from self._mixed(nacl.key, [(item, _entry(item)) for item in nacl.entries], facts)

    def _mixed(
        self, key: str, members: Sequence[tuple[GroupRule | Route | NaclEntry, object]], facts: Facts
    ) -> Iterator[Finding]:
        standalone = {value for item, value in members if item.origin.subject != key}
        inline = [(item, value) for item, value in members if item.origin.subject == key]
        strange = [item for item, value in inline if value not in standalone]
        if standalone and strange and key in facts.by_urn:
            others = sorted(
                {item.origin.subject.rsplit("::", 1)[-1] for item, _ in members if item.origin.subject != key}
            )
            why = f"has inline entries and standalone ones ({', '.join(others[:3])})"
            yield self.fail(strange[0].origin, "", why)


def _stated(item: Route, facts: Facts) -> bool:
    """Leave out what is in every table, and the route that a gateway endpoint writes beside whatever list there is."""
    by = facts.by_urn.get(item.origin.subject)
    return item.kind is not TargetKind.LOCAL and (by is None or by.kind != "ec2.VpcEndpoint")


def _rule(item: GroupRule) -> object:
    return item.direction, item.protocol, item.ports, item.peer


def _route(item: Route) -> object:
    return item.destination, item.kind, item.target


def _entry(item: NaclEntry) -> object:
    return item.direction, item.number
