from __future__ import annotations

from guardrails.rules.endpoints.service_acceptance import ServiceAcceptance
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

PREFER = ServiceAcceptance.prefer
NAMED = '["arn:aws:iam::111122223333:root"]'
test_cases = cases(
    ServiceAcceptance,
    unresolved=Case(swap(PREFER, NAMED, '{"fn::unknown": true}'), "unresolved service.allowedPrincipals"),
    boundary=Case(swap(PREFER, NAMED, '["arn:aws:iam::111122223333:root", "*"]'), "fail service.allowedPrincipals"),
)


def test_acceptance_and_named_principals_pass(judge):
    assert judge(ServiceAcceptance, PREFER) == []


def test_no_acceptance_is_refused(judge):
    assert judge(ServiceAcceptance, ServiceAcceptance.avoid) == ["fail service.acceptanceRequired"]


def test_a_principal_of_its_own_resource_counts(judge):
    program = """
resources:
  all: {type: "aws:ec2:VpcEndpointServiceAllowedPrinciple", properties: {principalArn: "*", vpcEndpointServiceId: s}}
"""
    assert judge(ServiceAcceptance, program) == ["fail all.principalArn"]
