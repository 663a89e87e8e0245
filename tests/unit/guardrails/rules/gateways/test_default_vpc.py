from __future__ import annotations

import pytest

from guardrails.rules.gateways.default_vpc import BY_OMISSION, DefaultVpc
from tests.unit.guardrails.facts.provider_inputs import nested_inputs
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

HOST = 'resources:\n  host: {type: "aws:ec2:Instance", properties: {ami: ami-1, subnetId: subnet-1}}\n'
test_cases = cases(
    DefaultVpc,
    unresolved="a VPC or subnet that is named is not the one that AWS takes by omission, known or not (below)",
    boundary=Case(swap(HOST, "subnetId: subnet-1", 'subnetId: ""'), "fail host.subnetId"),
)


def test_a_named_vpc_passes(judge):
    assert judge(DefaultVpc, DefaultVpc.prefer) == []
    assert judge(DefaultVpc, HOST) == []


def test_a_group_without_a_vpc_lands_in_the_default_one(judge):
    assert judge(DefaultVpc, DefaultVpc.avoid) == ["fail group.vpcId"]


def test_an_instance_without_a_subnet_does_too(judge):
    assert judge(DefaultVpc, swap(HOST, ", subnetId: subnet-1", "")) == ["fail host.subnetId"]


@pytest.mark.parametrize(
    "instead",
    [
        "networkInterfaces: [{deviceIndex: 0, networkInterfaceId: eni-1}]",
        "launchTemplate: {id: lt-1}",
        'subnetId: {"fn::unknown": true}',
    ],
)
def test_a_place_that_is_said_otherwise_or_not_yet_known_is_a_place(judge, instead):
    assert judge(DefaultVpc, swap(HOST, "subnetId: subnet-1", instead)) == []


def test_adopting_the_default_vpc_is_refused(judge):
    assert judge(DefaultVpc, 'resources:\n  vpc: {type: "aws:ec2:DefaultVpc"}\n') == ["fail vpc"]


@pytest.mark.parametrize(
    ("kind", "given", "place"),
    [
        ("aws:rds:Instance", "engine: postgres", "dbSubnetGroupName"),
        ("aws:rds:Cluster", "engine: aurora-mysql", "dbSubnetGroupName"),
        ("aws:docdb:Cluster", "masterUsername: a", "dbSubnetGroupName"),
        ("aws:neptune:Cluster", "engine: neptune", "neptuneSubnetGroupName"),
        ("aws:redshift:Cluster", "nodeType: ra3.large", "clusterSubnetGroupName"),
        ("aws:elasticache:ReplicationGroup", "description: a", "subnetGroupName"),
        ("aws:elasticache:ServerlessCache", "name: a", "subnetIds"),
        ("aws:dms:ReplicationInstance", "replicationInstanceId: a", "replicationSubnetGroupId"),
        ("aws:autoscaling:Group", "availabilityZones: [a]", "vpcZoneIdentifiers"),
        ("aws:mq:Broker", "engineType: ActiveMQ", "subnetIds"),
    ],
)
def test_a_database_without_a_subnet_group_lands_there_as_well(judge, kind, given, place):
    program = f'resources: {{one: {{type: "{kind}", properties: {{{given}}}}}}}'
    assert judge(DefaultVpc, program) == [f"fail one.{place}"]
    for value in ("[subnet-1]",) if place in {"vpcZoneIdentifiers", "subnetIds"} else ("own", '{"fn::unknown": true}'):
        assert judge(DefaultVpc, swap(program, given, f"{given}, {place}: {value}")) == []


def test_a_replica_is_where_its_source_is(judge):
    program = 'resources: {one: {type: "aws:rds:Instance", properties: {replicateSourceDb: shop}}}'
    assert judge(DefaultVpc, program) == []


def test_every_property_of_the_table_is_the_providers() -> None:
    for kind, wanted in BY_OMISSION.items():
        assert set(wanted) <= set(dict(nested_inputs(kind))), kind
