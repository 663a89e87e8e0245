"""What a stack says of ways between VPCs and to services, known or not."""

from __future__ import annotations

from typing import Any

import pytest

from guardrails.facts.from_pulumi.read import View, from_state
from guardrails.facts.network import Network
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from tests.support.recorder import UNKNOWN

PROVIDER = "urn:pulumi:dev::p::pulumi:providers:aws::aws"


def resource(kind: str, name: str, inputs: dict[str, Any], **edges: list[str]) -> dict[str, Any]:
    urn = urn_of(kind, name)
    return {
        "urn": urn, "custom": True, "type": kind, "inputs": inputs, "outputs": inputs,
        "propertyDependencies": edges, "provider": f"{PROVIDER}::1",
    }  # fmt: skip


def urn_of(kind: str, name: str) -> str:
    return f"urn:pulumi:dev::p::{kind}::{name}"


def network(*resources: dict[str, Any]) -> Network:
    return Facts(from_state(list(resources), View.OUTPUTS)).network


VPC = "aws:ec2/vpc:Vpc"
TABLE = "aws:ec2/routeTable:RouteTable"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
GATEWAY = "aws:ec2transitgateway/transitGateway:TransitGateway"
ATTACHMENT = "aws:ec2transitgateway/vpcAttachment:VpcAttachment"


@pytest.mark.parametrize(
    ("word", "gateway", "attachment"),
    [(None, False, True), ("enable", True, True), ("disable", False, False), ("perhaps", None, None)],
)
def test_references_to_groups_need_the_gateway_and_the_attachment(
    word: str | None, *, gateway: bool | None, attachment: bool | None
) -> None:
    given = {} if word is None else {"securityGroupReferencingSupport": word}
    found = network(resource(GATEWAY, "hub", given), resource(ATTACHMENT, "spoke", given))
    for one, expected in ((found.transit_gateways[0], gateway), (found.transit_attachments[0], attachment)):
        told = one.group_references
        assert (None if isinstance(told, Unknown) else told) is expected


def test_a_gateway_endpoint_of_which_the_tables_are_not_known_may_be_in_each_of_its_vpc() -> None:
    home = {"vpcId": [urn_of(VPC, "one")]}
    found = network(
        resource(VPC, "one", {"cidrBlock": "10.0.0.0/16"}),
        resource(VPC, "two", {"cidrBlock": "10.1.0.0/16"}),
        resource(TABLE, "near", {"vpcId": UNKNOWN}, **home),
        resource(TABLE, "far", {"vpcId": UNKNOWN}, vpcId=[urn_of(VPC, "two")]),
        resource(
            ENDPOINT, "s3", {"vpcId": UNKNOWN, "serviceName": "com.amazonaws.eu-west-1.s3", "routeTableIds": UNKNOWN},
            **home,
        ),
    )  # fmt: skip
    led = {table.key: [route.blackhole for route in table.routes] for table in found.route_tables}
    assert all(isinstance(one, Unknown) for one in led[urn_of(TABLE, "near")])
    assert len(led[urn_of(TABLE, "near")]) == 1
    assert led[urn_of(TABLE, "far")] == []


def test_a_service_of_ones_own_is_listed_before_its_name_is_known() -> None:
    service = "aws:ec2/vpcEndpointService:VpcEndpointService"
    balancer = urn_of("aws:lb/loadBalancer:LoadBalancer", "front")
    found = network(
        resource("aws:lb/loadBalancer:LoadBalancer", "front", {"loadBalancerType": "network"}),
        resource(service, "own", {"networkLoadBalancerArns": [UNKNOWN]}, networkLoadBalancerArns=[balancer]),
    )
    assert len(found.endpoint_services) == 1
    assert found.endpoint_services[0].balancers
