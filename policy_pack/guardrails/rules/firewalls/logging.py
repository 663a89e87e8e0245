"""NFW005: a firewall of which nobody knows what it dropped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.resource import Resource
from guardrails.facts.roles import Role
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, Rule, Severity
from guardrails.rules.companions import companions

_LOGGING = "networkfirewall.LoggingConfiguration"
_PATH = "loggingConfiguration.logDestinationConfigs"


class FirewallLogs(Rule):
    """Requires that every network firewall sends its alerts or its flows somewhere."""

    id: ClassVar[str] = "NFW005"
    slug: ClassVar[str] = "firewall-is-logged"
    title: ClassVar[str] = "A network firewall logs what it sees"
    rationale: ClassVar[str] = (
        "A firewall drops in silence: without a log of its alerts nobody learns who asked for what is not permitted, "
        "and what was permitted has no record either. Flow logs of the VPC show neither names nor rules."
    )
    fix: ClassVar[str] = "Add a networkfirewall.LoggingConfiguration with a destination for ALERT, and one for FLOW."
    severity: ClassVar[Severity] = Severity.MEDIUM
    controls: ClassVar[tuple[str, ...]] = ("SH NetworkFirewall.2",)
    covers: ClassVar[tuple[int, ...]] = (53,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/network-firewall/latest/developerguide/firewall-logging.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/networkfirewall-controls.html#networkfirewall-2",
    )
    avoid: ClassVar[str] = """
resources:
  wall:
    type: aws:networkfirewall:Firewall
    properties:
      {firewallPolicyArn: p, vpcId: "${vpc.id}", subnetMappings: [{subnetId: "${subnet.id}"}],
       deleteProtection: true, subnetChangeProtection: true}
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  subnet: {type: "aws:ec2:Subnet", properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.0.0/28}}
"""
    prefer: ClassVar[str] = """
resources:
  wall:
    type: aws:networkfirewall:Firewall
    properties:
      {firewallPolicyArn: p, vpcId: "${vpc.id}", subnetMappings: [{subnetId: "${subnet.id}"}],
       deleteProtection: true, subnetChangeProtection: true}
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  subnet: {type: "aws:ec2:Subnet", properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.0.0/28}}
  logs:
    type: aws:networkfirewall:LoggingConfiguration
    properties:
      firewallArn: ${wall.arn}
      loggingConfiguration:
        logDestinationConfigs:
          - {logType: ALERT, logDestinationType: CloudWatchLogs, logDestination: {logGroup: /room/firewall}}
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge every firewall by the logging configurations that name it."""
        logs = companions(facts, (_LOGGING,), "firewallArn", Role.FIREWALL)
        for firewall in facts.of("networkfirewall.Firewall"):
            told = [_sends(item) for item in logs.of(firewall.urn)]
            if any(item is True for item in told):
                continue
            missing = next((item for item in told if isinstance(item, Unknown)), logs.loose)
            if missing is not None:
                yield self.unresolved(firewall, "", missing, "whether it is logged")
            else:
                yield self.fail(firewall, "", "logs neither its alerts nor its flows")


def _sends(logging: Resource) -> Unknown | bool:
    """Tell whether a logging configuration has a destination; one that is not known yet is one all the same."""
    destinations = logging.items(_PATH)
    return destinations if isinstance(destinations, Unknown) else bool(destinations)
