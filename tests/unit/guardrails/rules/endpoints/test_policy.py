from __future__ import annotations

import pytest

from guardrails.facts.from_pulumi.read import View
from guardrails.facts.stack import Facts
from guardrails.findings.run import run_rules
from guardrails.rules.endpoints.policy import EndpointPolicy
from guardrails.rules.fail_closed.opaque_document import OpaqueDocument
from tests.policy.support.programs import Program
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

PREFER = EndpointPolicy.prefer
CONDITION = '{"aws:PrincipalAccount": "111122223333", "aws:ResourceAccount": "111122223333"}'
SEPARATE = (
    EndpointPolicy.avoid
    + """
  perimeter:
    type: aws:ec2:VpcEndpointPolicy
    properties:
      vpcEndpointId: ${logs.id}
      policy:
        fn::toJSON:
          Statement:
            - Effect: Allow
              Principal: "*"
              Action: "*"
              Resource: "*"
              Condition: {StringEquals: {"aws:ResourceAccount": "111122223333"}}
"""
)
test_cases = cases(
    EndpointPolicy,
    unresolved=Case(swap(SEPARATE, "${logs.id}", '{"fn::unknown": true}'), "unresolved logs.policy"),
    boundary=Case(swap(SEPARATE, "aws:ResourceAccount", "aws:RequestedRegion"), "fail perimeter.policy.Statement[0]"),
)


def test_a_perimeter_passes(judge):
    assert judge(EndpointPolicy, PREFER) == []


def test_no_policy_is_the_default_for_everybody(judge):
    assert judge(EndpointPolicy, EndpointPolicy.avoid) == ["fail logs.policy"]


@pytest.mark.parametrize(
    "condition",
    [
        '{"aws:SourceVpce": vpce-0a1b2c3d4e5f60718}',
        '{"aws:SourceVpc": vpc-0a1b2c3d4e5f60718}',
        '{"kms:ViaService": s3.ap-northeast-1.amazonaws.com}',
        '{"aws:RequestedRegion": ap-northeast-1}',
    ],
)
def test_a_condition_that_all_traffic_of_the_endpoint_meets_keeps_nobody_out(judge, condition):
    assert judge(EndpointPolicy, swap(PREFER, CONDITION, condition)) == ["fail logs.policy.Statement[0]"]


@pytest.mark.parametrize("key", ["aws:PrincipalOrgID", "aws:ResourceOrgID", "aws:resourceaccount"])
def test_one_side_of_the_perimeter_is_enough(judge, key):
    assert judge(EndpointPolicy, swap(PREFER, CONDITION, f'{{"{key}": o-abc123}}')) == []


def test_an_opaque_policy_is_unresolved(judge):
    program = swap(PREFER, '"aws:PrincipalAccount": "111122223333"', '"aws:SourceArn": "${vpc.arn}"')
    assert "unresolved logs.policy" in judge(EndpointPolicy, program, also=(OpaqueDocument,))


@pytest.mark.parametrize("deployed", [False, True])
def test_a_separate_policy_is_the_endpoints_own(judge, deployed):
    assert judge(EndpointPolicy, SEPARATE, deployed=deployed) == []


def test_a_separate_policy_replaces_the_one_that_aws_answered(judge):
    answered = """
      policy: '{"Statement": [{"Action": "*", "Effect": "Allow", "Principal": "*", "Resource": "*"}]}'
"""
    program = swap(SEPARATE, "      privateDnsEnabled: true\n", f"      privateDnsEnabled: true{answered}")
    assert judge(EndpointPolicy, program, deployed=True) == []


def test_a_separate_policy_of_another_endpoint_is_none(judge):
    other = (
        SEPARATE
        + """
  other:
    type: aws:ec2:VpcEndpoint
    properties: {vpcId: "${vpc.id}", serviceName: com.amazonaws.ap-northeast-1.sqs, vpcEndpointType: Interface}
"""
    )
    assert judge(EndpointPolicy, other) == ["fail other.policy"]


PARTNER = "com.amazonaws.vpce.ap-northeast-1.vpce-svc-0a1b2c3d4e5f60718"


@pytest.mark.parametrize("deployed", [False, True])
def test_a_service_of_somebody_else_takes_no_policy_and_must_be_declared(judge, deployed):
    program = swap(EndpointPolicy.avoid, "com.amazonaws.ap-northeast-1.logs", PARTNER)
    assert judge(EndpointPolicy, program, deployed=deployed) == ["fail logs.serviceName"]
    declared = f"{{version: 1, externals: [{{id: {PARTNER}, account: '444455556666', reason: scanner}}]}}"
    assert judge(EndpointPolicy, program, deployed=deployed, intent=declared) == []


def test_a_service_that_the_stack_makes_is_its_own(judge):
    program = swap(EndpointPolicy.avoid, "com.amazonaws.ap-northeast-1.logs", '"${service.serviceName}"')
    program += '  service: {type: "aws:ec2:VpcEndpointService", properties: {acceptanceRequired: true}}\n'
    for deployed in (False, True):
        assert judge(EndpointPolicy, program, deployed=deployed) == []


def test_a_service_of_aws_that_takes_no_policy_is_left_alone(judge):
    program = swap(EndpointPolicy.avoid, "ap-northeast-1.logs", "ap-northeast-1.email-smtp")
    assert judge(EndpointPolicy, program) == []
    assert judge(EndpointPolicy, program, without_policy=()) == ["fail logs.policy"]


def test_one_resource_alone_is_not_judged_for_what_others_may_give(judge):
    resource = Program(EndpointPolicy.avoid).facts(deployed=False, view=View.INPUTS).of("ec2.VpcEndpoint")[0]
    facts = Facts([resource], partial=True)
    assert run_rules([EndpointPolicy()], facts) == []
