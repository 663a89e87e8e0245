"""A Kubernetes cluster brings a security group along (EKS user guide, "Security group requirements")."""

from __future__ import annotations

import pytest

from guardrails.facts.from_pulumi.read import View
from guardrails.facts.network import Direction
from guardrails.facts.roles import CLUSTER_GROUP
from guardrails.rules.groups.default_group_attached import DefaultGroupAttached
from tests.policy.support.programs import Program

CLUSTER = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  subnet: {type: "aws:ec2:Subnet", properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.1.0/24}}
  own: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}"}}
  cluster:
    type: aws:eks:Cluster
    properties: {roleArn: "arn:aws:iam::111122223333:role/k", vpcConfig: {subnetIds: ["${subnet.id}"]}}
"""
NAMED = CLUSTER.replace('subnetIds: ["${subnet.id}"]', 'subnetIds: ["${subnet.id}"], securityGroupIds: ["${own.id}"]')
STAGES = pytest.mark.parametrize("deployed", [False, True], ids=["preview", "deployed"])


@STAGES
@pytest.mark.parametrize("program", [CLUSTER, NAMED], ids=["no-group-named", "one-named"])
def test_it_is_in_its_own_group_and_in_no_default_one(program: str, deployed: bool) -> None:
    facts = Program(program).facts(deployed=deployed, view=View.OUTPUTS)
    (host,) = [item for item in facts.network.interfaces if item.owner_kind == "eks-cluster"]
    assert f"{host.owner}{CLUSTER_GROUP}" in {getattr(group, "key", None) for group in host.groups}
    assert len(host.groups) == (1 if program is CLUSTER else 2)
    assert not list(DefaultGroupAttached().check(facts))


@STAGES
def test_the_group_admits_itself_and_lets_everything_out(deployed: bool) -> None:
    facts = Program(CLUSTER).facts(deployed=deployed, view=View.OUTPUTS)
    (group,) = [item for item in facts.network.groups if item.key.endswith(CLUSTER_GROUP)]
    assert [rule.direction for rule in group.rules] == [Direction.INGRESS, Direction.EGRESS, Direction.EGRESS]


def test_a_rule_that_names_the_group_by_its_id_is_one_of_its_rules() -> None:
    rule = """
  rule:
    type: aws:vpc:SecurityGroupIngressRule
    properties:
      securityGroupId: ${cluster.vpcConfig.clusterSecurityGroupId}
      ipProtocol: tcp
      fromPort: 443
      toPort: 443
      cidrIpv4: 10.0.0.0/8
"""
    facts = Program(CLUSTER + rule).facts(deployed=False, view=View.OUTPUTS)
    (group,) = [item for item in facts.network.groups if item.key.endswith(CLUSTER_GROUP)]
    assert len(group.rules) == 4
