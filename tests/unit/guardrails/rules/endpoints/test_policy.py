from __future__ import annotations

import pytest

from guardrails.rules.endpoints.policy import EndpointPolicy
from guardrails.rules.fail_closed.opaque_document import OpaqueDocument
from tests.unit.guardrails.rules.rule_cases import swap

PREFER = EndpointPolicy.prefer
CONDITION = '{"aws:PrincipalAccount": "111122223333", "aws:ResourceAccount": "111122223333"}'


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
