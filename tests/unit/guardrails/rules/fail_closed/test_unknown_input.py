from __future__ import annotations

from guardrails.rules.fail_closed.unknown_input import UnknownInput
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID = UnknownInput.avoid
test_cases = cases(
    UnknownInput,
    unresolved=Case(AVOID, "unresolved host.associatePublicIpAddress"),
    boundary=Case(
        swap(AVOID, '{"fn::unknown": true}', '"${elsewhere.value}"')
        + '  elsewhere: {type: "aws:ssm:Parameter", properties: {type: String}}\n',
        "unresolved host.associatePublicIpAddress",
    ),
)


def test_once_it_is_deployed_the_value_is_known(judge):
    program = """
resources:
  elsewhere: {type: "aws:ssm:Parameter", properties: {type: String}}
  service: {type: "aws:ecs:Service", properties: {launchType: "${elsewhere.value}"}}
"""
    assert judge(UnknownInput, program) == ["unresolved service.launchType"]
    assert judge(UnknownInput, program, deployed=True) == []


def test_a_switch_that_is_no_switch_is_not_known(judge):
    assert judge(UnknownInput, swap(AVOID, '{"fn::unknown": true}', "sometimes")) == [
        "unresolved host.associatePublicIpAddress"
    ]


def test_a_text_that_chooses_between_behaviours_counts(judge):
    program = 'resources:\n  service: {type: "aws:ecs:Service", properties: {launchType: {"fn::unknown": true}}}\n'
    assert judge(UnknownInput, program) == ["unresolved service.launchType"]
