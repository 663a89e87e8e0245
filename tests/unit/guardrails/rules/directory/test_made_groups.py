from __future__ import annotations

from guardrails.rules.directory.made_groups import MadeGroups
from guardrails.rules.fail_closed.unresolved_edge import UnresolvedEdge
from tests.unit.guardrails.rules.rule_cases import swap

AVOID = MadeGroups.avoid


def test_naming_the_directorys_group_as_a_peer_passes(judge):
    for deployed in (False, True):
        assert judge(MadeGroups, MadeGroups.prefer, deployed=deployed) == []


def test_adding_a_rule_to_it_is_refused(judge):
    for deployed in (False, True):
        assert judge(MadeGroups, AVOID, deployed=deployed) == ["fail more.securityGroupId"]


def test_the_desktops_group_is_such_a_group_too(judge):
    program = swap(
        swap(AVOID, "aws:directoryservice:Directory", "aws:workspaces:Directory"),
        "securityGroupId}",
        "workspaceSecurityGroupId}",
    )
    assert judge(MadeGroups, program) == ["fail more.securityGroupId"]


def test_a_declared_group_may_have_rules(judge):
    intent = "{version: 1, externals: [{id: room.example.com_controllers, kind: security group}]}"
    assert judge(MadeGroups, AVOID, intent=intent) == []
    assert judge(MadeGroups, AVOID, intent=intent.replace("room.", "lab.")) == ["fail more.securityGroupId"]


def test_its_id_written_out_is_the_same_group(judge):
    literal = swap(AVOID, '"${directory.securityGroupId}"', "sg-0a1b2c3d4e5f60718")
    answered = swap(literal, "type: MicrosoftAD", "type: MicrosoftAD, securityGroupId: sg-0a1b2c3d4e5f60718")
    assert judge(MadeGroups, answered) == ["fail more.securityGroupId"]
    assert judge(MadeGroups, literal) == []


def test_a_group_that_cannot_be_told_is_unresolved(judge):
    program = swap(AVOID, '"${directory.securityGroupId}"', '{"fn::unknown": true}')
    assert "unresolved more.securityGroupId" in judge(MadeGroups, program, also=(UnresolvedEdge,))
