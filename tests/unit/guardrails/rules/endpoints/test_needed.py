from __future__ import annotations

from guardrails.rules.endpoints.needed import NeededEndpoints
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID, PREFER = NeededEndpoints.avoid, NeededEndpoints.prefer
test_cases = cases(
    NeededEndpoints,
    unresolved=Case(swap(AVOID, "com.amazonaws.ap-northeast-1.logs", '{"fn::unknown": true}'), "unresolved task"),
    boundary=Case(swap(PREFER, "ap-northeast-1.ssm,", "ap-northeast-1.ssm-incidents,"), "fail host"),
)


def test_a_managed_host_with_its_endpoints_passes(judge):
    for deployed in (False, True):
        assert judge(NeededEndpoints, PREFER, deployed=deployed) == []


def test_a_task_without_a_registry_is_told(judge):
    for deployed in (False, True):
        assert judge(NeededEndpoints, AVOID, deployed=deployed) == ["fail task"]


def test_a_way_out_of_the_vpc_may_lead_to_the_service(judge):
    route = """
  hub:
    type: aws:ec2:Route
    properties: {routeTableId: "${table.id}", destinationCidrBlock: 0.0.0.0/0, transitGatewayId: tgw-0a1b2c3d}
"""
    assert judge(NeededEndpoints, AVOID + route) == []


def test_a_host_without_session_manager_needs_nothing(judge):
    program = swap(PREFER, "AmazonSSMManagedInstanceCore", "AmazonS3ReadOnlyAccess").split("  ssm:")[0]
    assert judge(NeededEndpoints, program) == []


def test_a_capacity_provider_of_fargate_is_fargate(judge):
    program = swap(AVOID, "launchType: FARGATE", "capacityProviderStrategies: [{capacityProvider: FARGATE_SPOT}]")
    assert judge(NeededEndpoints, program) == ["fail task"]
    assert judge(NeededEndpoints, swap(AVOID, "launchType: FARGATE", "launchType: EC2")) == []
