"""Hosts made from templates are interfaces like any other: in which subnets, with which groups, public or not."""

from __future__ import annotations

import pytest

from guardrails.facts.from_pulumi.read import View
from guardrails.facts.network import Interface
from guardrails.facts.values import Ref, Unknown
from tests.policy.support.programs import Program

FLEET = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  one: {type: "aws:ec2:Subnet", properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.1.0/24}}
  two: {type: "aws:ec2:Subnet", properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.2.0/24, mapPublicIpOnLaunch: true}}
  group: {type: "aws:ec2:SecurityGroup", properties: {vpcId: "${vpc.id}"}}
  template: {type: "aws:ec2:LaunchTemplate", properties: {name: web, vpcSecurityGroupIds: ["${group.id}"]}}
  fleet:
    type: aws:autoscaling:Group
    properties: {vpcZoneIdentifiers: ["${one.id}", "${two.id}"], launchTemplate: {id: "${template.id}"}}
"""
CARDS = 'networkInterfaces: [{associatePublicIpAddress: "true", securityGroups: ["${group.id}"]}]'
STAGES = pytest.mark.parametrize("deployed", [False, True], ids=["preview", "deployed"])


def hosts(text: str, *, deployed: bool = False) -> list[Interface]:
    facts = Program(text).facts(deployed=deployed, view=View.OUTPUTS)
    return [item for item in facts.network.interfaces if item.owner.endswith("::fleet")]


def names(interface: Interface) -> list[str]:
    return ["?" if isinstance(one, Unknown) else (one.key or "").rsplit("::", 1)[-1] for one in interface.groups]


@STAGES
def test_a_host_in_each_subnet_with_the_templates_groups(deployed: bool) -> None:
    found = hosts(FLEET, deployed=deployed)
    assert [isinstance(item.subnet, Ref) and (item.subnet.key or "")[-5:] for item in found] == ["::one", "::two"]
    assert [names(item) for item in found] == [["group"], ["group"]]
    assert [item.public for item in found] == [False, True]


@STAGES
def test_the_templates_interfaces_say_it_too(deployed: bool) -> None:
    found = hosts(FLEET.replace('vpcSecurityGroupIds: ["${group.id}"]', CARDS), deployed=deployed)
    assert [(names(item), item.public) for item in found] == [(["group"], True), (["group"], True)]


def test_a_launch_configuration_is_a_template_of_the_older_kind() -> None:
    program = FLEET.replace("LaunchTemplate", "LaunchConfiguration").replace("vpcSecurityGroupIds", "securityGroups")
    found = hosts(program.replace('launchTemplate: {id: "${template.id}"}', 'launchConfiguration: "${template.name}"'))
    assert [names(item) for item in found] == [["group"], ["group"]]


def test_a_mixed_fleet_names_its_template_deeper() -> None:
    deep = 'mixedInstancesPolicy: {launchTemplate: {launchTemplateSpecification: {launchTemplateId: "${template.id}"}}}'
    found = hosts(FLEET.replace('launchTemplate: {id: "${template.id}"}', deep))
    assert [names(item) for item in found] == [["group"], ["group"]]


@pytest.mark.parametrize("template", ["lt-0123456789abcdef0", "{fn::unknown: true}"])
def test_a_template_that_cannot_be_seen_leaves_groups_and_addresses_open(template: str) -> None:
    found = hosts(FLEET.replace('"${template.id}"', template))
    assert [names(item) for item in found] == [["?"], ["?"]]
    assert all(isinstance(item.public, Unknown) for item in found)


def test_an_instance_takes_from_its_template_what_it_does_not_say() -> None:
    program = (
        FLEET
        + """
  host: {type: "aws:ec2:Instance", properties: {subnetId: "${one.id}", launchTemplate: {id: "${template.id}"}}}
"""
    )
    facts = Program(program).facts(deployed=False, view=View.OUTPUTS)
    (found,) = [item for item in facts.network.interfaces if item.owner.endswith("::host")]
    assert names(found) == ["group"]
