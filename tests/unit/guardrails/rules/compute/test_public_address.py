from __future__ import annotations

import pytest

from guardrails.rules.compute.public_address import PublicAddress
from tests.unit.guardrails.rules.rule_cases import Case, cases, one, swap

AVOID, PREFER = PublicAddress.avoid, PublicAddress.prefer
HOST = '  host: {type: "aws:ec2:Instance"}\n'
test_cases = cases(
    PublicAddress,
    unresolved=Case(
        swap(AVOID, "associatePublicIpAddress: true", 'associatePublicIpAddress: {"fn::unknown": true}'),
        "unresolved host.associatePublicIpAddress",
    ),
    boundary=Case(
        swap(AVOID, "associatePublicIpAddress: true", 'associatePublicIpAddress: "true"'),
        "fail host.associatePublicIpAddress",
    ),
)


@pytest.mark.parametrize(
    ("kind", "properties", "path"),
    [
        ("aws:ec2:Subnet", "mapPublicIpOnLaunch: true", "mapPublicIpOnLaunch"),
        ("aws:ec2:DefaultSubnet", "availabilityZone: a", "mapPublicIpOnLaunch"),
        ("aws:rds:Instance", "publiclyAccessible: true", "publiclyAccessible"),
        ("aws:rds:Cluster", "publiclyAccessible: true", "publiclyAccessible"),
        ("aws:redshiftserverless:Workgroup", 'publiclyAccessible: "true"', "publiclyAccessible"),
        ("aws:lightsail:Database", "publiclyAccessible: true", "publiclyAccessible"),
        ("aws:drs:ReplicationConfigurationTemplate", "createPublicIp: true", "createPublicIp"),
        (
            "aws:ec2:SpotFleetRequest",
            "launchSpecifications: [{associatePublicIpAddress: true}]",
            "launchSpecifications[0].associatePublicIpAddress",
        ),
        ("aws:ec2:LaunchConfiguration", "associatePublicIpAddress: true", "associatePublicIpAddress"),
        (
            "aws:ec2:LaunchTemplate",
            'networkInterfaces: [{}, {associatePublicIpAddress: "true"}]',
            "networkInterfaces[1].associatePublicIpAddress",
        ),
        ("aws:ec2:Eip", 'instance: "${host.id}"', "instance"),
        ("aws:ec2:EipAssociation", 'allocationId: a, networkInterfaceId: "${host.id}"', "networkInterfaceId"),
    ],
)
def test_every_way_to_an_address(judge, kind, properties, path):
    assert judge(PublicAddress, one(kind, properties) + HOST) == [f"fail one.{path}"]


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("aws:ec2:Eip", "domain: vpc"),
        ("aws:ec2:Subnet", "cidrBlock: 10.0.0.0/24"),
        ("aws:ec2:DefaultSubnet", "mapPublicIpOnLaunch: false"),
        ("aws:ec2:LaunchTemplate", "networkInterfaces: [{associatePublicIpAddress: false}]"),
    ],
)
def test_an_address_for_nat_is_no_hosts(judge, kind, properties):
    assert judge(PublicAddress, one(kind, properties)) == []
