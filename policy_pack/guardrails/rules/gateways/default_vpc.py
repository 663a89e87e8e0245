"""GWY005: AWS's default VPC."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.rules.base import Finding, ResourceRule, Severity

_DEFAULTS = frozenset({"ec2.DefaultVpc", "ec2.DefaultSubnet"})
BY_OMISSION = {
    "ec2.SecurityGroup": ("vpcId",),
    "ec2.Instance": ("subnetId", "networkInterfaces", "primaryNetworkInterface", "launchTemplate"),
    "ec2.SpotInstanceRequest": ("subnetId", "networkInterfaces", "launchTemplate"),
    "autoscaling.Group": ("vpcZoneIdentifiers",),
    "elb.LoadBalancer": ("subnets",),
    "mq.Broker": ("subnetIds",),
    # A replica, a member of a global database and a cluster's instance are where the others are.
    "rds.Instance": ("dbSubnetGroupName", "replicateSourceDb"),
    "rds.Cluster": ("dbSubnetGroupName", "replicationSourceIdentifier", "globalClusterIdentifier"),
    "docdb.Cluster": ("dbSubnetGroupName", "globalClusterIdentifier"),
    "neptune.Cluster": ("neptuneSubnetGroupName", "replicationSourceIdentifier", "globalClusterIdentifier"),
    "redshift.Cluster": ("clusterSubnetGroupName",),
    "elasticache.Cluster": ("subnetGroupName", "replicationGroupId"),
    "elasticache.ReplicationGroup": ("subnetGroupName", "globalReplicationGroupId"),
    "elasticache.ServerlessCache": ("subnetIds",),
    "dms.ReplicationInstance": ("replicationSubnetGroupId",),
}
"""Kinds that land in the default VPC where none of these properties is given (EC2, VPC and RDS user guides)."""


class DefaultVpc(ResourceRule):
    """Refuses the default VPC and its subnets, also where something lands in them because nothing was named."""

    id: ClassVar[str] = "GWY005"
    slug: ClassVar[str] = "no-default-vpc"
    title: ClassVar[str] = "Nothing is placed in AWS's default VPC"
    rationale: ClassVar[str] = (
        "The default VPC has an internet gateway, a default route to it, and subnets that give public addresses. An "
        "instance or a group without a VPC or subnet lands there."
    )
    fix: ClassVar[str] = "Name the VPC or subnet; make one where there is none."
    severity: ClassVar[Severity] = Severity.MEDIUM
    kinds: ClassVar[frozenset[str]] = _DEFAULTS | frozenset(BY_OMISSION)
    controls: ClassVar[tuple[str, ...]] = ("CKV_AWS_148",)
    covers: ClassVar[tuple[int, ...]] = (56,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc-components.html",
        "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_ServerlessCache.html",
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html",
    )
    avoid: ClassVar[str] = """
resources:
  group: {type: "aws:ec2:SecurityGroup", properties: {description: web}}
"""
    prefer: ClassVar[str] = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  group: {type: "aws:ec2:SecurityGroup", properties: {description: web, vpcId: "${vpc.id}"}}
"""

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge one resource."""
        if resource.kind in _DEFAULTS:
            yield self.fail(resource, "", "adopts a part of the default VPC")
            return
        wanted = BY_OMISSION[resource.kind]
        if all(resource.get(path) in (None, "", []) for path in wanted):
            yield self.fail(resource, wanted[0], f"names no {_words(wanted[0])} and so lands in the default VPC")


def _words(prop: str) -> str:
    """Say what a property names: `vpcId` a VPC, `dbSubnetGroupName` a subnet group, all others a subnet."""
    return "VPC" if prop == "vpcId" else "subnet group" if "SubnetGroup" in prop or "subnetGroup" in prop else "subnet"
