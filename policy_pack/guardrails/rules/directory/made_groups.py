"""DIR003: rules added to a group that AWS made for the directory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.rules.base import Finding, Rule, Severity

if TYPE_CHECKING:
    from guardrails.facts.intent import Intent

_RULES = ("vpc.SecurityGroupIngressRule", "vpc.SecurityGroupEgressRule", "ec2.SecurityGroupRule")
_MAKERS = {"directoryservice.Directory": "_controllers", "workspaces.Directory": "_workspacesMembers"}
_GROUP = "securityGroupId"
_IDS = ("securityGroupId", "workspaceSecurityGroupId")
"""Where a directory answers the ids of its groups."""


class MadeGroups(Rule):
    """Refuses rules on the groups of controllers and desktops unless the intent declares them."""

    id: ClassVar[str] = "DIR003"
    slug: ClassVar[str] = "aws-made-groups-declared"
    title: ClassVar[str] = "Rules on groups that AWS made for a directory are declared"
    rationale: ClassVar[str] = (
        "AWS makes the groups `<directory>_controllers` and `<directory>_workspacesMembers` and keeps them as it needs "
        "them. A rule added there opens the directory itself, and no group of the stack shows it."
    )
    fix: ClassVar[str] = (
        "Put the rule on a group of the stack's own, or declare the directory's name as an external of kind "
        "`security group` in the intent."
    )
    severity: ClassVar[Severity] = Severity.HIGH
    covers: ClassVar[tuple[int, ...]] = (113,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/directoryservice/latest/admin-guide/ms_ad_getting_started_what_gets_created.html",
        "https://docs.aws.amazon.com/workspaces/latest/adminguide/amazon-workspaces-security-groups.html",
    )
    avoid: ClassVar[str] = """
resources:
  directory: {type: "aws:directoryservice:Directory", properties: {name: room.example.com, type: MicrosoftAD}}
  more:
    type: aws:vpc:SecurityGroupEgressRule
    properties: {securityGroupId: "${directory.securityGroupId}", ipProtocol: "-1", cidrIpv4: 10.9.0.0/16}
"""
    prefer: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  directory: {type: "aws:directoryservice:Directory", properties: {name: room.example.com, type: MicrosoftAD}}
  desktops: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}"}}
  names:
    type: aws:vpc:SecurityGroupEgressRule
    properties:
      {securityGroupId: "${desktops.id}", ipProtocol: udp, fromPort: 53, toPort: 53,
       referencedSecurityGroupId: "${directory.securityGroupId}"}
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge every rule that names its group by a property of a directory."""
        declared = _declared(facts.intent)
        for rule in facts.of(*_RULES):
            literal = rule.get(_GROUP)
            urns = (rule.edges or {}).get(_GROUP, ())
            for maker in facts.of(*sorted(_MAKERS)):
                named = isinstance(literal, str) and literal in (maker.get(prop) for prop in _IDS)
                if (named or maker.urn in urns) and not declared & _names(maker):
                    why = "adds a rule to the group that AWS made for the directory"
                    yield self.fail(rule, _GROUP, why, f"{maker.name}{_MAKERS[maker.kind]}")


def _declared(intent: Intent | None) -> set[str]:
    kinds = {"security group", "security-group"}
    return {item.id for item in intent.externals if item.kind.lower() in kinds} if intent else set()


def _names(maker: Resource) -> set[str]:
    stated = {value for value in (maker.get("name"), maker.id) if isinstance(value, str)}
    return {name + ending for name in {maker.name, *stated} for ending in ("", _MAKERS[maker.kind])}
