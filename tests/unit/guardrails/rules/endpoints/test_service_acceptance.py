from __future__ import annotations

from guardrails.rules.endpoints.service_acceptance import ServiceAcceptance
from tests.unit.guardrails.rules.rule_cases import swap

PREFER = ServiceAcceptance.prefer


def test_acceptance_and_named_principals_pass(judge):
    assert judge(ServiceAcceptance, PREFER) == []


def test_no_acceptance_is_refused(judge):
    assert judge(ServiceAcceptance, ServiceAcceptance.avoid) == ["fail service.acceptanceRequired"]


def test_everybody_among_the_principals_is_refused(judge):
    program = swap(PREFER, '["arn:aws:iam::111122223333:root"]', '["arn:aws:iam::111122223333:root", "*"]')
    assert judge(ServiceAcceptance, program) == ["fail service.allowedPrincipals"]


def test_a_principal_of_its_own_resource_counts(judge):
    program = """
resources:
  all: {type: "aws:ec2:VpcEndpointServiceAllowedPrinciple", properties: {principalArn: "*", vpcEndpointServiceId: s}}
"""
    assert judge(ServiceAcceptance, program) == ["fail all.principalArn"]


def test_unknown_values_are_unresolved(judge):
    assert judge(ServiceAcceptance, swap(PREFER, "true", '{"fn::unknown": true}')) == [
        "unresolved service.acceptanceRequired"
    ]
    assert judge(ServiceAcceptance, swap(PREFER, '["arn:aws:iam::111122223333:root"]', '{"fn::unknown": true}')) == [
        "unresolved service.allowedPrincipals"
    ]
