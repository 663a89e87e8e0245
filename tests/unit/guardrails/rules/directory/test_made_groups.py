from __future__ import annotations

from guardrails.rules.directory.made_groups import MadeGroups
from guardrails.rules.fail_closed.unresolved_edge import UnresolvedEdge
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID = MadeGroups.avoid


LITERAL = swap(AVOID, '"${directory.securityGroupId}"', "sg-0a1b2c3d4e5f60718")
test_cases = cases(
    MadeGroups,
    unresolved=Case(
        swap(AVOID, '"${directory.securityGroupId}"', '{"fn::unknown": true}'),
        "unresolved directory.vpcSettings.vpcId",
        "unresolved more.securityGroupId",
        also=(UnresolvedEdge,),
    ),
    boundary=Case(
        swap(LITERAL, "type: MicrosoftAD", "type: MicrosoftAD, securityGroupId: sg-0a1b2c3d4e5f60718"),
        "fail more.securityGroupId",
    ),
)


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


def test_the_id_of_another_group_is_not_judged_here(judge):
    assert judge(MadeGroups, LITERAL) == []
