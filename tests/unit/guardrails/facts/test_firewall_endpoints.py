"""Once a firewall exists, routes name it by the ids of its endpoints: that is no stranger's object."""

from __future__ import annotations

import pytest

from guardrails.facts.from_pulumi.read import View
from guardrails.facts.values import Ref, Unknown
from guardrails.findings.run import run_rules
from guardrails.rules.fail_closed.undeclared_external import UndeclaredExternal
from tests.policy.support.programs import Program

TEXT = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  table: {type: "aws:ec2:RouteTable", properties: {vpcId: "${vpc.id}"}}
  firewall:
    type: aws:networkfirewall:Firewall
    properties:
      vpcId: ${vpc.id}
      firewallStatuses:
        - syncStates:
            - {availabilityZone: ap-northeast-1a, attachments: [{endpointId: vpce-0a1, subnetId: subnet-1}]}
  way:
    type: aws:ec2:Route
    properties: {routeTableId: "${table.id}", destinationCidrBlock: 0.0.0.0/0, vpcEndpointId: ENDPOINT}
"""
INTENT = "version: 1\nzones:\n  desktop: {tags: {Zone: desktop}}\n"


def told(endpoint: str) -> list[str]:
    facts = Program(TEXT.replace("ENDPOINT", endpoint)).facts(deployed=True, view=View.OUTPUTS, intent=INTENT)
    return [item.subject.rsplit("::", 1)[-1] for item in run_rules([UndeclaredExternal()], facts)]


def test_the_firewall_s_own_endpoint_is_known() -> None:
    assert told("vpce-0a1") == []


def test_another_endpoint_is_not() -> None:
    assert told("vpce-0b2") == ["way"]


# -- which endpoint a route leads to ----------------------------------------------------------------------------------

TWO_ZONES = """
resources:
  vpc: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
  app-a:
    type: aws:ec2:Subnet
    properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.1.0/24, availabilityZoneId: apne1-az4}
  app-c:
    type: aws:ec2:Subnet
    properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.2.0/24, availabilityZoneId: apne1-az1}
  fw-a:
    type: aws:ec2:Subnet
    properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.8.0/28, availabilityZoneId: apne1-az4}
  fw-c:
    type: aws:ec2:Subnet
    properties: {vpcId: "${vpc.id}", cidrBlock: 10.0.9.0/28, availabilityZoneId: apne1-az1}
  firewall:
    type: aws:networkfirewall:Firewall
    properties: {vpcId: "${vpc.id}", subnetMappings: [{subnetId: "${fw-a.id}"}, {subnetId: "${fw-c.id}"}], STATUSES}
  table: {type: "aws:ec2:RouteTable", properties: {vpcId: "${vpc.id}"}}
  use: {type: "aws:ec2:RouteTableAssociation", properties: {routeTableId: "${table.id}", subnetId: "${app-a.id}"}}
  more: {type: "aws:ec2:RouteTableAssociation", properties: {routeTableId: "${table.id}", subnetId: "${MORE.id}"}}
  way:
    type: aws:ec2:Route
    properties: {routeTableId: "${table.id}", destinationCidrBlock: DESTINATION, vpcEndpointId: "ENDPOINT"}
"""
STATUSES = """firewallStatuses: [{syncStates: [
      {availabilityZone: ap-northeast-1c, attachments: [{endpointId: vpce-0c, subnetId: "${fw-c.id}"}]},
      {availabilityZone: ap-northeast-1a, attachments: [{endpointId: vpce-0a, subnetId: "${fw-a.id}"}]}]}]"""


def place_led_to(destination: str, endpoint: str, *, deployed: bool, more: str = "app-a") -> str | None:
    """The subnet of the firewall's endpoint that the route leads to, None where it leads to none that can be told."""
    text = TWO_ZONES.replace("DESTINATION", destination).replace("ENDPOINT", endpoint).replace("MORE", more)
    text = text.replace("STATUSES", STATUSES if deployed else "name: inspection")
    network = Program(text).facts(deployed=deployed, view=View.OUTPUTS if deployed else View.INPUTS).network
    (route,) = (route for table in network.route_tables for route in table.routes)
    if isinstance(route.target, Unknown):
        return None
    assert route.target is not None
    subnets = [ref for item in network.endpoints if item.key == route.target.key for ref in item.subnets]
    assert all(isinstance(ref, Ref) for ref in subnets)
    return str(getattr(subnets[0], "key", None)).rsplit("::", 1)[-1] if len(subnets) == 1 else None


@pytest.mark.parametrize(("endpoint", "place"), [("vpce-0a", "fw-a"), ("vpce-0c", "fw-c"), ("vpce-0d", None)])
def test_once_deployed_the_id_decides_whatever_the_az(endpoint: str, place: str | None) -> None:
    assert place_led_to("0.0.0.0/0", endpoint, deployed=True) == place


@pytest.mark.parametrize(
    ("destination", "place"), [("0.0.0.0/0", "fw-a"), ("10.0.1.0/24", "fw-a"), ("10.0.2.0/24", "fw-c")]
)
def test_before_the_destination_s_az_decides_and_else_the_table_s(destination: str, place: str) -> None:
    assert place_led_to(destination, "${firewall.firewallStatuses}", deployed=False) == place


def test_before_a_table_that_serves_two_azs_names_no_endpoint() -> None:
    assert place_led_to("0.0.0.0/0", "${firewall.firewallStatuses}", deployed=False, more="app-c") is None
