from __future__ import annotations

import pytest

from guardrails.rules.workspaces.registration import Registration
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID, PREFER = Registration.avoid, Registration.prefer
CREATION = "room.workspaceCreationProperties"
test_cases = cases(
    Registration,
    unresolved=Case(
        swap(PREFER, "enableInternetAccess: false", 'enableInternetAccess: {"fn::unknown": true}'),
        f"unresolved {CREATION}.enableInternetAccess",
    ),
    boundary=Case(
        swap(PREFER, "enableInternetAccess: false", 'enableInternetAccess: "true"'),
        f"fail {CREATION}.enableInternetAccess",
    ),
)


def test_users_are_local_administrators_unless_it_is_said(judge):
    assert judge(Registration, AVOID) == [f"fail {CREATION}.userEnabledAsLocalAdministrator"]


def test_users_may_restart_unless_it_is_said_and_nothing_more(judge):
    assert judge(Registration, swap(PREFER, "selfServicePermissions: {restartWorkspace: false}", "tags: {}")) == [
        "fail room.selfServicePermissions.restartWorkspace"
    ]


@pytest.mark.parametrize(
    "permission", ["changeComputeType", "increaseVolumeSize", "rebuildWorkspace", "switchRunningMode"]
)
def test_self_service_is_off(judge, permission):
    program = swap(PREFER, "{restartWorkspace: false}", f"{{restartWorkspace: false, {permission}: true}}")
    assert judge(Registration, program) == [f"fail room.selfServicePermissions.{permission}"]


def test_a_group_of_ones_own_is_named(judge):
    assert judge(Registration, swap(PREFER, "        customSecurityGroupId: ${group.id}\n", "")) == [
        f"fail {CREATION}.customSecurityGroupId"
    ]
