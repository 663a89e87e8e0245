"""RTE004: a peering with somebody who was not declared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.network import Peering
from guardrails.facts.stack import Facts
from guardrails.facts.values import Maybe, Ref, Unknown
from guardrails.rules.base import Finding, Rule, Severity


class PeeringPartner(Rule):
    """Requires peerings within the allowed accounts and regions, and no DNS resolution across them."""

    id: ClassVar[str] = "RTE004"
    slug: ClassVar[str] = "peering-partner-declared"
    title: ClassVar[str] = "Peerings join declared accounts and regions only, and do not resolve names across"
    rationale: ClassVar[str] = (
        "A peering is a way that the other side's owner shares: who that is must be known. Resolution of remote names "
        "turns a public name of the other side into a private address and so opens ways by name."
    )
    fix: ClassVar[str] = (
        "Declare the partner's VPC in the intent's `externals` with account and region, or remove the peering; leave "
        "allowRemoteVpcDnsResolution off."
    )
    severity: ClassVar[Severity] = Severity.HIGH
    needs_intent: ClassVar[bool] = True
    beside_network: ClassVar[frozenset[str] | None] = frozenset()
    covers: ClassVar[tuple[int, ...]] = (33,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/vpc/latest/peering/what-is-vpc-peering.html",
        "https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-dns.html",
    )
    example_intent: ClassVar[str] = """
version: 1
accounts: ["111122223333"]
regions: [ap-northeast-1]
externals:
  - {id: vpc-0123456789abcdef0, account: "444455556666", region: ap-northeast-1}
"""
    avoid: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  link:
    type: aws:ec2:VpcPeeringConnection
    properties: {vpcId: "${vpc.id}", peerVpcId: vpc-0123456789abcdef0, peerOwnerId: "999900001111"}
"""
    prefer: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  link:
    type: aws:ec2:VpcPeeringConnection
    properties: {vpcId: "${vpc.id}", peerVpcId: vpc-0123456789abcdef0, peerOwnerId: "444455556666"}
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge every peering."""
        intent = facts.intent
        if intent is None or not (intent.accounts or intent.externals):
            yield self.not_applicable("no intent names accounts and externals: who may be a partner is not known")
            return
        for peering in facts.network.peerings:
            yield from self._partner(
                peering, peering.accepter, peering.accepter_account, peering.accepter_region, facts
            )
            yield from self._partner(
                peering, peering.requester, peering.requester_account, peering.requester_region, facts
            )
            if peering.remote_dns is True:
                yield self.fail(peering.origin, "allowRemoteVpcDnsResolution", "resolves names across the peering")
            elif isinstance(peering.remote_dns, Unknown):
                yield self.unresolved(peering.origin, "allowRemoteVpcDnsResolution", peering.remote_dns)

    def _partner(
        self, peering: Peering, vpc: Maybe[Ref], account: Maybe[str], region: Maybe[str], facts: Facts
    ) -> Iterator[Finding]:
        if not isinstance(vpc, Ref) or facts.intent is None:
            return  # told by FCL002
        declared = next((item for item in facts.intent.externals if item.id == vpc.literal), None)
        if vpc.key is not None:
            accounts, regions = facts.intent.accounts, facts.intent.regions
        elif declared is not None:
            accounts, regions = (declared.account,), (declared.region,)
        else:
            return  # FCL007 tells it
        name = vpc.key.rsplit("::", 1)[-1] if vpc.key is not None else vpc.literal
        for what, path, stated, allowed in (
            ("account", "peerOwnerId", account, accounts),
            ("region", "peerRegion", region, regions),
        ):
            wanted = [one for one in allowed if one]
            if wanted and isinstance(stated, str) and stated not in wanted:
                why = f"joins {name} in {what} {stated}, which is declared in {' or '.join(wanted)}"
                yield self.fail(peering.origin, path, why, stated)
            elif wanted and isinstance(stated, Unknown) and ".peer" in stated.what:
                yield self.unresolved(peering.origin, path, stated)
