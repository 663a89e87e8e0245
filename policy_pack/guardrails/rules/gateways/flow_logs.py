"""GWY001: a VPC whose traffic is not recorded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.network import Subnet, Vpc
from guardrails.facts.resource import Resource
from guardrails.facts.roles import Role
from guardrails.facts.stack import Facts
from guardrails.facts.values import Ref, Unknown
from guardrails.rules.base import Finding, Rule, Severity
from guardrails.rules.companions import Companions, companions

_KINDS = ("ec2.FlowLog",)


class FlowLogs(Rule):
    """Requires a flow log of all traffic on every VPC, or on each of its subnets."""

    id: ClassVar[str] = "GWY001"
    slug: ClassVar[str] = "flow-logs"
    title: ClassVar[str] = "Every VPC has a flow log of all its traffic"
    rationale: ClassVar[str] = (
        "Without flow logs nobody can tell afterwards who talked to whom. A log of accepted traffic alone leaves out "
        "the attempts, one of rejected traffic alone what got through."
    )
    fix: ClassVar[str] = "Add an ec2.FlowLog with vpcId and trafficType ALL."
    severity: ClassVar[Severity] = Severity.MEDIUM
    controls: ClassVar[tuple[str, ...]] = ("CKV2_AWS_11", "SH EC2.6", "CIS 3.7")
    beside_network: ClassVar[frozenset[str] | None] = frozenset(_KINDS)
    covers: ClassVar[tuple[int, ...]] = (41,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-6",
    )
    avoid: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  logs:
    type: aws:ec2:FlowLog
    properties: {vpcId: "${vpc.id}", trafficType: ACCEPT, logDestination: "arn:aws:s3:::logs"}
"""
    prefer: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  logs:
    type: aws:ec2:FlowLog
    properties: {vpcId: "${vpc.id}", trafficType: ALL, logDestination: "arn:aws:s3:::logs"}
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge every VPC."""
        logs = companions(facts, _KINDS, "vpcId", Role.VPC)
        on_subnets = companions(facts, _KINDS, "subnetId", Role.SUBNET)
        for vpc in facts.network.vpcs:
            if facts.seen is None and vpc.key not in facts.by_urn:
                continue  # somebody else's, in which the stack only has subnets
            whole = _logs(logs, vpc)
            if _all_of_it(whole) or self._by_subnet(vpc, facts, on_subnets):
                continue
            unknown = next((kind for item in whole if isinstance(kind := _whole(item), Unknown)), logs.loose)
            if unknown is not None:
                yield self.unresolved(vpc.origin, "", unknown, "whether its traffic is recorded")
            elif whole:
                yield self.fail(whole[0], "trafficType", "records only a part of the VPC's traffic", _stated(whole[0]))
            else:
                yield self.fail(vpc.origin, "", "has no flow log")

    def _by_subnet(self, vpc: Vpc, facts: Facts, logs: Companions) -> bool:
        subnets = [item for item in facts.network.subnets if isinstance(item.vpc, Ref) and item.vpc.key == vpc.key]
        return bool(subnets) and all(_all_of_it(_logs(logs, item)) for item in subnets)


def _logs(logs: Companions, item: Vpc | Subnet) -> list[Resource]:
    """Give the logs of a VPC or subnet: an account's name it by its id."""
    by_id = logs.of(item.id) if isinstance(item.id, str) and item.id != item.key else []
    return [*logs.of(item.key), *by_id]


def _all_of_it(logs: list[Resource]) -> bool:
    """Tell whether logs record all traffic, one of them or one the accepted part and one the rejected part."""
    kinds = {kind for log in logs if isinstance(kind := log.get("trafficType"), str)}
    return "ALL" in kinds or {"ACCEPT", "REJECT"} <= kinds


def _whole(log: Resource) -> bool | Unknown:
    kind = log.get("trafficType")
    return kind if isinstance(kind, Unknown) else kind == "ALL"


def _stated(log: Resource) -> str:
    return str(log.get("trafficType"))
