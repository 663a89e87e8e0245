from __future__ import annotations

import pytest

from guardrails.rules.fail_closed.unmodelled_type import UnmodelledType
from tests.unit.guardrails.rules.rule_cases import Case, cases

ONE = """
resources:
  thing: {type: "%s", properties: {%s}}
"""
test_cases = cases(
    UnmodelledType,
    unresolved=Case(UnmodelledType.avoid, "unresolved door"),
    boundary=Case(
        ONE % ("aws:emr:Cluster", "releaseLabel: emr-7.0.0, ec2Attributes: {subnetId: subnet-1}"),
        "unresolved thing.ec2Attributes.subnetId",
    ),
)


@pytest.mark.parametrize(
    "token",
    [
        "aws:vpclattice/service:Service",
        "aws:globalaccelerator/accelerator:Accelerator",
        "aws:ec2clientvpn/endpoint:Endpoint",
        "aws:networkmanager/vpcAttachment:VpcAttachment",
        "aws:vpc/securityGroupVpcAssociation:SecurityGroupVpcAssociation",
        "aws:cloudformation/stack:Stack",
        "aws:cloudcontrol/resource:Resource",
        "aws:ecs/daemonTaskDefinition:DaemonTaskDefinition",
        "aws:ecs/expressGatewayService:ExpressGatewayService",
        "aws:elasticbeanstalk/environment:Environment",
        "aws-native:ec2:SecurityGroup",
        "awscc:ec2/vpc:Vpc",
        "aws:lightsail/instance:Instance",
        "aws:lightsail/instancePublicPorts:InstancePublicPorts",
        "command:local:Command",
        "pulumi-python:dynamic:Resource",
    ],
)
def test_a_door_that_nobody_looks_at_is_told(judge, token):
    assert judge(UnmodelledType, ONE % (token, "")) == ["unresolved thing"]


@pytest.mark.parametrize(
    ("token", "path"),
    [
        ("aws:eks/nodeGroup:NodeGroup", 'subnetIds: ["subnet-1"]'),
        ("aws:cloud9/environmentEC2:EnvironmentEC2", "subnetId: subnet-1"),
        ("aws:transfer/server:Server", "endpointDetails: {subnetIds: [subnet-1]}"),
        ("aws:later/service:Service", "network: {places: [{securityGroups: [sg-1]}]}"),
    ],
)
def test_what_puts_itself_into_a_network_is_told_whatever_its_kind(judge, token, path):
    (told,) = judge(UnmodelledType, ONE % (token, path))
    assert told.startswith("unresolved thing.")


@pytest.mark.parametrize(
    "token", ["aws:lambda/function:Function", "aws:autoscaling/group:Group", "aws:mq/broker:Broker"]
)
def test_kinds_whose_interfaces_are_read_are_understood(judge, token):
    inputs = "subnetIds: [subnet-1], vpcConfig: {subnetIds: [subnet-1]}, vpcZoneIdentifiers: [subnet-1]"
    assert judge(UnmodelledType, ONE % (token, inputs)) == []


def test_without_a_place_in_a_network_another_kind_is_nobodys_door(judge):
    assert judge(UnmodelledType, ONE % ("aws:emr/cluster:Cluster", "releaseLabel: emr-7.0.0")) == []
    assert judge(UnmodelledType, ONE % ("aws:sqs/queue:Queue", "tags: {subnetIds: none}")) == []


def test_a_kind_may_be_accepted_by_name(judge):
    assert judge(UnmodelledType, ONE % ("aws:vpclattice/service:Service", ""), accepted=("vpclattice.Service",)) == []
