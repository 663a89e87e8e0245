from __future__ import annotations

import pytest

from guardrails.rules.compute.metadata import Metadata
from guardrails.rules.fail_closed.unresolved_edge import UnresolvedEdge
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

PREFER = Metadata.prefer
OPTIONS = "{httpTokens: required}"
TOKENS = "host.metadataOptions.httpTokens"
TEMPLATED = """
resources:
  host: {type: "aws:ec2:Instance", properties: {launchTemplate: {NAMED}}}
  template: {type: "aws:ec2:LaunchTemplate", properties: {name: hosts, metadataOptions: {httpTokens: required}}}
"""
test_cases = cases(
    Metadata,
    unresolved=Case(swap(PREFER, "required", '{"fn::unknown": true}'), f"unresolved {TOKENS}"),
    boundary=Case(swap(PREFER, OPTIONS, "{httpEndpoint: enabled}"), f"fail {TOKENS}"),
)


def test_no_metadata_needs_no_token(judge):
    assert judge(Metadata, swap(PREFER, OPTIONS, "{httpEndpoint: disabled, httpTokens: optional}")) == []


@pytest.mark.parametrize("hops", ["2", '"2"', "64"])
def test_the_answer_does_not_travel(judge, hops):
    program = swap(PREFER, OPTIONS, f"{{httpTokens: required, httpPutResponseHopLimit: {hops}}}")
    assert judge(Metadata, program) == ["fail host.metadataOptions.httpPutResponseHopLimit"]
    assert judge(Metadata, program, most_hops=64) == []


@pytest.mark.parametrize("named", ['id: "${template.id}"', "name: hosts", 'name: "${template.name}"'])
def test_what_an_instance_leaves_out_its_template_says(judge, named):
    for deployed in (False, True):
        program = swap(TEMPLATED, "NAMED", named)
        assert judge(Metadata, program, deployed=deployed) == []
        open_one = swap(program, "httpTokens: required", "httpTokens: optional")
        assert judge(Metadata, open_one, deployed=deployed) == ["fail template.metadataOptions.httpTokens"]


def test_a_template_of_another_stack_is_told_as_such(judge):
    program = swap(TEMPLATED, "NAMED", "id: lt-0123456789abcdef0")
    assert judge(Metadata, program) == []
    assert "unresolved host.launchTemplate.id" in judge(Metadata, program, also=(UnresolvedEdge,))


def test_an_instance_may_undo_its_template(judge):
    program = swap(TEMPLATED, "{launchTemplate", "{metadataOptions: {httpTokens: optional}, launchTemplate")
    assert judge(Metadata, swap(program, "NAMED", "name: hosts")) == [f"fail {TOKENS}"]


def test_the_accounts_default_may_not_be_loosened(judge):
    program = 'resources:\n  all: {type: "aws:ec2:InstanceMetadataDefaults", properties: {httpTokens: optional}}\n'
    assert judge(Metadata, program) == ["fail all.httpTokens"]
    for value in ("required", "no-preference"):
        assert judge(Metadata, swap(program, "optional", value)) == []
    assert judge(Metadata, swap(program, "optional", '{"fn::unknown": true}')) == ["unresolved all.httpTokens"]
