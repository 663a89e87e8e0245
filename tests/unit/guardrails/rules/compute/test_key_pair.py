from __future__ import annotations

import pytest

from guardrails.rules.compute.key_pair import KeyPair
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID = KeyPair.avoid
test_cases = cases(
    KeyPair,
    unresolved=Case(swap(AVOID, "keyName: ops", 'keyName: {"fn::unknown": true}'), "unresolved host.keyName"),
    boundary=Case(swap(AVOID, "aws:ec2:Instance", "aws:ec2:SpotInstanceRequest"), "fail host.keyName"),
)


@pytest.mark.parametrize("kind", ["aws:ec2:LaunchTemplate", "aws:ec2:LaunchConfiguration"])
def test_templates_count(judge, kind):
    assert judge(KeyPair, swap(AVOID, "aws:ec2:Instance", kind)) == ["fail host.keyName"]


def test_a_node_group_may_have_one_too(judge):
    group = 'resources: {nodes: {type: "aws:eks:NodeGroup", properties: {remoteAccess: {ec2SshKey: ops}}}}'
    assert judge(KeyPair, group) == ["fail nodes.remoteAccess.ec2SshKey"]


def test_an_empty_name_is_none(judge):
    assert judge(KeyPair, swap(AVOID, "keyName: ops", 'keyName: ""')) == []
